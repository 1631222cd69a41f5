"""The people who work here, in a browser: invited, changed, signed out, and their rights ended at once."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from mailer.services.administration import staff
from mailer.services.administration.staff import Newcomer
from staff.people import Person
from staff.roles import Role
from tests.web.staff.conftest import Desks, link_in

EMMA = {"name": "Emma", "email": "emma@voorbeeld.example", "role": "translator", "language": "en"}
INVITE = "/staff/people/new"


def person(desks: Desks, name: str) -> Person:
    return next(one for one in staff.everyone(desks.staff.office, desks.people["Noor"]) if one.name == name)


def page(desks: Desks, client: FlaskClient, path: str) -> str:
    return client.get(path, base_url=desks.base).get_data(as_text=True)


def card(desks: Desks, name: str) -> str:
    return f"/staff/people/{person(desks, name).uid}"


def test_a_new_colleague_is_invited_and_comes_in_with_the_link(desks: Desks) -> None:
    noor = desks.as_("Noor")
    fields = {**EMMA, "words": "Fijn dat je meedoet.\nKarim leest mee."}
    assert desks.post(noor, INVITE, csrf=desks.csrf(noor), **fields).status_code == 303
    emma = person(desks, "Emma")
    assert (emma.roles, emma.languages) == (frozenset({Role.TRANSLATOR}), ("en",))
    again = desks.post(noor, INVITE, csrf=desks.csrf(noor), **fields)
    assert again.status_code == 422
    assert "al een medewerker" in (said := again.get_data(as_text=True))
    assert "Fijn dat je meedoet." in said  # what was typed stays
    assert "uitgenodigd" in page(desks, noor, "/staff/people")
    mail = desks.mails()[-1]
    assert (mail.kind, mail.to) == ("invitation", EMMA["email"])
    assert "Noor nodigt je uit" in mail.subject
    assert "Fijn dat je meedoet.\nKarim leest mee." in mail.text
    client = desks.client()
    link = link_in(mail)
    assert client.get(link, base_url=desks.base).status_code == 200  # a scanner of mail changes nothing
    assert desks.post(client, link).status_code == 303
    assert client.get("/staff/", base_url=desks.base).status_code == 200
    assert desks.post(desks.client(), link).status_code != 303  # once
    deeds = page(desks, noor, card(desks, "Emma"))
    assert "logde in" in deeds


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"role": ""}, "minstens één rol"),
        ({"email": "emma"}, ""),
        ({"name": "Em\u202ema"}, "onzichtbaar teken"),
        ({"language": "xx"}, "onbekend"),
        ({"words": "x" * 1001}, "te lang"),
        ({"words": "kijk \u202e hier"}, "onzichtbaar teken"),
    ],
)
def test_what_is_wrong_about_an_invitation_is_said_and_nobody_is_invited(
    desks: Desks, wrong: dict[str, str], said: str
) -> None:
    noor, before = desks.as_("Noor"), len(desks.mails())
    answer = desks.post(noor, INVITE, csrf=desks.csrf(noor), **{**EMMA, **wrong})
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert len(desks.mails()) == before
    assert "Emma" not in {one.name for one in staff.everyone(desks.staff.office, desks.people["Noor"])}


def test_rights_end_with_the_next_click_and_what_another_changed_stays(desks: Desks) -> None:
    noor, amina = desks.as_("Noor"), desks.as_("Amina")
    path, csrf = card(desks, "Amina"), desks.csrf(noor)
    assert amina.get("/staff/", base_url=desks.base).status_code == 200
    stale = desks.post(noor, path, csrf=csrf, do="roles", seen="editor|", role="admin")
    assert stale.status_code == 409
    assert person(desks, "Amina").roles == {Role.APPROVER}
    assert desks.post(noor, path, csrf=csrf, do="deactivate", seen="approver|").status_code == 303
    assert amina.get("/staff/", base_url=desks.base).status_code == 303
    assert not person(desks, "Amina").active
    assert desks.post(noor, path, csrf=csrf, do="activate", seen="approver|").status_code == 303
    assert amina.get("/staff/", base_url=desks.base).status_code == 303  # her old session does not come back


def test_of_two_administrators_who_change_the_same_person_one_is_told(desks: Desks) -> None:
    office, noor = desks.staff.office, desks.as_("Noor")
    desks.people["Kim"] = staff.add(
        office, desks.people["Noor"], Newcomer("Kim", "kim@voorbeeld.example", frozenset({Role.ADMIN}))
    )
    kim, path = desks.as_("Kim"), card(desks, "Amina")
    [seen] = {*re.findall(r'name="seen" value="([^"]*)"', page(desks, kim, path))}
    change = {"do": "roles", "seen": seen}
    assert desks.post(noor, path, csrf=desks.csrf(noor), role="postal", **change).status_code == 303
    second = desks.post(kim, path, csrf=desks.csrf(kim), role="editor", **change)
    assert second.status_code == 409
    assert "intussen veranderd" in second.get_data(as_text=True)
    assert person(desks, "Amina").roles == {Role.POSTAL}


def test_an_administrator_cannot_remove_herself(desks: Desks) -> None:
    noor, path = desks.as_("Noor"), card(desks, "Noor")
    removals = ({"do": "deactivate"}, {"do": "roles", "role": "editor"})
    for fields in removals:
        answer = desks.post(noor, path, csrf=desks.csrf(noor), seen="admin|", **fields)
        assert answer.status_code == 409
        assert "laatste beheerder" in answer.get_data(as_text=True)
    assert "maar één beheerder" in page(desks, noor, "/staff/people")
    staff.add(
        desks.staff.office, desks.people["Noor"], Newcomer("Kim", "kim@voorbeeld.example", frozenset({Role.ADMIN}))
    )
    assert "maar één beheerder" not in page(desks, noor, "/staff/people")
    for fields in removals:
        answer = desks.post(noor, path, csrf=desks.csrf(noor), seen="admin|", **fields)
        assert answer.status_code == 409
        assert "Dit ben je zelf" in answer.get_data(as_text=True)
    own = desks.post(noor, path, csrf=desks.csrf(noor), do="second-step")
    assert own.status_code == 409
    assert person(desks, "Noor").roles == {Role.ADMIN}


def test_someone_is_signed_out_everywhere_and_an_old_invitation_lets_no_one_in(desks: Desks) -> None:
    noor, sem = desks.as_("Noor"), desks.as_("Sem")
    path, csrf = card(desks, "Sem"), desks.csrf(noor)
    assert desks.post(noor, path, csrf=csrf, do="invite").status_code == 303
    first = link_in(desks.mails()[-1])
    assert desks.post(noor, path, csrf=csrf, do="invite").status_code == 303
    second = link_in(desks.mails()[-1])
    assert desks.post(desks.client(), first).status_code != 303
    assert "Test, Linux" in page(desks, noor, path)
    assert desks.post(noor, path, csrf=csrf, do="sessions").status_code == 303
    assert sem.get("/staff/", base_url=desks.base).status_code == 303
    assert desks.post(desks.client(), second).status_code != 303
    assert "Test, Linux" not in page(desks, noor, path)
    trail = page(desks, noor, card(desks, "Noor"))
    assert "logde iemand overal uit: Sem" in trail
    assert "stuurde een uitnodiging: Sem" in trail


def test_a_second_step_that_was_lost_is_taken_and_shown_again_once_there_is_a_new_one(desks: Desks) -> None:
    noor, sem = desks.as_("Noor"), desks.as_("Sem")
    path = card(desks, "Sem")
    assert "code-app" in page(desks, noor, path)
    assert desks.post(noor, path, csrf=desks.csrf(noor), do="second-step").status_code == 303
    assert "nog niet ingesteld" in page(desks, noor, path)
    assert sem.get("/staff/", base_url=desks.base).status_code == 303
    del desks.secrets["Sem"]
    desks.as_("Sem")
    assert "code-app" in page(desks, noor, path)


def test_who_may_not_change_people_sees_no_button_and_is_refused(desks: Desks) -> None:
    bram = desks.as_("Bram")
    seen = page(desks, bram, "/staff/people/")
    for hidden in ("Nodig iemand uit", "Tweede stap", "Deed het laatst"):
        assert hidden not in seen
    for path in (card(desks, "Sem"), INVITE):
        assert bram.get(path, base_url=desks.base).status_code == 403
        assert desks.post(bram, path, csrf=desks.csrf(bram), do="deactivate").status_code == 403
    noor = desks.as_("Noor")
    for uid in ("00000000-0000-0000-0000-000000000000", "x", "' OR 1=1 --"):
        path = f"/staff/people/{uid}"
        assert desks.post(noor, path, csrf=desks.csrf(noor), do="deactivate").status_code == 404
        assert noor.get(path, base_url=desks.base).status_code == 404
    odd = desks.post(noor, card(desks, "Sem"), csrf=desks.csrf(noor), do="promote")
    assert odd.status_code == 409
