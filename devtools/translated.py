"""An issue made of a piece of Markdown, taken through extraction, a PO file and translation, and shown as HTML."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from mailer.document.html import HtmlWriter
from mailer.document.parse import Document, document_from
from mailer.issue import Issue
from mailer.translation.apply import TranslatedDocument, in_source_language, translate
from mailer.translation.catalog import Catalog, catalog_from, new_catalog, po_from
from mailer.translation.extract import STANDING, extract
from wording.errors import Problem

SLUG = "los-2026-24"
FILE = f"issues/{SLUG}/issue.md"


def issue(markdown: str, first_line: int = 1) -> Issue:
    """An issue for two audiences whose body is `markdown`."""
    return Issue(
        slug=SLUG,
        publication="los",
        number="2026-24",
        title="Nieuwsbrief 24",
        subject="Nieuws over opvang",
        preheader="In dit nummer",
        day=date(2026, 11, 26),
        audiences=("legal-aid", "womens-orgs"),
        markdown=markdown,
        file=FILE,
        first_line=first_line,
        lines={"title": 2, "subject": 3, "preheader": 4},
    )


def read(markdown: str) -> tuple[Document, list[Problem]]:
    return document_from(markdown, file=FILE)


def refused_html(problems: list[Problem]) -> bool:
    """Whether an example was refused for its raw HTML, with the line."""
    return any("HTML" in problem.text.msgid and problem.place.line > 0 for problem in problems)


def filled(catalog: Catalog, translation: Callable[[str], str]) -> Catalog:
    """The catalog with every msgstr made from its msgid."""
    entries = {msgid: replace(entry, msgstr=translation(msgid)) for msgid, entry in catalog.entries.items()}
    return replace(catalog, entries=entries)


def through_po(catalog: Catalog) -> Catalog:
    """The catalog as it comes back from its file."""
    back, problems = catalog_from(po_from(catalog), domain=catalog.domain, locale=catalog.locale, file="x.po")
    assert back is not None, problems
    return back


def translated(markdown: str, translation: Callable[[str], str], locale: str = "en") -> TranslatedDocument:
    """The document in another language in which each message became `translation(msgid)`."""
    document, _problems = read(markdown)
    number = issue(markdown)
    catalog = through_po(filled(new_catalog(SLUG, locale, extract(number, document)), translation))
    done, missing = translate(number, document, catalog, new_catalog(STANDING, locale, ()))
    assert not missing
    return done


def html_of(done: TranslatedDocument) -> str:
    return HtmlWriter("nl").body(done.body)


def direct_html(markdown: str) -> str:
    """The document as the editor wrote it."""
    document, _problems = read(markdown)
    return html_of(in_source_language(issue(markdown), document, "nl"))
