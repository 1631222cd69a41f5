"""Coming in by mail: the link and the code work once, briefly, and in the browser that asked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from database.base import now
from database.session import Store
from staff import attempts, sessions, signing_in
from staff.attempts import Attempt
from staff.people import Person, PersonRow, add_person
from staff.roles import Role

REQUESTS = "sign_in_request"
HERE, ELSEWHERE = "the browser that asked", "another browser"


@pytest.fixture
def bram(store: Store) -> Person:
    with store.transaction() as session:
        return add_person(session, "Bram", "bram@voorbeeld.example", [Role.EDITOR])


def test_a_link_lets_the_browser_in_that_asked_and_only_once(store: Store, bram: Person) -> None:
    with store.transaction() as session:
        asked = signing_in.ask(session, bram, HERE)
        assert signing_in.by_link(session, asked.token, ELSEWHERE) is None
        assert signing_in.by_link(session, asked.token, HERE) == bram
        assert signing_in.by_link(session, asked.token, HERE) is None


def test_no_secret_of_a_link_a_code_or_a_session_stands_in_the_database(store: Store, bram: Person) -> None:
    with store.transaction() as session:
        asked = signing_in.ask(session, bram, HERE)
        token = sessions.begin(session, bram, "Firefox, Linux")
        dump = repr([session.execute(text(f"SELECT * FROM {one}")).all() for one in ("staff_session", REQUESTS)])  # noqa: S608
    assert {one for one in (token, asked.token, asked.code, HERE) if one[:20] in dump} == set()


@pytest.mark.promise("row 4")
def test_a_session_that_was_being_made_while_all_of_them_ended_is_over_too(store: Store, bram: Person) -> None:
    with store.transaction() as session:
        token = sessions.begin(session, bram, "Firefox, Linux")
        assert sessions.open_session(session, token) is not None
        session.execute(update(PersonRow).values(epoch=PersonRow.epoch + 1))  # by the other, who did not see it yet
        assert sessions.open_session(session, token) is None
        assert sessions.sessions_of(session, bram.uid) == []


def test_looking_at_a_link_a_thousand_times_uses_nothing_up(store: Store, bram: Person) -> None:
    with store.transaction() as session:
        asked = signing_in.ask(session, bram, HERE)
    with store.reading() as session:
        seen = {signing_in.look(session, asked.token, ELSEWHERE) for _each in range(1000)}
    assert seen == {signing_in.Invitation(is_here=False, code=asked.code)}
    with store.transaction() as session:
        assert signing_in.by_link(session, asked.token, HERE) == bram


@pytest.mark.parametrize("after", [".", ">", " ", "=", "%s "])
def test_a_link_works_with_what_a_mail_program_put_after_it(store: Store, bram: Person, after: str) -> None:
    with store.transaction() as session:
        asked = signing_in.ask(session, bram, HERE)
        found = signing_in.by_link(session, asked.token + after, HERE)
        assert (found == bram) is (after != "%s ")


def test_a_code_may_be_typed_with_small_letters_and_dashes(store: Store, bram: Person) -> None:
    with store.transaction() as session:
        asked = signing_in.ask(session, bram, HERE)
        typed = f" {asked.code[:4].lower()}-{asked.code[4:].lower()} "
        assert signing_in.by_code(session, typed, ELSEWHERE) is None
        assert signing_in.by_code(session, typed, HERE) == bram
        assert signing_in.by_code(session, typed, HERE) is None


def test_after_five_wrong_codes_the_request_is_over_and_a_new_one_works(store: Store, bram: Person) -> None:
    with store.transaction() as session:
        asked = signing_in.ask(session, bram, HERE)
        for _try in range(signing_in.MOST_TRIES):
            assert signing_in.by_code(session, "AAAAAAAA", HERE) is None
        assert signing_in.by_code(session, asked.code, HERE) is None
        assert signing_in.by_link(session, asked.token, HERE) is None
        again = signing_in.ask(session, bram, HERE)
        assert signing_in.by_code(session, again.code, HERE) == bram


def test_after_a_quarter_of_an_hour_it_is_over(store: Store, bram: Person) -> None:
    at = now()
    later = at + signing_in.LASTS
    with store.transaction() as session:
        asked = signing_in.ask(session, bram, HERE, at)
        assert signing_in.by_link(session, asked.token, HERE, later) is None
        assert signing_in.by_code(session, asked.code, HERE, later) is None
        signing_in.forget(session, later)
        assert signing_in.look(session, asked.token, HERE) is None


def test_a_link_made_at_the_machine_works_in_any_browser(store: Store, bram: Person) -> None:
    with store.transaction() as session:
        asked = signing_in.ask(session, bram, "")
        assert signing_in.by_link(session, asked.token, ELSEWHERE) == bram


def test_two_clicks_at_once_make_one_session(store: Store, bram: Person) -> None:
    with store.transaction() as session:
        asked = signing_in.ask(session, bram, HERE)

    def click(_number: int) -> Person | None:
        with store.transaction() as session:
            return signing_in.by_link(session, asked.token, HERE)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(click, range(4)))
    assert sorted(one is not None for one in found) == [False, False, False, True]


@pytest.mark.parametrize("garbage", ["", "x", "\x00", "\ud800", "A" * 10_000, "١٢٣٤٥٦٧٨", "' OR 1=1 --"])
def test_garbage_is_no_link_and_no_code(store: Store, bram: Person, garbage: str) -> None:
    with store.transaction() as session:
        signing_in.ask(session, bram, HERE)
        assert signing_in.look(session, garbage, HERE) is None
        assert signing_in.by_link(session, garbage, HERE) is None
        assert signing_in.by_code(session, garbage, HERE) is None
        assert signing_in.by_code(session, garbage, garbage) is None


def test_a_session_shows_whose_it_is_and_ends_after_twelve_hours(store: Store, bram: Person) -> None:
    with store.transaction() as session:
        token = sessions.begin(session, bram, "Firefox, Linux")
        found = sessions.open_session(session, token)
        assert found is not None
        assert (found.person, found.device, found.second_at) == (bram, "Firefox, Linux", None)
        assert sessions.open_session(session, token, now() + sessions.LASTS) is None
        assert sessions.open_session(session, token[:-1]) is None


def test_who_is_deactivated_is_out_with_the_next_click(store: Store, bram: Person) -> None:
    with store.transaction() as session:
        token = sessions.begin(session, bram, "")
        row = session.get(PersonRow, bram.uid)
        assert row is not None
        row.active = False
    with store.reading() as session:
        assert sessions.open_session(session, token) is None


def test_a_person_sees_and_ends_own_sessions_and_no_one_elses(store: Store, bram: Person) -> None:
    with store.transaction() as session:
        amina = add_person(session, "Amina", "amina@voorbeeld.example", [Role.APPROVER])
        phone, laptop = (sessions.begin(session, bram, device) for device in ("Chrome, Android", "Firefox, Linux"))
        other = sessions.begin(session, amina, "Safari, iOS")
        mine = sessions.sessions_of(session, bram.uid)
        assert {one.device for one in mine} == {"Chrome, Android", "Firefox, Linux"}
        theirs = sessions.sessions_of(session, amina.uid)[0].uid
        assert not sessions.end(session, bram.uid, theirs)
        assert sessions.open_session(session, other) is not None
        lost = next(one.uid for one in mine if one.device == "Chrome, Android")
        assert sessions.end(session, bram.uid, lost)
        assert sessions.open_session(session, phone) is None
        assert sessions.open_session(session, laptop) is not None
        sessions.end_all(session, bram.uid)
        assert sessions.open_session(session, laptop) is None
        assert sessions.open_session(session, other) is not None


def test_a_second_step_is_fresh_for_ten_minutes(store: Store, bram: Person) -> None:
    at = now()
    with store.transaction() as session:
        token = sessions.begin(session, bram, "", at)
        before = sessions.open_session(session, token, at)
        assert before is not None
        assert not before.is_fresh(at)
        sessions.second_step_made(session, before.uid, at)
        session.expire_all()
        found = sessions.open_session(session, token, at)
        assert found is not None
        assert found.is_fresh(at + sessions.SUDO - timedelta(seconds=1))
        assert not found.is_fresh(at + sessions.SUDO)


def test_a_limit_ends_by_itself_and_counts_each_one_apart(store: Store) -> None:
    at, limit = now(), attempts.LIMITS[Attempt.MAIL]
    with store.transaction() as session:
        for _try in range(limit.most):
            assert attempts.allowed(session, Attempt.MAIL, "bram", at)
            attempts.count(session, Attempt.MAIL, "bram", at)
        assert not attempts.allowed(session, Attempt.MAIL, "bram", at)
        assert attempts.allowed(session, Attempt.MAIL, "amina", at)
        assert attempts.allowed(session, Attempt.CODE, "bram", at)
        assert attempts.allowed(session, Attempt.MAIL, "bram", at + limit.window)
        attempts.clear(session, Attempt.MAIL, "bram")
        assert attempts.allowed(session, Attempt.MAIL, "bram", at)
