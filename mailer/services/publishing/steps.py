"""The one thing that is to be done next for an issue. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from mailer.ledger.print_states import RunState
from mailer.ledger.standing import MailingRow, RunRow
from mailer.ledger.states import MailingState
from mailer.organisation import Channel
from mailer.services.publishing.progress import LocaleStanding


class Step(StrEnum):
    """What a person does next. A closed set: each page and each catalog has words for all of them."""

    MEND = "mend"
    """The editor: the text, a catalog or the settings have an error."""
    EXTRACT = "extract"
    """The editor: make the sentences ready for the translators."""
    TRANSLATE = "translate"
    """The translators: something is not translated, or its source changed."""
    REVIEW = "review"
    """The translators: a translation waits for its approval, or a check blocks it."""
    WAIT = "wait"
    """No one: the editions are being made."""
    APPROVE = "approve"
    """The approver."""
    PUBLISH = "publish"
    """The editor: all is approved."""
    START = "start"
    """The editor: the mailing is open and nothing of it was sent."""
    SCHEDULED = "scheduled"
    """No one: the mailing waits for its moment."""
    FOLLOW = "follow"
    """No one: it is being sent."""
    RESUME = "resume"
    """The editor: the mailing is paused."""
    PRINT = "print"
    """The postal desk."""
    DONE = "done"
    """Nothing any more."""


_OF_MAILING = {
    MailingState.PAUSED: Step.RESUME,
    MailingState.SENDING: Step.FOLLOW,
    MailingState.APPROVED: Step.START,
    MailingState.DRAFT: Step.START,
    MailingState.SCHEDULED: Step.SCHEDULED,
}
"""What needs a person first."""
AT_THE_DESK = (RunState.ORDERED, RunState.PREPARED, RunState.PRINTED)
"""A print run that is not in the post yet."""


def next_step(
    *,
    errors: int,
    locales: Sequence[LocaleStanding],
    rendered: bool,
    editions: int,
    unapproved: int,
    mailings: Sequence[MailingRow],
    runs: Sequence[RunRow],
) -> Step:
    """`rendered`: the editions were made of the files as they are; `unapproved` of them wait for an approval."""
    there = [one for one in mailings if one.state is not MailingState.CANCELLED]
    if there:
        return _after_publishing(there, runs)
    if errors or any(one.broken for one in locales):
        return Step.MEND
    for state in (Step.EXTRACT, Step.TRANSLATE, Step.REVIEW):
        if any(_waits_for(one) is state for one in locales if not one.is_ready):
            return state
    if not rendered:
        return Step.WAIT
    if not editions:
        return Step.MEND
    return Step.APPROVE if unapproved else Step.PUBLISH


def _waits_for(one: LocaleStanding) -> Step:
    if not one.exists:
        return Step.EXTRACT
    return Step.TRANSLATE if one.untranslated or one.needs_work else Step.REVIEW


def _after_publishing(there: Sequence[MailingRow], runs: Sequence[RunRow]) -> Step:
    states = {one.state for one in there}
    mailed = [one for one in there if one.waiting.get(Channel.EMAIL) or not one.waiting]
    for state, step in _OF_MAILING.items():
        if any(one.state is state for one in mailed):
            return step
    if any(one.waiting.get(Channel.POST) for one in there) or any(run.state in AT_THE_DESK for run in runs):
        return Step.PRINT
    return Step.DONE if states <= {MailingState.DONE} else Step.FOLLOW
