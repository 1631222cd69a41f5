"""The booklets of a text that is being written: typeset when someone asks, and kept by what they are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from mailer.artefacts.paper.pieces import EditionKey, PrintedEdition, grams_of
from mailer.organisation import Channel
from mailer.services.office import Office, look
from mailer.services.translating.catalogs import check_issue
from mailer.services.writing.editions import edition, load, print_job_of
from mailer.services.writing.keys import FileKeys
from staff.people import Person
from staff.permissions import Permission, require
from wording import _
from wording.errors import NotFoundError


@dataclass(frozen=True)
class Length:
    """How long an edition is on paper: pages of A5, and grams of an envelope with it."""

    audience: str
    locale: str
    pages: int
    grams: int


def booklet(office: Office, person: Person, slug: str, audience: str, locale: str, *, text: str) -> bytes:
    """The pages on paper of a text that may not be saved, as PDF.

    Raises NotFoundError for an audience that gets no paper, ContentError, TypesettingError.
    """
    require(person, Permission.EDIT_ISSUES)
    if (audience, locale) not in _printed(office, [audience]):
        raise NotFoundError(_("Deze doelgroep krijgt geen boekje: {audience}.", audience=audience))
    return _made(office, person, slug, text, [(audience, locale)])[0]


def lengths(
    office: Office, person: Person, slug: str, audiences: Sequence[str], *, text: str, known: bool = False
) -> tuple[Length, ...]:
    """How long a text that may not be saved is on paper, for each of these audiences that gets it so and each language.

    With `known`, only what was typeset before. Raises what `booklet` raises.
    """
    require(person, Permission.EDIT_ISSUES)
    wanted = _printed(office, audiences)
    if known:
        base = _base(office, slug, text) if wanted else ""
        wanted = [one for one in wanted if _key(base, *one) in office.booklets]
        if not wanted:
            return ()
    made = _made(office, person, slug, text, wanted)
    return tuple(_length(office, *one, pdf) for one, pdf in zip(wanted, made, strict=True))


def _printed(office: Office, audiences: Sequence[str]) -> list[tuple[str, str]]:
    found = [office.house.audiences[key] for key in audiences if key in office.house.audiences]
    return [(one.key, locale) for one in found if one.channel is Channel.POST for locale in one.locales]


def _made(office: Office, person: Person, slug: str, text: str, wanted: Sequence[tuple[str, str]]) -> list[bytes]:
    """The PDFs, in their order; those that are not kept are typeset at once."""
    with look(office, person, Permission.EDIT_ISSUES):
        check_issue(office.content, slug)
    if not wanted:
        return []
    base = _base(office, slug, text)
    missing = [one for one in wanted if _key(base, *one) not in office.booklets]
    made: dict[tuple[str, str], bytes] = {}
    if missing:
        loaded = load(office, slug, text=text)
        jobs = [print_job_of(office, loaded, edition(office, loaded, *one)) for one in missing]
        with office.turns:
            made = dict(zip(missing, office.typeset(jobs), strict=True))
        for one, pdf in made.items():
            office.booklets.put(_key(base, *one), pdf)
    return [made[one] if one in made else office.booklets.get(_key(base, *one), bytes) for one in wanted]


def _base(office: Office, slug: str, text: str) -> str:
    return sha256(f"{FileKeys(office.content).of(slug)} {text}".encode("utf-8", "replace")).hexdigest()


def _key(base: str, audience: str, locale: str) -> str:
    return f"{base} {audience} {locale}"


def _length(office: Office, audience: str, locale: str, pdf: bytes) -> Length:
    printed = PrintedEdition(pdf, office.house.locales[locale].direction == "rtl")
    return Length(audience, locale, printed.pages, grams_of(printed, EditionKey(locale), office.policy.printing))
