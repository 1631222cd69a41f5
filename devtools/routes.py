"""`python -m devtools.routes` (with `make permissions`): docs/routes.md, every staff page and deed, and who gets in."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from staff.people import Person
from staff.permissions import Permission, may
from staff.roles import ROLE_WORDS, Role
from web.staff.pages import ROUTES
from web.staff.routes import KIB, Access, Route
from wording.interface import interface

PAGE = Path(__file__).resolve().parents[1] / "docs" / "routes.md"
_HEAD = """\
# The pages of the staff, and who gets in

Made by `make permissions` from the table in `web/staff/pages.py`; a test fails when it is not current, and another asks
for each of these as each role, of something that is there and of something that is not. There is no page beside it.

`²`: a button asks for the second step again when the last one is more than ten minutes ago. *own*: everyone who works
here, for what is theirs alone. *half in*: after the mail, before the second step. Of what is not there everyone who may
gets the same answer, and everyone who may not is refused first.
"""


def page() -> str:
    """The whole page."""
    roles = list(Role)
    words = [f"{role} ({interface('nl').say(ROLE_WORDS[role])})" for role in roles]
    lines = [
        f"| address | method | asks | KiB | no one | {' | '.join(words)} |",
        f"|---|---|---|--:|:-:|{':-:|' * len(roles)}",
    ]
    for route in ROUTES:
        for method in route.methods:
            letting_in = ["✓" if admits(route, method, role) else "" for role in roles]
            marks = ["✓" if route.may is Access.PUBLIC else "", *letting_in]
            said = [f"`/staff{route.path}`", method, _asks(route, method), str(route.body // KIB), *marks]
            lines.append(f"| {' | '.join(said)} |")
    return f"{_HEAD}\n" + "\n".join(lines) + "\n"


def admits(route: Route, method: str, role: Role) -> bool:
    """Whether the table lets someone with this role alone do this."""
    asked = route.asks(method)
    who = Person(UUID(int=0), "", "", frozenset({role}))
    return not isinstance(asked, Permission) or may(who, asked)


def _asks(route: Route, method: str) -> str:
    again = " ²" if route.fresh and method == "POST" else ""
    own = {Access.PUBLIC: "–", Access.HALF_IN: "half in", Access.SIGNED_IN: "own"}
    asked = route.asks(method)
    return (f"`{asked}`" if isinstance(asked, Permission) else own[asked]) + again


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
