"""One mail in; out comes all that the house may know of it. It fits in JSON, for it is made in another process."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from mailer.returns import limits
from mailer.returns.authentic import vouched_for
from mailer.returns.facts import Facts, Form
from mailer.returns.mime import Mail, mail_from
from mailer.returns.reasons import Kind
from mailer.returns.report import facts_from
from mailer.returns.text import words_of
from mailer.returns.verdict import Verdict, verdicts_from
from mailer.returns.why import Why

_CAME_TO = ("x-original-to", "envelope-to", "x-delivered-to")
"""In which our own server writes to whom a mail came; trusted above the first Received only."""
_QUOTED = ("return-path", "original-mail-from", "message-id")
_FEW = 5


@dataclass(frozen=True)
class Reading:
    """What was read. `quoted` holds the fields of the mail it is about in which a mark of ours may stand."""

    form: Form
    verdicts: tuple[Verdict, ...]
    envelope: tuple[str, ...] = ()
    """To whom our own server says that it came; where it does not say, to whom the mail says that it goes."""
    to: tuple[str, ...] = ()
    """To whom the mail says that it goes."""
    subject: str = ""
    quoted: dict[str, tuple[str, ...]] = field(default_factory=dict)
    vouched: tuple[str, ...] = ()
    """Domains that our own server checked with DKIM or SPF."""


def reading_of(raw: bytes, authserv: str = "") -> Reading:
    """Read one mail; `authserv` is the name under which our own server writes Authentication-Results. Never raises."""
    mail = mail_from(raw)
    facts = facts_from(mail)
    return Reading(
        facts.form,
        tuple(verdicts_from(facts)),
        _envelope(mail),
        _addresses(mail.fields.get("to", [])),
        words_of(mail.get("subject"))[:300],
        _marked(facts),
        vouched_for(mail.fields, authserv),
    )


def unreadable() -> Reading:
    """Of a mail that came upon the limits of its reader."""
    return Reading(Form.OTHER, (Verdict(Kind.UNKNOWN, "unreadable", why=Why("limits")),))


def as_json(reading: Reading) -> str:
    return json.dumps(asdict(reading))


def from_json(text: str) -> Reading:
    """Raises ValueError for what is no reading."""
    said: dict[str, Any] = json.loads(text)
    verdicts = tuple(_verdict(one) for one in said["verdicts"])
    quoted = {name: tuple(values) for name, values in said["quoted"].items()}
    return Reading(
        Form(said["form"]),
        verdicts,
        tuple(said["envelope"]),
        tuple(said["to"]),
        said["subject"],
        quoted,
        tuple(said["vouched"]),
    )


def _verdict(said: dict[str, Any]) -> Verdict:
    return Verdict(**{**said, "kind": Kind(said["kind"]), "why": Why(**said["why"])})


def _envelope(mail: Mail) -> tuple[str, ...]:
    """Delivered-To may name the mailbox behind an alias, so that alone does not say to whom it came."""
    came = [value for name in _CAME_TO for value in mail.trace.get(name, [])]
    delivered = mail.trace.get("delivered-to", [])
    return _addresses([*came, *delivered, *([] if came else mail.fields.get("to", []))])


def _addresses(values: list[str]) -> tuple[str, ...]:
    return tuple(one[: limits.FIELD].strip(" <>").lower() for one in values[:_FEW])


def _marked(facts: Facts) -> dict[str, tuple[str, ...]]:
    found = {name: tuple(one[:500] for one in facts.quoted.get(name, [])[:_FEW]) for name in _QUOTED}
    return {name: values for name, values in found.items() if values}
