"""A reader asks what is known of them; staff find, show, stop, free, hand over and erase, each of it written down."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from database.base import now
from mailer.services.sending import following
from staff.sessions import StaffSession
from subscribers import suppression
from subscribers.consent import SuppressedBecause
from subscribers.repository import may_receive
from subscribers.suppression import suppressed
from subscribers.tables import Subscriber
from tests.support.people import ANNA, BAS, gets, leave
from tests.support.queries import queries
from tests.web.staff.conftest import Desks, fill
from tests.web.staff.readers.conftest import Readers, plain

MOST_QUERIES = 12


def test_a_search_takes_the_whole_address_and_is_written_down(readers: Readers) -> None:
    found = readers.post("/readers", email=f" {ANNA.upper()} ")
    assert found.headers["Location"].endswith(f"/staff/readers/{readers.anna}")
    for typed, said in (("anna@", "e-mailadres"), ("nieuw@lezers.example", "er geen lezer")):
        assert said in plain(readers.post("/readers", email=typed))
    assert [subject for subject, _detail in readers.trail("search")] == [readers.anna, None]
    page = readers.get(f"/readers/{readers.anna}")
    assert "a…@l….example" in page
    assert ANNA not in page
    assert "lid sinds" in page
    assert "koos deze nieuwsbrief niet" in page
    assert "Ja, mail mij." in page, "the sentence that was agreed to, word for word"
    assert (readers.anna, {}) in readers.trail("view_one")


def test_a_whole_address_is_shown_to_who_asks_and_that_is_written_down(readers: Readers) -> None:
    shown = readers.post(f"/readers/{readers.anna}/address")
    assert ANNA in shown.get_data(as_text=True)
    assert shown.headers["Cache-Control"] == "no-store"
    assert (readers.anna, {"address": True}) in readers.trail("view_one")
    with readers.desks.store.transaction() as session:
        session.execute(update(StaffSession).values(second_at=now() - timedelta(minutes=11)))
    for path in ("address", "data", "erase"):
        answer = readers.post(f"/readers/{readers.anna}/{path}")
        assert answer.status_code == 401, "the second step is asked again first"
        assert ANNA not in answer.get_data(as_text=True)
    assert readers.post("/readers/export").status_code == 401


def test_a_bar_and_its_end_ask_why_and_both_are_in_the_trail(readers: Readers) -> None:
    path = f"/readers/{readers.bas}"
    for why in ("", "   ", "x" * 121):
        assert readers.post(path, do="bar", why=why).status_code == 422
    assert readers.bas in gets(readers.desks.store, "noo-national")
    assert readers.post(path, do="bar", why="belde: nooit meer").status_code == 303
    assert readers.bas not in gets(readers.desks.store, "noo-national")
    assert "Dit adres mailen we nooit." in readers.get(path)
    lifted = readers.post("/readers", email=BAS, do="lift", why="wil hem toch")
    assert lifted.status_code == 200
    assert readers.bas not in gets(readers.desks.store, "noo-national"), "lifting makes no one a reader"
    edits = [detail for _subject, detail in readers.trail("edit")]
    assert {"barred": "complained", "why": "belde: nooit meer"} in edits
    assert {"lifted": "complained", "why": "wil hem toch"} in edits
    with readers.desks.store.reading() as session:
        assert suppressed(session, [BAS]) == {}, "they can sign up again"


def test_only_a_sign_up_frees_who_left_by_themselves_and_a_bounce_is_freed_by_hand(readers: Readers) -> None:
    leave(readers.desks.store, readers.bas)
    answer = readers.post("/readers", email=BAS, do="lift", why="vergissing")
    assert answer.status_code == 422
    assert "nieuwe aanmelding" in plain(answer)
    nobody = readers.post("/readers", email="niemand@lezers.example", do="lift", why="vergissing")
    assert nobody.status_code == 422
    with readers.desks.store.transaction() as session:
        row = session.get_one(Subscriber, readers.anna)
        row.bouncing, row.bounce_score = True, 5.0
        suppression.bar(session, row.address_index, SuppressedBecause.BOUNCED)
    assert "mail kwam terug" in readers.get(f"/readers/{readers.anna}")
    assert readers.post(f"/readers/{readers.anna}", do="lift", why="adres werkt weer").status_code == 303
    assert readers.anna in gets(readers.desks.store, "noo-national")


def test_a_reader_is_paused_taken_off_and_given_one_issue_less(readers: Readers) -> None:
    path = f"/readers/{readers.anna}"
    for day in ("gisteren", "2020-01-01", "2099-01-01"):
        assert readers.post(path, do="pause", until=day).status_code == 422
    out = {"do": "pick", "audience": "noo-national", "issue": "noo-2026-11", "included": "out"}
    assert readers.post(path, **out).status_code == 303
    with readers.desks.store.reading() as session:
        assert may_receive(session, [readers.anna], "noo-national", "noo-2026-11") == {}
        assert readers.anna in may_receive(session, [readers.anna], "noo-national", "noo-2026-12")
    assert readers.post(path, **{**out, "issue": "niets-1"}).status_code == 404
    assert readers.post(path, do="leave").status_code == 303
    assert "het adres is gewist" in readers.get(path)
    assert readers.post(path, do="bar", why="x").status_code == 404
    assert readers.post(path, do="anders").status_code == 404


def test_all_that_is_kept_is_handed_over_as_a_file(readers: Readers) -> None:
    answer = readers.post(f"/readers/{readers.anna}/data")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert json.loads(answer.get_data())["address"] == ANNA
    table = readers.post("/readers/export", audience="noo-rotterdam")
    assert table.mimetype == "text/csv"
    assert table.get_data(as_text=True).count("@lezers.example") == 1
    assert readers.post("/readers/export", audience="niemand").status_code == 404
    assert {detail["rows"] for _subject, detail in readers.trail("export")} == {1}


def test_who_is_erased_in_the_middle_of_a_mailing_gets_nothing_more(desks: Desks) -> None:
    """What is on its way is counted with the mailing, and is of no one any more."""
    fill(desks)
    noor, path = desks.as_("Noor"), f"/staff/readers/{desks.made['reader']}"
    asked = plain(noor.get(f"{path}/erase", base_url=desks.base))
    assert "Er is nog post onderweg" in asked
    done = desks.post(noor, f"{path}/erase", csrf=desks.csrf(noor))
    assert "gewist" in plain(done)
    assert noor.get(path, base_url=desks.base).status_code == 404
    lines = following.deliveries(desks.staff.office, desks.people["Noor"], int(desks.made["number"]))
    assert [line.address for line in lines].count("") == 1
    with desks.store.reading() as session:
        assert may_receive(session, [UUID(desks.made["reader"])], "noo-national") == {}, (
            "asked again before each letter"
        )
    assert desks.post(noor, f"{path}/erase", csrf=desks.csrf(noor)).status_code == 404, "twice is no error of ours"


@pytest.mark.parametrize("path", ["/readers", "/readers/{anna}", "/audiences/noo-national", "/returned", "/privacy"])
def test_a_page_about_readers_asks_the_database_at_most_twelve_times(readers: Readers, path: str) -> None:
    with queries() as asked:
        readers.get(path.format(anna=readers.anna))
    assert len(asked) <= MOST_QUERIES, asked


def test_what_an_editor_may_not_see_is_refused(readers: Readers) -> None:
    bram = readers.desks.as_("Bram")
    for path in ("/readers", f"/readers/{readers.anna}", "/audiences/noo-national", "/returned", "/privacy"):
        assert bram.get(f"/staff{path}", base_url=readers.desks.base).status_code == 403
