"""What someone typed in a box, what a save took the place of, and answers to questions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from database.base import UtcDateTime

revision = "0081"
down_revision = "0071"
branch_labels = None
depends_on = None

_COMMENT = ("answer", "answered_by", "closed_at", "source")


def upgrade() -> None:
    op.create_table(
        "translation_draft",
        sa.Column("domain", sa.String(100), nullable=False),
        sa.Column("locale", sa.String(20), nullable=False),
        sa.Column("source_hash", sa.String(64), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("domain", "locale", "source_hash", "person", name="pk_translation_draft"),
    )
    # not in a batch: SQLite would make the table anew and lose the trigger that keeps history as it is
    op.add_column("translation_history", sa.Column("before", sa.Text(), nullable=True))
    op.add_column("translation_history", sa.Column("before_was", sa.Text(), nullable=True))
    op.add_column("translation_comment", sa.Column("answer", sa.Text(), nullable=False, server_default=""))
    op.add_column("translation_comment", sa.Column("answered_by", sa.Uuid(), nullable=True))
    op.add_column("translation_comment", sa.Column("closed_at", UtcDateTime(), nullable=True))
    op.add_column("translation_comment", sa.Column("source", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_translation_approval_locale_at", "translation_approval", ["locale", "at"])


def downgrade() -> None:
    op.drop_index("ix_translation_approval_locale_at", "translation_approval")
    for name in _COMMENT:
        op.drop_column("translation_comment", name)
    op.drop_column("translation_history", "before")
    op.drop_column("translation_history", "before_was")
    op.drop_table("translation_draft")
