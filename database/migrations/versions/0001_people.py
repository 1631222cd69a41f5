"""People: staff, readers, their evidence, and the audit trail, with the triggers that make them append-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = {
    # table: days after which a row may be deleted (None: never). 396 days is 13 months; 1827 days is five years.
    "audit": 396,
    "consent_event": 1827,
    "wording": None,
}


def upgrade() -> None:
    _tables_of_the_house()
    _tables_of_readers()
    _tables_of_evidence()
    _tables_of_post()
    for table, days in APPEND_ONLY.items():
        _refuse_changes(table, days)


def downgrade() -> None:
    raise RuntimeError("the first revision holds people and their evidence; restore a backup instead")


def _refuse_changes(table: str, days: int | None) -> None:
    if op.get_bind().dialect.name == "sqlite":
        young = f"OLD.at > datetime('now', '-{days} days')" if days else "1"
        for change, when in (("UPDATE", "1"), ("DELETE", young)):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} WHEN {when} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    young = f"OLD.at > now() - interval '{days} days'" if days else "true"
    op.execute(
        f"CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    for change, when in (("UPDATE", "true"), ("DELETE", young)):
        op.execute(
            f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
            f"FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {table}_is_append_only()"
        )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION {table}_is_append_only()"
    )


def _tables_of_the_house() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("kid", sa.Integer(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"], unique=False)
    op.create_table(
        "key_check",
        sa.Column("root", sa.String(length=10), nullable=False),
        sa.Column("kid", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("root", "kid", name="pk_key_check"),
    )
    op.create_table(
        "one_time",
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("uid", name="pk_one_time"),
        sa.UniqueConstraint("token_hash", name="uq_one_time_token_hash"),
    )
    op.create_index("ix_one_time_expires_at", "one_time", ["expires_at"], unique=False)
    op.create_index("ix_one_time_subject", "one_time", ["subject"], unique=False)
    op.create_table(
        "person",
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=False),
        sa.Column("email_index", sa.String(70), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("uid", name="pk_person"),
        sa.UniqueConstraint("email_index", name="uq_person_email_index"),
    )


def _tables_of_readers() -> None:
    op.create_table(
        "subscriber",
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("address_index", sa.String(70), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("region", sa.String(length=40), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=True),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bounce_score", sa.Double(), nullable=False),
        sa.Column("bouncing", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("uid", name="pk_subscriber"),
        sa.UniqueConstraint("address_index", name="uq_subscriber_address_index"),
    )
    op.create_index("ix_subscriber_state", "subscriber", ["state"], unique=False)
    op.create_table(
        "membership",
        sa.Column("subscriber", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber"], ["subscriber.uid"], name="fk_membership_subscriber", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subscriber", "audience", name="pk_membership"),
    )
    op.create_index("ix_membership_audience", "membership", ["audience"], unique=False)
    op.create_table(
        "suppression",
        sa.Column("address_index", sa.String(70), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address_index", name="pk_suppression"),
    )
    op.create_table(
        "asked",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("mailbox_index", sa.String(70), nullable=False),
        sa.Column("network_index", sa.String(70), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_asked"),
    )
    op.create_index("ix_asked_at", "asked", ["at"], unique=False)
    op.create_index("ix_asked_mailbox_index", "asked", ["mailbox_index"], unique=False)
    op.create_index("ix_asked_network_index", "asked", ["network_index"], unique=False)


def _tables_of_evidence() -> None:
    op.create_table(
        "wording",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_wording"),
    )
    op.create_table(
        "consent_event",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audiences", sa.JSON(), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("wording", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["wording"], ["wording.hash"], name="fk_consent_event_wording"),
        sa.PrimaryKeyConstraint("id", name="pk_consent_event"),
    )
    op.create_index("ix_consent_event_subject", "consent_event", ["subject"], unique=False)
    op.create_table(
        "tombstone",
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("address_index", sa.String(70), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_tombstone"),
    )


def _tables_of_post() -> None:
    op.create_table(
        "centre",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("postal_lines", sa.JSON(), nullable=False),
        sa.Column("asks_registration", sa.Boolean(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_centre"),
    )
    op.create_table(
        "addressee",
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("registration", sa.LargeBinary(), nullable=True),
        sa.Column("centre", sa.LargeBinary(), nullable=False),
        sa.Column("locale", sa.LargeBinary(), nullable=False),
        sa.Column("large_print", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("audience", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("suspended_on", sa.Date(), nullable=True),
        sa.Column("suspended_because", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("uid", name="pk_addressee"),
    )
    op.create_index("ix_addressee_audience", "addressee", ["audience"], unique=False)
