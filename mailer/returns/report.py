"""Which form a mail has: the most exact first, an automatic answer last, for many servers mark their reports as one."""

from __future__ import annotations

import re

from mailer.returns.facts import Facts, Form
from mailer.returns.feedback import read_feedback
from mailer.returns.forms import AUTOMATIC, CHALLENGE, DAEMON, NOT_DELIVERED, SUBJECT
from mailer.returns.mime import Mail
from mailer.returns.notices import read_notice
from mailer.returns.prose import failures_in
from mailer.returns.quoting import prose_of
from mailer.returns.stages import said_in
from mailer.returns.status import facts_of, groups_in, read_status
from mailer.returns.text import words_of

_FIRST_LINES = 60
_ANSWER_FIELDS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-response-suppress")


def facts_from(mail: Mail) -> Facts:
    """What the mail says, by the first form that fits."""
    for read in (read_feedback, read_status, read_notice):
        if (found := read(mail)) is not None:
            return found
    prose = prose_of(mail)
    if _is_returned(mail, prose):
        if groups := groups_in(prose):
            return facts_of(groups, prose, mail)
        return Facts(Form.PROSE, tuple(failures_in(prose, mail)), quoted=mail.quoted)
    return Facts(Form.ANSWER if _is_answer(mail, prose) else Form.OTHER, quoted=mail.quoted)


def _is_returned(mail: Mail, prose: list[str]) -> bool:
    if mail.get("x-failed-recipients"):
        return True
    subject = words_of(mail.get("subject"))
    told = bool(SUBJECT.search(subject))
    report = "delivery-status" in mail.get("content-type").lower()
    if AUTOMATIC.search(subject) and not told and not report:
        return False
    if any(part.quoted for part in mail.parts) and any(NOT_DELIVERED.search(line) for line in prose[:_FIRST_LINES]):
        return True
    sender = words_of(mail.get("from"))
    if report or not sender.strip() or DAEMON.search(sender):
        return True
    null = re.sub(r"\s", "", mail.get("return-path")).upper() in {"<>", "<MAILER-DAEMON>"}
    return told and (null or any(NOT_DELIVERED.search(line) for line in prose) or bool(said_in(prose)))


def _is_answer(mail: Mail, prose: list[str]) -> bool:
    automatic = mail.get("auto-submitted").split(";")[0].strip().lower()
    if automatic not in {"", "no"} or any(mail.get(name) for name in _ANSWER_FIELDS):
        return True
    bulk = mail.get("precedence").strip().lower() in {"auto_reply", "auto-reply"}
    if bulk or AUTOMATIC.search(words_of(mail.get("subject"))):
        return True
    return any(CHALLENGE.search(line) for line in prose[:_FIRST_LINES])
