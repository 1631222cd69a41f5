"""Every process that works says that it lives, and a lease says whose it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from database.base import UtcDateTime

revision = "0101"
down_revision = "0100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "heartbeat",
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("host", sa.String(100), nullable=False),
        sa.Column("place", sa.String(100), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("born", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("queues", sa.String(40), nullable=False),
        sa.Column("version", sa.String(20), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("beat", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_heartbeat")),
    )
    op.add_column("lease", sa.Column("process", sa.Uuid(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("lease") as lease:
        lease.drop_column("process")
    op.drop_table("heartbeat")
