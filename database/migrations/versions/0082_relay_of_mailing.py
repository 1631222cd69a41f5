"""A person chooses the relay for the rest of a mailing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mailing") as mailing:
        mailing.add_column(sa.Column("relay", sa.String(60)))


def downgrade() -> None:
    with op.batch_alter_table("mailing") as mailing:
        mailing.drop_column("relay")
