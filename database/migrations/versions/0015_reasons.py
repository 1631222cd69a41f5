"""Why a mailing stands still is kept as a sentence with slots, so that everybody reads it in their own language."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mailing") as mailing:
        mailing.add_column(sa.Column("reason_slots", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("mailing") as mailing:
        mailing.drop_column("reason_slots")
