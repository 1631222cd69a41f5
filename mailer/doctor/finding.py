"""What a check found, and how all checks are asked at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum

import dns.exception

from mailer.doctor.world import World
from wording import Text, _


class Level(StrEnum):
    OK = "ok"
    NOTE = "note"
    """Worth knowing; nothing needs to be done."""
    WARN = "warn"
    """It works, and will not always."""
    FAIL = "fail"
    """It does not work, or not safely."""
    SKIP = "skip"
    """It could not be looked at: never to be taken for good."""


@dataclass(frozen=True)
class Finding:
    """What one check says. `remedy` is what a person can do; None where there is nothing to do."""

    check: str
    level: Level
    said: Text
    remedy: Text | None = None


Check = Callable[[World], Iterator[Finding]]

WITHOUT_SETTINGS = ("settings", "clock", "disk", "content")
"""What can be looked at when the settings cannot be read."""

_AT_ONCE = 8
"""Most checks wait for a server."""


def examine(world: World, checks: Mapping[str, Check]) -> list[Finding]:
    """The findings of these checks, in their order. One that fails is a finding, too."""
    chosen = [(name, check) for name, check in checks.items() if world.is_known or name in WITHOUT_SETTINGS]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = pool.map(lambda one: _asked(world, *one), chosen)
        return [finding for findings in found for finding in findings]


def _asked(world: World, name: str, check: Check) -> list[Finding]:
    found: list[Finding] = []
    try:
        found.extend(check(world))  # what it said before it failed is kept
    except dns.exception.DNSException as error:
        said = _("De naamserver (DNS) gaf geen antwoord ({kind}).", kind=type(error).__name__)
        remedy = _("Probeer het later nog eens. Kan deze machine bij haar naamserver? Zie /etc/resolv.conf.")
        found.append(Finding(name, Level.SKIP, said, remedy))
    except Exception as error:
        # its words may hold an address; its kind may not
        said = _("De controle zelf mislukte ({kind}).", kind=type(error).__name__)
        found.append(Finding(name, Level.SKIP, said, _("Meld dit aan wie Postduif maakt.")))
    return found


def exit_code(findings: Collection[Finding]) -> int:
    """2 when something does not work, 1 when something may not or could not be looked at, else 0."""
    levels = {finding.level for finding in findings}
    if Level.FAIL in levels:
        return 2
    return 1 if levels & {Level.WARN, Level.SKIP} else 0
