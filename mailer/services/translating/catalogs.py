"""Which catalogs there are and what their messages are judged by. No door: the desks ask it once they may."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from sqlalchemy.orm import Session

from mailer.content import Content
from mailer.document.markdown import References
from mailer.document.months import names_of, with_months
from mailer.document.parse import standing_from
from mailer.ledger import translators
from mailer.organisation import House
from mailer.services.office import Office
from mailer.translation.approval import Standards, known_findings, pair_hash, pair_of
from mailer.translation.catalog import Catalog, Entry
from mailer.translation.checks.pair import Finding
from mailer.translation.extract import STANDING
from wording import Text, _
from wording.errors import ConflictError, NotFoundError


def locales_of(house: House, audiences: Sequence[str]) -> list[str]:
    """The locales of these audiences that need a translation."""
    wanted = dict.fromkeys(locale for key in audiences for locale in house.audiences[key].locales)
    return [locale for locale in wanted if locale != house.source_locale]


def check_catalog(content: Content, domain: str, locale: str) -> None:
    """Raises NotFoundError unless there is such an issue, or it is the standing texts, and such a locale."""
    known = sorted(set(content.house.locales) - {content.house.source_locale})
    if locale not in known:
        raise NotFoundError(
            _("In ‘{locale}’ wordt niet vertaald. Bekend: {known}.", locale=locale, known=", ".join(known))
        )
    if domain != STANDING:
        check_issue(content, domain)


def check_issue(content: Content, slug: str) -> None:
    """Raises NotFoundError unless there is an issue of that name in the folder."""
    if not content.has(slug):
        raise NotFoundError(_("Er is geen nummer ‘{slug}’.", slug=slug))


def entry_of(catalog: Catalog, msgid: str) -> Entry:
    """Raises ConflictError for a message that the source no longer has."""
    entry = catalog.entries.get(msgid)
    if entry is None:
        raise ConflictError(_("Deze zin staat niet (meer) in het nummer; kijk opnieuw."))
    return entry


def standards(content: Content) -> Standards:
    """What the organisation checks translations against. Raises ContentError for a broken glossary."""
    house = content.house
    source = house.source_locale.partition("_")[0]
    return Standards(house.protected, content.glossary(), _months(house), source)


def _months(house: House) -> tuple[str, ...]:
    settings = house.locales.get("ar")
    if settings is None:
        return ()
    read = [audience for audience in house.audiences.values() if "ar" in audience.locales]
    return names_of(with_months(one.formats.get("ar", settings.formats), one.months) for one in read)


def references_of(content: Content, domain: str) -> dict[str, References]:
    """The definitions of reference links by file, for the texts of a domain. Raises ContentError."""
    if domain != STANDING:
        return dict(content.issue(domain)[1].references)
    documents = [standing_from(name, text)[0] for name, text in content.standing().items()]
    return {file: found for document in documents for file, found in document.references.items()}


def references_for(entry: Entry, references: Mapping[str, References]) -> References:
    """The definitions of the file in which a message first stands."""
    return references.get(entry.places[0].file, {}) if entry.places else {}


def found_in(
    office: Office, session: Session, domain: str, locale: str, entries: Sequence[Entry]
) -> dict[str, list[Finding]]:
    """What the checks say of each message that is translated, without what was dismissed. Raises ContentError."""
    there = {pair_hash(one.msgid, one.msgstr, locale): one for one in entries if one.is_translated}
    dismissed = translators.dismissed(session, there)
    checked = checker(office, domain, locale)
    return {
        entry.msgid: [one for one in checked(entry) if one.check not in dismissed.get(pair, ())]
        for pair, entry in there.items()
    }


def checker(office: Office, domain: str, locale: str) -> Callable[[Entry], Sequence[Finding]]:
    """Says what the checks have to say of an entry. Raises ContentError."""
    own, references = standards(office.content), references_of(office.content, domain)

    def checked(entry: Entry) -> Sequence[Finding]:
        return known_findings(pair_of(entry, locale, own, references_for(entry, references)))

    return checked


def warnings_of(found: Mapping[str, Sequence[Finding]], msgids: Collection[str]) -> tuple[tuple[str, Text], ...]:
    """What does not stop these messages but asks for a look."""
    return tuple((msgid, one.text) for msgid in msgids for one in found.get(msgid, ()) if not one.is_blocking)
