"""An organisation of one does without a second person: decided on a page, in the trail, and said before a mailing."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from database.audit import AuditRow
from database.base import now
from mailer.services.administration import second_person
from mailer.services.publishing import approval, publish
from mailer.services.translating import messages
from staff.sessions import SUDO, StaffSession
from tests.support.people import reader
from tests.web.staff.conftest import SENT, Desks
from wording.errors import ConflictError, NotAllowedError, SettingsError


def trail(desks: Desks) -> list[tuple[str, dict[str, object]]]:
    with desks.store.reading() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.seq))
        return [(one.event, dict(one.detail)) for one in rows if one.event in {"second_person", "waive"}]


def shown(desks: Desks, client: FlaskClient, path: str) -> str:
    return client.get(f"/staff{path}", base_url=desks.base).get_data(as_text=True)


def test_it_is_decided_on_a_page_holds_at_once_and_is_in_the_trail(desks: Desks) -> None:
    bram, office = desks.people["Bram"], desks.staff.office
    reader(desks.store, "lezer@lezers.example", "noo-national")
    messages.approve_issue(office, bram, SENT)
    seen = approval.proposal(office, bram, SENT).digest
    with pytest.raises(NotAllowedError, match="goedkeuren"):
        publish.publish(office, bram, SENT, approved=seen)
    noor = desks.as_("Noor")
    before = (office.content.folder / "postduif.toml").read_text("utf-8")
    answer = desks.post(noor, "/staff/organisation", csrf=desks.csrf(noor), second="no")
    assert answer.status_code == 303
    after = (office.content.folder / "postduif.toml").read_text("utf-8")
    assert after == before.replace("four_eyes = true", "four_eyes = false")
    assert "Noor besloot dit op" in shown(desks, noor, "/organisation")
    for page in ("approve", "send"):
        said = shown(desks, desks.as_("Bram"), f"/issues/{SENT}/{page}")
        assert "hoeft niemand anders goed te keuren" in said
        assert "Noor besloot dat op" in said
    assert publish.publish(office, bram, SENT, approved=seen).deliveries == 1
    assert [event for event, _detail in trail(desks)] == ["second_person", "waive"]
    assert trail(desks)[0][1] == {"needed": False}


def test_decided_again_it_is_asked_again_and_the_same_twice_is_one_row(desks: Desks) -> None:
    noor = desks.as_("Noor")
    csrf = desks.csrf(noor)
    for choice in ("no", "no", "yes"):
        assert desks.post(noor, "/staff/organisation", csrf=csrf, second=choice).status_code == 303
    assert [detail for _event, detail in trail(desks)] == [{"needed": False}, {"needed": True}]
    assert desks.staff.office.policy.four_eyes
    assert desks.post(noor, "/staff/organisation", csrf=csrf, second="misschien").status_code == 409


def test_only_an_administrator_with_a_second_step_just_made_decides(desks: Desks) -> None:
    bram, noor = desks.as_("Bram"), desks.as_("Noor")
    with desks.store.transaction() as session:
        session.execute(update(StaffSession).values(second_at=now() - SUDO))
    assert desks.post(bram, "/staff/organisation", csrf=desks.csrf(bram), second="no").status_code == 403
    assert desks.post(noor, "/staff/organisation", csrf=desks.csrf(noor), second="no").status_code == 401
    assert desks.staff.office.policy.four_eyes
    assert trail(desks) == []


def test_settings_that_were_changed_by_hand_hold_and_broken_ones_change_nothing(desks: Desks) -> None:
    office, noor = desks.staff.office, desks.people["Noor"]
    second_person.decide(office, noor, needed=False)
    path = office.content.folder / "postduif.toml"
    by_hand = path.read_text("utf-8").replace("four_eyes = false", "four_eyes = true")
    path.write_text("[approval\nfour_eyes = true", "utf-8")
    assert not office.policy.four_eyes
    path.write_text(by_hand, "utf-8")
    found = second_person.second_person(office, noor)
    assert (found.needed, found.by, found.at) == (True, "", None)


def test_where_the_environment_decides_a_page_does_not(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    office, noor = desks.staff.office, desks.people["Noor"]
    monkeypatch.setenv("POSTDUIF_APPROVAL__FOUR_EYES", "true")
    before = (office.content.folder / "postduif.toml").read_bytes()
    with pytest.raises(ConflictError, match="De omgeving"):
        second_person.decide(office, noor, needed=False)
    assert (office.content.folder / "postduif.toml").read_bytes() == before
    assert trail(desks) == []


def test_a_file_that_cannot_be_written_is_said_and_nothing_is_decided(desks: Desks) -> None:
    office, noor = desks.staff.office, desks.people["Noor"]
    path = office.content.folder / "postduif.toml"
    path.replace(path.with_name("elsewhere.toml"))
    path.mkdir()
    with pytest.raises(SettingsError, match=r"postduif.toml"):
        second_person.decide(office, noor, needed=False)
    assert office.policy.four_eyes
    assert trail(desks) == []


def test_who_works_alone_reads_what_can_be_done(desks: Desks) -> None:
    alone = "geen twee mensen van wie de een goedkeurt"
    assert alone not in shown(desks, desks.as_("Amina"), f"/issues/{SENT}/approve")
    noor = desks.as_("Noor")
    fields = {"csrf": desks.csrf(noor), "do": "deactivate", "seen": "approver|"}
    desks.post(noor, f"/staff/people/{desks.people['Amina'].uid}", **fields)
    messages.approve_issue(desks.staff.office, desks.people["Bram"], SENT)
    assert alone in shown(desks, desks.as_("Bram"), f"/issues/{SENT}/approve")
