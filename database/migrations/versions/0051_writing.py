"""Every save of an issue is kept, what someone typed and did not save, and the words of what was approved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from database.base import UtcDateTime

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issue_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_slug", sa.String(100), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("restores", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_issue_revision"),
    )
    op.create_index("ix_issue_revision_issue_slug", "issue_revision", ["issue_slug"])
    op.create_table(
        "issue_draft",
        sa.Column("issue_slug", sa.String(100), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("base_hash", sa.String(64), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("issue_slug", "person", name="pk_issue_draft"),
    )
    op.create_table(
        "approved_text",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("issue_slug", sa.String(100), nullable=False),
        sa.Column("edition", sa.String(100), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_approved_text"),
    )
    op.create_index("ix_approved_text_issue_slug", "approved_text", ["issue_slug"])


def downgrade() -> None:
    op.drop_table("approved_text")
    op.drop_table("issue_draft")
    op.drop_table("issue_revision")
