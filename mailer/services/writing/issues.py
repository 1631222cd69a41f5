"""Begin, rename and delete issues. One that was ever planned, printed or mailed keeps its name: it is what readers have
had, and what keeps anyone from getting it twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import yaml
from sqlalchemy.orm import Session

from database.audit import Event, record
from mailer.issue import publication_of
from mailer.ledger import writing as ledger
from mailer.organisation import Publication
from mailer.planning import following
from mailer.services.office import Office, deed, look
from mailer.services.translating.catalogs import check_issue
from mailer.services.writing import folders
from mailer.services.writing.looking import days_of, look_again
from mailer.services.writing.saving import keep_outside, keep_revision, now_saved, require_savable
from staff.people import Person
from staff.permissions import Permission
from subscribers.rules import drop_picks, move_picks
from wording import _
from wording.errors import ConflictError, InvalidInputError, NotFoundError, ServiceError


@dataclass(frozen=True)
class Proposed:
    """The next number of a publication, by its rhythm, and the sections of the last one."""

    slug: str
    day: date
    sections: tuple[str, ...]
    """Their headings in the source language, as inline Markdown."""
    outline: str = field(repr=False)
    """The same headings as lines of Markdown, each with the attributes it had."""


def propose_issue(office: Office, person: Person, publication: str) -> Proposed:
    """What the next issue would be; nothing is made. Raises NotFoundError for an unknown publication."""
    with look(office, person, Permission.EDIT_ISSUES):
        series = _publication(office, publication)
    return _next(office, series)


def new_issue(
    office: Office,
    person: Person,
    publication: str,
    *,
    slug: str = "",
    day: date | None = None,
    body: str | None = None,
    title: str = "",
) -> str:
    """Begin an issue with the sections of the last one, empty; returns its slug. What is not given is proposed.

    `body` is the Markdown it begins with instead, `title` what it is called.

    Raises NotFoundError, InvalidInputError for a slug that is none, ConflictError when someone else began it first,
    when readers know another issue by it, or for a newsletter that has ended.
    """
    with look(office, person, Permission.EDIT_ISSUES):
        series = _publication(office, publication)
    if series.ended:
        raise ConflictError(_("Deze nieuwsbrief is gestopt. Een beheerder kan haar weer beginnen."))
    proposed = _next(office, series)
    slug, day = slug or proposed.slug, day or proposed.day
    _require_slug(office, slug, series)
    with deed(office, person, Permission.EDIT_ISSUES) as session:
        actor = person.uid
        _require_free(session, office, slug)
        try:
            title = title or _title(office, series, slug)
            text = _text(title, day, proposed.outline if body is None else body.strip("\n"))
            require_savable(text)
            folders.create(office.content, slug, text)
        except FileExistsError as error:
            raise ConflictError(_("{slug} is er al; iemand anders was net eerder.", slug=slug)) from error
        except OSError as error:
            raise ServiceError(_("Er is niets bewaard: {why}.", why=error.strerror or error)) from error
        keep_revision(session, now_saved(office, slug), actor, office.clock())
        record(session, Event.EDIT, actor, detail={"issue": slug, "deed": "new"})
    look_again(office, slug)
    return slug


def rename_issue(office: Office, person: Person, slug: str, new: str) -> None:
    """Give an issue another number; its translations, versions and drafts go with it.

    Raises NotFoundError, InvalidInputError, ConflictError for a number that is taken or one that readers know.
    """
    with deed(office, person, Permission.EDIT_ISSUES) as session:
        actor = person.uid
        check_issue(office.content, slug)
        series = publication_of(slug, office.house)
        if series is not None:
            _require_slug(office, new, series)
        _require_loose(session, slug)
        _require_free(session, office, new)
        keep_outside(session, now_saved(office, slug), office.clock())
        ledger.rename(session, slug, new)
        move_picks(session, slug, new)
        record(session, Event.EDIT, actor, detail={"issue": slug, "deed": "rename", "new": new})
        try:
            with folders.moved(office.content, slug, new):
                session.flush()
        except OSError as error:
            raise ServiceError(_("Er is niets bewaard: {why}.", why=error.strerror or error)) from error
    look_again(office, new)


def delete_issue(office: Office, person: Person, slug: str) -> None:
    """Take an issue with its translations away; its versions stay in its history.

    Raises NotFoundError, ConflictError for one that was planned, printed or mailed.
    """
    with deed(office, person, Permission.DELETE_ISSUES) as session:
        actor = person.uid
        check_issue(office.content, slug)
        _require_loose(session, slug)
        keep_outside(session, now_saved(office, slug), office.clock())
        ledger.forget_issue(session, slug, office.clock())
        drop_picks(session, slug)
        record(session, Event.ERASE, actor, detail={"issue": slug})
        try:
            folders.delete(office.content, slug)
        except OSError as error:
            raise ServiceError(_("Er is niets verwijderd: {why}.", why=error.strerror or error)) from error


def _publication(office: Office, key: str) -> Publication:
    try:
        return office.house.publications[key]
    except KeyError:
        known = ", ".join(office.house.publications)
        raise NotFoundError(_("De publicatie ‘{key}’ is onbekend. Bekend: {known}.", key=key, known=known)) from None


def _next(office: Office, series: Publication) -> Proposed:
    """After the last issue there is, of those whose front matter can be read."""
    own = [slug for slug in office.content.slugs() if _is_of(office, slug, series)]
    days = days_of(office, own)
    dated = [(day, slug) for slug in own if (day := days.get(slug)) is not None]
    slug, day = following(series, dated, own, office.today())
    last = office.content.read(max(dated)[1]).document if dated else None
    sections = last.body.sections if last is not None else ()
    lines = [last.lines[one.heading.file][one.line - 1].strip() for one in sections] if last is not None else []
    outline = "\n\n".join(line if line.startswith("## ") else f"## {line}" for line in lines)
    return Proposed(slug, day, tuple(one.heading.markdown for one in sections), outline)


def _is_of(office: Office, slug: str, series: Publication) -> bool:
    found = publication_of(slug, office.house)
    return found is not None and found.key == series.key


def _title(office: Office, series: Publication, slug: str) -> str:
    return f"{series.title[office.house.source_locale]} {slug.removeprefix(f'{series.key}-')}"


def _text(title: str, day: date, body: str) -> str:
    front = yaml.safe_dump({"title": title, "date": day}, allow_unicode=True, sort_keys=False)
    return f"---\n{front}subject:\npreheader:\n---\n\n{body}\n"


def _require_slug(office: Office, slug: str, series: Publication) -> None:
    found = publication_of(slug, office.house)
    if found is None or found.key != series.key:
        raise InvalidInputError(
            _("‘{slug}’ kan geen nummer van deze publicatie zijn; dat begint met ‘{key}-’.", slug=slug, key=series.key)
        )


def _require_free(session: Session, office: Office, slug: str) -> None:
    """A slug that was mailed, printed or planned is never used again, also when its folder was thrown away."""
    if slug in office.content.slugs():
        raise ConflictError(_("{slug} is er al; kies een ander nummer.", slug=slug))
    if ledger.is_fixed(session, slug):
        raise ConflictError(_("Lezers kennen {slug} al; kies een ander nummer.", slug=slug))


def _require_loose(session: Session, slug: str) -> None:
    if ledger.is_fixed(session, slug):
        raise ConflictError(
            _("{slug} is gepland, geprint of verstuurd; het houdt zijn nummer en blijft bewaard.", slug=slug)
        )
