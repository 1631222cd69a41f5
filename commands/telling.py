"""How the command line tells things: problems as `file:line: message`, results as text or JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

from commands.words import say
from wording import ExplainedError, Text, _
from wording.errors import PostduifError, Problem, Severity


def tell(text: Text | str) -> None:
    """One line to standard output."""
    sys.stdout.write(f"{say(text)}\n")


def tell_json(value: Any) -> None:
    """For a script: one JSON document on standard output."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")


def line_of(problem: Problem) -> str:
    """`file:line: message`, with the word "warning" for what does not stop publishing."""
    kind = f"{say(_('let op'))}: " if problem.severity is Severity.WARNING else ""
    return f"{problem.place}: {kind}{say(problem.text)}"


def tell_problems(problems: Iterable[Problem]) -> None:
    """Every problem, in the order of the files, to standard error."""
    for problem in sorted(problems, key=lambda each: each.place):
        sys.stderr.write(f"{line_of(problem)}\n")


def tell_error(error: ExplainedError) -> None:
    """What went wrong, with the places first when there are several."""
    if isinstance(error, PostduifError):
        tell_problems(error.problems)
    sys.stderr.write(f"{say(error.text)}\n")
