"""What a row of the table of staff pages says: path, view, and who may. Without a row there is no page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from werkzeug.wrappers import Response

from staff.permissions import Permission

View = Callable[..., Response]

KIB = 1024


class Access(Enum):
    """Pages that no single permission stands for."""

    PUBLIC = "public"
    """Without signing in: the way in itself."""
    HALF_IN = "half in"
    """After the mail, before the second step: only the second step itself."""
    SIGNED_IN = "signed in"
    """Everyone who works here: their own day and their own settings."""


@dataclass(frozen=True)
class Route:
    """One page or one deed."""

    path: str
    name: str
    view: View
    may: Permission | Access
    methods: Sequence[str] = ("GET",)
    fresh: bool = False
    """True: a POST asks for the second step when the last one is more than ten minutes ago."""
    body: int = 64 * KIB
    """Octets that a request may have at most; more is refused before it is read."""
    posts: Permission | None = None
    """What a POST asks for, where that is more than what it takes to look; None: as `may`."""
    example: str = ""
    """The path of a page to look at in tests, where `path` has slots; "" when it has none."""

    def asks(self, method: str) -> Permission | Access:
        """What someone needs for a request with this method."""
        return self.posts if method == "POST" and self.posts is not None else self.may
