"""Mailings, deliveries and pages of the archive know which revision of an issue they are; all there is, is the first.

A reader gets one delivery per revision. A correction is approved for itself, and the archive keeps what it corrects.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0093"
down_revision = "0090"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mailing") as mailing:
        mailing.add_column(_revision())
        mailing.add_column(_yes_or_no("is_correction"))
    with op.batch_alter_table("frozen_edition") as edition:
        edition.add_column(sa.Column("unmarked_hash", sa.String(64)))
    with op.batch_alter_table("approval") as approval:
        approval.add_column(_yes_or_no("of_correction"))
    with op.batch_alter_table("delivery") as delivery:
        delivery.add_column(_revision())
        delivery.drop_constraint("uq_delivery_issue_slug_reader_channel_copy", type_="unique")
        delivery.create_unique_constraint(
            op.f("uq_delivery_issue_slug_reader_channel_copy_revision"),
            ["issue_slug", "reader", "channel", "copy", "revision"],
        )
    with op.batch_alter_table("archived_issue") as issue:
        issue.add_column(_revision())
    op.create_table(
        "archived_earlier",
        sa.Column("issue_slug", sa.String(length=100), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("leaf", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mac", sa.String(length=70), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("issue_slug", "locale", "revision", name=op.f("pk_archived_earlier")),
    )


def downgrade() -> None:
    raise RuntimeError("the ledger says who got what; restore a backup instead")


def _revision() -> sa.Column[int]:
    return sa.Column("revision", sa.Integer(), nullable=False, server_default="0")


def _yes_or_no(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
