"""How the command line tells things: problems as `file:line: message`, results as text or JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from commands.terminal import harmless, harmless_json
from commands.words import say
from wording import ExplainedError, Text, _
from wording.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    OutdatedError,
    PostduifError,
    Problem,
    ServiceError,
    SettingsError,
    Severity,
)

EXIT_CODES: dict[type[ExplainedError], int] = {
    InvalidInputError: 1,
    NotAllowedError: 3,
    NotFoundError: 4,
    ConflictError: 5,
    SettingsError: 6,
    ServiceError: 7,
    OutdatedError: 75,
}
"""By who can mend it; 0 is done, 2 a command that was typed wrong (Click's own), 75 is sysexits.h's "try again"."""


def exit_code(error: ExplainedError) -> int:
    """What the command ends with."""
    return next((EXIT_CODES[one] for one in type(error).__mro__ if one in EXIT_CODES), 1)


def tell(text: Text | str) -> None:
    """One line to standard output."""
    sys.stdout.write(f"{harmless(text)}\n")


def tell_aside(text: Text | str) -> None:
    """One line to standard error, beside what was asked: a script reads standard output.

    Where that is full or gone, what was asked is done all the same.
    """
    with suppress(OSError):
        sys.stderr.write(f"{harmless(text)}\n")


def announce(text: Text | str) -> None:
    """As `tell`, what a process that stays says of itself: a log that is full or gone is no reason not to work."""
    with suppress(OSError):
        tell(text)


def tell_json(value: Any) -> None:
    """For a script: one JSON document on standard output."""
    sys.stdout.write(f"{harmless_json(value)}\n")


def tell_json_list(values: Iterable[Any]) -> None:
    """As `tell_json`, for a list that is too long to be held: each is written as it comes."""
    before = "[\n"
    for value in values:
        sys.stdout.write(f"{before}{harmless_json(value)}")
        before = ",\n"
    sys.stdout.write("[]\n" if before == "[\n" else "\n]\n")


def line_of(problem: Problem) -> str:
    """`file:line: message`, with the word "warning" for what does not stop publishing."""
    warning = say(_("let op"))
    kind = f"{warning}: " if problem.severity is Severity.WARNING else ""
    return f"{problem.place}: {kind}{harmless(problem.text)}"


def tell_problems(problems: Iterable[Problem]) -> None:
    """Every problem, in the order of the files, to standard error."""
    for problem in sorted(problems, key=lambda each: each.place):
        tell_aside(line_of(problem))


def tell_error(error: ExplainedError) -> None:
    """What went wrong, with the places first when there are several."""
    if isinstance(error, PostduifError):
        tell_problems(error.problems)
    tell_aside(error.text)
