"""Readers: notices, bounces, rules and picks of audiences, the public archive."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _what_is_mailed_and_returned()
    _who_belongs()


def downgrade() -> None:
    for table in ("pick", "audience_rule", "bounce", "returned_message", "notice", "archived_issue"):
        op.drop_table(table)


def _what_is_mailed_and_returned() -> None:
    op.create_table(
        "notice",
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("uid", name="pk_notice"),
    )
    op.create_index("ix_notice_next_at", "notice", ["next_at"], unique=False)
    op.create_table(
        "returned_message",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("mailing_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_returned_message"),
    )
    op.create_index("ix_returned_message_at", "returned_message", ["at"], unique=False)
    op.create_table(
        "archived_issue",
        sa.Column("issue_slug", sa.String(length=100), nullable=False),
        sa.Column("audience", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("issue_slug", name="pk_archived_issue"),
    )
    op.create_table(
        "bounce",
        sa.Column("subscriber", sa.Uuid(), nullable=False),
        sa.Column("issue_slug", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["subscriber"], ["subscriber.uid"], name="fk_bounce_subscriber", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("subscriber", "issue_slug", name="pk_bounce"),
    )
    op.create_index("ix_bounce_at", "bounce", ["at"], unique=False)


def _who_belongs() -> None:
    op.create_table(
        "audience_rule",
        sa.Column("audience", sa.String(length=60), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("audience", name="pk_audience_rule"),
    )
    op.create_table(
        "pick",
        sa.Column("issue_slug", sa.String(length=100), nullable=False),
        sa.Column("audience", sa.String(length=60), nullable=False),
        sa.Column("subscriber", sa.Uuid(), nullable=False),
        sa.Column("included", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["subscriber"], ["subscriber.uid"], name="fk_pick_subscriber", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("issue_slug", "audience", "subscriber", name="pk_pick"),
    )
