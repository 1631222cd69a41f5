"""Letters that no font on paper has: found when an issue is checked, before anything is translated or approved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mailer.document.inline import walk
from mailer.document.letterforms import Letterforms
from mailer.document.nodes import Action, Block, Body, Code, CodeBlock, KeyNumber, Plain, Section, Source, Spans
from mailer.document.reviewing.looking import Looking
from mailer.document.walking import Found, Kind, all_blocks, texts
from mailer.issue import Issue
from mailer.organisation import Channel, House
from wording import Text, _
from wording.errors import Problem

_NOT_ON_PAPER = (Kind.SUBJECT, Kind.PREHEADER, Kind.ALT, Kind.LINK_TITLE)
_SHOWN = 5
"""Letters that are named; a text in another script has dozens."""


def letters_printable(it: Looking) -> Iterator[Problem]:
    for text in it.texts:
        if _is_printed(text.kind, text.section, posted(it.issue, it.house)):
            missing = it.letters.without_form(printed_words(text.spans))
            if missing:
                yield text.problem(no_letterform(missing, it.letters), missing[0])
    for section, block in _with_sections(it.document.body):
        if _is_printed(None, section, posted(it.issue, it.house)) and (missing := it.letters.without_form(_own(block))):
            start = Source("", section.line if section else it.issue.first_line, it.issue.file)
            yield Problem(it.document.place(start, missing[0]), no_letterform(missing, it.letters))


def posted(issue: Issue, house: House) -> frozenset[str]:
    """The audiences of an issue that get it on paper."""
    return frozenset(key for key in issue.audiences if house.audiences[key].channel is Channel.POST)


def printed(body: Body[Source], post: frozenset[str]) -> Iterator[Found]:
    """The texts of an issue that stand on paper for one of the audiences `post`."""
    return (found for found in texts(body) if _is_printed(found.kind, found.section, post))


def printed_words(spans: Spans) -> str:
    return " ".join(span.value for span in walk(spans) if isinstance(span, Plain | Code))


def no_letterform(missing: Sequence[str], letters: Letterforms) -> Text:
    named = " ".join(missing[:_SHOWN]) + (" …" if len(missing) > _SHOWN else "")
    if letters.can_be_added(missing):
        return _(
            "Op papier is er geen letter voor: {letters}. Schrijf het anders, of vraag de beheerder om de extra "
            "letters (postduif[scripts]).",
            letters=named,
        )
    return _("Op papier is er geen letter voor: {letters}. Schrijf het anders.", letters=named)


def _is_printed(kind: Kind | None, section: Section[Source] | None, post: frozenset[str]) -> bool:
    audiences = section.audiences if section else None
    return kind not in _NOT_ON_PAPER and bool(post if audiences is None else post & audiences)


def _with_sections(body: Body[Source]) -> Iterator[tuple[Section[Source] | None, Block[Any]]]:
    yield from ((None, block) for block in all_blocks(body.lead))
    for section in body.sections:
        yield from ((section, block) for block in all_blocks(section.blocks))


def _own(block: Block[Any]) -> str:
    """What stands on paper of a block and is no text for translators."""
    match block:
        case CodeBlock(value) | KeyNumber(value) | Action(href=value):
            return value
    return ""
