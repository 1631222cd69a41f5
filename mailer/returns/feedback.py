"""Complaints in the forms that providers send: feedback reports (RFC 5965), Hotmail's, and wishes to be let go."""

from __future__ import annotations

import re

from mailer.returns import limits
from mailer.returns.facts import Facts, Failure, Form
from mailer.returns.mime import Fields, Mail
from mailer.returns.quoting import prose_of
from mailer.returns.text import address_in, words_of

_REPORT = frozenset({"message/feedback-report"})
_HOTMAIL = re.compile(r"^.{0,60}\bstaff@hotmail\.", re.IGNORECASE)
_ASKED = "sent this email to unsubscribe"
"""Outlook's words when its reader presses its button to unsubscribe."""


def read_feedback(mail: Mail) -> Facts | None:
    """What a provider says that its reader thinks of our mail; None when this is no such report."""
    if (part := mail.first(_REPORT)) is not None:
        return _of_report(_fields_in(part.text()), mail.quoted)
    subject = words_of(mail.get("subject")).strip().lower()
    if mail.quoted and _HOTMAIL.match(mail.get("from")) and "complaint about message" in subject:
        who = (mail.quoted.get("x-hmxmroriginalrecipient") or mail.quoted.get("to") or [""])[0]
        return Facts(Form.FEEDBACK, (Failure(address_in(who)),), "abuse", mail.quoted)
    if subject == "unsubscribe" and _ASKED in "\n".join(prose_of(mail))[:400]:
        return Facts(Form.FEEDBACK, (), "opt-out", mail.quoted)
    return None


def _of_report(fields: Fields, quoted: Fields) -> Facts:
    """A report without a type is about abuse, as the first ones were."""
    kind = (fields.get("feedback-type") or ["abuse"])[0].split(";")[0].strip().lower()
    who = [address_in(one) for one in fields.get("original-rcpt-to", [])[: limits.RECIPIENTS]]
    known = {**quoted, "original-mail-from": fields.get("original-mail-from", [])}
    return Facts(Form.FEEDBACK, tuple(Failure(one) for one in who), kind or "abuse", known)


def _fields_in(text: str) -> Fields:
    found: Fields = {}
    for line in text.split("\n")[: limits.FIELDS]:
        name, colon, value = line.partition(":")
        if colon and " " not in name.strip():
            found.setdefault(name.strip().lower(), []).append(value.strip()[: limits.FIELD])
    return found
