"""Pieces of a print run are ticked as they are filled, and know whether their coming back stopped someone's post."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from database.base import UtcDateTime

revision = "0113"
down_revision = "0101"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("print_piece") as piece:
        piece.add_column(sa.Column("filled_at", UtcDateTime()))
        piece.add_column(sa.Column("has_stopped", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("print_piece") as piece:
        piece.drop_column("has_stopped")
        piece.drop_column("filled_at")
