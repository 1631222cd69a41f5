"""Delivery status notifications (RFC 3464): the fields of each recipient, in their own part or in plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mailer.returns import limits
from mailer.returns.facts import Facts, Failure, Form
from mailer.returns.mime import STATUS, Mail
from mailer.returns.prose import blocks_in
from mailer.returns.quoting import prose_of, telling
from mailer.returns.stages import ENHANCED, REPLY, answers_to, stage_of
from mailer.returns.text import ANY_ADDRESS, address_in

Group = dict[str, str]
"""The fields of one recipient."""
_FIELD = re.compile(
    r"^\s{0,2}(final-recipient|original-recipient|action|status|diagnostic-code|remote-mta|x-actual-recipient)"
    r"\s*:\s*(.*)$",
    re.IGNORECASE,
)
_BEGIN_ANOTHER = frozenset({"final-recipient", "action", "original-recipient"})


def read_status(mail: Mail) -> Facts | None:
    """Of a mail with a status part; None without one, or without a recipient in it."""
    part = mail.first(STATUS)
    if part is None:
        return None
    groups = groups_in(part.text().split("\n")[: limits.PROSE_LINES * 2])
    return facts_of(groups, prose_of(mail), mail) if groups else None


def groups_in(lines: Iterable[str]) -> list[Group]:
    """The recipients; a second Final-Recipient or Action begins another."""
    found = _Groups()
    for line in lines:
        found.take(line)
        if len(found.whole) >= limits.RECIPIENTS:
            break
    return [one for one in [*found.whole, found.now] if "action" in one or "status" in one]


class _Groups:
    def __init__(self) -> None:
        self.whole: list[Group] = []
        self.now: Group = {}
        self._last = ""

    def take(self, line: str) -> None:
        if (found := _FIELD.match(line)) is not None:
            name = found[1].lower()
            if name in self.now and name in _BEGIN_ANOTHER:
                self._end()
            self.now.setdefault(name, found[2].strip())
            self._last = name
        elif line[:1] in (" ", "\t") and line.strip() and self._last:
            if len(self.now[self._last]) < limits.FIELD:
                self.now[self._last] += f" {line.strip()}"
        else:
            self._last = ""
            if (
                not line.strip()
                and "action" in self.now
                and self.now.keys() & {"final-recipient", "original-recipient"}
            ):
                self._end()

    def _end(self) -> None:
        self.whole.append(self.now)
        self.now, self._last = {}, ""


def facts_of(groups: list[Group], prose: list[str], mail: Mail) -> Facts:
    """What the fields say, with what the text says of the same recipient."""
    alone = len(groups) == 1
    failures = []
    for one in groups:
        final = address_in(one.get("final-recipient", "")) or address_in(one.get("x-actual-recipient", ""))
        original = address_in(one.get("original-recipient", ""))
        if alone and not final and not original:
            final = next((block.who for block in blocks_in(prose, mail)), "")
        around = prose if alone else _about(prose, final, original)
        failures.append(_failure(one, final, original, around))
    return Facts(Form.STATUS, tuple(failures), quoted=mail.quoted)


def _failure(one: Group, final: str, original: str, around: list[str]) -> Failure:
    words = _diagnostic(one.get("diagnostic-code", ""))
    transcript = answers_to((REPLY.findall(words) or [""])[0], around)
    remote = f"{words} {transcript}".strip()
    status, _, comment = one.get("status", "").partition("(")
    replies = REPLY.findall(remote)
    codes = [*ENHANCED.findall(words), *ENHANCED.findall(transcript), *ENHANCED.findall(status)]
    return Failure(
        final,
        original,
        action=re.split(r"[\s(;]", one.get("action", "").strip().lower())[0],
        codes=tuple(dict.fromkeys(codes)),
        reply=replies[0] if replies else "",
        stage=stage_of(words, around),
        words=remote[: limits.PROSE],
        around=" ".join([*telling(around), comment.rstrip(") ")])[: limits.PROSE],
        local="remote-mta" not in one and not transcript,
        formal=True,
    )


def _diagnostic(field: str) -> str:
    """The words of `smtp; 550 …`; a program's own code keeps its type, for x-unix tells that it was a program."""
    kind, _, words = field.partition(";")
    if not words or REPLY.search(kind):
        return field.strip()
    return f"x-unix; {words.strip()}" if kind.strip().lower() == "x-unix" else words.strip()


def _about(prose: list[str], *addresses: str) -> list[str]:
    """The lines that name this recipient, and what follows up to the next one."""
    names = [one for one in addresses if one]
    kept: list[str] = []
    inside = False
    for line in prose:
        if any(name in line.lower() for name in names):
            inside = True
        elif ANY_ADDRESS.search(line):
            inside = False
        if inside:
            kept.append(line)
        if len(kept) >= limits.AROUND:
            break
    return kept
