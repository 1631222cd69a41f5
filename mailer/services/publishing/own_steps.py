"""The one thing that one person is to do next for an issue, or for whom it waits. Pure.

`steps` says what comes next for the issue; here it is asked of everything that waits at the same time, whether it is
this person's: the postal desk prints while the mail is still going, a translator goes on while the editor mends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from mailer.ledger.states import MailingState
from mailer.organisation import Channel
from mailer.services.publishing.progress import LocaleStanding
from mailer.services.publishing.standing import Standing
from mailer.services.publishing.steps import AT_THE_DESK, Step
from staff.people import Person
from staff.permissions import Permission, may
from staff.roles import Role


@dataclass(frozen=True)
class OwnStep:
    """What a person does next for an issue."""

    step: Step
    is_mine: bool
    """False: it waits for someone else, or for no one."""
    waits_for: Role | None = None
    """Whose it is, when it is not this person's; None when nothing is to be done by hand."""
    locales: tuple[str, ...] = ()
    """The languages it is about."""
    count: int = 0
    """Errors, sentences, editions, readers or pieces that wait for it."""
    mailing: int | None = None
    """The mailing it is about."""
    needs_another: bool = False
    """True: this person approved it, so that someone else must send it."""


OF_ROLE: Mapping[Step, Role] = {
    Step.MEND: Role.EDITOR,
    Step.EXTRACT: Role.EDITOR,
    Step.TRANSLATE: Role.TRANSLATOR,
    Step.REVIEW: Role.TRANSLATOR,
    Step.APPROVE: Role.APPROVER,
    Step.PUBLISH: Role.EDITOR,
    Step.START: Role.EDITOR,
    Step.RESUME: Role.EDITOR,
    Step.PRINT: Role.POSTAL,
}
"""Whose a step is; the others are no one's."""
_NEEDS: Mapping[Step, Permission] = {
    Step.MEND: Permission.EDIT_ISSUES,
    Step.EXTRACT: Permission.EDIT_ISSUES,
    Step.APPROVE: Permission.APPROVE_ISSUES,
    Step.PUBLISH: Permission.PUBLISH_ISSUES,
    Step.START: Permission.PUBLISH_ISSUES,
    Step.RESUME: Permission.ORDER_MAILINGS,
    Step.PRINT: Permission.PRINT_RUNS,
}


def next_for(person: Person, found: Standing, *, four_eyes: bool) -> OwnStep:
    """The one next step of this person for an issue."""
    for step in _open(found):
        locales = _locales_for(person, found, step)
        mine = may(person, _NEEDS[step]) if step in _NEEDS else bool(locales)
        if mine and step is Step.PUBLISH and four_eyes and not _others_approved(person, found):
            return OwnStep(step, is_mine=False, waits_for=Role.EDITOR, count=len(found.editions), needs_another=True)
        if mine:
            return _described(found, step, locales, is_mine=True)
    return _described(found, found.next, tuple(one.locale for one in _waiting(found, found.next)), is_mine=False)


def _open(found: Standing) -> Iterator[Step]:
    """What waits at this moment, the step of the issue first."""
    yield found.next
    if any(one.state is not MailingState.CANCELLED for one in found.mailings):
        if any(one.waiting.get(Channel.POST) for one in found.mailings) or any(
            run.state in AT_THE_DESK for run in found.runs
        ):
            yield Step.PRINT
        if found.unapproved and any(one.follows and not one.held for one in found.locales):
            yield Step.APPROVE
        return
    yield Step.TRANSLATE
    yield Step.REVIEW


def _waiting(found: Standing, step: Step) -> list[LocaleStanding]:
    """The languages that wait for this step."""
    waits: Mapping[Step, Callable[[LocaleStanding], bool]] = {
        Step.EXTRACT: lambda one: not one.exists,
        Step.TRANSLATE: lambda one: one.exists and bool(one.untranslated or one.needs_work),
        Step.REVIEW: lambda one: one.exists and not (one.untranslated or one.needs_work),
    }
    if step not in waits:
        return []
    return [one for one in found.locales if not one.is_ready and not one.broken and waits[step](one)]


def _locales_for(person: Person, found: Standing, step: Step) -> tuple[str, ...]:
    """The languages that this person translates or reads again. A language that no one was asked for is everyone's who
    may; an editor reads again what translators wrote.
    """
    if step not in (Step.TRANSLATE, Step.REVIEW):
        return tuple(one.locale for one in _waiting(found, step))
    return tuple(
        one.locale
        for one in _waiting(found, step)
        if may(person, Permission.TRANSLATE, of=one.locale)
        and (step is Step.REVIEW or not one.translators or person.uid in one.translators)
    )


def _others_approved(person: Person, found: Standing) -> bool:
    """Each edition was approved by someone else than this person."""
    approved = {name for one in found.approvals if one.person != person.uid for name in one.valid}
    return all(one.name in approved for one in found.editions)


def _described(found: Standing, step: Step, locales: tuple[str, ...], *, is_mine: bool) -> OwnStep:
    there = [one for one in found.mailings if one.state is not MailingState.CANCELLED]
    channel = Channel.POST if step is Step.PRINT else Channel.EMAIL
    about = [one for one in found.locales if one.locale in locales]
    counts: Mapping[Step, int] = {
        Step.MEND: found.errors or sum(one.broken for one in found.locales),
        Step.TRANSLATE: sum(one.untranslated + one.needs_work for one in about),
        Step.REVIEW: sum(one.blocking for one in about),
        Step.APPROVE: len(found.unapproved),
        Step.PUBLISH: len(found.editions),
    }
    return OwnStep(
        step,
        is_mine=is_mine,
        waits_for=None if is_mine else OF_ROLE.get(step),
        locales=locales,
        count=counts.get(step, sum(one.waiting.get(channel, 0) for one in there)),
        mailing=there[-1].id if there else None,
    )
