"""Every link that is mailed, damaged in every way in which links get damaged, and made whole where that is safe."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import event, update

from database import onetime
from database.base import now
from database.onetime import OneTime
from subscribers import managing
from subscribers.tokens import Purpose, token_for
from tests.support.people import ANNA, BAS, ask, gets, reader
from tests.web.conftest import HOST, Pages
from tests.web.test_leaving import ONE_CLICK

BASE = f"https://{HOST}"
LASTING = {"/u/{}": Purpose.UNSUBSCRIBE, "/p/{}": Purpose.PREFERENCES}
ONCE = {"/nl/beheer/{}": managing.MANAGE, "/nl/verhuizen/{}": managing.MOVE}
CONFIRM = "/nl/bevestigen/{}"
EVERY = [*LASTING, *ONCE, CONFIRM]
DONE = {
    "/u/{}": ONE_CLICK,
    "/p/{}": {"audience": ["noo-national"], "locale": "en", "pause": "", "do": "save"},
    "/nl/beheer/{}": {"do": "erase"},
    "/nl/verhuizen/{}": {},
    CONFIRM: {},
}
"""What the button of each page sends."""


def mailed(pages: Pages, page: str) -> str:
    """A genuine token for this page."""
    if page == CONFIRM:
        needed = ask(pages.store, BAS)
        assert needed is not None
        return needed.token
    uid = reader(pages.store, ANNA)
    if page in LASTING:
        return token_for(pages.keys, LASTING[page], uid, "los")
    with pages.store.transaction() as session:
        payload = {"address": "new@lezers.example"} if page == "/nl/verhuizen/{}" else {}
        return onetime.issue(session, ONCE[page], uid, timedelta(hours=1), payload)


def flipped(token: str) -> str:
    data = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    data[-1] ^= 1
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


DAMAGED: dict[str, Callable[[str], str]] = {
    "cut off": lambda token: token[:-1],
    "halved": lambda token: token[: len(token) // 2],
    "first letter lost": lambda token: token[1:],
    "a bit flipped": flipped,
    "capitals": str.upper,
    "twice": lambda token: token * 2,
    "plus": lambda token: f"+{token}",
    "plus, encoded": lambda token: f"%2B{token}",
    "encoded twice": lambda token: "".join(f"%25{ord(letter):02X}" for letter in token),
    "NUL": lambda token: f"{token}%00",
    "no UTF-8": lambda token: f"{token}%ED%A0%80",
    "text direction": lambda token: f"%E2%80%AE{token}",
    "10 kB": lambda _token: "A" * 10_240,
}


@pytest.mark.parametrize("page", EVERY)
def test_a_damaged_link_is_one_page_that_helps_and_does_nothing(
    pages: Pages, page: str, caplog: pytest.LogCaptureFixture
) -> None:
    token, client = mailed(pages, page), pages.client()
    unknown = client.get(page.format("A" * 43), base_url=BASE).data
    others = [mailed_elsewhere(pages, other) for other in EVERY if other != page]
    before = pages.contents()
    for made in (*(damage(token) for damage in DAMAGED.values()), *others):
        for answer in (
            client.get(page.format(made), base_url=BASE),
            client.post(page.format(made), data=DONE[page], base_url=BASE),
        ):
            assert (answer.status_code, answer.data) == (404, unknown), made
    assert pages.contents() == before
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def mailed_elsewhere(pages: Pages, page: str) -> str:
    """A genuine token for another page, and another person."""
    other = UUID(int=7)
    if page in LASTING:
        return token_for(pages.keys, LASTING[page], other, "los")
    with pages.store.transaction() as session:
        return onetime.issue(session, ONCE.get(page, "confirm"), other, timedelta(hours=1), {"address": BAS})


@pytest.mark.parametrize("page", [*ONCE, CONFIRM])
def test_a_link_for_once_is_the_same_page_when_it_is_used_or_too_late(pages: Pages, page: str) -> None:
    client = pages.client()
    unknown = client.get(page.format("A" * 43), base_url=BASE).data
    used = mailed(pages, page)
    assert client.post(page.format(used), data=DONE[page], base_url=BASE).status_code == 200
    with pages.store.transaction() as session:
        late = onetime.issue(session, ONCE.get(page, "confirm"), UUID(int=7), timedelta(hours=1), {"address": BAS})
        session.execute(update(OneTime).values(expires_at=now() - timedelta(seconds=1)))
    before = pages.contents()
    for token in (used, late):
        for method in (client.get, client.post):
            answer = method(page.format(token), data=DONE[page], base_url=BASE)
            assert (answer.status_code, answer.data) == (404, unknown)
    assert pages.contents() == before


def test_the_link_of_one_reader_cannot_be_made_that_of_another(pages: Pages) -> None:
    anna, bas = reader(pages.store, ANNA), reader(pages.store, BAS)
    for page, purpose in LASTING.items():
        token = token_for(pages.keys, purpose, anna, "los")
        data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).replace(anna.bytes, bas.bytes)
        forged = base64.urlsafe_b64encode(data).decode().rstrip("=")
        assert pages.client().post(page.format(forged), data=DONE[page], base_url=BASE).status_code == 404
    assert gets(pages.store) == {anna, bas}


APPENDED = [".", "%3E", ">", "=", "%3D", "%20", "%0A", ",", ");", "%5D", "%22", "'", "!", ":", "%C2%A0", "%E2%80%9D"]


@pytest.mark.parametrize("page", EVERY)
def test_what_a_mail_program_puts_after_a_good_link_is_forgiven(pages: Pages, page: str) -> None:
    """No sign of these is ever part of a token, so nobody else's link can come out of it."""
    token, client = mailed(pages, page), pages.client()
    before = pages.contents()
    shown = {client.get(page.format(token + sign), base_url=BASE).status_code for sign in APPENDED}
    hyphens = token.replace("-", "%2D").replace("_", "%5F")
    assert (shown, client.get(page.format(hyphens), base_url=BASE).status_code) == ({200}, 200)
    assert pages.contents() == before
    assert client.post(page.format(f"{token}%3E."), data=DONE[page], base_url=BASE).status_code == 200
    assert pages.contents() != before


@pytest.mark.promise("row 14")
def test_a_made_up_token_of_the_right_shape_is_refused_before_anything_is_looked_up(pages: Pages) -> None:
    """No query, and one answer: neither its time nor its length tells how near a guess was."""
    statements: list[str] = []
    for engine in {pages.store.engine, pages.store._reader}:
        event.listen(engine, "before_cursor_execute", lambda *said: statements.append(said[2]))
    random, client, bodies = Random(1), pages.client(), set()
    genuine = len(token_for(pages.keys, Purpose.UNSUBSCRIBE, UUID(int=1), "los"))
    for _guess in range(500):
        token = base64.urlsafe_b64encode(random.randbytes(genuine)).decode()[:genuine]
        for page in LASTING:
            bodies.add(client.get(page.format(token), base_url=BASE).data)
    assert (statements, len(bodies)) == ([], 1)
