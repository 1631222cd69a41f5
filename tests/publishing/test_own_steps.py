"""The one next step of a person: a table of situations, of issues and of who asks."""

from __future__ import annotations

from itertools import product

import pytest

from mailer.ledger.print_states import RunState
from mailer.ledger.standing import RunRow
from mailer.ledger.states import MailingState
from mailer.services.publishing.own_steps import OF_ROLE, OwnStep, next_for
from mailer.services.publishing.standing import Standing
from mailer.services.publishing.steps import Step
from staff.people import Person
from staff.roles import Role
from tests.publishing.made import (
    AMINA,
    APPROVED,
    BOTH,
    BRAM,
    KARIM,
    NAMES,
    NOOR,
    SEM,
    YASMIN,
    approval,
    issue,
    language,
    mailing,
    ready,
)

HALF = language("ar", untranslated=12, needs_work=3, approved=69)
ASKED = language("ar", untranslated=12, approved=72, translators=(YASMIN.uid,))
UNREAD = language("ar", translated=5, approved=79)
NOT_THERE = language("ar", exists=False)

EVERYTHING: dict[str, Standing] = {
    "an error": issue(errors=2),
    "an error, and translators have work": issue(errors=2, locales=(HALF,)),
    "a catalog that cannot be read": issue(locales=(language("ar", broken=True),)),
    "sentences are not ready": issue(locales=(ready("en"), NOT_THERE)),
    "half translated, no one asked": issue(locales=(ready("en"), HALF)),
    "half translated by Yasmin": issue(locales=(ready("en"), ASKED)),
    "to be read again": issue(locales=(ready("en"), UNREAD)),
    "a language is held": issue(locales=(ready("en"), language("ar", untranslated=80, held=True))),
    "being made": issue(is_rendered=False, editions=()),
    "to be approved": issue(),
    "approved by Amina": issue(editions=APPROVED, approvals=(approval(AMINA, *NAMES),)),
    "approved by who sends too": issue(editions=APPROVED, approvals=(approval(BOTH, *NAMES),)),
    "half of it approved by another": issue(
        editions=APPROVED, approvals=(approval(BOTH, *NAMES), approval(AMINA, NAMES[0]))
    ),
    "open": issue(mailings=(mailing(MailingState.APPROVED, mail=60),)),
    "planned": issue(mailings=(mailing(MailingState.SCHEDULED, mail=60),)),
    "on its way": issue(mailings=(mailing(MailingState.SENDING, mail=60),)),
    "on its way, with post to print": issue(mailings=(mailing(MailingState.SENDING, mail=60, post=40),)),
    "stopped": issue(mailings=(mailing(MailingState.PAUSED, mail=60),)),
    "post to print": issue(mailings=(mailing(MailingState.SENDING, post=40),)),
    "printed": issue(mailings=(mailing(MailingState.DONE),), runs=(RunRow(4, RunState.PRINTED),)),
    "sent": issue(mailings=(mailing(MailingState.DONE),)),
    "cancelled, and approved again": issue(
        editions=APPROVED, approvals=(approval(AMINA, *NAMES),), mailings=(mailing(MailingState.CANCELLED),)
    ),
}


def own(person: Person, situation: str, *, four_eyes: bool = True) -> OwnStep:
    return next_for(person, EVERYTHING[situation], four_eyes=four_eyes)


