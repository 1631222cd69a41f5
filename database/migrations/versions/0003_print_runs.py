"""The postal desk: print runs, their pieces, their sealed files, and append-only steps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from database.base import UtcDateTime
from database.sealed import BlindIndex, SealedText

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _runs()
    _pieces()
    _files()
    _steps()
    _refuse_changes("print_step")


def downgrade() -> None:
    raise RuntimeError("the ledger says who got what; restore a backup instead")


def _runs() -> None:
    op.create_table(
        "print_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mailing_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("ordered_at", UtcDateTime(), nullable=False),
        sa.Column("posted_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name=op.f("fk_print_run_mailing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_run")),
    )
    op.create_index(op.f("ix_print_run_mailing_id"), "print_run", ["mailing_id"])


def _pieces() -> None:
    op.create_table(
        "print_piece",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("reader", sa.Uuid(), nullable=False),
        sa.Column("address_index", BlindIndex(), nullable=False),
        sa.Column("first", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("because", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["print_run.id"], name=op.f("fk_print_piece_run_id")),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_print_piece_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_piece")),
        sa.UniqueConstraint("run_id", "number", name=op.f("uq_print_piece_run_id_number")),
    )
    op.create_index(op.f("ix_print_piece_run_id"), "print_piece", ["run_id"])
    op.create_index(op.f("ix_print_piece_delivery_id"), "print_piece", ["delivery_id"])


def _files() -> None:
    op.create_table(
        "print_file",
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("data", SealedText(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["print_run.id"], name=op.f("fk_print_file_run_id")),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_print_file")),
        sa.UniqueConstraint("run_id", "name", name=op.f("uq_print_file_run_id_name")),
    )
    op.create_index(op.f("ix_print_file_run_id"), "print_file", ["run_id"])


def _steps() -> None:
    op.create_table(
        "print_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["print_run.id"], name=op.f("fk_print_step_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_step")),
    )
    op.create_index(op.f("ix_print_step_run_id"), "print_step", ["run_id"])


def _refuse_changes(table: str) -> None:
    """Rows are added and, when their time of keeping is over, deleted; never changed."""
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
