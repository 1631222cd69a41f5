"""An issue may wait in the archive for the mailing with whose start it appears."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0121"
down_revision = "0118"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("archived_issue", sa.Column("opens_with", sa.Integer(), nullable=True))


def downgrade() -> None:
    # without the column what waits would be on show
    waits = sa.table("archived_issue", sa.column("issue_slug", sa.String()), sa.column("opens_with", sa.Integer()))
    bound = op.get_bind()
    for slug in bound.execute(sa.select(waits.c.issue_slug).where(waits.c.opens_with.is_not(None))).scalars().all():
        for name in ("archived_page", "archived_picture", "archived_issue"):
            table = sa.table(name, sa.column("issue_slug", sa.String()))
            bound.execute(sa.delete(table).where(table.c.issue_slug == slug))
    op.drop_column("archived_issue", "opens_with")
