"""From an issue to a mailing in a browser: what was seen is approved, what was approved is sent, once."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from datetime import time as wall
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from database.base import now
from devtools.waiting import wait_for
from mailer.ledger import following
from mailer.planning import QuietHours
from mailer.services.administration import signing_in
from mailer.services.publishing import approval, publish, review
from mailer.services.sending import moments, overview
from mailer.services.translating import messages, release
from staff.sessions import SUDO, StaffSession
from subscribers import counting
from tests.support.people import leave, reader
from tests.web.staff.conftest import Desks
from wording.errors import InvalidInputError

SLUG = "los-2026-24"
PAGE = f"/staff/issues/{SLUG}"
HIDDEN = re.compile(r'<input type="hidden" name="(csrf|seen)" value="([^"]*)"')


@pytest.fixture
def ready(desks: Desks) -> Desks:
    """The example issue, translated and with two readers."""
    messages.approve_issue(desks.staff.office, desks.people["Bram"], SLUG)
    for number in range(2):
        reader(desks.store, f"lezer{number}@lezers.example", "legal-aid")
    return desks


def get(desks: Desks, client: FlaskClient, path: str) -> str:
    return client.get(path, base_url=desks.base, follow_redirects=True).get_data(as_text=True)


def post(desks: Desks, client: FlaskClient, path: str, **fields: str) -> TestResponse:
    """Press the button of a page: its hidden fields go along, as a browser sends them."""
    page = get(desks, client, path)
    hidden = dict(HIDDEN.findall(page))
    return desks.post(client, path, **{**hidden, **fields})


def approved(desks: Desks) -> FlaskClient:
    """The editor's client, after somebody else approved."""
    assert post(desks, desks.as_("Amina"), f"{PAGE}/approve").status_code == 303
    return desks.as_("Bram")


def mailings(desks: Desks) -> int:
    return len(overview.mailings_of(desks.staff.office, desks.people["Bram"]))


def test_an_issue_is_approved_by_one_and_sent_by_another(ready: Desks) -> None:
    bram = ready.as_("Bram")
    assert "eerst goedkeuren" in get(ready, bram, f"{PAGE}/send")
    bram = approved(ready)
    page = get(ready, bram, f"{PAGE}/send")
    assert "Verstuur aan 2 lezers" in page
    sent = post(ready, bram, f"{PAGE}/send", when="now")
    assert sent.status_code == 303
    shown = get(ready, bram, sent.headers["Location"])
    assert "Staat klaar voor 2 lezers" in shown
    assert "Neem terug" in shown
    assert mailings(ready) == 1


def test_what_was_taken_back_can_be_sent_to_everyone_again(ready: Desks) -> None:
    bram = approved(ready)
    where = post(ready, bram, f"{PAGE}/send", when="now").headers["Location"].rstrip("/")
    assert ready.post(bram, f"{where}/order", csrf=ready.csrf(bram), do="take_back").status_code == 303
    assert "Teruggenomen voordat er iets vertrok" in get(ready, bram, where)
    assert ready.post(bram, f"{where}/order", csrf=ready.csrf(bram), do="take_back").status_code == 409
    again = post(ready, bram, f"{PAGE}/send", when="now").headers["Location"]
    assert "Staat klaar voor 2 lezers" in get(ready, bram, again)


def test_every_number_opens_its_list_masked(ready: Desks) -> None:
    leave(ready.store, reader(ready.store, "weg@lezers.example", "legal-aid"))
    reader(ready.store, "frans@lezers.example", "legal-aid", locale="fr")
    bram = ready.as_("Bram")
    assert "3 mensen krijgen dit nummer per e-mail" in get(ready, bram, f"{PAGE}/send")
    shown = get(ready, bram, f"{PAGE}/who?audience=legal-aid&locale=nl")
    assert shown.count("l…@l….example") == 2
    assert "lezer0" not in shown
    assert "leest Frans; krijgt Nederlands" in get(ready, bram, f"{PAGE}/who?audience=legal-aid&locale=nl&part=instead")
    assert "het adres is gewist" in get(ready, bram, f"{PAGE}/who?why=left")
    for odd in ("audience=x&locale=nl", "audience=legal-aid&locale=xx"):
        assert bram.get(f"{PAGE}/who?{odd}", base_url=ready.base).status_code == 404
    assert bram.get(f"{PAGE}/who?why=left&after=99999999999999999999", base_url=ready.base).status_code == 200


