"""Builds the mails of the corpus from `families.toml` and the layouts of mail programs beside it."""

from __future__ import annotations

import json
import quopri
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
MARK = "1f.0123456789abcdef0123456789abcdef"
PUBLIC = "1f.fedcba9876543210fedcba9876543210"
_PEOPLE = "samira.haddad jeroen.vd.berg info a.yilmaz fatima karel_de_groot noor-77 bestuur o.janssen redactie".split()  # noqa: SIM905
_HOMES = "ergens.example vereniging.example kabelnet.example mail.gemeente.example".split()  # noqa: SIM905
_POSTFIX = {
    "connect": "host {host}[198.51.100.7] refused to talk to me: {said}",
    "mail": "host {host}[198.51.100.7] said: {said} (in reply to MAIL FROM command)",
    "rcpt": "host {host}[198.51.100.7] said:\n    {said} (in reply to RCPT TO command)",
    "data": "host {host}[198.51.100.7] said: {said} (in reply to end of\n    DATA command)",
    "-": "{said}",
}
_EXIM = {
    "mail": "SMTP error from remote mail server after MAIL FROM:<x>:\n    host {host} [198.51.100.7]: {said}",
    "rcpt": "SMTP error from remote mail server after RCPT TO:<{to}>:\n    host {host} [198.51.100.7]: {said}",
    "data": "SMTP error from remote mail server after end of data:\n    host {host} [198.51.100.7]: {said}",
    "-": "{said}",
}
_QMAIL = {
    "rcpt": "{host} does not like recipient.\nRemote host said: {said}\nGiving up on {host}.",
    "data": "{host} failed after I sent the message.\nRemote host said: {said}",
    "-": "{said}",
}
_COMMANDS = {"mail": "MAIL From:<bounce@nieuws.example>", "rcpt": "RCPT To:<{to}>", "data": "DATA"}


@dataclass(frozen=True)
class Sample:
    """One mail, and what it says: the kind, and whom it is about (empty where it names no one)."""

    family: str
    name: str
    kind: str
    recipient: str
    raw: bytes


def corpus() -> list[Sample]:
    """All of them, each made anew."""
    families = tomllib.loads((FOLDER / "families.toml").read_text("utf-8"))["family"]
    return [sample for number, family in enumerate(families) for sample in _samples(family, number * 100)]


def _samples(family: dict[str, Any], number: int) -> Iterator[Sample]:
    for at, case in enumerate(family["cases"], number):
        kind, stage, status, said = case.split(" ", 3)
        to = f"{_PEOPLE[at % len(_PEOPLE)]}@{_HOMES[at // 3 % len(_HOMES)]}"
        slots = _slots(family, stage, status, said) | {"to": to, "id": str(at)}
        layout = family["layout"].removesuffix("-own") if family["layout"] != "exim-own" else "exim-text"
        text = _filled(_layout(layout), slots)
        names = "" if layout in _NAMELESS or (layout == "ses" and said == "delivery") else to
        charset = family.get("charset", "utf-8")
        yield Sample(family["name"], f"{family['name']} {at % 100}", kind, names, text.encode(charset, "replace"))


_NAMELESS = frozenset({"answer", "person", "unsubscribe", "success"})


def _slots(family: dict[str, Any], stage: str, status: str, said: str) -> dict[str, str]:
    own = {name: value for name, value in family.items() if isinstance(value, str)}
    host, local = own.get("host", ""), stage == "-"
    words = said.split("|")
    if family["layout"] == "answer":
        own |= {"subject": words[0], "header": f"{words[1]}\n" if words[1] else "", "words": words[2]}
    elif family["layout"] == "person":
        own |= {"from": words[0], "subject": words[1], "words": words[2]}
    elif family["layout"] == "success":
        own |= {"words": words[0], "subject": words[1], "said": words[2]}
    return {
        "host": host,
        "said": said,
        "words": said,
        "status": status if status != "-" else "5.0.0",
        "postfix": _POSTFIX.get(stage, "{said}"),
        "exim": _EXIM.get(stage, "{said}"),
        "qmail": _QMAIL.get(stage, "{said}"),
        "remote": "" if local else f"Remote-MTA: dns; {host}\n",
        "diagnostic": f"X-Postfix; {said}" if local else f"smtp; {said}",
        "diagnostic_line": f"Diagnostic-Code: smtp;{said}\n" if said else "",
        "command": _COMMANDS.get(stage, "RCPT To:<{to}>"),
        "after": "554 5.0.0 Service unavailable" if stage == "data" else f"550 {status} <{{to}}>... failed",
        "subject": "User unknown",
        "newsletter": _layout("_newsletter"),
        "json": _notice(status, said),
        **own,
    }


def _notice(status: str, said: str) -> str:
    if said == "delivery":
        inner: dict[str, Any] = {"notificationType": "Delivery", "delivery": {"recipients": ["{to}"]}}
    elif said == "abuse":
        told = {"complainedRecipients": [{"emailAddress": "{to}"}], "complaintFeedbackType": "abuse"}
        inner = {"notificationType": "Complaint", "complaint": told}
    else:
        one = {"emailAddress": "{to}", "action": "failed", "status": status, "diagnosticCode": said}
        final = "Permanent" if status.startswith("5.1") else "Transient"
        inner = {"notificationType": "Bounce", "bounce": {"bounceType": final, "bouncedRecipients": [one]}}
    return json.dumps({"Type": "Notification", "Message": json.dumps(inner)})


def _layout(name: str) -> str:
    suffix = "txt" if name.startswith("_") else "eml"
    return (FOLDER / "layouts" / f"{name}.{suffix}").read_text("utf-8")


def _filled(text: str, slots: dict[str, str]) -> str:
    """Slots in slots too; three rounds are enough for the deepest."""
    own = {**slots, "mark": MARK, "public": PUBLIC}
    own["sentence_qp"] = quopri.encodestring(_once(own.get("sentence", ""), own).encode()).decode()
    for _round in range(3):
        text = _once(text, own)
    return text


def _once(text: str, slots: dict[str, str]) -> str:
    for name, value in slots.items():
        text = text.replace(f"{{{name}}}", value)
    return text
