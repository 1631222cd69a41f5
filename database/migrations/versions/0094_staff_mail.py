"""News for staff waits in one table; what they do without is chosen in finer kinds; deliveries are listed by key."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

from database.base import UtcDateTime

revision = "0094"
down_revision = "0093"
branch_labels = None
depends_on = None

FINER = {"mailings": ["done", "still"], "questions": ["answers", "questions", "work"]}
"""What a kind was divided into: whoever did without it does without each."""
_PERSON = sa.table("person", sa.column("uid", sa.Uuid()), sa.column("muted", sa.JSON()))


def upgrade() -> None:
    op.create_table(
        "staff_mail",
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("about", sa.String(120), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_staff_mail")),
        sa.ForeignKeyConstraint(["person"], ["person.uid"], name=op.f("fk_staff_mail_person"), ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_staff_mail_person"), "staff_mail", ["person"])
    op.create_index("ix_delivery_mailing", "delivery", ["mailing_id", "id"])
    _change(lambda kind: FINER.get(kind, [kind]))


def downgrade() -> None:
    coarse = {one: kind for kind, finer in FINER.items() for one in finer}
    _change(lambda kind: [coarse.get(kind, kind)])
    op.drop_index("ix_delivery_mailing", "delivery")
    op.drop_index(op.f("ix_staff_mail_person"), "staff_mail")
    op.drop_table("staff_mail")


def _change(into: Callable[[str], list[str]]) -> None:
    bound = op.get_bind()
    for uid, muted in bound.execute(sa.select(_PERSON.c.uid, _PERSON.c.muted)).all():
        if muted:
            changed = sorted({one for kind in muted for one in into(kind)})
            bound.execute(sa.update(_PERSON).where(_PERSON.c.uid == uid).values(muted=changed))
