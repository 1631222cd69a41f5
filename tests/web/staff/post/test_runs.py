"""A print run in the browser, from a look at the costs to the letter box, and what may go wrong on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from database.audit import AuditRow
from database.base import now
from mailer.artefacts.paper.postage import Rate
from mailer.ledger import installation
from mailer.services.post import addressees, pieces
from mailer.services.sending.holding import LOOK_FIRST
from staff.sessions import SUDO, StaffSession
from subscribers.addressee import SuspendedBecause
from subscribers.postal import suspend_addressee
from subscribers.rights import erase_addressee
from subscribers.tables import AddresseeRow
from tests.support.post_office import SLUG, blank
from tests.support.queries import queries
from tests.web.staff.post.conftest import PostDesk
from wording.errors import ConflictError

LOOK = f"/print/{SLUG}"
MOST_QUERIES = 12


def events(desk: PostDesk) -> list[tuple[str, dict[str, object]]]:
    with desk.desks.store.reading() as session:
        return [(row.event, row.detail) for row in session.scalars(select(AuditRow).order_by(AuditRow.seq))]


def test_before_anything_is_made_the_desk_sees_who_what_and_how_much(desk: PostDesk) -> None:
    [ada, *_others] = desk.at.add("Ada Voorbeeld", "Bo Voorbeeld")
    desk.at.add("Cas Voorbeeld", locale="ar", large=True)
    with desk.desks.store.transaction() as session:
        session.execute(
            update(AddresseeRow)
            .where(AddresseeRow.uid == ada)
            .values(confirmed_on=desk.at.office.today() - timedelta(days=40))
        )
    page = desk.get(LOOK)
    assert "3 enveloppen gaan € 5,60 aan postzegels kosten" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert "30 dagen of langer niets van gehoord: 1" in page
    assert "Er was nog geen vorige keer" not in page  # three newcomers, each with the explanation
    assert "Ada" not in page
    assert "Maak printopdracht voor 2 stuks" in desk.get(f"{LOOK}?unheard=wait")
    assert "De eerste envelop begint dan op plek 6" in desk.get(f"{LOOK}?skip=5")
    assert "Maak printopdracht voor 3 stuks" in desk.get(f"{LOOK}?skip=-1&addressing=../etc&unheard=x")
    run = desk.post(LOOK, unheard="wait", skip="3").headers["Location"].rpartition("/")[2]
    assert "Nog niet besteld" in desk.get("")  # Ada waits on
    assert "in 2 enveloppen" in desk.get(f"/runs/{run}")
    assert desk.post(LOOK).status_code == 303
    assert desk.post(LOOK).status_code == 409  # nothing waits any more


def test_without_a_rate_for_today_it_is_printed_and_its_costs_are_unknown(desk: PostDesk) -> None:
    desk.at.add("Ada Voorbeeld")
    office = desk.desks.staff.office
    tomorrow = Rate(office.today() + timedelta(days=1), Decimal("1.99"))
    object.__setattr__(office, "policy", replace(office.policy, rates=(tomorrow,)))
    page = desk.get(LOOK)
    assert "Er is geen posttarief voor vandaag" in page
    assert "1 envelop; wat ze kost, is niet bekend" in page
    run = desk.at.prepared()
    assert "niet bekend" in desk.get(f"/runs/{run}")
    assert desk.do(run, "printed").status_code == 303
    past = Rate(date(2020, 1, 1), Decimal("1.40"))
    object.__setattr__(office, "policy", replace(office.policy, rates=(past, tomorrow)))
    assert "1 × €" in desk.get(f"/runs/{run}").replace("\N{NO-BREAK SPACE}", " ")


def test_a_run_goes_through_its_five_steps_and_says_who_did_what(desk: PostDesk) -> None:
    desk.at.add("Ada Voorbeeld", "Bo Voorbeeld", "Cas Voorbeeld")
    run = desk.at.prepared()
    assert "Geprint, verder" in desk.get(f"/runs/{run}")
    assert desk.do(run, "folded").status_code == 409  # not on paper yet
    for step, after in (
        ("printed", "Gevouwen, verder"),
        ("folded", "Gevuld, verder"),
        ("filled", "Op de post gedaan"),
        ("posted", "3 enveloppen zijn op de post"),
    ):
        assert desk.do(run, step).status_code == 303, step
        assert after in desk.get(f"/runs/{run}"), step
    assert desk.do(run, "posted").status_code == 409
    assert [detail["step"] for event, detail in events(desk) if "step" in detail and event == "print"] == [
        "ordered",
        "printed",
        "folded",
        "filled",
        "posted",
    ]
    assert desk.do(run, "burn").status_code == 404
    assert desk.do(999, "printed").status_code == 404


@pytest.mark.promise("P6")
def test_files_open_with_the_second_step_are_kept_by_no_cache_and_leave_a_trail(desk: PostDesk) -> None:
    desk.at.add("Ada Voorbeeld")
    run = desk.at.prepared()
    opened = desk.post(f"/runs/{run}/files/etiketten-L7163.pdf")
    assert (opened.data, opened.headers["Cache-Control"]) == (blank(2), "no-store")
    assert opened.mimetype == "application/pdf"
    assert ("export", {"run": run, "step": "opened"}) in events(desk)
    assert desk.post(f"/runs/{run}/files/niets.pdf").status_code == 404
    with desk.desks.store.transaction() as session:
        session.execute(update(StaffSession).values(second_at=desk.at.office.clock() - 2 * SUDO))
    asked = desk.post(f"/runs/{run}/files/paklijst.pdf")
    assert (asked.status_code, asked.mimetype) == (401, "text/html")
    assert desk.post(f"/runs/{run}/names").status_code == 401
    assert "Ada" not in desk.get(f"/runs/{run}")


def test_a_page_opens_no_file_while_everything_is_held_back(desk: PostDesk) -> None:
    desk.at.add("Ada Voorbeeld")
    run = desk.at.prepared()
    with desk.desks.store.transaction() as session:
        installation.hold(session, LOOK_FIRST, now())
    refused = [desk.post(f"/runs/{run}/files/etiketten-L7163.pdf"), desk.do(run, "prepare")]
    assert [(one.status_code, one.mimetype) for one in refused] == [(409, "text/html")] * 2
    assert all("postduif hold lift" in one.get_data(as_text=True) for one in refused)
    assert ("export", {"run": run, "step": "opened"}) not in events(desk)


@pytest.mark.promise("P6")
def test_names_are_shown_by_a_button_for_ten_minutes_and_that_is_written_down(desk: PostDesk) -> None:
    desk.at.add("Ada Voorbeeld", "Zoë <b>'; DROP", "أحمد", "தமிழ்")
    run = desk.at.prepared()
    assert "Ada" not in desk.get(f"/runs/{run}")
    shown = desk.post(f"/runs/{run}/names")
    assert shown.headers["Refresh"] == f"600; url=/staff/post/runs/{run}"
    assert shown.headers["Cache-Control"] == "no-store"
    page = shown.get_data(as_text=True)
    assert "<bdi>Ada Voorbeeld</bdi>" in page
    assert "Zoë &lt;b&gt;&#39;; DROP" in page
    assert ("view_list", {"run": run, "addressees": 4, "names": True}) in events(desk)


@pytest.mark.promise("F19")
def test_someone_released_makes_a_run_void_which_is_red_and_says_what_to_destroy(desk: PostDesk) -> None:
    [_ada, bo] = desk.at.add("Ada Voorbeeld", "Bo Voorbeeld")
    run = desk.at.prepared()
    with desk.desks.store.transaction() as session:
        suspend_addressee(session, bo, SuspendedBecause.DEPARTED, desk.at.office.today())
    assert "Deze opdracht kan niet meer worden geprint" in desk.get(f"/runs/{run}")
    assert desk.post(f"/runs/{run}/files/paklijst.pdf").headers["Location"].endswith(f"/runs/{run}")
    page = desk.get(f"/runs/{run}")
    assert "is vervallen" in page
    assert "Vernietig alles wat ervan geprint is" in page
    assert "stuk 2" in page
    assert "Maak printopdracht voor 1 stuk" in desk.get(LOOK)


def test_the_desk_drops_a_run_and_its_pieces_wait_for_the_next(desk: PostDesk) -> None:
    desk.at.add("Ada Voorbeeld")
    run = desk.at.printed()
    assert desk.do(run, "drop").status_code == 303
    page = desk.get(f"/runs/{run}")
    assert "Deze opdracht mag niet op de post" in page
    assert '<bdi lang="nl">De postkamer liet de opdracht vervallen.</bdi>' in page
    assert desk.post(f"/runs/{run}/files/paklijst.pdf").status_code == 409
    assert desk.do(run, "drop").status_code == 409
    again = desk.at.posted()
    assert desk.do(again, "drop").status_code == 409


def test_somebody_erased_in_the_middle_is_taken_out_before_the_rest_goes(desk: PostDesk) -> None:
    [_ada, bo] = desk.at.add("Ada Voorbeeld", "Bo Voorbeeld")
    run = desk.at.printed()
    with desk.desks.store.transaction() as session:
        erase_addressee(session, bo, "retention")
    assert "Haal eerst stuk 2 uit de stapel" in desk.get(f"/runs/{run}")
    refused = desk.do(run, "posted")
    assert refused.status_code == 409
    assert "stuk 2" in refused.get_data(as_text=True)
    assert "Stuk 2 niet vullen" in desk.get(f"/runs/{run}/fill")
    assert desk.post(f"/runs/{run}/fill", one="tick-2").status_code == 409
    assert desk.do(run, "withdraw", piece="2").status_code == 303
    assert desk.do(run, "posted").status_code == 303
    assert "1 envelop is op de post" in desk.get(f"/runs/{run}")


def test_everything_is_posted_except_these_which_wait_for_a_next_run(desk: PostDesk) -> None:
    desk.at.add("Ada Voorbeeld", "Bo Voorbeeld", "Cas Voorbeeld")
    run = desk.at.printed()
    assert desk.do(run, "posted", but="1, 9").status_code == 404  # a piece of another run: nothing has changed
    assert desk.do(run, "posted", but="1 en 3").status_code == 303
    assert "1 envelop is op de post" in desk.get(f"/runs/{run}")
    assert "Maak printopdracht voor 2 stuks" in desk.get(LOOK)


def test_a_piece_has_its_own_page_and_one_of_another_run_is_not_there(desk: PostDesk) -> None:
    desk.at.add("Ada Voorbeeld")
    run = desk.at.printed()
    assert "Stuk 1 is vernietigd" in desk.get(f"/runs/{run}/pieces/1")
    assert desk.ask(f"/runs/{run}/pieces/2").status_code == 404
    assert desk.post(f"/runs/{run}/pieces/2/print", what="address").status_code == 404
    assert desk.do(run, "withdraw", piece="0").status_code == 404
    printed = desk.post(f"/runs/{run}/pieces/1/print", what="address", skip="3")
    assert printed.data.startswith(b"%PDF")
    assert "etiketten-L7163.pdf" in printed.headers["Content-Disposition"]
    assert desk.post(f"/runs/{run}/pieces/1/print", what="wallpaper").status_code == 404


def test_two_desks_see_each_others_ticks_and_a_tick_twice_is_one(desk: PostDesk) -> None:
    desk.at.add("Ada Voorbeeld", "Bo Voorbeeld")
    run = desk.at.printed()
    assert desk.post(f"/runs/{run}/fill", one="tick-1").status_code == 303
    assert desk.post(f"/runs/{run}/fill", one="tick-1").status_code == 303
    other = desk.desks.as_("Sem")
    path = f"/staff/post/runs/{run}/fill"
    shown = other.get(path, base_url=desk.desks.base, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "1 van 2 gevuld" in shown
    assert "<html" not in shown
    # without a script: only what differs from what the page showed is changed
    assert desk.post(f"/runs/{run}/fill", on="2", was="1", one="save").status_code == 303
    assert "1 van 2 gevuld" in desk.get(f"/runs/{run}/fill")
    assert desk.post(f"/runs/{run}/fill", one="tick-1").status_code == 303
    assert desk.post(f"/runs/{run}/fill", one="untick-2").status_code == 303
    assert desk.post(f"/runs/{run}/fill", one="tick-77").status_code == 404
    assert "1 van 2 gevuld" in desk.get(f"/runs/{run}/fill")
    assert desk.do(run, "posted").status_code == 303
    assert desk.post(f"/runs/{run}/fill", one="tick-2").status_code == 409


def test_what_came_back_is_reported_undone_within_the_day_and_said(desk: PostDesk) -> None:
    [ada, *_rest] = desk.at.add("Ada Voorbeeld", "Bo Voorbeeld")
    run = str(desk.at.posted())
    told = desk.post("/returned", run=run, number="1", because="departed")
    page = desk.get(told.headers["Location"].partition("/post")[2])
    assert "Stuk 1 is gemeld: vertrokken." in page
    assert "autofocus" in page
    assert desk.post("/returned", run=run, number="1", because="departed").status_code == 409
    assert desk.post("/returned", run=run, number="7", because="departed").status_code == 422
    assert desk.post("/returned", run=run, number="2", because="onzin").status_code == 422
    assert desk.post("/returned", run=run, number="١", because="departed").status_code == 422
    assert desk.post("/returned", do="undo", run=run, number="1").status_code == 303
    with desk.desks.store.reading() as session:
        assert session.get_one(AddresseeRow, ada).state == "active"
    assert "Nog niets." in desk.get("/returned")
    assert desk.post("/returned", do="undo", run=run, number="1").status_code == 409


def test_a_stop_that_was_said_by_hand_is_not_undone_with_a_return(desk: PostDesk) -> None:
    [ada] = desk.at.add("Ada Voorbeeld")
    run, office, sem = desk.at.posted(), desk.at.office, desk.desks.people["Sem"]
    pieces.returned(office, sem, run, 1, SuspendedBecause.DEPARTED)
    addressees.stop(office, sem, [ada.hex], SuspendedBecause.DEPARTED)
    pieces.undo_return(office, sem, run, 1)
    with desk.desks.store.reading() as session:
        assert session.get_one(AddresseeRow, ada).state == "suspended"
    pieces.returned(office, sem, run, 1, SuspendedBecause.DEPARTED)
    tomorrow = replace(office, clock=lambda: office.clock() + timedelta(days=1))
    with pytest.raises(ConflictError, match="niet vandaag gemeld"):
        pieces.undo_return(tomorrow, sem, run, 1)


def test_no_page_of_a_run_asks_more_of_the_database_for_more_people(shared: PostDesk) -> None:
    shared.at.add(*[f"Ada {number}" for number in range(30)])
    run = shared.at.printed()
    shared.at.add("Bo Voorbeeld")
    for path in ("", LOOK, f"/runs/{run}", f"/runs/{run}/fill", f"/runs/{run}/pieces/1", "/returned"):
        with queries() as asked:
            assert shared.ask(path).status_code == 200
        assert len(asked) <= MOST_QUERIES, (path, len(asked))
