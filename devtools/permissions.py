"""`python -m devtools.permissions` (make permissions): docs/permissions.md, from the map in staff/permissions.py."""

from __future__ import annotations

import ast
import inspect
from itertools import pairwise
from pathlib import Path

from staff import permissions
from staff.permissions import PERMISSIONS, Permission
from staff.roles import ROLE_WORDS, Role
from wording.interface import interface

PAGE = Path(__file__).resolve().parents[1] / "docs" / "permissions.md"
_HEAD = """\
# Who may do what

Made by `make permissions` from the map in `staff/permissions.py`; a test fails when it is not current. No role contains
another, and a person may have several. Every use case asks for one of these rights, of the person as they are in the
database at that moment: who is deactivated, or loses a role, can do nothing more with it (decisions/0011).

An administrator adds people, changes their roles and deactivates them with `postduif staff`; each change is in the
audit trail with what was before and after. The last administrator can neither be deactivated nor lose that role. The
very first person is added without `--as`, which works only while there is no administrator.
"""


def page() -> str:
    """The whole page."""
    said, roles = _docstrings(), list(Role)
    words = [f"{role} ({interface('nl').say(ROLE_WORDS[role])})" for role in roles]
    lines = [f"| right | what it is | {' | '.join(words)} |", f"|---|---|{':-:|' * len(roles)}"]
    for one in Permission:
        marks = " | ".join("✓" if one in PERMISSIONS[role] else "" for role in roles)
        lines.append(f"| `{one}` | {said.get(one.name, '')} | {marks} |")
    return f"{_HEAD}\n" + "\n".join(lines) + "\n"


def _docstrings() -> dict[str, str]:
    """The sentence under each right; Python itself throws those of attributes away."""
    [found] = ast.parse(inspect.getsource(permissions.Permission)).body
    body = found.body if isinstance(found, ast.ClassDef) else []
    said = {}
    for member, below in pairwise(body):
        if isinstance(member, ast.Assign) and isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            [name] = member.targets
            said[ast.unparse(name)] = " ".join(str(below.value.value).split())
    return said


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
