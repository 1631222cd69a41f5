"""A text from Word or the web: given as a file or pasted, looked at, and put into an issue or a new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from flask import jsonify, request
from werkzeug.wrappers import Response

from mailer.document.sections import cut
from mailer.intake import offers, placing, saying
from mailer.intake.kinds import Kind
from mailer.intake.losses import Lost
from mailer.intake.placing import Where
from mailer.issue import publication_of
from mailer.services.writing import bringing, issues, unsaved
from mailer.services.writing.bringing import Brought
from mailer.services.writing.merging import plain_text
from web.errors import status_of
from web.staff.here import Here
from web.staff.naming import issue_title, publication_title
from web.staff.writing.brought import brought_of, fields_of
from web.staff.writing.first_lines import contents
from web.staff.writing.form import Typed
from web.staff.writing.page import keep
from web.staff.writing.showing import words_in
from wording import ExplainedError, Text, _, ngettext
from wording.errors import ConflictError, InvalidInputError, NotFoundError, ServiceError

_LOOKED = frozenset(("headings", "lists", "leave"))
"""Buttons that change what is looked at, and put nothing in."""


def bring_in(here: Here, slug: str) -> Response:
    """GET asks for a text. POST shows what became of it, and then puts it in this issue or in a new one.

    Raises NotFoundError.
    """
    series = publication_of(slug, here.office.house)
    if series is None or slug not in here.office.content.slugs():
        raise NotFoundError(_("Er is geen nummer ‘{slug}’.", slug=slug))
    return _answered(here, slug, series.key)


def bring_new(here: Here) -> Response:
    """As `bring_in`, without an issue: the text begins a new one. Raises NotFoundError."""
    chosen = request.values.get("publication", "")[:100] or next((one.key for one in here.office.house.running()), "")
    if chosen not in here.office.house.publications:
        raise NotFoundError(_("Deze nieuwsbrief is er niet."))
    return _answered(here, "", chosen)


def paste(here: Here, slug: str) -> Response:
    """What became of a clipboard, for the script of the editor; `whole` is true for one to be looked at by itself."""
    try:
        made = bringing.bring(here.office, here.person, request.form.get("html", "").encode(), Kind.HTML)
    except (InvalidInputError, ServiceError) as error:
        answer = jsonify(problem=here.say(error.text))
        answer.status_code = int(status_of(error))
        return answer
    told = [one for loss in made.losses if (one := saying.said(loss)) is not None]
    said = [" – ".join(map(here.say, (one.what, one.why))) for one in told]
    found = contents(made.markdown)
    whole = bool(found.sections or found.notes or made.pictures or any(one.mark != "ok" for one in told))
    pictures = [one.name for one in made.pictures]
    return jsonify(markdown=made.markdown, title=made.title, said=said, pictures=pictures, whole=whole)


def _answered(here: Here, slug: str, publication: str) -> Response:
    if request.method != "POST":
        return _asked(here, slug, publication)
    do, _colon, what = request.form.get("do", "look").partition(":")
    if do in _LOOKED:
        return _changed(here, slug, publication, do, what)
    if do == "put":
        return _put(here, slug, publication, brought_of(request.form))
    try:
        return _shown(here, slug, publication, _read(here))
    except (InvalidInputError, ServiceError) as error:
        return _asked(here, slug, publication, error)


def _read(here: Here) -> Brought:
    """The file, or the clipboard: with its form where the browser gave it, else as plain text."""
    file, html, text = request.files.get("file"), request.form.get("html", ""), request.form.get("text", "")
    if file is not None and file.filename:
        return bringing.bring(here.office, here.person, file.read(), Kind.FILE, file.filename)
    if html.strip():
        return bringing.bring(here.office, here.person, html.encode("utf-8", "replace"), Kind.HTML)
    return bringing.bring(here.office, here.person, plain_text(text).encode("utf-8", "replace"), Kind.TEXT)


def _changed(here: Here, slug: str, publication: str, do: str, what: str) -> Response:
    """With bold lines as headings or typed dashes as a list, or with one of these offers left."""
    made, left = brought_of(request.form), request.form.getlist("left")
    if do == "leave":
        left = [*left, what]
    elif offer := offers.offers(made.markdown).get(do):
        made = replace(made, markdown=offer.text)
    return _shown(here, slug, publication, made, left=left)


def _put(here: Here, slug: str, publication: str, made: Brought) -> Response:
    where = request.form.get("where", "new" if not slug else "")
    try:
        if where == "new" or not slug:
            number, day = request.form.get("number", "").strip()[:60], request.form.get("day", "")[:20]
            new = f"{publication}-{number}" if number and not slug else ""
            begun = bringing.issue_from(here.office, here.person, publication, made, slug=new, day=_day(day))
            return here.go("write", slug=begun)
        return _placed(here, slug, made, where)
    except (ConflictError, InvalidInputError, ServiceError) as error:
        return _shown(here, slug, publication, made, error, left=request.form.getlist("left"))


def _placed(here: Here, slug: str, made: Brought, where: str) -> Response:
    """In what this person is writing; nothing is saved. Raises InvalidInputError."""
    if where not in {one.value for one in Where}:
        raise InvalidInputError(_("Kies waar de tekst heen moet."))
    opened, kept = unsaved.open_sheet(here.office, here.person, slug)
    base, mark = (kept.base, kept.mark) if kept else (opened.hash, "")
    before = kept.text if kept else plain_text(opened.text)
    text = bringing.with_pictures(here.office, here.person, slug, made.markdown, made.pictures)
    heading = made.title.replace("#", "") or here.say(_("Nieuwe rubriek"))
    number = _number(request.form.get("number", ""))
    after, there = placing.placed(before, text, where=Where(where), number=number, title=made.title, heading=heading)
    return keep(here, slug, Typed(after, base, mark), there)


def _asked(here: Here, slug: str, publication: str, error: ExplainedError | None = None) -> Response:
    """The page that asks for a text."""
    return here.page(
        "writing/bring",
        200 if error is None else int(status_of(error)),
        slug=slug,
        title=issue_title(here, slug) if slug else publication_title(here, publication),
        publication=publication,
        after=_number(request.values.get("after", "")),
        problem=error and error.text,
        typed=request.form.get("text", "")[:210_000],
    )


def _shown(
    here: Here,
    slug: str,
    publication: str,
    made: Brought,
    error: ExplainedError | None = None,
    *,
    left: list[str] | None = None,
) -> Response:
    """What became of the text, before it is put in."""
    proposed = issues.propose_issue(here.office, here.person, publication)
    return here.page(
        "writing/brought",
        200 if error is None else int(status_of(error)),
        slug=slug,
        title=issue_title(here, slug) if slug else publication_title(here, publication),
        publication=publication,
        made=made,
        problem=error and error.text,
        where=request.form.get("where", "after" if slug else "new"),
        number=_number(request.values.get("number", request.values.get("after", ""))),
        sections=_sections(here, slug) if slug else [],
        proposed={
            "number": request.form.get("number") or proposed.slug.removeprefix(f"{publication}-"),
            "day": request.form.get("day") or proposed.day.isoformat(),
        },
        next_slug=proposed.slug,
        next_day=here.day(proposed.day),
        left=left or [],
        carried=fields_of(made),
        source=here.office.house.source_locale,
        **_told(here, made, left or []),
    )


def _told(here: Here, made: Brought, left: list[str]) -> Mapping[str, object]:
    """What came along, what fell away, and what could be better, in words."""
    found, said = contents(made.markdown), [one for loss in made.losses if (one := saying.said(loss)) is not None]
    words = here.say(ngettext("{count} woord", "{count} woorden", words_in(made.markdown)))
    in_sections = here.say(ngettext("{count} rubriek", "{count} rubrieken", found.sections))
    head = _("Je bracht {words} in {sections}", words=words, sections=in_sections)
    tracked = sum(loss.times for loss in made.losses if loss.what is Lost.TRACKED)
    lost = [one for one in said if one.mark != "ok"]
    return {
        "heading": here.say(head if found.sections else _("Je bracht {words}", words=words)),
        "figures": [
            (count, here.say(label))
            for count, label in (
                (found.sections, _("rubrieken")),
                (found.lists, _("lijsten")),
                (found.tables, _("tabellen")),
                (found.links, _("links")),
                (found.notes, _("voetnoten")),
                (found.figures, _("foto’s")),
                (tracked, _("bijgehouden wijzigingen")),
            )
            if count
        ],
        "lost": lost,
        "lost_said": here.say(ngettext("{count} ding", "{count} dingen", len(lost))),
        "mended": [one for one in said if one.mark == "ok"],
        "offers": [(name, _offered(name), one.words) for name, one in offers.offers(made.markdown, left).items()],
        "first": found.first,
        "asks_file": any(loss.what is Lost.CLIPBOARD_PICTURE for loss in made.losses),
    }


def _offered(name: str) -> tuple[Text, Text]:
    """What is seen, and what the button does."""
    if name == "headings":
        return _("Deze vette regels lijken koppen:"), _("Maak er koppen van")
    return _("Deze regels beginnen met een streepje of nummer en lijken een lijst:"), _("Maak er een lijst van")


def _sections(here: Here, slug: str) -> list[tuple[int, str]]:
    """The sections of what this person is writing, with their numbers."""
    opened, kept = unsaved.open_sheet(here.office, here.person, slug)
    pieces = cut(kept.text if kept else plain_text(opened.text)).pieces
    return [(number, piece.title or here.say(_("Inleiding"))) for number, piece in enumerate(pieces)]


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise InvalidInputError(_("Vul een dag in, zoals 2026-12-31.")) from None


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else 0
