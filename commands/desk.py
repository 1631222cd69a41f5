"""What every command starts from: the content folder, the database, and the wired parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from wording import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mailer.bootstrap import Parts
    from mailer.services.office import Office, Press


def _nothing(_field: str, _words: Iterable[str]) -> None:
    """No log is kept for a program to read."""


@dataclass
class Desk:
    """Opened by the first command that needs it, so that `--help` reads no file."""

    content: Path
    database: str
    allow: Callable[[str, Iterable[str]], None] = _nothing
    """Lets words stand in a field of the log (`commands.logs`)."""

    @cached_property
    def press(self) -> Press:
        """Enough to check and preview: no database and no keys."""
        from mailer.bootstrap import press_from

        return press_from(self.content)

    @cached_property
    def parts(self) -> Parts:
        from commands.telling import tell_aside
        from mailer.bootstrap import wire
        from mailer.places import inner_keys

        parts = wire(self.content, self.database)
        settings = parts.settings
        self.allow("relay", settings.relays or ("relay",))
        chosen = settings.storage.keys
        if chosen is None and (inside := inner_keys(self.content)) is not None:
            tell_aside(
                _(
                    "De sleutels staan nog in de inhoudsmap, in {folder}. Zet ze daarbuiten met: "
                    "`postduif keys move --as NAAM`",
                    folder=inside,
                )
            )
        return parts

    @cached_property
    def office(self) -> Office:
        """What use cases work with; its bell reaches the workers of the configured broker."""
        from commands.sending import doorbell

        return self.parts.office(doorbell(self.parts))

    def close(self) -> None:
        """End the connections to the database, if any were made."""
        if "parts" in self.__dict__:
            self.parts.store.close()


def desk(context: typer.Context) -> Desk:
    """The desk of this invocation."""
    found = context.find_object(Desk)
    assert found is not None, "the application's callback makes it"  # noqa: S101 — a promise of typer's, not input
    return found