@pytest.mark.promise("F17")
def test_two_clicks_make_one_mailing(ready: Desks) -> None:
    bram = approved(ready)
    hidden = dict(HIDDEN.findall(get(ready, bram, f"{PAGE}/send")))
    assert ready.post(bram, f"{PAGE}/send", when="now", **hidden).status_code == 303
    again = ready.post(bram, f"{PAGE}/send", when="now", **hidden)
    assert again.headers["Location"].rstrip("/").endswith("/staff/mailings/1"), "the mailing of the first click"
    assert mailings(ready) == 1


def test_more_readers_than_the_button_held_are_asked_about_and_fewer_are_not(ready: Desks) -> None:
    bram = approved(ready)
    page = get(ready, bram, f"{PAGE}/send")
    hidden = {**dict(HIDDEN.findall(page)), "readers": "2", "when": "now"}
    assert 'name="readers" value="2"' in page
    late = reader(ready.store, "later@lezers.example", "legal-aid")
    refused = ready.post(bram, f"{PAGE}/send", **hidden)
    assert refused.status_code == 409
    shown = refused.get_data(as_text=True)
    assert "3 lezers nu, 2 toen" in shown
    assert "Verstuur aan 3 lezers" in shown
    assert mailings(ready) == 0
    leave(ready.store, late)
    assert ready.post(bram, f"{PAGE}/send", **{**hidden, "readers": "3"}).status_code == 303


