"""Step 3: a document and a catalog to a translated document. Structure comes from the document alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from mailer.document.inline import spans_of
from mailer.document.markdown import References
from mailer.document.nodes import Body, Source, Spans
from mailer.document.parse import Document
from mailer.document.walking import Found, texts, with_words
from mailer.issue import Issue
from mailer.translation.alone import each_its_own_way
from mailer.translation.catalog import Catalog
from mailer.translation.extract import FRONT_MATTER, link_titles
from mailer.translation.messages import is_translatable
from wording import _
from wording.errors import Place, Problem


@dataclass(frozen=True)
class Untranslated:
    """A text without a translation that may be published. `section` is its anchor, None for what every reader gets."""

    msgid: str
    place: Place
    section: str | None
    standing: bool = False

    @property
    def begin(self) -> str:
        """As much of the text as fits on a line."""
        return self.msgid if len(self.msgid) < 60 else self.msgid[:57] + "…"

    def problem(self, locale: str) -> Problem:
        """The same, for whoever cuts an edition."""
        return Problem(self.place, _("Nog niet vertaald ({locale}): ‘{text}’.", locale=locale, text=self.begin))


@dataclass(frozen=True)
class TranslatedDocument:
    """An issue in one locale. Where a text is `untranslated` the source stands; such an edition cannot be cut."""

    slug: str
    publication: str
    number: str
    day: date
    audiences: tuple[str, ...]
    locale: str
    title: str
    subject: str
    preheader: str
    body: Body[Spans]
    untranslated: tuple[Untranslated, ...] = ()
    correction: str = ""


def translate(
    issue: Issue, document: Document, catalog: Catalog, standing: Catalog
) -> tuple[TranslatedDocument, list[Untranslated]]:
    """Put the catalog's words into the document; `standing` is the catalog of the standing texts in the same locale."""
    missing = [
        one for one in needed(issue, document) if (standing if one.standing else catalog).translation(one.msgid) is None
    ]
    references = _translated_references(document, catalog, standing)

    def words(source: Source) -> Spans:
        own = standing if source.standing else catalog
        known = references.get(source.file)
        if (text := own.translation(source.markdown)) is not None:
            return spans_of(text, known)
        spans = spans_of(source.markdown, known)
        return spans if is_translatable(source.markdown, known) else each_its_own_way(spans)

    written = {key: str(getattr(issue, key)) for key in FRONT_MATTER}
    front = {key: (text and catalog.translation(text)) or text for key, text in written.items()}
    body = with_words(document.body, words)
    return _document(issue, catalog.locale, front, body, tuple(missing)), missing


def in_source_language(issue: Issue, document: Document, locale: str) -> TranslatedDocument:
    """The document as the editor wrote it."""

    def words(source: Source) -> Spans:
        return spans_of(source.markdown, document.references.get(source.file))

    front = {key: getattr(issue, key) for key in FRONT_MATTER}
    return _document(issue, locale, front, with_words(document.body, words), ())


def _document(
    issue: Issue, locale: str, front: Mapping[str, str], body: Body[Spans], missing: tuple[Untranslated, ...]
) -> TranslatedDocument:
    return TranslatedDocument(
        slug=issue.slug,
        publication=issue.publication,
        number=issue.number,
        day=issue.day,
        audiences=issue.audiences,
        locale=locale,
        **front,
        body=body,
        untranslated=missing,
    )


def _translated_references(document: Document, catalog: Catalog, standing: Catalog) -> dict[str, References]:
    """The definitions of reference links with their titles translated."""
    return {
        file: {
            label: {
                **one,
                "title": (standing if one["standing"] else catalog).translation(one["title"]) or one["title"],
            }
            for label, one in references.items()
        }
        for file, references in document.references.items()
    }


def needed(issue: Issue, document: Document) -> Iterator[Untranslated]:
    """Every text that an edition in another language needs a translation of, in reading order."""
    for key in FRONT_MATTER:
        text = str(getattr(issue, key))
        if any(map(str.isalpha, text)):
            yield Untranslated(text, Place(issue.file, issue.lines.get(key, 0)), None)
    for found in texts(document.body):
        source = found.source
        if is_translatable(source.markdown, document.references[source.file]):
            yield Untranslated(source.markdown, Place(source.file, source.line), _anchor(found), source.standing)
    for source in link_titles(document):
        yield Untranslated(source.markdown, Place(source.file, source.line), None, source.standing)


def _anchor(found: Found) -> str | None:
    return None if found.section is None else found.section.anchor
