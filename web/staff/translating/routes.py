"""The pages of translators, for the one table of staff pages."""

from __future__ import annotations

from staff.permissions import Permission
from web.staff.routes import KIB, Route
from web.staff.translating import desk

BOTH = ("GET", "POST")
BOX = 1024 * KIB
"""A text that is far too long for one message is refused in a sentence, and stands on the page still."""
_DESK = "/issues/<slug>/translate/<locale>"
_AR = "/issues/meldpunt-2026-3/translate/ar"

ROUTES: tuple[Route, ...] = (
    Route(_DESK, "desk", desk.at_desk, Permission.TRANSLATE, BOTH, body=BOX, example=_AR),
    Route(f"{_DESK}/draft", "desk_draft", desk.draft, Permission.TRANSLATE, ("POST",), body=BOX, example=f"{_AR}/draft"),
)