@pytest.mark.parametrize(
    ("situation", "person", "step", "count"),
    [
        ("an error", BRAM, Step.MEND, 2),
        ("an error, and translators have work", BRAM, Step.MEND, 2),
        ("an error, and translators have work", YASMIN, Step.TRANSLATE, 15),
        ("a catalog that cannot be read", BRAM, Step.MEND, 1),
        ("sentences are not ready", BRAM, Step.EXTRACT, 0),
        ("half translated, no one asked", YASMIN, Step.TRANSLATE, 15),
        ("half translated, no one asked", KARIM, Step.TRANSLATE, 15),
        ("half translated, no one asked", BRAM, Step.TRANSLATE, 15),
        ("half translated by Yasmin", YASMIN, Step.TRANSLATE, 12),
        ("to be read again", KARIM, Step.REVIEW, 5),
        ("to be read again", BRAM, Step.REVIEW, 5),
        ("a language is held", AMINA, Step.APPROVE, 2),
        ("to be approved", AMINA, Step.APPROVE, 2),
        ("to be approved", BOTH, Step.APPROVE, 2),
        ("approved by Amina", BRAM, Step.PUBLISH, 2),
        ("approved by Amina", BOTH, Step.PUBLISH, 2),
        ("approved by who sends too", BRAM, Step.PUBLISH, 2),
        ("cancelled, and approved again", BRAM, Step.PUBLISH, 2),
        ("open", BRAM, Step.START, 60),
        ("stopped", BRAM, Step.RESUME, 60),
        ("post to print", SEM, Step.PRINT, 40),
        ("on its way, with post to print", SEM, Step.PRINT, 40),
        ("printed", SEM, Step.PRINT, 0),
    ],
)
def test_a_step_that_is_this_persons(situation: str, person: Person, step: Step, count: int) -> None:
    found = own(person, situation)
    assert (found.step, found.is_mine, found.count, found.waits_for) == (step, True, count, None)


@pytest.mark.parametrize(
    ("situation", "person", "step", "waits_for"),
    [
        ("an error", AMINA, Step.MEND, Role.EDITOR),
        ("sentences are not ready", YASMIN, Step.EXTRACT, Role.EDITOR),
        ("half translated by Yasmin", KARIM, Step.TRANSLATE, Role.TRANSLATOR),
        ("half translated by Yasmin", BRAM, Step.TRANSLATE, Role.TRANSLATOR),
        ("half translated, no one asked", SEM, Step.TRANSLATE, Role.TRANSLATOR),
        ("being made", BRAM, Step.WAIT, None),
        ("being made", AMINA, Step.WAIT, None),
        ("to be approved", BRAM, Step.APPROVE, Role.APPROVER),
        ("approved by Amina", AMINA, Step.PUBLISH, Role.EDITOR),
        ("planned", BRAM, Step.SCHEDULED, None),
        ("on its way", BRAM, Step.FOLLOW, None),
        ("on its way", SEM, Step.FOLLOW, None),
        ("stopped", NOOR, Step.RESUME, Role.EDITOR),
        ("post to print", BRAM, Step.PRINT, Role.POSTAL),
        ("sent", BRAM, Step.DONE, None),
    ],
)
def test_a_step_that_waits_for_another_or_for_no_one(
    situation: str, person: Person, step: Step, waits_for: Role | None
) -> None:
    found = own(person, situation)
    assert (found.step, found.is_mine, found.waits_for) == (step, False, waits_for)


@pytest.mark.parametrize("situation", ["approved by who sends too", "half of it approved by another"])
def test_who_approved_does_not_send_unless_one_pair_of_eyes_is_enough(situation: str) -> None:
    found = own(BOTH, situation)
    assert (found.step, found.is_mine, found.needs_another) == (Step.PUBLISH, False, True)
    assert own(BOTH, situation, four_eyes=False).is_mine


def test_a_language_that_is_held_is_no_ones_work() -> None:
    assert not own(YASMIN, "a language is held").is_mine


def test_everyone_has_exactly_one_step_in_every_situation() -> None:
    for situation, person in product(EVERYTHING, (BRAM, AMINA, YASMIN, KARIM, SEM, NOOR, BOTH)):
        found = own(person, situation)
        assert not (found.is_mine and found.waits_for)
        assert not found.is_mine or found.step in OF_ROLE


def test_an_administrator_alone_has_no_step_in_any_issue() -> None:
    assert not any(own(NOOR, situation).is_mine for situation in EVERYTHING)
