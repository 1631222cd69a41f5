"""The register of processing (GDPR art. 30), made from the tables: no column can be forgotten in it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Column, Table

from database.base import Base
from database.declared import Declared
from database.sealed import BlindIndex, SealedText
from wording import Text, _


@dataclass(frozen=True)
class Entry:
    """The columns of one table that share a purpose, with how they are protected."""

    table: str
    columns: tuple[str, ...]
    sealed: tuple[str, ...]
    hashed: tuple[str, ...]
    declared: Declared


def register() -> list[Entry]:
    """Every table that holds something about a person, of all rooms that are imported."""
    entries: list[Entry] = []
    for table in Base.metadata.sorted_tables:
        declared = [declaration_of(table, column) for column in table.columns]
        for purpose in (one for number, one in enumerate(declared) if one and one not in declared[:number]):
            columns = [column for column, one in zip(table.columns, declared, strict=True) if one == purpose]
            entries.append(_entry(table, purpose, columns))
    return entries


def undeclared() -> list[str]:
    """Columns that say neither why they are kept nor that they are about nobody; must be empty."""
    return [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if "personal" not in column.info and "personal" not in table.info
    ]


def declaration_of(table: Table, column: Column[object]) -> Declared | None:
    """What the column declares, or else its table; None: nothing about a person."""
    found = column.info.get("personal", table.info.get("personal"))
    return found if isinstance(found, Declared) else None


def protection_of(entry: Entry) -> Text:
    """How an entry is protected, in a sentence."""
    if entry.sealed and entry.hashed:
        return _(
            "versleuteld: {sealed}; als code: {hashed}", sealed=", ".join(entry.sealed), hashed=", ".join(entry.hashed)
        )
    if entry.sealed:
        return _("versleuteld: {sealed}", sealed=", ".join(entry.sealed))
    if entry.hashed:
        return _("als code: {hashed}", hashed=", ".join(entry.hashed))
    return _("onder pseudoniem")


def _entry(table: Table, declared: Declared, columns: list[Column[object]]) -> Entry:
    sealed = tuple(column.name for column in columns if isinstance(column.type, SealedText))
    hashed = tuple(column.name for column in columns if isinstance(column.type, BlindIndex))
    return Entry(table.name, tuple(column.name for column in columns), sealed, hashed, declared)
