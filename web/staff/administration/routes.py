"""The pages about newsletters, audiences and languages, in the table of staff pages."""

from __future__ import annotations

from staff.permissions import Permission
from web.staff.administration import languages, looks, newsletters
from web.staff.routes import KIB, Route, View

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


LOGO_BODY = 10_240 * KIB
"""A picture of 10 MB in its form."""

ROUTES: tuple[Route, ...] = (
    _route("newsletters", "newsletters", newsletters.newsletters),
    _route("newsletters/new", "new_newsletter", newsletters.new_newsletter),
    _route("newsletters/<key>", "newsletter", newsletters.newsletter, "newsletters/los"),
    _route("audiences/new", "new_audience", newsletters.new_audience),
    _route("audiences/<key>", "audience_settings", newsletters.audience_settings, "audiences/noo-national"),
    _route("languages", "languages", languages.languages),
    Route(
        "/organisation/look",
        "looks",
        looks.looks,
        Permission.CHANGE_SETTINGS,
        BOTH,
        fresh=True,
        body=LOGO_BODY,
        example="/organisation/look",
    ),
    Route("/organisation/look/<what>", "look_frame", looks.frame, Permission.CHANGE_SETTINGS),
)
