"""What `check` says about an issue that can be read: everything an editor should mend or look at, in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from mailer.document.images import ImageFact
from mailer.document.inline import spans_of
from mailer.document.nodes import Plain, Source
from mailer.document.parse import Document
from mailer.document.reviewing import dialect, guard, links, notes, pictures, slips, structure, words
from mailer.document.reviewing.looking import Looked, Looking
from mailer.document.walking import texts
from mailer.issue import Issue
from mailer.organisation import House
from wording.errors import Problem

_FRONT_MATTER = ("title", "subject", "preheader")


def review(issue: Issue, document: Document, house: House, images: Mapping[str, ImageFact]) -> list[Problem]:
    """Everything there is to say, in the order of the file. `images` tells what stands under each name used."""
    found = tuple(_parsed(one.source, document) for one in texts(document.body))
    front = (Source(getattr(issue, key), issue.lines.get(key, 0), issue.file) for key in _FRONT_MATTER)
    plain = tuple(Looked(source, (Plain(source.markdown),), document) for source in front)
    it = Looking(issue, document, house, images, (*plain, *found))
    return sorted((problem for check in CHECKS for problem in check(it)), key=lambda problem: problem.place)


def _parsed(source: Source, document: Document) -> Looked:
    return Looked(source, spans_of(source.markdown, document.references.get(source.file)), document)


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
)
