"""One's own settings: the language of pages and mail, sessions and their end, and which mails one wants."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from database.audit import record
from database.base import now
from mailer.services.notices import alarms
from mailer.services.translating import pool
from staff.mails import GETS, Mail
from staff.people import people
from staff.roles import Role
from subscribers.limits import FLOOD
from tests.web.staff.conftest import Desks

SLUG = "meldpunt-2026-3"
OF_TRANSLATORS = {kind for kind, roles in GETS.items() if Role.TRANSLATOR in roles}


def me(desks: Desks, name: str) -> str:
    return desks.as_(name).get("/staff/me", base_url=desks.base, follow_redirects=True).get_data(as_text=True)


def muted(desks: Desks, name: str) -> set[Mail]:
    with desks.store.reading() as session:
        return {mail for one in people(session) if one.name == name for mail in one.muted}


def choose(desks: Desks, name: str, **fields: str) -> None:
    client = desks.as_(name)
    assert desks.post(client, "/staff/me/mails", csrf=desks.csrf(client), **fields).status_code == 303


def mailed(desks: Desks, kind: str) -> list[str]:
    return [one.to for one in desks.mails() if one.kind == kind]


def test_a_person_chooses_of_the_mails_that_their_roles_get(desks: Desks) -> None:
    offered = {name: re.findall(r'name="mail" value="(\w+)" (?:checked)?', me(desks, name)) for name in desks.people}
    assert offered == {
        "Bram": ["answers", "questions", "work", "drafts", "sent_back", "done", "still"],
        "Amina": ["approvals", "typos"],
        "Yasmin": ["assigned", "changed", "reminders", "answers"],
        "Sem": [],
        "Noor": ["alarms"],
    }
    choose(desks, "Yasmin")
    assert muted(desks, "Yasmin") == OF_TRANSLATORS
    assert 'value="reminders">' in me(desks, "Yasmin")
    choose(desks, "Yasmin", mail="reminders")
    assert muted(desks, "Yasmin") == OF_TRANSLATORS - {Mail.REMINDERS}


@pytest.mark.parametrize("mail", ["alarms", "sign_in", "'; DROP TABLE person; --"])
def test_nothing_else_can_be_chosen(desks: Desks, mail: str) -> None:
    choose(desks, "Yasmin", mail=mail)
    assert muted(desks, "Yasmin") == OF_TRANSLATORS
    choose(desks, "Bram", mail=mail)
    assert muted(desks, "Bram") == {kind for kind, roles in GETS.items() if Role.EDITOR in roles}


def test_who_wants_no_reminder_gets_none_and_others_get_it_in_their_language(desks: Desks) -> None:
    office, bram, yasmin = desks.staff.office, desks.people["Bram"], desks.people["Yasmin"]
    catalog, base = office.content.catalog(SLUG, "ar")
    first = next(iter(catalog.entries))
    empty = replace(catalog.entries[first], msgstr="")
    office.content.save_catalog(replace(catalog, entries={**catalog.entries, first: empty}), base)
    pool.assign(office, bram, SLUG, "ar", to=yasmin, due=office.today() + timedelta(days=2))
    choose(desks, "Yasmin")
    assert pool.remind_due(office) == {}
    choose(desks, "Yasmin", mail="reminders")
    client = desks.as_("Yasmin")
    desks.post(client, "/staff/me/language", csrf=desks.csrf(client), language="en")
    assert set(pool.remind_due(office)) == {yasmin.uid}
    (notice,) = [one for one in desks.mails() if one.kind == "staff"]
    assert notice.subject.startswith("Your translation")


def test_an_alarm_reaches_every_administrator_when_none_wants_it(desks: Desks) -> None:
    choose(desks, "Noor")
    with desks.store.transaction() as session:
        record(session, FLOOD, "pages", detail={"asked": 900})
        assert alarms.sound(session, desks.staff.office.house, now()) == 1
    assert mailed(desks, "staff") == [desks.people["Noor"].email]


def test_a_session_is_ended_from_another_and_is_over_at_once(desks: Desks) -> None:
    phone, desk = desks.as_("Bram"), desks.as_("Bram")
    page = desk.get("/staff/me", base_url=desks.base).get_data(as_text=True)
    (other,) = re.findall(r'name="session" value="([0-9a-f-]+)"', page)
    assert "deze browser" in page
    assert desks.post(desk, "/staff/me/sessions", csrf=desks.csrf(desk), session=other).status_code == 303
    assert phone.get("/staff/me", base_url=desks.base).status_code == 303
    assert desk.get("/staff/me", base_url=desks.base).status_code == 200


@pytest.mark.promise("row 6")
def test_no_one_ends_the_session_of_another(desks: Desks) -> None:
    bram, sem = desks.as_("Bram"), desks.as_("Sem")
    desks.as_("Bram")
    page = bram.get("/staff/me", base_url=desks.base).get_data(as_text=True)
    (foreign,) = re.findall(r'name="session" value="([0-9a-f-]+)"', page)
    desks.post(sem, "/staff/me/sessions", csrf=desks.csrf(sem), session=foreign)
    assert foreign in bram.get("/staff/me", base_url=desks.base).get_data(as_text=True)
