"""Sealed columns: what identifies a person is unreadable without the key ring, also in a dump or on a stolen disk.

A column of type `SealedText` holds a `Sealed` value and refuses a plain string, so that nobody stores a name unsealed
by accident. Sealing and opening are said out loud in the repositories:

    row.name = seal(keys, AddresseeRow.name, row.uid, "…")
    name = open_sealed(keys, AddresseeRow.name, row.uid, row.name)

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce. The associated data is table|column|row id, so a value copied
to another row or column does not open. Text is padded to blocks of 64 bytes: its length would tell names apart.
"""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Column, Dialect, LargeBinary, String, TypeDecorator
from sqlalchemy.orm import InstrumentedAttribute

from database.keys import KeyRing, KeysError
from wording import _

_VERSION = b"\x01"
_HEAD = 3
"""Bytes before the nonce: version (1), key id (2)."""
_NONCE = 12
_BLOCK = 64
_END = b"\x80"
"""Padding after ISO/IEC 7816-4: one 0x80, then zeros; never ambiguous, whatever the text ends with."""


@dataclass(frozen=True)
class Sealed:
    """version | key id | nonce | ciphertext and tag, as it stands in the database."""

    data: bytes = field(repr=False)

    @property
    def kid(self) -> int:
        """The id of the data key that sealed it."""
        return int.from_bytes(self.data[1:_HEAD], "big")


class SealedText(TypeDecorator[Sealed]):
    """A column that takes and gives `Sealed` values only. Raises TypeError for anything else."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Sealed | None, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        if not isinstance(value, Sealed):
            raise TypeError("a sealed column takes a Sealed value; seal it in the repository")
        return value.data

    def process_result_value(self, value: Any, dialect: Dialect) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))


class BlindIndex(TypeDecorator[str]):
    """A keyed hash that answers "is it this one?" and nothing else: `<key id>.<HMAC-SHA256 in hex>`."""

    impl = String(70)
    cache_ok = True


def seal(keys: KeyRing, column: InstrumentedAttribute[Any] | Column[Any], row: UUID, text: str) -> Sealed:
    """Seal `text` for one column of one row, under the newest data key."""
    kid = keys.current("data")
    head = _VERSION + kid.to_bytes(2, "big")
    nonce = os.urandom(_NONCE)
    box = AESGCM(keys.derive("data", "sealed", kid)).encrypt(nonce, _padded(text), _place(column, row))
    return Sealed(head + nonce + box)


def open_sealed(keys: KeyRing, column: InstrumentedAttribute[Any] | Column[Any], row: UUID, sealed: Sealed) -> str:
    """The text again. Raises KeysError when the key is missing or wrong, or the value was moved or altered."""
    data = sealed.data
    nonce, box = data[_HEAD : _HEAD + _NONCE], data[_HEAD + _NONCE :]
    try:
        if data[:1] != _VERSION:
            raise InvalidTag
        padded = AESGCM(keys.derive("data", "sealed", sealed.kid)).decrypt(nonce, box, _place(column, row))
    except (InvalidTag, ValueError):
        raise KeysError(
            _(
                "Een versleutelde waarde in {place} gaat niet open: een andere sleutel, of een veranderde waarde.",
                place=_name(column),
            )
        ) from None
    return padded.rstrip(b"\0").removesuffix(_END).decode()


def blind_index(keys: KeyRing, kind: str, canonical: str, kid: int | None = None) -> str:
    """The keyed hash of a canonical value under the newest index key, or under `kid`."""
    kid = keys.current("index") if kid is None else kid
    message = f"{kind}\0{canonical}".encode()
    return f"{kid}.{hmac.digest(keys.derive('index', 'blind', kid), message, 'sha256').hex()}"


def blind_indexes(keys: KeyRing, kind: str, canonical: str) -> list[str]:
    """The keyed hash under every id of the ring: what to look for while a rotation is under way."""
    return [blind_index(keys, kind, canonical, kid) for kid in keys.ids("index")]


def _padded(text: str) -> bytes:
    data = text.encode() + _END
    return data + b"\0" * (-len(data) % _BLOCK)


def _place(column: InstrumentedAttribute[Any] | Column[Any], row: UUID) -> bytes:
    return f"{_name(column)}|{row.hex}".encode()


def _name(column: InstrumentedAttribute[Any] | Column[Any]) -> str:
    bare = column if isinstance(column, Column) else column.expression
    return f"{bare.table.name}|{bare.key}"
