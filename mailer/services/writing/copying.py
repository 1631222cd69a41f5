"""A section of an earlier issue, to be put into one that is being written: its text, and its pictures."""

from __future__ import annotations

import re

from mailer.content import Content
from mailer.document.sections import Sheet, cut
from mailer.issue import publication_of
from mailer.services.office import Office, look
from mailer.services.translating.catalogs import check_issue
from mailer.services.writing.merging import plain_text
from mailer.services.writing.saving import now_saved, save_picture
from staff.people import Person
from staff.permissions import Permission, require
from wording import _
from wording.errors import ContentError, InvalidInputError, NotFoundError

_PICTURE = re.compile(r"(!\[[^\[\]\n]*\]\()([\w.%-]{1,100})")
_NUMBER = re.compile(r"\d+")


def earlier_issues(office: Office, person: Person, slug: str) -> tuple[str, ...]:
    """The other issues of the same newsletter, the highest number first. Raises NotFoundError."""
    with look(office, person, Permission.EDIT_ISSUES):
        check_issue(office.content, slug)
    series = publication_of(slug, office.house)
    others = [one for one in office.content.slugs() if one != slug and publication_of(one, office.house) == series]
    return tuple(sorted(others, key=lambda one: [int(number) for number in _NUMBER.findall(one)], reverse=True))


def sections_of(office: Office, person: Person, slug: str) -> Sheet:
    """An issue as it is saved, cut at its sections. Raises NotFoundError, ContentError."""
    with look(office, person, Permission.EDIT_ISSUES):
        return cut(plain_text(now_saved(office, slug).text))


def copied_section(office: Office, person: Person, slug: str, other: str, number: int) -> str:
    """The text of a section of another issue, for this one; the pictures in it are put beside this one.

    A picture that cannot be used stays a name, of which `check` says so. Raises NotFoundError, ContentError.
    """
    require(person, Permission.EDIT_ISSUES)
    if other not in earlier_issues(office, person, slug):
        raise NotFoundError(_("Er is geen nummer ‘{slug}’.", slug=other))
    pieces = sections_of(office, person, other).pieces
    if not 0 < number < len(pieces):
        raise NotFoundError(_("Deze rubriek is er niet (meer)."))

    def named(found: re.Match[str]) -> str:
        return found[1] + _taken_along(office, person, slug, other, found[2])

    return _PICTURE.sub(named, pieces[number].text)


def _taken_along(office: Office, person: Person, slug: str, other: str, name: str) -> str:
    """The name that a picture of the other issue has beside this one."""
    data = _data(office.content, f"issues/{other}/{name}")
    if not data:
        return name
    try:
        return save_picture(office, person, slug, name, data)
    except InvalidInputError:
        return name


def _data(content: Content, file: str) -> bytes | None:
    try:
        return content.raw(file)
    except ContentError:
        return None
