"""The archive keeps what it shows: a page per issue and language, and its pictures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from database.base import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("archived_issue") as issue:
        issue.add_column(sa.Column("updated_at", UtcDateTime(), nullable=True))
    op.execute(sa.text("UPDATE archived_issue SET updated_at = at"))
    with op.batch_alter_table("archived_issue") as issue:
        issue.alter_column("updated_at", existing_type=UtcDateTime(), nullable=False)
    op.create_table(
        "archived_page",
        sa.Column("issue_slug", sa.String(length=100), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("leaf", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("issue_slug", "locale", name=op.f("pk_archived_page")),
    )
    op.create_table(
        "archived_picture",
        sa.Column("issue_slug", sa.String(length=100), nullable=False),
        sa.Column("path", sa.String(length=100), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("issue_slug", "path", name=op.f("pk_archived_picture")),
    )
    op.create_index(op.f("ix_archived_picture_path"), "archived_picture", ["path"], unique=False)


def downgrade() -> None:
    op.drop_table("archived_picture")
    op.drop_table("archived_page")
    with op.batch_alter_table("archived_issue") as issue:
        issue.drop_column("updated_at")
