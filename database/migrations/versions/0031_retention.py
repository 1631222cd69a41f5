"""Each rule of retention knows when it ran last, and why it waits for a person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from database.base import UtcDateTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retention",
        sa.Column("rule", sa.String(20), nullable=False),
        sa.Column("ran_at", UtcDateTime(), nullable=True),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("slots", sa.JSON(), nullable=False),
        sa.Column("allowed_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("rule", name=op.f("pk_retention")),
    )


def downgrade() -> None:
    op.drop_table("retention")
