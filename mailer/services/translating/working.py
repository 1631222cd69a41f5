"""What a translator does with work that was given to them: hand it back, or ask for help."""

from __future__ import annotations

from database.audit import Event, record
from mailer.ledger import translators
from mailer.services.office import Office, deed
from mailer.services.translating import asking
from mailer.services.translating.catalogs import check_catalog
from staff.people import Person
from staff.permissions import Permission, require
from wording import _
from wording.errors import ConflictError


def hand_back(office: Office, person: Person, slug: str, locale: str) -> None:
    """Give a language of an issue back; the editors hear of it. What was saved stays.

    Raises NotAllowedError, NotFoundError, ConflictError for work that is not this person's.
    """
    require(person, Permission.TRANSLATE)
    check_catalog(office.content, slug, locale)
    with deed(office, person, Permission.TRANSLATE, of=locale) as session:
        given = translators.assignment(session, slug, locale)
        if given is None or given.person != person.uid:
            raise ConflictError(_("Dit werk is niet (meer) aan jou gegeven."))
        session.delete(given)
        record(session, Event.EDIT, person.uid, detail={"issue": slug, "locale": locale, "step": "handed_back"})
        subject = _("{name} geeft {slug} ({locale}) terug", name=person.name, slug=slug, locale=locale)
        text = _(
            "{name} kan {slug} niet verder vertalen naar ‘{locale}’. Wat al bewaard is, blijft staan. "
            "Kies iemand anders, of een latere dag.",
            name=person.name,
            slug=slug,
            locale=locale,
        )
        asking.tell_of_work(session, office.house, slug, (subject, text), office.clock())


def ask_for_help(office: Office, person: Person, slug: str, locale: str) -> None:
    """Tell the editors that this person does not get it done alone. Raises NotAllowedError, NotFoundError."""
    require(person, Permission.TRANSLATE)
    check_catalog(office.content, slug, locale)
    with deed(office, person, Permission.TRANSLATE, of=locale) as session:
        record(session, Event.EDIT, person.uid, detail={"issue": slug, "locale": locale, "step": "asked_for_help"})
        subject = _("{name} vraagt hulp bij {slug} ({locale})", name=person.name, slug=slug, locale=locale)
        text = _(
            "{name} vertaalt {slug} naar ‘{locale}’ en vraagt om hulp. Neem contact op, of vraag iemand erbij.",
            name=person.name,
            slug=slug,
            locale=locale,
        )
        asking.tell_of_work(session, office.house, slug, (subject, text), office.clock())
