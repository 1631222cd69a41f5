"""What was approved, and what stands in the archive, carries a keyed MAC. Rows of before get theirs here, once.

A mailing that is half sent goes on: its editions are taken as they are at the upgrade. Their content is compared with
the hash they were frozen with when they are used, as always.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

from database.keys import KeyRing
from database.mac import mac_of

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

TABLES = {
    "frozen_edition": (["id"], ["mailing_id", "audience", "locale", "channel", "content_hash"]),
    "archived_page": (["issue_slug", "locale"], ["issue_slug", "locale", "leaf"]),
    "archived_picture": (["issue_slug", "path"], ["issue_slug", "path", "data"]),
}
"""The primary key of each table, and what its MAC covers."""


def upgrade() -> None:
    keys = context.config.attributes.get("keys")
    for name, (key, covers) in TABLES.items():
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("mac", sa.String(70), nullable=False, server_default=""))
        if keys is not None:  # without them nothing of it can be sent either, and the next start finds that
            _sign(keys, name, key, covers)


def downgrade() -> None:
    for name in TABLES:
        with op.batch_alter_table(name) as table:
            table.drop_column("mac")


def _sign(keys: KeyRing, name: str, key: list[str], covers: list[str]) -> None:
    columns = [sa.column(one, sa.JSON() if one == "leaf" else None) for one in dict.fromkeys([*key, *covers])]
    rows = sa.table(name, *columns, sa.column("mac", sa.String()))
    connection = op.get_bind()
    for found in connection.execute(sa.select(*(rows.c[one] for one in key))).all():
        mine = sa.and_(*(rows.c[one] == value for one, value in zip(key, found, strict=True)))
        values = connection.execute(sa.select(*(rows.c[one] for one in covers)).where(mine)).mappings().one()
        connection.execute(sa.update(rows).where(mine).values(mac=mac_of(keys, name, dict(values))))
