"""Who proved to own the mailbox can see, move and erase what is kept; a forwarded newsletter proves nothing."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from database.base import now
from database.onetime import OneTime
from subscribers.repository import may_receive
from subscribers.tables import Subscriber, Suppression, Tombstone
from tests.support.people import ANNA, BAS, ask, gets, reader
from tests.web.conftest import HOST, Pages, link_in
from tests.web.test_leaving import link

BASE = f"https://{HOST}"


@pytest.fixture
def anna(pages: Pages) -> UUID:
    return reader(pages.store, ANNA)


def fresh_link(pages: Pages, uid: UUID) -> str:
    page = link(pages, uid, slot="preferences_url")
    assert pages.client().post(page, data={"do": "manage"}, base_url=BASE).status_code == 200
    return link_in(pages.mails()[-1])


def press(pages: Pages, path: str, **data: str) -> tuple[int, str]:
    answer = pages.client().post(path, data=data, base_url=BASE)
    return answer.status_code, answer.text


def test_the_download_holds_everything_and_the_link_works_once(pages: Pages, anna: UUID) -> None:
    path = fresh_link(pages, anna)
    assert pages.client().get(path, base_url=BASE).status_code == 200
    status, text = press(pages, path, do="download")
    data = json.loads(text)
    assert (status, data["address"], data["audiences"]) == (200, ANNA, {"legal-aid": "active"})
    assert [event["event"] for event in data["consent"]] == ["asked", "confirmed"]
    assert data["consent"][0]["wording"]["text"] == "Ja, mail mij."
    assert press(pages, path, do="download")[0] == 404


def test_erasing_leaves_a_keyed_hash_and_a_tombstone(pages: Pages, anna: UUID) -> None:
    assert "gewist" in press(pages, fresh_link(pages, anna), do="erase")[1]
    with pages.store.reading() as session:
        assert session.get(Subscriber, anna) is None
        assert session.scalars(select(Suppression.reason)).all() == ["erased"]
        assert session.scalars(select(Tombstone.subject)).all() == [anna]
    assert gets(pages.store) == set()


def test_only_one_link_is_mailed_while_it_works(pages: Pages, anna: UUID) -> None:
    fresh_link(pages, anna)
    fresh_link(pages, anna)
    assert len(pages.mails()) == 1


def test_a_forwarded_newsletter_mails_its_reader_three_links_a_day_at_most(pages: Pages, anna: UUID) -> None:
    for _press in range(6):
        fresh_link(pages, anna)
        with pages.store.transaction() as session:  # a quarter of an hour later, the link is over
            session.execute(update(OneTime).values(expires_at=now() - timedelta(seconds=1)))
    assert len(pages.mails()) == 3


def test_a_new_address_counts_after_its_own_button(pages: Pages, anna: UUID) -> None:
    assert press(pages, fresh_link(pages, anna), do="move", email="anna@elders.example")[0] == 200
    mail = pages.mails()[-1]
    assert mail.to == "anna@elders.example"
    with pages.store.reading() as session:
        assert may_receive(session, [anna], "legal-aid")[anna].address == ANNA
    assert pages.client().get(link_in(mail), base_url=BASE).status_code == 200
    assert press(pages, link_in(mail))[0] == 200
    with pages.store.reading() as session:
        assert may_receive(session, [anna], "legal-aid")[anna].address == "anna@elders.example"
    assert press(pages, link_in(mail))[0] == 404


def test_an_address_of_another_reader_gets_no_mail_and_the_same_answer(pages: Pages, anna: UUID) -> None:
    reader(pages.store, BAS)
    taken = press(pages, fresh_link(pages, anna), do="move", email=BAS)
    assert len(pages.mails()) == 1
    assert taken[0] == 200


def test_a_typing_mistake_does_not_use_the_link_up(pages: Pages, anna: UUID) -> None:
    path = fresh_link(pages, anna)
    assert press(pages, path, do="move", email="anna@")[0] == 422
    assert press(pages, path, do="nothing")[0] == 404
    assert press(pages, path, do="erase")[0] == 200


def test_a_confirmation_token_opens_nothing_else(pages: Pages) -> None:
    needed = ask(pages.store, ANNA)
    assert needed is not None
    for path in ("beheer", "verhuizen"):
        assert press(pages, f"/nl/{path}/{needed.token}", do="erase")[0] == 404
