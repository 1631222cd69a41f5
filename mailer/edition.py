"""Step 4: a translated document is cut to one audience and one locale."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from mailer.document.formats import filled
from mailer.document.links import is_allowed
from mailer.document.months import with_months
from mailer.document.nodes import Action, Blocks, CaseLaw, Link, Paragraph, Plain, Section, Slot, Span, Spans
from mailer.document.notes import Numbering, texts_of
from mailer.document.walking import mapped
from mailer.organisation import Audience, House
from mailer.translation.apply import TranslatedDocument
from wording import Text, _
from wording.errors import ContentError, NotAllowedError, Place, Problem


@dataclass(frozen=True)
class Edition:
    """One issue for one audience in one locale: all that a reader will see of it, and nothing of another audience.

    `formats` is the CLDR locale for dates and numbers; `direction` is "ltr" or "rtl".
    """

    slug: str
    publication: str
    number: str
    audience: str
    locale: str
    formats: str
    direction: str
    title: str
    subject: str
    preheader: str
    day: date
    lead: Blocks[Spans]
    sections: tuple[Section[Spans], ...]
    correction: str = ""
    """What was wrong with what these readers got before, in a sentence; it stands only in a correction."""


def edition_from(
    translated: TranslatedDocument,
    audience: Audience,
    house: House,
    *,
    without: Collection[str] = (),
    unfinished: bool = False,
) -> Edition:
    """What `audience` gets. `without` are anchors of sections to leave out; `unfinished` is for a preview, or for an
    editor's decision, and lets source text stand where a translation is missing.

    Raises NotAllowedError when this issue or locale is not for the audience, ContentError when a text it would show
    is not translated.
    """
    _check_for(translated, audience)
    sections = tuple(
        one for one in translated.body.sections if one.anchor not in without and _is_for(one, audience.key)
    )
    if not (sections or translated.body.lead or unfinished):
        raise ContentError([Problem(Place(f"issues/{translated.slug}/issue.md"), _nothing_for(audience.key))])
    shown = {None, *(section.anchor for section in sections)}
    missing = [one.problem(translated.locale) for one in translated.untranslated if one.section in shown]
    if missing and not unfinished:
        raise ContentError(missing)
    numbering = Numbering(texts_of(translated.body))
    settings = house.locales[translated.locale]
    formats = with_months(audience.formats.get(translated.locale, settings.formats), audience.months)
    return Edition(
        slug=translated.slug,
        publication=translated.publication,
        number=translated.number,
        audience=audience.key,
        locale=translated.locale,
        formats=formats,
        direction=settings.direction,
        title=filled(translated.title, formats),
        subject=filled(translated.subject, formats),
        preheader=filled(translated.preheader, formats),
        day=translated.day,
        lead=mapped(_safe(numbering.lead(translated.body.lead)), _without_second_comma),
        sections=_safe(tuple(map(numbering.section, sections))),
        correction=filled(translated.correction, formats),
    )


def _nothing_for(audience: str) -> Text:
    return _("Voor ‘{audience}’ blijft er geen tekst over; zo’n lege nieuwsbrief gaat niet uit.", audience=audience)


def _check_for(translated: TranslatedDocument, audience: Audience) -> None:
    if audience.key not in translated.audiences:
        raise NotAllowedError(_("{slug} is niet voor ‘{audience}’.", slug=translated.slug, audience=audience.key))
    if translated.locale not in audience.locales:
        raise NotAllowedError(
            _("‘{audience}’ krijgt geen editie in ‘{locale}’.", audience=audience.key, locale=translated.locale)
        )


def _is_for(section: Section[Spans], audience: str) -> bool:
    return section.audiences is None or audience in section.audiences


def _safe(tree: Any) -> Any:
    """Without links that go anywhere but https, mailto or tel: an overridden check must not become a dangerous link."""
    return mapped(tree, _without_bad_link)


_COMMA = re.compile(r"\s*[,،]")


def _without_second_comma(node: Any) -> Any | None:
    """The greeting brings the comma of its language; an editor may have written one behind it."""
    if not isinstance(node, tuple) or Slot("greeting") not in node:
        return None
    after = node.index(Slot("greeting")) + 1
    said = node[after] if after < len(node) else None
    if not isinstance(said, Plain) or not (found := _COMMA.match(said.value)):
        return None
    rest = said.value[found.end() :]
    return (*node[:after], *((Plain(rest),) if rest else ()), *node[after + 1 :])


def _without_bad_link(node: Any) -> Any | None:
    match node:
        case tuple() if any(isinstance(one, Link) and not is_allowed(one.href) for one in node):
            return tuple(_safe(span) for one in node for span in _unlinked(one))
        case Action(label, href) if not is_allowed(href):
            return Paragraph(label)
        case CaseLaw(title, court, decided, ecli, href, blocks) if href is not None and not is_allowed(href):
            return CaseLaw(title, court, decided, ecli, None, _safe(blocks))
        case _:
            return None


def _unlinked(span: Span) -> Spans:
    return span.children if isinstance(span, Link) and not is_allowed(span.href) else (span,)
