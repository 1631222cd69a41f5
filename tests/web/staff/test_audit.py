"""The log in a browser: looked through, verified, its end kept; the register, a breach, what is kept too long."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from database.audit import Event, record
from mailer.services.administration import trail
from tests.support.queries import queries
from tests.web.staff.conftest import Desks

AUDIT = "/staff/audit"


def page(desks: Desks, client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path, base_url=desks.base)
    assert answer.status_code == status, answer.status
    return html.unescape(answer.get_data(as_text=True))


def post(desks: Desks, client: FlaskClient, path: str, **fields: str) -> tuple[int, str]:
    answer = desks.post(client, path, csrf=desks.csrf(client), **fields)
    return answer.status_code, html.unescape(answer.get_data(as_text=True))


def numbers(shown: str) -> list[int]:
    return [int(one) for one in re.findall(r'<th scope="row" class="num">(\d+)</th>', shown)]


def write(desks: Desks) -> None:
    """Six rows: of two people, of the system, and one about a person."""
    bram, sem = desks.people["Bram"].uid, desks.people["Sem"].uid
    with desks.store.transaction() as session:
        record(session, Event.APPROVE, bram, detail={"issue": "los-2026-24"})
        record(session, Event.VIEW_LIST, sem, detail={"addressees": 6})
        record(session, "publish", bram, detail={"issue": "noo-2026-11"})
        record(session, Event.ROLE, bram, sem, detail={"second_step": False})
        record(session, "strange_event", "chores", detail={"job": "100%_<b>"})
        record(session, Event.ERASE, "retention", detail={"rule": 3})


def test_an_empty_log_says_how_it_fills(desks: Desks) -> None:
    noor = desks.as_("Noor")
    assert "Nog geen regels" in page(desks, noor, AUDIT)
    assert "0:" in page(desks, noor, f"{AUDIT}/head")
    status, said = post(desks, noor, AUDIT)
    assert (status, "Het logboek sluit" in said) == (200, True)


def test_rows_are_found_by_kind_by_person_and_by_words(desks: Desks) -> None:
    write(desks)
    noor, sem = desks.as_("Noor"), desks.people["Sem"].uid
    for asked, found in {
        "": [6, 5, 4, 3, 2, 1],
        "kind=seen": [2],
        "kind=sent": [3, 1],
        "kind=rights": [4],
        f"who={sem}": [4, 2],
        "words=LOS-2026": [1],
        "words=5": [5],
        "words=100%25_%3Cb%3E": [5],
        "words=100__": [],
        f"kind=sent&who={sem}": [],
        "before=3": [2, 1],
        "kind=nothing&who=x&before=-1": [6, 5, 4, 3, 2, 1],
        "words=%27%20OR%201=1%20--": [],
        "words=99999999999999999999": [],
    }.items():
        assert numbers(page(desks, noor, f"{AUDIT}?{asked}")) == found, asked
    with queries() as asked_of_it:
        shown = page(desks, noor, AUDIT)
    assert len(asked_of_it) <= 12
    assert "zette een tweede stap terug: Sem" in shown
    assert "strange_event: 100%_<b>" in shown
    assert "<b></bdi>" not in noor.get(AUDIT, base_url=desks.base).get_data(as_text=True)
    assert "Niets gevonden" in page(desks, noor, f"{AUDIT}?words=niets")


def test_older_rows_are_a_page_away_and_none_is_passed_over(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "PAGE", 2)
    write(desks)
    noor, at, found = desks.as_("Noor"), f"{AUDIT}?kind=all", list[int]()
    while at:
        shown = page(desks, noor, at)
        found += numbers(shown)
        next_one = re.search(r'href="(/staff/audit\?[^"]*before=\d+)"', shown)
        at = next_one[1] if next_one else ""
    assert found == [6, 5, 4, 3, 2, 1]


def test_an_end_that_was_kept_shows_that_rows_were_taken_away(desks: Desks) -> None:
    write(desks)
    noor = desks.as_("Noor")
    kept = noor.get(f"{AUDIT}/head", base_url=desks.base)
    assert kept.headers["Content-Disposition"] == 'attachment; filename="logboek-6.txt"'
    assert kept.headers["Cache-Control"] == "no-store"
    found = re.search(r"^6:[0-9a-f]{16}$", kept.get_data(as_text=True), re.MULTILINE)
    assert found is not None
    status, said = post(desks, noor, AUDIT, seen=found[0])
    assert status == 200
    assert "staat er nog in" in said
    for odd in ("x", "6", "6:", "6:xyz", "-6:0123456789", "6:" + "é" * 9, "9999999999:0123456789"):
        status, said = post(desks, noor, AUDIT, seen=odd)
        assert (status, "regel:code" in said) == (422, True), odd
    status, said = post(desks, noor, AUDIT, seen="9:0123456789abcdef")
    assert "er zijn regels weggehaald" in said
    assert "Het logboek sluit" not in said
    with desks.store.engine.begin() as connection:
        for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("UPDATE audit SET event = 'edit' WHERE seq = 2"))
    _status, said = post(desks, noor, AUDIT)
    assert "klopt niet vanaf regel 2" in said


def test_a_breach_is_counted_between_two_moments_of_the_wall_and_written_down(desks: Desks) -> None:
    write(desks)
    noor = desks.as_("Noor")
    status, said = post(desks, noor, f"{AUDIT}/breach", start="2020-01-01T00:00", end="2100-01-01T00:00")
    assert status == 200
    assert "een lijst bekeken" in said
    assert "In UTC: van 2019-12-31 23:00" in said
    for start, end in (
        ("", ""),
        ("gisteren", "2026-01-01T00:00"),
        ("2026-02-01T00:00", "2026-01-01T00:00"),
        ("0001-01-01T00:00", "9999-12-31T23:59"),
        ("2026-01-01T00:00+02:00", "2026-02-01T00:00"),
    ):
        status, said = post(desks, noor, f"{AUDIT}/breach", start=start, end=end)
        assert status == 422, (start, end)
        assert html.escape(start) in html.escape(said)  # what was typed stays
    assert "maakte een verslag van een datalek" in page(desks, noor, AUDIT)


def test_the_register_is_that_of_the_tables_and_erasing_is_counted_before_it_is_done(desks: Desks) -> None:
    noor = desks.as_("Noor")
    register = page(desks, noor, f"{AUDIT}/register")
    assert "kunnen nagaan wie gegevens zag of veranderde" in register
    before = desks.contents()
    status, said = post(desks, noor, f"{AUDIT}/retention", do="count")
    assert (status, "Dit zou nu weggaan" in said) == (200, True)
    assert desks.contents() == before
    status, said = post(desks, noor, f"{AUDIT}/retention", do="run")
    assert (status, "Weggedaan" in said) == (200, True)
    assert "wiste gegevens" in page(desks, noor, AUDIT)
    status, said = post(desks, noor, f"{AUDIT}/retention", do="go-on")
    assert (status, "Er staat niets stil." in said) == (409, True)
    assert post(desks, noor, f"{AUDIT}/retention", do="drop")[0] == 409


def test_nobody_else_sees_the_log(desks: Desks) -> None:
    for name in ("Bram", "Amina", "Yasmin", "Sem"):
        client = desks.as_(name)
        for path in ("", "/head", "/register", "/breach", "/retention"):
            page(desks, client, f"{AUDIT}{path}", 403)
