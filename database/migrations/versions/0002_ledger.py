"""The ledger: mailings, frozen editions, deliveries, append-only attempts, approvals and slots."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from database.base import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _approvals_and_slots()
    _mailings()
    _editions()
    _deliveries()
    _attempts()
    _refuse_changes("attempt")


def downgrade() -> None:
    raise RuntimeError("the ledger says who got what; restore a backup instead")


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


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


def _approvals_and_slots() -> None:
    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_slug", sa.String(length=100), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sa.UniqueConstraint(
            "issue_slug", "content_hash", "person", name=op.f("uq_approval_issue_slug_content_hash_person")
        ),
    )
    op.create_table(
        "slot",
        sa.Column("job", sa.String(length=100), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("job", "at", name=op.f("pk_slot")),
    )


def _mailings() -> None:
    op.create_table(
        "mailing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_slug", sa.String(length=100), nullable=False),
        sa.Column("publication", sa.String(length=60), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "approved",
                "scheduled",
                "sending",
                "paused",
                "done",
                "cancelled",
                name="mailingstate",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("scheduled_at", UtcDateTime(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("readers", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing")),
    )
    op.create_index(op.f("ix_mailing_issue_slug"), "mailing", ["issue_slug"], unique=False)
    op.create_index(op.f("ix_mailing_publication"), "mailing", ["publication"], unique=False)
    op.create_index(op.f("ix_mailing_state"), "mailing", ["state"], unique=False)
    op.create_table(
        "batch",
        sa.Column("mailing_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name=op.f("fk_batch_mailing_id")),
        sa.PrimaryKeyConstraint("mailing_id", "number", name=op.f("pk_batch")),
    )


def _editions() -> None:
    op.create_table(
        "frozen_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mailing_id", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(length=60), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.Enum("email", "post", name="channel", native_enum=False, length=20), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("message", sa.LargeBinary(), nullable=True),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("large_pdf", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name=op.f("fk_frozen_edition_mailing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frozen_edition")),
        sa.UniqueConstraint(
            "mailing_id",
            "audience",
            "locale",
            "channel",
            name=op.f("uq_frozen_edition_mailing_id_audience_locale_channel"),
        ),
    )
    op.create_table(
        "edition_image",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["frozen_edition.id"], name=op.f("fk_edition_image_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_image")),
        sa.UniqueConstraint("edition_id", "name", name=op.f("uq_edition_image_edition_id_name")),
    )


def _deliveries() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mailing_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("issue_slug", sa.String(length=100), nullable=False),
        sa.Column("reader", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Enum("email", "post", name="channel", native_enum=False, length=20), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "claimed",
                "handing_over",
                "accepted",
                "deferred",
                "refused",
                "uncertain",
                "suppressed",
                "cancelled",
                name="deliverystate",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("lease", sa.BigInteger(), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("handed_at", UtcDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("first_try_at", UtcDateTime(), nullable=True),
        sa.Column("next_at", UtcDateTime(), nullable=True),
        sa.Column("relay", sa.String(length=60), nullable=True),
        sa.Column("bucket", sa.String(length=60), nullable=True),
        sa.CheckConstraint(
            "(lease IS NULL) = (state NOT IN ('claimed', 'handing_over'))", name=op.f("ck_delivery_lease_while_held")
        ),
        sa.ForeignKeyConstraint(["edition_id"], ["frozen_edition.id"], name=op.f("fk_delivery_edition_id")),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name=op.f("fk_delivery_mailing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("issue_slug", "reader", "channel", name=op.f("uq_delivery_issue_slug_reader_channel")),
    )
    op.create_index("ix_delivery_leased", "delivery", ["lease_until"], unique=False, **_where("lease IS NOT NULL"))
    op.create_index(
        "ix_delivery_open",
        "delivery",
        ["mailing_id", "batch"],
        unique=False,
        **_where("state IN ('claimed', 'deferred', 'handing_over', 'pending')"),
    )


def _attempts() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("relay", sa.String(length=60), nullable=True),
        sa.Column("bucket", sa.String(length=60), nullable=True),
        sa.Column("handed_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("enhanced", sa.String(length=11), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_attempt_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    op.create_index(op.f("ix_attempt_delivery_id"), "attempt", ["delivery_id"], unique=False)
    op.create_index("ix_attempt_handed", "attempt", ["relay", "handed_at"], unique=False)
