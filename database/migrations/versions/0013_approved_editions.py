"""An approval keeps the hash of each edition, to say later which of them changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("approval") as approval:
        approval.add_column(sa.Column("editions", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    with op.batch_alter_table("approval") as approval:
        approval.drop_column("editions")
