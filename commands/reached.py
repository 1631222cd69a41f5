"""What is told after publishing of those who did not get an issue: no reader, a letter that waits, no worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commands.telling import tell
from wording import _, ngettext

if TYPE_CHECKING:
    from mailer.services.office import Office
    from mailer.services.publishing.reached import Going, Reached
    from staff.people import Person


def tell_no_one_new(office: Office, person: Person, slug: str) -> None:
    """Why publishing found no one new: that everyone has it, only when it is so."""
    from mailer.services.publishing.reached import reached

    found = reached(office, person, slug)
    tell(_("Er is niets verstuurd: van {slug} is geen nieuwe lezer gevonden.", slug=slug))
    for one in found.going:
        _tell_going(office, one)
    for mailing, count in found.missed.items():
        tell(
            ngettext(
                "{count} lezer kreeg het niet; `postduif mailing show {id}` zegt waarom.",
                "{count} lezers kregen het niet; `postduif mailing show {id}` zegt waarom.",
                count,
                id=mailing,
            )
        )
    _tell_missing(office, found)
    if found.everyone:
        tell(_("Iedereen heeft {slug} al.", slug=slug))


def tell_without_readers(office: Office, person: Person, slug: str) -> None:
    """After a mailing was opened: the audiences and languages of which no one gets it."""
    from mailer.services.publishing.reached import reached

    _tell_missing(office, reached(office, person, slug))


def _tell_missing(office: Office, found: Reached) -> None:
    for key in found.empty:
        tell(_("Doelgroep {audience} heeft nog geen lezers.", audience=key))
    for locale in found.held:
        name = office.house.locales[locale].name
        tell(_("Wie {language} leest, krijgt het later: die taal wordt tegengehouden.", language=name))


def _tell_going(office: Office, one: Going) -> None:
    from commands.sending import tell_if_nobody_sends
    from mailer.services.sending.words import word_for

    if one.mails:
        tell(
            ngettext(
                "Verzending {id} ({state}): {count} mail wacht nog.",
                "Verzending {id} ({state}): {count} mails wachten nog.",
                one.mails,
                id=one.mailing,
                state=word_for(one.state),
            )
        )
        tell_if_nobody_sends(office.store, one.mailing)
    if one.letters:
        tell(
            ngettext(
                "Verzending {id} ({state}): {count} brief wacht op de postkamer.",
                "Verzending {id} ({state}): {count} brieven wachten op de postkamer.",
                one.letters,
                id=one.mailing,
                state=word_for(one.state),
            )
        )
