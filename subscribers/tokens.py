"""Links in a newsletter that work for ever: who it was sent to and what for, signed, and bound to one purpose.

    base64url( key id (2) | subject (16) | scope (UTF-8) | HMAC-SHA256 cut to 16 bytes )

No expiry: a person may unsubscribe by a mail of two years ago. Cutting an HMAC to half its length is RFC 2104 §5.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from database.keys import KeyRing, KeysError
from database.onetime import bare

_TAG = 16
_HEAD = 18
"""Key id (2) and subject (16)."""
_MAX_TOKEN = 200
"""Characters; a scope is a key of postduif.toml, so a real token is far shorter."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]+")


class Purpose(StrEnum):
    """A token made for one opens nothing else."""

    UNSUBSCRIBE = "unsubscribe"
    PREFERENCES = "preferences"


@dataclass(frozen=True)
class Claim:
    """What a token says. `scope` names a publication, or is empty for everything."""

    subject: UUID
    scope: str


def token_for(keys: KeyRing, purpose: Purpose, subject: UUID, scope: str = "") -> str:
    """A token for a link, under the newest key for links."""
    kid = keys.current("links")
    body = kid.to_bytes(2, "big") + subject.bytes + scope.encode()
    return base64.urlsafe_b64encode(body + _tag(keys, purpose, kid, body)).rstrip(b"=").decode()


def claim_from(keys: KeyRing, purpose: Purpose, token: str) -> Claim | None:
    """What a genuine token says; None for any other text. What mail programs put after it is forgiven."""
    token = bare(token)
    if len(token) > _MAX_TOKEN or not _TOKEN.fullmatch(token):
        return None
    try:
        data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except binascii.Error:
        return None
    body, tag = data[:-_TAG], data[-_TAG:]
    if len(body) < _HEAD or not _genuine(keys, purpose, body, tag) or _spelled_otherwise(data, token):
        return None
    return Claim(UUID(bytes=body[2:_HEAD]), body[_HEAD:].decode())


def _genuine(keys: KeyRing, purpose: Purpose, body: bytes, tag: bytes) -> bool:
    try:
        expected = _tag(keys, purpose, int.from_bytes(body[:2], "big"), body)
    except KeysError:
        return False  # a made-up key id, or a key that was retired
    return hmac.compare_digest(tag, expected)


def _spelled_otherwise(data: bytes, token: str) -> bool:
    """Base64 leaves spare bits in the last character: only one spelling counts."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode() != token


def _tag(keys: KeyRing, purpose: Purpose, kid: int, body: bytes) -> bytes:
    return hmac.digest(keys.derive("links", purpose, kid), body, "sha256")[:_TAG]
