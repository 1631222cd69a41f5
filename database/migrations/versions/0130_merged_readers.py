"""By which ids a reader was known before two readers of one mailbox became one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0130"
down_revision = "0121"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merged_reader",
        sa.Column("was", sa.Uuid(), nullable=False),
        sa.Column("reader", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reader"], ["subscriber.uid"], name=op.f("fk_merged_reader_reader"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("was", name=op.f("pk_merged_reader")),
    )
    op.create_index(op.f("ix_merged_reader_reader"), "merged_reader", ["reader"])


def downgrade() -> None:
    op.drop_index(op.f("ix_merged_reader_reader"), table_name="merged_reader")
    op.drop_table("merged_reader")
