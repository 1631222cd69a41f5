"""A report that is a text for people: who failed, what a server said of each, and whether it is only late."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailer.returns import limits
from mailer.returns.facts import Failure, Stage
from mailer.returns.forms import BOILERPLATE, DAEMON, DELAYED, DELAYED_SUBJECT, GIVEN_UP, GROUP_MARKS, ONLY_DELAYED
from mailer.returns.mime import Mail
from mailer.returns.quoting import telling
from mailer.returns.stages import ENHANCED, REPLY, said_in, stage_of
from mailer.returns.text import ADDRESS, ANY_ADDRESS, address_in, words_of

_BEGINS = re.compile(
    rf"^[\s>*'\"(\[]{{0,12}}(?:(?:to|recipient(?: address)?|user|address)\s*:\s*)?<?\"?(?P<who>{ADDRESS})\"?>?"
    r"(?:<mailto:[^>]{1,200}>)?(?P<rest>\s*(?:$|[:;,)\]]|\.(?=\s|\.|$)|\(|\[|<|on [\w/]{2,12}[ ,/]?|[-–] ).*)$",
    re.IGNORECASE,
)
_ENDS = re.compile(rf":\s*<?(?P<who>{ADDRESS})>?\s*\.?\s*$")
_QUOTES_A_SERVER = re.compile(r"said|remote|host |smtp", re.IGNORECASE)


@dataclass(frozen=True)
class Block:
    """The lines about one recipient; `before` holds those above, where there is only one."""

    who: str
    lines: list[str]
    before: list[str] = field(default_factory=list)


def failures_in(prose: list[str], mail: Mail) -> Iterator[Failure]:
    """What the text says of each recipient."""
    if any(mark in line for line in prose for mark in GROUP_MARKS):
        who = address_in(mail.get("x-failed-recipients")) or _some_address(prose, frozenset())
        words = "group: permission to post refused"
        yield Failure(who, action="failed", words=words, stage=Stage.DATA, reply="550")
        return
    action = "delayed" if _only_delayed(" ".join(prose), words_of(mail.get("subject"))) else "failed"
    for block in blocks_in(prose, mail)[: limits.RECIPIENTS]:
        yield _failure(block, action)


def _failure(block: Block, action: str) -> Failure:
    whole = [*block.before, *block.lines]
    said = said_in(block.lines) or said_in(block.before)
    words, around = " ".join(said), " ".join(telling(whole))
    replies = REPLY.findall(words)
    return Failure(
        block.who,
        action=action,
        codes=tuple(dict.fromkeys(ENHANCED.findall(f"{words} {around}"))),
        reply=replies[0] if replies else "",
        stage=stage_of("", whole),
        words=words[: limits.PROSE],
        around=around[: limits.PROSE],
        local=not said or not _QUOTES_A_SERVER.search(" ".join(block.lines)),
    )


def _only_delayed(text: str, subject: str) -> bool:
    if not DELAYED.search(text) and not DELAYED_SUBJECT.search(subject):
        return False
    return not GIVEN_UP.search(text) or bool(ONLY_DELAYED.search(f"{text} {subject}"))


def blocks_in(prose: list[str], mail: Mail) -> list[Block]:
    """One for each recipient; where no line begins with an address, one block with all lines."""
    failed = [one.lower() for one in ANY_ADDRESS.findall(" ".join(mail.fields.get("x-failed-recipients", []))[:4000])]
    senders = frozenset({address_in(mail.get("to")), address_in(mail.get("from"))}) - set(failed)
    heads = list(_heads(prose, senders))
    unique = list(dict.fromkeys(who for _, who in heads))
    if len(unique) > 1:
        return _several(heads, prose)
    who = next(iter(unique or failed), "") or _some_address(prose, senders)
    start = heads[0][0] if heads else 0
    return [Block(who, prose[start:], prose[:start])]


def _heads(prose: list[str], senders: frozenset[str]) -> Iterator[tuple[int, str]]:
    """The lines with which a recipient begins."""
    last = ""
    for number, line in enumerate(prose):
        found = _BEGINS.match(line) or _ENDS.search(line)
        if found is None or line.startswith(">>>") or BOILERPLATE.search(line[: found.start("who")]):
            continue
        who = found["who"].lower()
        if who not in senders and who != last:
            last = who
            yield number, who


def _several(heads: list[tuple[int, str]], prose: list[str]) -> list[Block]:
    seen: set[str] = set()
    found = []
    for (number, who), (after, _who) in zip(heads, [*heads[1:], (len(prose), "")], strict=True):
        lines = prose[number:after]
        if who not in seen or said_in(lines):
            found.append(Block(who, lines))
        seen.add(who)
    return found


def _some_address(prose: list[str], senders: frozenset[str]) -> str:
    found = (one.lower() for line in prose for one in ANY_ADDRESS.findall(line))
    return next((one for one in found if one not in senders and not DAEMON.search(one)), "")
