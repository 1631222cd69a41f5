"""The desk of translators: approvals, dismissals, history, comments, suggestions, assignments, decisions, snapshots."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from database.base import UtcDateTime

revision = "0010"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _locale_decision()
    _translation_approval()
    _translation_assignment()
    _translation_comment()
    _translation_dismissal()
    _translation_history()
    _translation_reminder()
    _translation_snapshot()
    _translation_suggestion()
    _refuse_changes("translation_history")


def downgrade() -> None:
    raise RuntimeError("approvals say who answers for a text; restore a backup instead")


def _refuse_changes(table: str) -> None:
    """Rows are added, never changed."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {table}_no_update() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$BEGIN RAISE EXCEPTION '{table} is append-only'; END$$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_no_update()"
    )


def _locale_decision() -> None:
    op.create_table(
        "locale_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_slug", sa.String(length=100), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("section", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locale_decision")),
    )
    op.create_index(op.f("ix_locale_decision_issue_slug"), "locale_decision", ["issue_slug"], unique=False)


def _translation_approval() -> None:
    op.create_table(
        "translation_approval",
        sa.Column("pair_hash", sa.String(length=64), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("domain", sa.String(length=100), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("translation", sa.Text(), nullable=False),
        sa.Column("author", sa.Uuid(), nullable=True),
        sa.Column("reviewer", sa.Uuid(), nullable=False),
        sa.Column("waived", sa.Boolean(), nullable=False),
        sa.Column("carried_from", sa.String(length=64), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("pair_hash", name=op.f("pk_translation_approval")),
    )
    op.create_index(op.f("ix_translation_approval_locale"), "translation_approval", ["locale"], unique=False)


def _translation_assignment() -> None:
    op.create_table(
        "translation_assignment",
        sa.Column("issue_slug", sa.String(length=100), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("assigned_by", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("issue_slug", "locale", name=op.f("pk_translation_assignment")),
    )
    op.create_index(op.f("ix_translation_assignment_person"), "translation_assignment", ["person"], unique=False)


def _translation_comment() -> None:
    op.create_table(
        "translation_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("domain", sa.String(length=100), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("source_hash", sa.String(length=64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("is_question", sa.Boolean(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translation_comment")),
    )
    op.create_index(op.f("ix_translation_comment_domain"), "translation_comment", ["domain"], unique=False)
    op.create_index(op.f("ix_translation_comment_source_hash"), "translation_comment", ["source_hash"], unique=False)


def _translation_dismissal() -> None:
    op.create_table(
        "translation_dismissal",
        sa.Column("pair_hash", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("pair_hash", "rule", name=op.f("pk_translation_dismissal")),
    )


def _translation_history() -> None:
    op.create_table(
        "translation_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("domain", sa.String(length=100), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("source_hash", sa.String(length=64), nullable=False),
        sa.Column("deed", sa.String(length=20), nullable=False),
        sa.Column("translation", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translation_history")),
    )
    op.create_index(op.f("ix_translation_history_source_hash"), "translation_history", ["source_hash"], unique=False)


def _translation_reminder() -> None:
    op.create_table(
        "translation_reminder",
        sa.Column("issue_slug", sa.String(length=100), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("days_before", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint(
            "issue_slug", "locale", "person", "due", "days_before", name=op.f("pk_translation_reminder")
        ),
    )


def _translation_snapshot() -> None:
    op.create_table(
        "translation_snapshot",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("domain", sa.String(length=100), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("ours", sa.LargeBinary(), nullable=False),
        sa.Column("exported", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_translation_snapshot")),
    )


def _translation_suggestion() -> None:
    op.create_table(
        "translation_suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("domain", sa.String(length=100), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("source_hash", sa.String(length=64), nullable=False),
        sa.Column("pair_hash", sa.String(length=64), nullable=False),
        sa.Column("translation", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translation_suggestion")),
        sa.UniqueConstraint("domain", "pair_hash", name=op.f("uq_translation_suggestion_domain_pair_hash")),
    )
    op.create_index(
        op.f("ix_translation_suggestion_source_hash"), "translation_suggestion", ["source_hash"], unique=False
    )
