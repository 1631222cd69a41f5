"""A centre has a telephone, rules for what comes in by post, and a day on which it closed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0115"
down_revision = "0114"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("centre") as centre:
        centre.add_column(sa.Column("phone", sa.String(40), nullable=False, server_default=""))
        centre.add_column(sa.Column("rules", sa.JSON(), nullable=False, server_default="[]"))
        centre.add_column(sa.Column("closed_on", sa.Date()))


def downgrade() -> None:
    with op.batch_alter_table("centre") as centre:
        centre.drop_column("closed_on")
        centre.drop_column("rules")
        centre.drop_column("phone")
