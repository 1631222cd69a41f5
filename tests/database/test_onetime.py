"""A secret in a mail works once, for one purpose, in time, and is not in the database."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread
from uuid import uuid4

import pytest
from sqlalchemy import text

from database import onetime
from database.base import now
from database.session import Store

HOUR = timedelta(hours=1)
WHO = uuid4()


def issued(store: Store, lasts: timedelta = HOUR) -> str:
    with store.transaction() as session:
        return onetime.issue(session, "confirm", WHO, lasts, {"address": "canary@lezer.example"})


def redeem(store: Store, token: str, purpose: str = "confirm") -> onetime.Redeemed | None:
    with store.transaction() as session:
        return onetime.redeem(session, purpose, token)


def test_it_works_once(store: Store) -> None:
    token = issued(store)
    first = redeem(store, token)
    assert first is not None
    assert (first.subject, first.payload) == (WHO, {"address": "canary@lezer.example"})
    assert redeem(store, token) is None


def test_looking_does_not_use_it_up(store: Store) -> None:
    token = issued(store)
    for _ in range(3):
        with store.reading() as session:
            assert onetime.peek(session, "confirm", token) is not None
    assert redeem(store, token) is not None


def test_it_is_bound_to_its_purpose_and_its_time(store: Store) -> None:
    assert redeem(store, issued(store), "login") is None
    assert redeem(store, issued(store, -HOUR)) is None
    assert redeem(store, "") is None
    assert redeem(store, "x" * 10_000) is None


def test_of_two_at_the_same_moment_one_gets_it(store: Store) -> None:
    token, got = issued(store), []
    threads = [Thread(target=lambda: got.append(redeem(store, token))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in got if one is not None]) == 1


def test_who_saw_it_unused_and_comes_second_gets_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look and the deed somebody else used it up."""
    token, peek = issued(store), onetime.peek
    with store.transaction() as session:
        seen = peek(session, "confirm", token)
    assert redeem(store, token) is not None
    monkeypatch.setattr(onetime, "peek", lambda *_given: seen)
    assert redeem(store, token) is None


def test_the_database_holds_neither_the_token_nor_the_address(store: Store) -> None:
    token = issued(store)
    with store.reading() as session:
        dump = repr(session.execute(text("SELECT * FROM one_time")).all())
    assert token not in dump
    assert "canary" not in dump


def test_what_expired_is_forgotten(store: Store) -> None:
    issued(store, -HOUR)
    kept = issued(store)
    with store.transaction() as session:
        assert onetime.forget(session, now()) == 1
    assert redeem(store, kept) is not None
