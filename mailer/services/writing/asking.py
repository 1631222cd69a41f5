"""Ask a colleague to approve an issue. Nothing goes to readers by it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from database.audit import record_once
from mailer.ledger.staff_mail import News, tell
from mailer.services.office import Office, deed, look
from mailer.services.translating.catalogs import check_issue
from staff.mails import Mail
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
    asked within the hour, or do without such mail.
    """
    with deed(office, person, Permission.EDIT_ISSUES) as session:
        check_issue(office.content, slug)
        asked = next((one for one in people(session) if one.uid == whom), None)
        if asked is None or asked.uid == person.uid or not may(asked, Permission.APPROVE_ISSUES):
            raise NotFoundError(_("Deze collega kan dit nummer niet goedkeuren."))
        about = {"about": f"{slug} {whom}", "issue": slug}
        if not record_once(session, "ask_approval", person.uid, detail=about, about="about", within=AGAIN):
            raise ConflictError(_("{name} is hiervoor net al gevraagd.", name=asked.name))
        if not tell(session, asked, _question(person, slug, pages), office.clock()):
            raise ConflictError(_("{name} wil hierover geen mail krijgen. Vraag het zelf.", name=asked.name))
    office.bell.ring_for_mail()
    return asked


def _question(by: Person, slug: str, pages: str) -> News:
    text = _(
        "{name} vraagt je om {slug} te bekijken en goed te keuren. Je ziet elke editie zoals ze vertrekt.",
        name=by.name,
        slug=slug,
    )
    rest = _(
        "Er gaat niets weg zolang niemand het verstuurt. Klopt er iets niet? Zeg het dan tegen {name}.", name=by.name
    )
    subject = _("Keur jij {slug} goed?", slug=slug)
    return News(Mail.APPROVALS, slug, subject, [text, rest], f"{pages}/staff/issues/{slug}/approve")
