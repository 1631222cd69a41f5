"""Rows that someone approved carry a keyed MAC: without the keys nobody who writes to the database alters them unseen.

A column of type `MacOf("audience", "content_hash", …)` holds `<key id>.<HMAC-SHA256 in hex>` over the name of the table
and the values of those columns of its own row. The key is derived from the audit root, whose other use is the same: to
show that something was changed.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import String, Table, TypeDecorator

from database.keys import KeyRing, KeysError


class MacOf(TypeDecorator[str]):
    """A column with the MAC of its row; empty where there were no keys when it was made, which is never genuine."""

    impl = String(70)
    cache_ok = True

    def __init__(self, *covers: str) -> None:
        super().__init__()
        self.covers = covers


def mac_column(table: Table) -> tuple[str, tuple[str, ...]] | None:
    """The name of a table's column with a MAC, and of the columns that it covers; None when it has none."""
    for column in table.columns:
        if isinstance(column.type, MacOf):
            return column.name, column.type.covers
    return None


def mac_of(keys: KeyRing, table: str, values: Mapping[str, Any], kid: int | None = None) -> str:
    """The MAC of a row under the newest key, or under `kid`; `values` are those that it covers, by column."""
    kid = keys.current("audit") if kid is None else kid
    message = json.dumps([table, {name: _plain(value) for name, value in values.items()}], sort_keys=True).encode()
    return f"{kid}.{hmac.digest(keys.derive('audit', 'rows', kid), message, 'sha256').hex()}"


def is_genuine(keys: KeyRing, table: str, values: Mapping[str, Any], mac: str) -> bool:
    """Whether the row is as it was when it got this MAC."""
    kid = mac.partition(".")[0]
    try:
        return kid.isdecimal() and hmac.compare_digest(mac_of(keys, table, values, int(kid)), mac)
    except KeysError:
        return False  # a made-up key id, or a key that is gone


def _plain(value: Any) -> Any:
    """As JSON takes it, so that no two values look alike; JSON itself stays as it is."""
    if value is None or isinstance(value, bool | int | float | dict | list):
        return value
    return ["bytes", bytes(value).hex()] if isinstance(value, bytes | memoryview) else str(value)
