"""What came back is kept with its delivery and its reason; a mailing says whether its mails bear one mark or two."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0070"
branch_labels = None
depends_on = None

_COUNTS = sa.text("outcome = 'count'")


def upgrade() -> None:
    words = {"outcome": 8, "reason": 20, "form": 12, "code": 12, "why": 120, "should_be": 12}
    with op.batch_alter_table("returned_message") as returned:
        returned.add_column(sa.Column("delivery_id", sa.Integer(), nullable=True))
        for name, length in words.items():
            returned.add_column(sa.Column(name, sa.String(length), nullable=False, server_default=""))
        returned.add_column(sa.Column("words", sa.Text(), nullable=False, server_default=""))
    op.create_index(
        "ix_returned_counted",
        "returned_message",
        ["delivery_id"],
        unique=True,
        sqlite_where=_COUNTS,
        postgresql_where=_COUNTS,
    )
    op.create_index("ix_returned_message_mailing_id", "returned_message", ["mailing_id"])
    with op.batch_alter_table("mailing") as mailing:
        mailing.add_column(sa.Column("one_mark", sa.Boolean(), nullable=False, server_default=sa.false()))
    # What is out already, or half out, has the mark of its bounce address in its Message-ID.
    op.execute(sa.text("UPDATE mailing SET one_mark = true"))


def downgrade() -> None:
    with op.batch_alter_table("mailing") as mailing:
        mailing.drop_column("one_mark")
    op.drop_index("ix_returned_message_mailing_id", "returned_message")
    op.drop_index("ix_returned_counted", "returned_message")
    with op.batch_alter_table("returned_message") as returned:
        for name in ("words", "should_be", "why", "code", "form", "reason", "outcome", "delivery_id"):
            returned.drop_column(name)
