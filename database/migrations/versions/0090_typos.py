"""An approval may outlive a corrected typing error, and a warning that may stay keeps its reason."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from database.base import UtcDateTime

revision = "0090"
down_revision = "0082"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("approval") as approval:
        approval.add_column(sa.Column("kept", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("issue_revision") as revisions:
        revisions.add_column(sa.Column("typo", sa.String(500), nullable=False, server_default=""))
    op.create_table(
        "warning_dismissal",
        sa.Column("issue_slug", sa.String(100), nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("issue_slug", "mark", name="pk_warning_dismissal"),
    )


def downgrade() -> None:
    op.drop_table("warning_dismissal")
    with op.batch_alter_table("issue_revision") as revisions:
        revisions.drop_column("typo")
    with op.batch_alter_table("approval") as approval:
        approval.drop_column("kept")
