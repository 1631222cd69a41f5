"""The row of the installation says whether everything is held back; mail knows under which epoch it was written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from database.base import UtcDateTime

revision = "0100"
down_revision = "0094"
branch_labels = None
depends_on = None

NEW = ("epoch", "hold", "held_at", "why", "why_slots", "replayed_at", "schema", "active", "first_delivery", "witnessed")


def upgrade() -> None:
    with op.batch_alter_table("installation") as installation:
        installation.add_column(sa.Column("epoch", sa.Integer(), nullable=False, server_default="1"))
        installation.add_column(sa.Column("hold", sa.Integer(), nullable=True))
        installation.add_column(sa.Column("held_at", UtcDateTime(), nullable=True))
        installation.add_column(sa.Column("why", sa.Text(), nullable=False, server_default=""))
        installation.add_column(sa.Column("why_slots", sa.JSON(), nullable=False, server_default="{}"))
        installation.add_column(sa.Column("replayed_at", UtcDateTime(), nullable=True))
        installation.add_column(sa.Column("schema", sa.Integer(), nullable=False, server_default="1"))
        installation.add_column(sa.Column("active", sa.JSON(), nullable=False, server_default="{}"))
        installation.add_column(sa.Column("first_delivery", sa.BigInteger(), nullable=True))
        installation.add_column(sa.Column("witnessed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("mailing", sa.Column("post_in_doubt", sa.Boolean(), nullable=False, server_default=sa.false()))
    for table in ("notice", "staff_mail"):
        op.add_column(table, sa.Column("epoch", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("mailing") as mailing:
        mailing.drop_column("post_in_doubt")
    for table in ("notice", "staff_mail"):
        with op.batch_alter_table(table) as mail:
            mail.drop_column("epoch")
    with op.batch_alter_table("installation") as installation:
        for name in NEW:
            installation.drop_column(name)
