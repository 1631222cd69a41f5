"""Ask a colleague to approve an issue. Nothing goes to readers by it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from database.audit import record_once
from mailer.services.notices.staff_letters import ask_for_approval
from mailer.services.office import Office, deed, look
from mailer.services.translating.catalogs import check_issue
from staff.people import Person, people
from staff.permissions import Permission, may
from wording import _
from wording.errors import ConflictError, NotFoundError

AGAIN = timedelta(hours=1)
"""Who was asked for an issue is not mailed again for so long."""


def approvers(office: Office, person: Person) -> tuple[Person, ...]:
    """The colleagues who may approve, by name."""
    with look(office, person, Permission.EDIT_ISSUES) as session:
        return tuple(one for one in people(session) if one.uid != person.uid and may(one, Permission.APPROVE_ISSUES))


def ask_approval(office: Office, person: Person, slug: str, whom: UUID, pages: str) -> Person:
    """Mail someone a link to what is to be approved; returns whom. `pages` is the address of the staff pages.

    Raises NotFoundError for an issue that is not there or someone who may not approve, ConflictError when they were
    asked within the hour.
    """
    with deed(office, person, Permission.EDIT_ISSUES) as session:
        check_issue(office.content, slug)
        asked = next((one for one in people(session) if one.uid == whom), None)
        if asked is None or asked.uid == person.uid or not may(asked, Permission.APPROVE_ISSUES):
            raise NotFoundError(_("Deze collega kan dit nummer niet goedkeuren."))
        about = {"about": f"{slug} {whom}", "issue": slug}
        if not record_once(session, "ask_approval", person.uid, detail=about, about="about", within=AGAIN):
            raise ConflictError(_("{name} is hiervoor net al gevraagd.", name=asked.name))
        ask_for_approval(session, office.house, asked, person, slug, pages=pages)
    office.bell.ring_for_mail()
    return asked
