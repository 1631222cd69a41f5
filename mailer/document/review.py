"""What `check` says about an issue that can be read: everything an editor should mend or look at, in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from mailer.document.images import ImageFact
from mailer.document.inline import spans_of
from mailer.document.letterforms import Letterforms
from mailer.document.nodes import Plain, Source
from mailer.document.parse import Document
from mailer.document.reviewing import dialect, guard, links, notes, pictures, slips, structure, words
from mailer.document.reviewing import letters as paper
from mailer.document.reviewing.looking import Looked, Looking
from mailer.document.walking import Found, Kind, texts
from mailer.issue import Issue
from mailer.organisation import House
from wording.errors import Problem

_FRONT_MATTER = {
    "title": Kind.TITLE,
    "subject": Kind.SUBJECT,
    "preheader": Kind.PREHEADER,
    "correction": Kind.CORRECTION,
}


def review(
    issue: Issue, document: Document, house: House, images: Mapping[str, ImageFact], letters: Letterforms
) -> list[Problem]:
    """Everything there is to say, in the order of the file. `images` tells what stands under each name used, `letters`
    what paper can show.
    """
    found = tuple(_parsed(one, document) for one in texts(document.body))
    plain = tuple(_front(issue, key, kind, document) for key, kind in _FRONT_MATTER.items() if getattr(issue, key))
    it = Looking(issue, document, house, images, (*plain, *found), letters)
    return sorted((problem for check in CHECKS for problem in check(it)), key=lambda problem: problem.place)


def _front(issue: Issue, key: str, kind: Kind, document: Document) -> Looked:
    source = Source(getattr(issue, key), issue.lines.get(key, 0), issue.file)
    return Looked(source, (Plain(source.markdown),), document, kind)


def _parsed(one: Found, document: Document) -> Looked:
    spans = spans_of(one.source.markdown, document.references.get(one.source.file))
    return Looked(one.source, spans, document, one.kind, one.section)


CHECKS: tuple[Callable[[Looking], Iterator[Problem]], ...] = (
    structure.audiences_known,
    structure.audiences_served,
    structure.headings_unique,
    structure.sections_filled,
    structure.tables_fit,
    pictures.images_usable,
    pictures.images_alone,
    links.links_allowed,
    links.links_honest,
    notes.footnotes_whole,
    notes.footnotes_flat,
    notes.headings_without_footnotes,
    words.slots_known,
    words.values_valid,
    words.private_numbers_left_out,
    words.names_left_out,
    dialect.other_dialects,
    dialect.entities,
    dialect.definition_lists,
    slips.starts_with_a_space,
    slips.marks_closed,
    slips.addresses_linked,
    slips.headings_filled,
    guard.numbers_lead_where_they_say,
    guard.nothing_unseen,
    guard.recipients_open,
    guard.protected_exact,
    guard.dates_and_amounts_exist,
    guard.numbers_free,
    paper.letters_printable,
)
