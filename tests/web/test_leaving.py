"""Leaving takes one click, changes nothing before it, and works for ever."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from database.base import now
from mailer.services.notices import alarms
from mailer.services.sending.links import personal_links
from staff.people import add_person
from staff.roles import Role
from subscribers.address import Address
from subscribers.admission import Newcomer, admit
from subscribers.consent import Choice, Evidence
from subscribers.repository import memberships
from subscribers.tables import ConsentEvent, Suppression
from tests.support.loads import load
from tests.support.people import ANNA, gets, leave, reader
from tests.web.conftest import HOST, Pages

BASE = f"https://{HOST}"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def link(pages: Pages, uid: UUID, publication: str = "los", slot: str = "unsubscribe_url") -> str:
    return personal_links(pages.keys, pages.house, publication, uid)[slot].removeprefix(BASE)


@pytest.mark.promise("P3")
def test_opening_the_link_changes_nothing_and_one_click_leaves(pages: Pages) -> None:
    uid = reader(pages.store, ANNA, "legal-aid", "noo-national")
    before = pages.contents()
    client = pages.client()
    for method in (client.get, client.head, client.options):
        assert method(link(pages, uid), base_url=BASE).status_code == 200
    assert pages.contents() == before
    for _twice in range(2):
        answer = client.post(link(pages, uid), data=ONE_CLICK, base_url=BASE)
        assert (answer.status_code, answer.data, "Set-Cookie" in answer.headers) == (200, b"", False)
    assert gets(pages.store) == set()
    assert gets(pages.store, "noo-national") == {uid}


@pytest.mark.promise("row 19")
def test_one_click_works_as_multipart_without_any_header_of_a_browser(pages: Pages) -> None:
    uid = reader(pages.store, ANNA)
    answer = pages.client().post(
        link(pages, uid), data=ONE_CLICK, base_url=BASE, content_type="multipart/form-data", headers={"User-Agent": ""}
    )
    assert answer.status_code == 200
    assert gets(pages.store) == set()


def test_our_own_buttons_leave_one_newsletter_or_all(pages: Pages) -> None:
    uid = reader(pages.store, ANNA, "legal-aid", "noo-national")
    assert "Recht en opvang" in pages.client().post(link(pages, uid), data={"what": "this"}, base_url=BASE).text
    with pages.store.reading() as session:
        assert memberships(session, uid) == {"legal-aid": "left", "noo-national": "active"}
    assert "gewist" in pages.client().post(link(pages, uid), data={"what": "all"}, base_url=BASE).text
    assert gets(pages.store, "noo-national") == set()


def test_a_button_leaves_every_audience_of_the_newsletter(pages: Pages) -> None:
    uid = reader(pages.store, ANNA, "legal-aid", "womens-orgs")
    pages.client().post(link(pages, uid), data=ONE_CLICK, base_url=BASE)
    assert gets(pages.store) == gets(pages.store, "womens-orgs") == set()


def test_the_link_of_somebody_erased_still_says_it_is_done(pages: Pages) -> None:
    client = pages.client()
    assert client.get(link(pages, uuid4()), base_url=BASE).status_code == 200
    assert client.post(link(pages, uuid4()), data=ONE_CLICK, base_url=BASE).status_code == 200


@pytest.mark.parametrize("token", ["x", "A" * 60, "A" * 10_000, "%00", "..%2f..%2f", "é"])
def test_a_made_up_link_is_a_page_that_helps(pages: Pages, token: str) -> None:
    for path in (f"/u/{token}", f"/p/{token}"):
        assert pages.client().post(path, data=ONE_CLICK, base_url=BASE).status_code == 404


FLOOD = load(5_000, 500)


@pytest.mark.load
def test_many_at_once_from_one_network_are_all_honoured_and_somebody_is_told(pages: Pages) -> None:
    """Mail providers press the button for their customers, from a few addresses and sometimes twice."""
    people = [
        Newcomer(Address(f"reader{number}", "lezers.example"), Choice(("legal-aid",), "nl"), Evidence("test"))
        for number in range(FLOOD + 1)
    ]
    with pages.store.transaction() as session:
        admit(session, people)
        add_person(session, "Noor", "noor@redactie.example", [Role.ADMIN])
        assert alarms.sound(session, pages.house, now()) == 0
    client = pages.client()
    links = [link(pages, one.uid) for one in people[:FLOOD]]
    for address in [*links, *links[::100]]:
        answer = client.post(address, data=ONE_CLICK, base_url=BASE, environ_overrides={"REMOTE_ADDR": "192.0.2.1"})
        assert (answer.status_code, answer.data) == (200, b"")
    assert gets(pages.store) == {people[-1].uid}
    with pages.store.reading() as session:
        events = session.execute(select(ConsentEvent.event, func.count()).group_by(ConsentEvent.event)).all()
        assert {tuple(row) for row in events} == {("imported", FLOOD + 1), ("left", FLOOD)}
        assert session.scalar(select(func.count()).select_from(Suppression)) == FLOOD
    assert pages.mails() == []
    for _twice in range(2):
        with pages.store.transaction() as session:
            alarms.sound(session, pages.house, now())
    [mail] = [one for one in pages.mails() if one.to == "noor@redactie.example"]  # each administrator gets one
    assert f"{FLOOD} lezers" in mail.text


def test_preferences_show_no_whole_address_and_change_only_by_the_button(pages: Pages) -> None:
    uid = reader(pages.store, ANNA)
    page = link(pages, uid, slot="preferences_url")
    before = pages.contents()
    html = pages.client().get(page, base_url=BASE).text
    assert "a…@l….example" in html
    assert ANNA not in html
    assert pages.contents() == before
    data = {"audience": ["noo-national", "womens-orgs"], "locale": "en", "pause": "", "do": "save"}
    assert pages.client().post(page, data=data, base_url=BASE).status_code == 200
    assert (gets(pages.store), gets(pages.store, "womens-orgs")) == (set(), {uid})


@pytest.mark.parametrize(
    "changed",
    [
        *({"pause": "gisteren"}, {"pause": "2020-01-01"}, {"pause": "9999-01-01"}),
        *({"locale": "xx"}, {"audience": ["detention"]}, {"audience": ["x' OR 1=1"]}),
    ],
)
def test_a_wrong_preference_is_refused_and_changes_nothing(pages: Pages, changed: dict[str, object]) -> None:
    uid = reader(pages.store, ANNA)
    before = pages.contents()
    data = {"audience": ["legal-aid"], "locale": "nl", "pause": "", "do": "save", **changed}
    page = link(pages, uid, slot="preferences_url")
    assert pages.client().post(page, data=data, base_url=BASE).status_code == 422
    assert pages.contents() == before


def test_the_preferences_of_somebody_who_left_show_nothing(pages: Pages) -> None:
    uid = reader(pages.store, ANNA)
    leave(pages.store, uid)
    page = link(pages, uid, slot="preferences_url")
    for answer in (
        pages.client().get(page, base_url=BASE),
        pages.client().post(page, data={"do": "manage"}, base_url=BASE),
    ):
        assert "afgemeld" in answer.text
    assert pages.mails() == []
