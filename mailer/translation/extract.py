"""A document to the messages a translator gets, in reading order, each text once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mailer.document.nodes import Section, Source
from mailer.document.parse import Document, standing_from
from mailer.document.walking import Found, Kind, texts
from mailer.issue import Issue
from mailer.translation.messages import Message, is_translatable
from wording.errors import Place

STANDING = "standing"
"""The domain of the texts that return in every issue."""

FRONT_MATTER = {
    "title": Kind.TITLE,
    "subject": Kind.SUBJECT,
    "preheader": Kind.PREHEADER,
    "correction": Kind.CORRECTION,
}


def extract(issue: Issue, document: Document) -> list[Message]:
    """The messages of the domain of this issue. What it includes of standing texts is in the domain `standing`."""
    return _merged([*_front_matter(issue), *_body(document, issue.audiences, standing=False)])


def extract_standing(standing: Mapping[str, str]) -> list[Message]:
    """The messages of all standing texts (Markdown by name), by name."""
    documents = (standing_from(name, standing[name])[0] for name in sorted(standing))
    return _merged(message for document in documents for message in _body(document, (), standing=True))


def _front_matter(issue: Issue) -> Iterator[Message]:
    for key, kind in FRONT_MATTER.items():
        text = str(getattr(issue, key))
        if any(map(str.isalpha, text)):
            yield Message(text, (f"Soort: {kind}",), (Place(issue.file, issue.lines.get(key, 0)),))


def _body(document: Document, audiences: tuple[str, ...], *, standing: bool) -> Iterator[Message]:
    for found in texts(document.body):
        source = found.source
        if source.standing is standing and is_translatable(source.markdown, document.references[source.file]):
            yield Message(source.markdown, _comments(found, audiences), (Place(source.file, source.line),))
    for source in link_titles(document):
        if source.standing is standing:
            yield Message(source.markdown, (f"Soort: {Kind.LINK_TITLE}",), (Place(source.file, source.line),))


def link_titles(document: Document) -> Iterator[Source]:
    """The titles of reference definitions: `[site]: https://… "title"`."""
    for file, references in document.references.items():
        for reference in references.values():
            if any(map(str.isalpha, reference["title"])):
                yield Source(reference["title"], reference["line"], file, reference["standing"])


def _comments(found: Found, audiences: tuple[str, ...]) -> tuple[str, ...]:
    section = found.section
    heading = () if section is None or found.kind is Kind.SECTION else (f"Rubriek: {section.heading.markdown}",)
    return (*heading, f"Soort: {found.kind}", *_for(section, audiences))


def _for(section: Section[Source] | None, audiences: tuple[str, ...]) -> tuple[str, ...]:
    named = None if section is None else section.audiences
    readers = [one for one in audiences if named is None or one in named]
    return (f"Voor: {', '.join(readers)}",) if readers else ()


def _merged(messages: Iterable[Message]) -> list[Message]:
    """Equal texts become one message with the comments and places of all."""
    found: dict[str, Message] = {}
    for message in messages:
        before = found.get(message.msgid)
        found[message.msgid] = message if before is None else _both(before, message)
    return list(found.values())


def _both(one: Message, other: Message) -> Message:
    comments = dict.fromkeys(one.comments + other.comments)
    places = dict.fromkeys(one.places + other.places)
    return Message(one.msgid, tuple(comments), tuple(places))
