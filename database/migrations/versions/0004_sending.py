"""Sending: batches that are set aside, and hand-overs counted per bucket of domains."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from database.base import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("batch") as batch:
        batch.add_column(sa.Column("begun", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("shunted_at", UtcDateTime(), nullable=True))
        batch.add_column(sa.Column("error", sa.Text(), nullable=False, server_default=""))
    here = sa.text("bucket IS NOT NULL")
    op.create_index("ix_attempt_bucket", "attempt", ["bucket", "handed_at"], sqlite_where=here, postgresql_where=here)


def downgrade() -> None:
    raise RuntimeError("the ledger says who got what; restore a backup instead")
