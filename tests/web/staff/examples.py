"""An address of every route: to something that is there, and to the same of another that is not theirs or not there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.web.staff.conftest import Desks
from web.staff.pages import ROUTES
from web.staff.routes import Route

SLOT = re.compile(r"<(?:int:)?([a-z_]+)>")
THERE = {
    "slug": "los-2026-24",
    "audience": "legal-aid",
    "locale": "nl",
    "until": "1",
    "proof": "x",
    "name": "opvang.jpg",
    "what": "public?accent=%230b5f58&accent_dark=%237fd6cd",
}
"""What stands in a slot, of the content of the example; `Desks.made` says the rest."""
ELSEWHERE = {
    "slug": "los-9999-1",
    "audience": "niemand",
    "locale": "xx",
    "number": "999999",
    "uid": "00000000-0000-0000-0000-000000000000",
    "reader": "00000000-0000-0000-0000-000000000000",
    "token": "x",
    "until": "1",
    "proof": "x",
    "name": "niets.jpg",
    "key": "niets",
    "what": "niets",
    "issue": "meldpunt-9999-1",
    "run": "999999",
    "piece": "999999",
    "code": "00000000",
    "centre": "nergens",
    "draft": "00000000-0000-0000-0000-000000000000",
}
NO_PAGE = {
    "sign_in_code": "leads to the form",
    "frame": "the e-mail itself, in its sandbox",
    "booklet": "a picture of pages",
    "audit_head": "a file",
    "figures_table": "a table for a spreadsheet",
    "desk_po": "a file",
    "desk_link": "a file",
    "picture": "a picture",
    "look_frame": "a page in its sandbox",
    "draft_frame": "the e-mail itself, in its sandbox",
    "draft_booklet": "a picture of pages",
    "block_look": "an e-mail with one block, in its sandbox",
}
"""Routes that answer a GET with something else than a page of the staff."""


@dataclass(frozen=True)
class Example:
    """Two addresses of a route."""

    route: Route
    own: str
    foreign: str
    """Equal to `own` where the path has no slots."""


def example_of(route: Route, desks: Desks) -> Example:
    """Raises KeyError for a route with a slot that no test knows: say what may stand in it."""
    made = THERE | desks.made
    if route.path.startswith("/readers/import"):
        made["draft"] = desks.made["reader_draft"]
    own = route.example or SLOT.sub(lambda slot: made[slot[1]], route.path)
    return Example(route, own, SLOT.sub(lambda slot: ELSEWHERE[slot[1]], route.path))


def examples(desks: Desks) -> list[Example]:
    """Of every route of the table."""
    return [example_of(route, desks) for route in ROUTES]


def pages(desks: Desks) -> list[str]:
    """The paths of every page that can be looked at."""
    return [one.own for one in examples(desks) if "GET" in one.route.methods and one.route.name not in NO_PAGE]
