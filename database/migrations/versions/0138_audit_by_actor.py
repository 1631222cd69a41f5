"""The last thing that each person did is found without a walk through the whole audit trail."""

from __future__ import annotations

from alembic import op

revision = "0138"
down_revision = "0134"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_audit_actor_seq", "audit", ["actor", "seq"])


def downgrade() -> None:
    op.drop_index("ix_audit_actor_seq", table_name="audit")
