"""The people who work here, in a browser: invited, changed, and their rights ended at once."""

from __future__ import annotations

from mailer.services.administration import staff
from staff.people import Person
from staff.roles import Role
from tests.web.staff.conftest import Desks


def person(desks: Desks, name: str) -> Person:
    return next(one for one in staff.everyone(desks.staff.office, desks.people["Noor"]) if one.name == name)


def test_a_new_colleague_is_added_and_comes_in(desks: Desks) -> None:
    noor = desks.as_("Noor")
    fields = {"name": "Emma", "email": "emma@voorbeeld.example", "role": "translator", "language": "en"}
    assert desks.post(noor, "/staff/people", csrf=desks.csrf(noor), **fields).status_code == 303
    emma = person(desks, "Emma")
    assert (emma.roles, emma.languages) == (frozenset({Role.TRANSLATOR}), ("en",))
    again = desks.post(noor, "/staff/people", csrf=desks.csrf(noor), **fields)
    assert again.status_code == 422
    assert "al een medewerker" in again.get_data(as_text=True)
    desks.people["Emma"] = emma
    client = desks.client()
    desks.enter(client, "Emma")
    assert client.get("/staff/", base_url=desks.base).status_code == 200


def test_rights_end_with_the_next_click_and_what_another_changed_stays(desks: Desks) -> None:
    noor, amina = desks.as_("Noor"), desks.as_("Amina")
    subject = person(desks, "Amina")
    path, csrf = f"/staff/people/{subject.uid}", desks.csrf(noor)
    assert amina.get("/staff/", base_url=desks.base).status_code == 200
    stale = desks.post(noor, path, csrf=csrf, do="roles", seen="editor|", role="admin")
    assert stale.status_code == 409
    assert person(desks, "Amina").roles == {Role.APPROVER}
    assert desks.post(noor, path, csrf=csrf, do="deactivate", seen="approver|").status_code == 303
    assert amina.get("/staff/", base_url=desks.base).status_code == 303
    assert not person(desks, "Amina").active


def test_the_last_administrator_stays(desks: Desks) -> None:
    noor = desks.as_("Noor")
    path = f"/staff/people/{desks.people['Noor'].uid}"
    for fields in ({"do": "deactivate"}, {"do": "roles", "role": "editor"}):
        answer = desks.post(noor, path, csrf=desks.csrf(noor), seen="admin|", **fields)
        assert answer.status_code == 409
    assert person(desks, "Noor").roles == {Role.ADMIN}


def test_who_may_not_change_people_sees_no_button_and_is_refused(desks: Desks) -> None:
    bram = desks.as_("Bram")
    assert "Nodig iemand uit" not in bram.get("/staff/people/", base_url=desks.base).get_data(as_text=True)
    answer = desks.post(bram, f"/staff/people/{desks.people['Sem'].uid}", csrf=desks.csrf(bram), do="deactivate")
    assert answer.status_code == 403
    foreign = desks.as_("Noor")
    for uid in ("00000000-0000-0000-0000-000000000000", "x", "' OR 1=1 --"):
        assert desks.post(foreign, f"/staff/people/{uid}", csrf=desks.csrf(foreign), do="deactivate").status_code == 404
