"""A reader may get every second issue of a newsletter.

Revision ID: 0118
Revises: 0117
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0118"
down_revision: str | None = "0117"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("membership", sa.Column("only_parity", sa.SmallInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("membership", "only_parity")
