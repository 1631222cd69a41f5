"""What a sending service says in JSON: Amazon SES, by way of its notification service."""

from __future__ import annotations

import json
from typing import Any

from mailer.returns import limits
from mailer.returns.facts import Facts, Failure, Form, Stage
from mailer.returns.mime import Mail
from mailer.returns.stages import ENHANCED, REPLY
from mailer.returns.text import address_in


def read_notice(mail: Mail) -> Facts | None:
    """None when this is no such notice, or not to be read."""
    if "amazonaws" not in mail.get("from").lower():
        return None
    text = "\n".join(part.text() for part in mail.parts if part.kind.startswith("text/"))
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or max(text.count("{"), text.count("[")) > limits.BRACKETS:
        return None
    try:
        return _facts(_notice(text[start : end + 1]), mail)
    except (ValueError, AttributeError, TypeError, RecursionError):
        return None


def _notice(text: str) -> dict[str, Any]:
    said = json.loads(text, strict=False)
    inner = said.get("Message")
    return dict(json.loads(inner) if isinstance(inner, str) else said)


def _facts(said: dict[str, Any], mail: Mail) -> Facts | None:
    kind = str(said.get("notificationType") or said.get("eventType")).lower()
    event = said.get(kind, {})
    match kind:
        case "bounce":
            final = event.get("bounceType") == "Permanent"
            rows = event.get("bouncedRecipients", [])[: limits.RECIPIENTS]
            return Facts(Form.NOTICE, tuple(_failure(one, final=final) for one in rows), quoted=mail.quoted)
        case "complaint":
            rows = event.get("complainedRecipients", [])[: limits.RECIPIENTS]
            who = tuple(Failure(address_in(str(one.get("emailAddress", "")))) for one in rows)
            return Facts(Form.FEEDBACK, who, str(event.get("complaintFeedbackType") or "abuse").lower(), mail.quoted)
        case "delivery":
            rows = event.get("recipients", [])[: limits.RECIPIENTS]
            arrived = tuple(Failure(address_in(str(one)), action="delivered") for one in rows)
            return Facts(Form.NOTICE, arrived, quoted=mail.quoted)
        case _:
            return None


def _failure(one: dict[str, Any], *, final: bool) -> Failure:
    """`final`: SES itself saw that the address refuses for good."""
    words = str(one.get("diagnosticCode", ""))[: limits.FIELD]
    codes = tuple(ENHANCED.findall(f"{words} {one.get('status', '')}")) or ("5.0.0" if final else "4.0.0",)
    return Failure(
        address_in(str(one.get("emailAddress", ""))),
        action=str(one.get("action", "")).lower() or "failed",
        codes=codes,
        reply=(REPLY.findall(words) or [""])[0],
        words=words,
        stage=Stage.RCPT if final else Stage.UNKNOWN,
    )
