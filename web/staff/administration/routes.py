"""The pages about newsletters, audiences and languages, in the table of staff pages."""

from __future__ import annotations

from staff.permissions import Permission
from web.staff.administration import languages, newsletters
from web.staff.routes import Route, View

BOTH = ("GET", "POST")


def _route(path: str, name: str, view: View, example: str = "") -> Route:
    return Route(
        f"/organisation/{path}",
        name,
        view,
        Permission.CHANGE_SETTINGS,
        BOTH,
        fresh=True,
        example=f"/organisation/{example or path}",
    )


ROUTES: tuple[Route, ...] = (
    _route("newsletters", "newsletters", newsletters.newsletters),
    _route("newsletters/new", "new_newsletter", newsletters.new_newsletter),
    _route("newsletters/<key>", "newsletter", newsletters.newsletter, "newsletters/los"),
    _route("audiences/new", "new_audience", newsletters.new_audience),
    _route("audiences/<key>", "audience_settings", newsletters.audience_settings, "audiences/noo-national"),
    _route("languages", "languages", languages.languages),
)