def test_no_page_waits_while_many_readers_are_counted(ready: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    may_end, bram = Event(), approved(ready)

    def slowly(*given: Any, **named: Any) -> None:
        assert may_end.wait(60)
        counting.count_on(*given, **named)

    monkeypatch.setattr(review, "LARGE", 1)
    monkeypatch.setattr(review, "count_on", slowly)
    page = get(ready, bram, f"{PAGE}/send")
    assert "Er wordt geteld" in page
    assert "Heb je een proef gezien?" in page
    assert 'name="seen"' not in page, "no button before it is known to how many"
    assert "Er wordt geteld" in get(ready, bram, f"{PAGE}/who")
    asked = {"base_url": ready.base, "headers": {"HX-Request": "true"}}
    assert "Er wordt geteld" in bram.get(f"{PAGE}/send", **asked).get_data(as_text=True)
    may_end.set()
    wait_for(lambda: not bram.get(f"{PAGE}/send", **asked).get_data())
    assert "Verstuur aan 2 lezers" in get(ready, bram, f"{PAGE}/send")

    sent = post(ready, bram, f"{PAGE}/send", when="now").headers["Location"]
    may_end.clear()
    answered = following.answered
    monkeypatch.setattr(overview, "LARGE", 1)
    monkeypatch.setattr(following, "answered", lambda *given: may_end.wait(60) and answered(*given))
    page = get(ready, bram, sent)
    assert "Aan 2 lezers; hoe ver, wordt geteld" in page
    assert "Deze telling klopt niet" not in page
    may_end.set()
    wait_for(lambda: "Staat klaar voor 2 lezers" in get(ready, bram, sent))


def test_without_anyone_to_send_to_there_is_no_button(ready: Desks) -> None:
    bram = approved(ready)
    assert post(ready, bram, f"{PAGE}/send", when="now").status_code == 303
    page = get(ready, bram, f"{PAGE}/send")
    assert "Nu krijgt niemand dit nummer" in page
    assert "Wie dit nummer al heeft, krijgt het niet nog eens." in page
    assert "Nog niets verstuurd" not in page
    assert 'name="when"' not in page
    assert "Verstuur aan" not in page


def test_who_does_not_approve_asks_the_editors_for_a_change(ready: Desks) -> None:
    amina = ready.as_("Amina")
    empty = post(ready, amina, f"{PAGE}/approve", do="send_back", word=" ")
    assert empty.status_code == 409
    sent = post(ready, amina, f"{PAGE}/approve", do="send_back", word="De datum klopt niet.")
    assert "gemaild aan 1 redacteur" in sent.get_data(as_text=True)
    [mail] = [one for one in ready.mails() if one.kind == "staff"]
    assert (mail.to, "De datum klopt niet." in mail.text) == (ready.people["Bram"].email, True)


def test_what_changed_since_an_approval_is_shown_word_by_word(ready: Desks) -> None:
    approved(ready)
    issue = ready.staff.office.content.folder / "issues" / SLUG / "issue.md"
    text = issue.read_text("utf-8")
    issue.write_text(text.replace("\n## ", "\n\nZesentachtig nieuwe woorden.\n\n## ", 1), "utf-8")
    messages.approve_issue(ready.staff.office, ready.people["Bram"], SLUG)
    release.override(ready.staff.office, ready.people["Bram"], SLUG, "en", reason="proef")
    page = get(ready, ready.as_("Amina"), f"{PAGE}/approve")
    assert re.search(r"<ins>.*Zesentachtig nieuwe woorden", page)
    assert "Vervallen, omdat dit veranderde: " in page


@pytest.mark.promise("F17")
def test_what_changed_after_the_look_is_neither_approved_nor_sent(ready: Desks) -> None:
    amina, bram = ready.as_("Amina"), ready.as_("Bram")
    page = get(ready, amina, f"{PAGE}/approve")
    hidden = dict(HIDDEN.findall(page))
    issue = ready.staff.office.content.folder / "issues" / SLUG / "issue.md"
    issue.write_text(re.sub(r"^date: .*$", "date: 2026-12-31", issue.read_text("utf-8"), flags=re.MULTILINE), "utf-8")
    refused = ready.post(amina, f"{PAGE}/approve", **hidden)
    assert refused.status_code == 409
    assert "is veranderd sinds het werd bekeken" in refused.get_data(as_text=True)
    assert "eerst goedkeuren" in get(ready, bram, f"{PAGE}/send")
    assert mailings(ready) == 0


def test_a_moment_in_the_past_is_refused_and_one_to_come_is_kept(ready: Desks) -> None:
    bram = approved(ready)
    for day, time, said in (
        ("2020-01-01", "09:00", "al geweest"),
        ("gisteren", "", "Vul een dag en een tijd in"),
        ("2027-03-28", "02:30", "de klok springt dan naar 03:00"),
        ("2027-10-31", "02:30", "De tweede keer, een uur later"),
    ):
        refused = post(ready, bram, f"{PAGE}/send", when="at", day=day, time=time)
        assert refused.status_code == 409
        assert said in refused.get_data(as_text=True)
    assert mailings(ready) == 0
    sent = post(ready, bram, f"{PAGE}/send", when="at", day="2099-06-01", time="09:00")
    assert "gepland op 1 juni 09:00" in get(ready, bram, sent.headers["Location"])


def test_a_mailing_is_paused_resumed_and_cancelled_for_good(ready: Desks) -> None:
    bram = approved(ready)
    where = post(ready, bram, f"{PAGE}/send", when="now").headers["Location"].rstrip("/")
    csrf = ready.csrf(bram)
    assert ready.post(bram, f"{where}/order", csrf=csrf, do="start").status_code == 303
    assert ready.post(bram, f"{where}/order", csrf=csrf, do="pause").status_code == 303
    assert "Stilgezet" in get(ready, bram, where)
    assert ready.post(bram, f"{where}/order", csrf=csrf, do="pause").status_code == 409
    assert ready.post(bram, f"{where}/order", csrf=csrf, do="resume").status_code == 303
    assert ready.post(bram, f"{where}/order", csrf=csrf, do="delete").status_code == 404
    assert "voorgoed" in get(ready, bram, f"{where}/cancel")
    assert ready.post(bram, f"{where}/cancel", csrf=csrf, reason="verkeerde datum").status_code == 303
    assert "Afgebroken" in get(ready, bram, where)
    assert ready.post(bram, f"{where}/order", csrf=csrf, do="resume").status_code == 409


def test_a_mailing_that_was_opened_elsewhere_leaves_at_a_button(ready: Desks) -> None:
    bram, office = approved(ready), ready.staff.office
    seen = approval.proposal(office, ready.people["Bram"], SLUG).digest
    number = publish.publish(office, ready.people["Bram"], SLUG, approved=seen).mailing
    page = get(ready, bram, f"/staff/mailings/{number}")
    assert "Laat vertrekken" in page
    assert f'href="/staff/mailings/{number}/">Naar de verzending</a>' in get(ready, bram, "/staff/")
    assert ready.post(bram, f"/staff/mailings/{number}/order", csrf=ready.csrf(bram), do="start").status_code == 303
    assert "Onderweg: 0 van 2 mensen" in get(ready, bram, f"/staff/mailings/{number}")
    assert ready.post(bram, f"/staff/mailings/{number}/order", csrf=ready.csrf(bram), do="start").status_code == 409


def test_sending_asks_for_the_second_step_again_after_ten_minutes(ready: Desks) -> None:
    approved(ready)
    bram = ready.as_("Bram")
    with ready.store.transaction() as session:
        session.execute(update(StaffSession).values(second_at=now() - SUDO))
    chosen = {"when": "at", "day": "2031-05-06", "time": "07:08"}
    asked = post(ready, bram, f"{PAGE}/send", **chosen)
    page = asked.get_data(as_text=True)
    assert asked.status_code == 401
    assert all(f'name="{name}" value="{value}"' in page for name, value in chosen.items())
    assert post(ready, bram, f"{PAGE}/send", **chosen, second_code="1").status_code == 422
    assert mailings(ready) == 0
    [code, *_others] = signing_in.new_paper(ready.staff.office, ready.people["Bram"])
    assert post(ready, bram, f"{PAGE}/send", **chosen, second_code=code).status_code == 303
    assert mailings(ready) == 1
    again = post(ready, bram, "/staff/mailings/1/order", do="pause", second_code=code)
    assert again.status_code == 303, "what was proven holds for the next button too"


def test_a_second_factor_that_was_used_sends_nothing_a_second_time(ready: Desks) -> None:
    approved(ready)
    bram = ready.as_("Bram")
    [code, *_others] = signing_in.new_paper(ready.staff.office, ready.people["Bram"])

    def go_stale() -> None:
        with ready.store.transaction() as session:
            session.execute(update(StaffSession).values(second_at=now() - SUDO))

    go_stale()
    where = post(ready, bram, f"{PAGE}/send", when="now", second_code=code).headers["Location"].rstrip("/")
    go_stale()
    again = ready.post(bram, f"{where}/order", csrf=ready.csrf(bram), do="take_back", second_code=code)
    assert again.status_code == 422
    go_stale()
    other = ready.as_("Bram", fresh=True)
    go_stale()
    stolen = ready.post(other, f"{where}/order", csrf=ready.csrf(other), do="take_back", second_code=code)
    assert stolen.status_code == 422, "nor in another session of theirs"
    assert "Neem terug" in get(ready, bram, where)


def test_in_quiet_hours_nothing_is_planned_and_now_waits_for_their_end(ready: Desks) -> None:
    approved(ready)
    quiet = QuietHours(wall(22), wall(7), "Europe/Amsterdam")
    night = datetime(2031, 5, 6, 23, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))
    office = replace(ready.staff.office, policy=replace(ready.staff.office.policy, quiet=quiet), clock=lambda: night)
    bram = ready.people["Bram"]
    seen = approval.proposal(office, bram, SLUG).digest
    for typed in ("2031-05-07T22:00", "2031-05-07T06:59"):
        with pytest.raises(InvalidInputError, match="vertrekt er niets"):
            publish.publish(office, bram, SLUG, approved=seen, scheduled_at=moments.moment(office, typed))
    assert moments.soon(office) == datetime(2031, 5, 7, 7, tzinfo=ZoneInfo("Europe/Amsterdam"))
    done = publish.publish(office, bram, SLUG, approved=seen, scheduled_at=moments.soon(office))
    assert done.deliveries == 2


@pytest.mark.parametrize("path", [f"{PAGE}/send", "/staff/mailings/", "/staff/mailings/1/order"])
def test_a_translator_sends_nothing(ready: Desks, path: str) -> None:
    yasmin = ready.as_("Yasmin")
    answer = ready.post(yasmin, path, csrf=ready.csrf(yasmin), do="pause")
    assert answer.status_code in {403, 405}
    assert yasmin.get(f"{PAGE}/send", base_url=ready.base).status_code == 403


@pytest.mark.parametrize(
    "path", ["/staff/issues/nergens", "/staff/mailings/99", "/staff/mailings/99999999999999999999"]
)
def test_what_is_not_there_is_a_page_that_says_so(desks: Desks, path: str) -> None:
    assert desks.as_("Bram").get(path, base_url=desks.base, follow_redirects=True).status_code == 404


@pytest.mark.promise("row 2")
def test_the_frame_of_an_edition_runs_nothing_and_links_out_of_itself(desks: Desks) -> None:
    answer = desks.as_("Bram").get(f"{PAGE}/frame/legal-aid/nl", base_url=desks.base)
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert '<base target="_blank">' in answer.get_data(as_text=True)
