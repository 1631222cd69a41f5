"""The kinds of mail about work that staff get, to whom each goes, and which of them cannot wait."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from staff.roles import Role
from wording import Text, _


class Mail(StrEnum):
    """Mail that a person may do without. What lets them in, and tells of a new device, always comes."""

    ASSIGNED = "assigned"
    """A language of an issue was given to them."""
    CHANGED = "changed"
    """Sentences of work that was given to them changed meanwhile."""
    REMINDERS = "reminders"
    """Work is due."""
    ANSWERS = "answers"
    """A question was answered: one of theirs, or one about a sentence that they translate too."""
    QUESTIONS = "questions"
    """A translator asks something."""
    WORK = "work"
    """A translator hands work back, or asks for help."""
    DRAFTS = "drafts"
    """The next number is there to be written."""
    SENT_BACK = "sent_back"
    """An approver wants something changed first."""
    APPROVALS = "approvals"
    """They are asked to approve."""
    TYPOS = "typos"
    """A typing error was corrected in what they approved."""
    DONE = "done"
    """A mailing they sent is done."""
    STILL = "still"
    """A mailing they sent stands still."""
    ALARMS = "alarms"
    """What cannot wait, from the audit trail."""


GETS: Mapping[Mail, frozenset[Role]] = {
    Mail.ASSIGNED: frozenset({Role.TRANSLATOR}),
    Mail.CHANGED: frozenset({Role.TRANSLATOR}),
    Mail.REMINDERS: frozenset({Role.TRANSLATOR}),
    Mail.ANSWERS: frozenset({Role.TRANSLATOR, Role.EDITOR}),
    Mail.QUESTIONS: frozenset({Role.EDITOR}),
    Mail.WORK: frozenset({Role.EDITOR}),
    Mail.DRAFTS: frozenset({Role.EDITOR}),
    Mail.SENT_BACK: frozenset({Role.EDITOR}),
    Mail.APPROVALS: frozenset({Role.APPROVER}),
    Mail.TYPOS: frozenset({Role.APPROVER}),
    Mail.DONE: frozenset({Role.EDITOR}),
    Mail.STILL: frozenset({Role.EDITOR}),
    Mail.ALARMS: frozenset({Role.ADMIN}),
}
"""Who gets each, in the order in which a person chooses."""

URGENT = frozenset({Mail.APPROVALS, Mail.TYPOS, Mail.STILL, Mail.ALARMS})
"""Someone waits for these, so that they are not collected first."""

MAIL_WORDS: Mapping[Mail, Text] = {
    Mail.ASSIGNED: _("Er is een vertaling aan je gegeven"),
    Mail.CHANGED: _("Zinnen die je vertaalt, zijn veranderd"),
    Mail.REMINDERS: _("Herinneringen voordat een vertaling klaar moet zijn"),
    Mail.ANSWERS: _("Antwoord op een vraag van jou of van een andere vertaler"),
    Mail.QUESTIONS: _("Vragen van vertalers"),
    Mail.WORK: _("Een vertaler geeft werk terug of vraagt hulp"),
    Mail.DRAFTS: _("Er staat een nieuw nummer klaar om te schrijven"),
    Mail.SENT_BACK: _("Wie goedkeurt, wil eerst iets veranderd zien"),
    Mail.APPROVALS: _("Er wordt gevraagd of jij een nummer goedkeurt"),
    Mail.TYPOS: _("In een nummer dat je goedkeurde, is een tikfout verbeterd"),
    Mail.DONE: _("Een verzending van jou is klaar"),
    Mail.STILL: _("Een verzending van jou staat stil"),
    Mail.ALARMS: _("Alarmen, zoals een verzending die stilstaat"),
}
"""What each is about, for whoever chooses."""
