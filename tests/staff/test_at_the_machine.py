"""The way in for someone at the machine: while no relay takes mail, and for a last administrator who lost a phone."""

from __future__ import annotations

from pathlib import Path

import pyotp
import pytest

from commands.serve import staff_pages
from database.session import Store
from mailer.services.administration import signing_in, staff
from mailer.services.administration.signing_in import Browser
from staff import second_factor, sessions
from staff.people import Person, add_person
from staff.roles import Role
from tests.support.office import office_of
from wording.errors import NotAllowedError

ANY = Browser("a browser of any kind", "Firefox, Linux", "127.0.0.0/24")


@pytest.fixture
def noor(store: Store) -> Person:
    with store.transaction() as session:
        return add_person(session, "Noor", "noor@voorbeeld.example", [Role.ADMIN])


def with_an_app(store: Store, who: Person) -> None:
    with store.transaction() as session:
        secret = second_factor.propose_app(session, who, "x").secret
        assert second_factor.check_app(session, who.uid, pyotp.TOTP(secret).now(), new=True)


def test_a_link_from_the_machine_lets_in_once(store: Store, noor: Person, tmp_path: Path) -> None:
    office = office_of(store, tmp_path, people=())
    token = signing_in.link_for(office, noor, pages="http://localhost:8080").rpartition("/")[2]
    entered = signing_in.enter_by_link(office, token, ANY)
    assert entered is not None
    assert entered.person == noor
    assert signing_in.enter_by_link(office, token, ANY) is None


def test_who_lost_phone_and_paper_comes_back_by_the_machine(store: Store, noor: Person, tmp_path: Path) -> None:
    office = office_of(store, tmp_path, people=())
    with_an_app(store, noor)
    signing_in.link_for(office, noor, pages="http://localhost:8080")
    assert signing_in.factors(office, noor).app
    signing_in.link_for(office, noor, pages="http://localhost:8080", anew=True)
    assert not signing_in.factors(office, noor).any


def test_an_administrator_takes_the_second_step_of_another_and_not_their_own(
    store: Store, noor: Person, tmp_path: Path
) -> None:
    office = office_of(store, tmp_path, people=())
    with store.transaction() as session:
        sem = add_person(session, "Sem", "sem@voorbeeld.example", [Role.POSTAL])
        token = sessions.begin(session, sem, "")
    with_an_app(store, sem)
    for person, subject in ((sem, noor), (noor, noor)):
        with pytest.raises(NotAllowedError):
            staff.take_second_step(office, person, subject)
    staff.take_second_step(office, noor, sem)
    assert not signing_in.factors(office, sem).any
    assert signing_in.current(office, token) is None


def test_links_lead_to_this_machine_until_the_address_is_set() -> None:
    assert staff_pages("https://nieuws.voorbeeld.example", 8081) == "http://localhost:8081"
    assert staff_pages("https://nieuws.stichting.nl/") == "https://nieuws.stichting.nl"
