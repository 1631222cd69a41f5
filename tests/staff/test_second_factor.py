"""The second step: each code works once, a lost phone is no disaster, and a passkey signs its own challenge only."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import text

from database.base import new_id, now
from database.session import Store
from staff import second_factor
from staff.people import Person, add_person
from staff.roles import Role

SITE = second_factor.Site("localhost", "http://localhost:8080", "Stichting Het Voorbeeld")


@pytest.fixture
def sem(store: Store) -> Person:
    with store.transaction() as session:
        return add_person(session, "Sem", "sem@voorbeeld.example", [Role.POSTAL])


def test_an_app_counts_from_its_first_right_code_and_a_code_works_once(store: Store, sem: Person) -> None:
    at = now()
    with store.transaction() as session:
        proposed = second_factor.propose_app(session, sem, SITE.name)
        assert second_factor.propose_app(session, sem, SITE.name) == proposed, "a page that is loaded again"
        assert not second_factor.factors(session, sem.uid).any
        code = pyotp.TOTP(proposed.secret).at(at)
        assert not second_factor.check_app(session, sem.uid, "000000" if code != "000000" else "000001", at, new=True)
        assert second_factor.check_app(session, sem.uid, f"{code[:3]} {code[3:]}", at, new=True)
        assert second_factor.factors(session, sem.uid).app
        assert not second_factor.check_app(session, sem.uid, code, at)
        later = at + timedelta(seconds=30)
        assert second_factor.check_app(session, sem.uid, pyotp.TOTP(proposed.secret).at(later), later)
        assert "voorbeeld" in proposed.uri


def test_a_code_of_a_minute_ago_is_over_and_a_slow_clock_is_forgiven(store: Store, sem: Person) -> None:
    at = now()
    with store.transaction() as session:
        totp = pyotp.TOTP(second_factor.propose_app(session, sem, SITE.name).secret)
        assert not second_factor.check_app(session, sem.uid, totp.at(at - timedelta(seconds=90)), at, new=True)
        assert second_factor.check_app(session, sem.uid, totp.at(at - timedelta(seconds=30)), at, new=True)


def test_the_secret_of_an_app_is_not_in_the_database(store: Store, sem: Person) -> None:
    with store.transaction() as session:
        secret = second_factor.propose_app(session, sem, SITE.name).secret
        second_factor.new_paper(session, sem.uid)
        rows = session.execute(text("SELECT proposed FROM staff_authenticator")).all()
        assert secret.encode() not in bytes(rows[0][0])


def test_paper_codes_work_once_each_and_new_ones_replace_them(store: Store, sem: Person) -> None:
    with store.transaction() as session:
        other = add_person(session, "Noor", "noor@voorbeeld.example", [Role.ADMIN])
        codes = second_factor.new_paper(session, sem.uid)
        assert len(set(codes)) == second_factor.PAPER_CODES
        assert not second_factor.check_paper(session, other.uid, codes[0]), "a code of another person"
        assert second_factor.check_paper(session, sem.uid, codes[0].lower())
        assert not second_factor.check_paper(session, sem.uid, codes[0])
        assert second_factor.factors(session, sem.uid).paper_left == second_factor.PAPER_CODES - 1
        second_factor.new_paper(session, sem.uid)
        assert not second_factor.check_paper(session, sem.uid, codes[1])


@pytest.mark.parametrize("garbage", ["", "{}", "[]", '{"id": "x"}', '{"id": {}}', "\x00", "null", '"id"', "{" * 2000])
def test_no_garbage_is_a_passkey(store: Store, sem: Person, garbage: str) -> None:
    with store.transaction() as session:
        _json, challenge = second_factor.ask_for_new_passkey(session, sem, SITE)
        assert not second_factor.add_passkey(session, sem.uid, garbage, challenge, SITE, name="x")
        assert not second_factor.check_passkey(session, sem.uid, garbage, challenge, SITE)
        assert second_factor.factors(session, sem.uid).passkeys == ()


def test_no_one_takes_the_passkey_of_another_away(store: Store, sem: Person) -> None:
    with store.transaction() as session:
        noor = add_person(session, "Noor", "noor@voorbeeld.example", [Role.ADMIN])
        uid = new_id()
        made = {"credential": "x", "public_key": b"x", "sign_count": 0, "name": "sleutel", "added_at": now()}
        session.add(second_factor.Passkey(uid=uid, person=sem.uid, **made))
        session.flush()
        assert not second_factor.remove_passkey(session, noor.uid, uid)
        assert len(second_factor.factors(session, sem.uid).passkeys) == 1
        assert second_factor.remove_passkey(session, sem.uid, uid)
        assert second_factor.factors(session, sem.uid).passkeys == ()


def test_all_factors_of_a_lost_phone_can_be_taken_away(store: Store, sem: Person) -> None:
    with store.transaction() as session:
        secret = second_factor.propose_app(session, sem, SITE.name).secret
        assert second_factor.check_app(session, sem.uid, pyotp.TOTP(secret).now(), new=True)
        second_factor.new_paper(session, sem.uid)
        second_factor.forget_all(session, sem.uid)
        session.expire_all()
        assert not second_factor.factors(session, sem.uid).any
        assert second_factor.propose_app(session, sem, SITE.name).secret != secret


def test_a_new_app_takes_the_place_of_the_old_one_only_with_its_first_right_code(store: Store, sem: Person) -> None:
    at, later = now(), now() + timedelta(minutes=2)
    with store.transaction() as session:
        old = pyotp.TOTP(second_factor.propose_app(session, sem, SITE.name).secret)
        assert second_factor.check_app(session, sem.uid, old.at(at), at, new=True)
        new = pyotp.TOTP(second_factor.propose_app(session, sem, SITE.name).secret)
        assert second_factor.check_app(session, sem.uid, old.at(later), later), "the old phone still works"
        latest = later + timedelta(minutes=2)
        assert not second_factor.check_app(session, sem.uid, new.at(latest), latest), "its secret stood on a page"
        assert second_factor.check_app(session, sem.uid, new.at(latest), latest, new=True)
        last = latest + timedelta(minutes=2)
        assert not second_factor.check_app(session, sem.uid, old.at(last), last)
        assert second_factor.check_app(session, sem.uid, new.at(last), last)
