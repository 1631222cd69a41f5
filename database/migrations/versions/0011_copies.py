"""Deliveries know which copy of an issue they are: one per reader, or one per audience."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("delivery") as batch:
        batch.add_column(sa.Column("copy", sa.String(length=60), nullable=False, server_default=""))
        batch.drop_constraint("uq_delivery_issue_slug_reader_channel", type_="unique")
        batch.create_unique_constraint(
            op.f("uq_delivery_issue_slug_reader_channel_copy"), ["issue_slug", "reader", "channel", "copy"]
        )


def downgrade() -> None:
    raise RuntimeError("the ledger says who got what; restore a backup instead")
