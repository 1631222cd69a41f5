"""A link in a newsletter works for ever, for one person and one purpose, and cannot be made up."""

from __future__ import annotations

import base64
from random import Random
from uuid import UUID, uuid4

import pytest

from database.keys import ROOTS, KeyRing
from subscribers.tokens import Claim, Purpose, claim_from, token_for

KEYS = KeyRing.generated()
WHO = UUID("8c1a5b1e-6f1d-4f0e-9a43-2f6a3d1c7b55")
TOKEN = token_for(KEYS, Purpose.UNSUBSCRIBE, WHO, "los")


def read(token: str, purpose: Purpose = Purpose.UNSUBSCRIBE, keys: KeyRing = KEYS) -> Claim | None:
    return claim_from(keys, purpose, token)


def test_it_says_who_and_what_for() -> None:
    assert read(TOKEN) == Claim(WHO, "los")
    assert read(token_for(KEYS, Purpose.UNSUBSCRIBE, WHO)) == Claim(WHO, "")


@pytest.mark.parametrize("appended", ["=", "==", ".", ">", ").", " ", "\n"])
def test_what_mail_clients_append_is_forgiven(appended: str) -> None:
    assert read(TOKEN + appended) == Claim(WHO, "los")


@pytest.mark.parametrize(
    "token",
    [
        *("", "a", "====", TOKEN[:-1], TOKEN[1:], TOKEN[:10], TOKEN.upper(), TOKEN.lower(), TOKEN + "A", TOKEN * 200),
        *(f"{TOKEN.replace('-', '+')}/", "%2B" + TOKEN, TOKEN + "\0", "é" * 20, "\ud800", "A" * 10_240),
    ],
    ids=map(str, range(16)),  # the key is new each time, and a name must not change with it
)
def test_a_damaged_token_is_nobody(token: str) -> None:
    assert read(token) is None


def test_no_flipped_bit_goes_unnoticed() -> None:
    data = base64.urlsafe_b64decode(TOKEN + "=" * (-len(TOKEN) % 4))
    for bit in range(len(data) * 8):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        assert read(base64.urlsafe_b64encode(bytes(changed)).decode().rstrip("=")) is None


@pytest.mark.promise("row 12")
def test_it_opens_nothing_else_and_not_under_another_key() -> None:
    assert read(TOKEN, Purpose.PREFERENCES) is None
    assert read(TOKEN, keys=KeyRing.generated()) is None
    assert token_for(KEYS, Purpose.UNSUBSCRIBE, uuid4(), "los") != TOKEN


def test_only_one_spelling_of_a_token_is_a_token() -> None:
    """Base64 has bits to spare in the last character where octets are not a multiple of three (RFC 4648 §3.5)."""
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for scope in ("", "l", "lo", "los"):
        token = token_for(KEYS, Purpose.UNSUBSCRIBE, WHO, scope)
        others = [token[:-1] + sign for sign in signs if sign != token[-1]]
        assert [one for one in others if read(one) is not None] == []


def test_a_token_of_years_ago_works_while_its_key_is_kept() -> None:
    both = KeyRing({root: {**KEYS.roots[root], 2: b"2" * 32} for root in ROOTS})
    assert read(TOKEN, keys=both) == Claim(WHO, "los")
    assert token_for(both, Purpose.UNSUBSCRIBE, WHO, "los") != TOKEN


def test_guessing_a_hundred_thousand_tokens_finds_nobody() -> None:
    random = Random(1)
    length = len(base64.urlsafe_b64decode(TOKEN + "=" * (-len(TOKEN) % 4)))
    made_up = (base64.urlsafe_b64encode(random.randbytes(length)).decode().rstrip("=") for _ in range(100_000))
    assert all(read(token) is None for token in made_up)
