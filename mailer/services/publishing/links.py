"""Try the links of an issue, when someone asks for it."""

from __future__ import annotations

import re

from mailer.carriers.tried_links import MOST, Fate, LinkTrier, Tried
from mailer.services.office import Office, look
from mailer.services.translating.catalogs import check_issue
from staff.people import Person
from staff.permissions import Permission, require

__all__ = ["MOST", "Fate", "Tried", "links_of", "try_links"]
_LINK = re.compile(r"https?://[^\s<>()\[\]\"'“”‘’]+")


def try_links(office: Office, person: Person, slug: str, trier: LinkTrier | None = None) -> tuple[Tried, ...]:
    """What became of each link of an issue, those that do not work first. Raises NotFoundError."""
    require(person, Permission.PUBLISH_ISSUES)
    with look(office, person, Permission.PUBLISH_ISSUES):
        check_issue(office.content, slug)
    found = (trier or LinkTrier())(links_of(office.content.text(slug) or ""))
    return tuple(sorted(found, key=lambda one: one.fate is Fate.WELL))


def links_of(text: str) -> list[str]:
    """Every address on the internet in the text of an issue, in its order."""
    return list(dict.fromkeys(one.rstrip(".,;:!?*_}") for one in _LINK.findall(text)))
