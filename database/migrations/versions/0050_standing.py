"""What is kept of an issue's standing, so that no one waits for a rendering to know how far it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from database.base import UtcDateTime

revision = "0050"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issue_standing",
        sa.Column("issue_slug", sa.String(100), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("rendered_key", sa.String(64), nullable=False),
        sa.Column("editions", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("issue_slug", name="pk_issue_standing"),
    )


def downgrade() -> None:
    op.drop_table("issue_standing")
