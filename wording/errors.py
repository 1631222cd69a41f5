"""What can go wrong, as a tree, by who can mend it.

Mistakes in content are values (`Problem`), collected so that an editor sees all of them at once.
Everything else is an exception whose `text` is a sentence for the person who can mend it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from wording import ExplainedError, Text, _


class Severity(StrEnum):
    """An error stops publishing; a warning is for the editor to judge."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, order=True)
class Place:
    """A line of a file in the content folder; line 0 means the file as a whole."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True)
class Problem:
    """A mistake in content: where, and what to do about it."""

    place: Place
    text: Text
    severity: Severity = Severity.ERROR


class PostduifError(ExplainedError):
    """Something a person must hear about; `text` says what and how to mend it, `problems` where."""

    def __init__(self, text: Text, problems: Sequence[Problem] = ()) -> None:
        super().__init__(text)
        self.problems = tuple(problems)


class InvalidInputError(PostduifError):
    """What was typed, uploaded or written in a file is wrong; the person who wrote it can mend it."""


class ContentError(InvalidInputError):
    """The editor or a translator can mend it: the files say where."""

    def __init__(self, problems: Sequence[Problem], text: Text | None = None) -> None:
        wrong = _("Er staan fouten in de inhoud. Er is niets verstuurd en niets veranderd.")
        super().__init__(text or wrong, problems)


class NotAllowedError(PostduifError):
    """Another person must act first: an approval, a role."""


class NotFoundError(PostduifError):
    """There is nothing of that name or number; the person who asked can name another."""


class ConflictError(PostduifError):
    """It changed meanwhile, or is not in a state for this; look again, then decide."""


class SettingsError(PostduifError):
    """The administrator of the machine can mend it: postduif.toml, a key, a server."""


class ServiceError(PostduifError):
    """A program or a server that this one needs does not answer or gave up; it can be tried again."""


class OutdatedError(ServiceError):
    """The database was brought up to date for a newer program: this one ends, and whoever watches it starts that."""


class CarrierError(ServiceError):
    """The relay, the inbox or the printer must be mended; the ledger knows what waits."""
