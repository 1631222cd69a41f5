"""Staff come in by a browser: sessions, requests to sign in, second steps, and the counts that slow guessing down."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from database.base import UtcDateTime
from database.sealed import SealedText

revision = "0070"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("epoch", sa.Integer(), nullable=False, server_default="0"))
        person.add_column(sa.Column("interface", sa.String(10), nullable=False, server_default=""))
    op.create_table(
        "staff_session",
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(60), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("second_at", UtcDateTime(), nullable=True),
        sa.Column("challenge", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("uid", name="pk_staff_session"),
        sa.UniqueConstraint("token_hash", name="uq_staff_session_token_hash"),
        sa.ForeignKeyConstraint(["person"], ["person.uid"], name="fk_staff_session_person"),
    )
    op.create_index("ix_staff_session_person", "staff_session", ["person"])
    op.create_index("ix_staff_session_begun_at", "staff_session", ["begun_at"])
    op.create_table(
        "staff_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("index", sa.String(80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_staff_attempt"),
    )
    op.create_index("ix_staff_attempt_index", "staff_attempt", ["index"])
    op.create_index("ix_staff_attempt_at", "staff_attempt", ["at"])
    op.create_table(
        "sign_in_request",
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("code_index", sa.String(80), nullable=False),
        sa.Column("code", SealedText(), nullable=False),
        sa.Column("browser_hash", sa.String(64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("uid", name="pk_sign_in_request"),
        sa.UniqueConstraint("token_hash", name="uq_sign_in_request_token_hash"),
        sa.ForeignKeyConstraint(["person"], ["person.uid"], name="fk_sign_in_request_person"),
    )
    op.create_index("ix_sign_in_request_person", "sign_in_request", ["person"])
    op.create_index("ix_sign_in_request_browser_hash", "sign_in_request", ["browser_hash"])
    op.create_index("ix_sign_in_request_expires_at", "sign_in_request", ["expires_at"])
    op.create_table(
        "staff_authenticator",
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("secret", SealedText(), nullable=True),
        sa.Column("proposed", SealedText(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("uid", name="pk_staff_authenticator"),
        sa.ForeignKeyConstraint(["uid"], ["person.uid"], name="fk_staff_authenticator_uid"),
    )
    op.create_table(
        "staff_passkey",
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("credential", sa.String(1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("uid", name="pk_staff_passkey"),
        sa.UniqueConstraint("credential", name="uq_staff_passkey_credential"),
        sa.ForeignKeyConstraint(["person"], ["person.uid"], name="fk_staff_passkey_person"),
    )
    op.create_index("ix_staff_passkey_person", "staff_passkey", ["person"])
    op.create_table(
        "staff_paper_code",
        sa.Column("index", sa.String(80), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("index", name="pk_staff_paper_code"),
        sa.ForeignKeyConstraint(["person"], ["person.uid"], name="fk_staff_paper_code_person"),
    )
    op.create_index("ix_staff_paper_code_person", "staff_paper_code", ["person"])


def downgrade() -> None:
    for table in (
        "staff_paper_code",
        "staff_passkey",
        "staff_authenticator",
        "sign_in_request",
        "staff_attempt",
        "staff_session",
    ):
        op.drop_table(table)
    with op.batch_alter_table("person") as person:
        person.drop_column("interface")
        person.drop_column("epoch")
