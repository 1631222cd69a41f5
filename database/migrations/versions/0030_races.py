"""A notice knows its link and may be set aside; sign-ups are counted by wider networks; which database this is."""

from __future__ import annotations

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from database.base import UtcDateTime

revision = "0030"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("notice") as notice:
        notice.add_column(sa.Column("link", sa.Uuid(), nullable=True))
        notice.add_column(sa.Column("set_aside_at", UtcDateTime(), nullable=True))
        notice.create_foreign_key(op.f("fk_notice_link"), "one_time", ["link"], ["uid"], ondelete="CASCADE")
    op.create_index("ix_notice_link", "notice", ["link"])
    with op.batch_alter_table("asked") as asked:
        asked.add_column(sa.Column("site_index", sa.String(70), nullable=True))
        asked.add_column(sa.Column("side_index", sa.String(70), nullable=True))
    op.create_index("ix_asked_site_index", "asked", ["site_index"])
    installation = op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("swept", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.bulk_insert(installation, [{"id": 1, "uid": uuid4(), "swept": 0}])


def downgrade() -> None:
    op.drop_table("installation")
    op.drop_index("ix_asked_site_index", "asked")
    with op.batch_alter_table("asked") as asked:
        asked.drop_column("side_index")
        asked.drop_column("site_index")
    op.drop_index("ix_notice_link", "notice")
    with op.batch_alter_table("notice") as notice:
        notice.drop_constraint(op.f("fk_notice_link"), type_="foreignkey")
        notice.drop_column("set_aside_at")
        notice.drop_column("link")
