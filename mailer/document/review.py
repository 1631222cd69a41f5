"""What `check` says about an issue that can be read: everything an editor should mend or look at, in one go."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from mailer.document import private
from mailer.document.formats import MARK, is_valid
from mailer.document.images import ImageFact, ImageState
from mailer.document.inline import plain_text, spans_of, walk
from mailer.document.links import is_allowed
from mailer.document.markdown import SLOTS
from mailer.document.nodes import Action, Blocks, CaseLaw, Figure, Image, Link, Plain, Source, Spans
from mailer.document.parse import Document
from mailer.document.walking import all_blocks, texts
from mailer.issue import Issue, audience_unknown
from mailer.organisation import House
from wording import Text, _
from wording.errors import Place, Problem, Severity

_SLOT_LIKE = re.compile(r"\{\{[^{}\n]*\}\}")
THIN = 12
"""How often the short side of a picture goes into the long one: beyond it, a whole page shows a strip of 1 cm."""
_FRONT_MATTER = ("title", "subject", "preheader")


@dataclass(frozen=True)
class _Text:
    """One text of the issue, parsed, and how to say where something in it stands."""

    source: Source
    spans: Spans
    document: Document

    def problem(self, text: Text, needle: str = "", severity: Severity = Severity.ERROR) -> Problem:
        return Problem(self.document.place(self.source, needle), text, severity)


@dataclass(frozen=True)
class _Review:
    issue: Issue
    document: Document
    house: House
    images: Mapping[str, ImageFact]
    texts: tuple[_Text, ...]

    @property
    def blocks(self) -> Blocks[Source]:
        body = self.document.body
        return tuple(all_blocks((*body.lead, *(block for section in body.sections for block in section.blocks))))


def review(issue: Issue, document: Document, house: House, images: Mapping[str, ImageFact]) -> list[Problem]:
    """Everything there is to say, in the order of the file. `images` tells what stands under each name used."""
    found = tuple(_parsed(one.source, document) for one in texts(document.body))
    front = (Source(getattr(issue, key), issue.lines.get(key, 0), issue.file) for key in _FRONT_MATTER)
    plain = tuple(_Text(source, (Plain(source.markdown),), document) for source in front)
    it = _Review(issue, document, house, images, (*plain, *found))
    return sorted((problem for check in CHECKS for problem in check(it)), key=lambda problem: problem.place)


def _parsed(source: Source, document: Document) -> _Text:
    return _Text(source, spans_of(source.markdown, document.references.get(source.file)), document)


# ── structure ─────────────────────────────────────────────────────────────────────────────────────────────────────


def audiences_known(it: _Review) -> Iterator[Problem]:
    for section in it.document.body.sections:
        for name in sorted(section.audiences or ()):
            if name not in it.issue.audiences:
                yield Problem(Place(it.issue.file, section.line), audience_unknown(name, it.issue.audiences))
        if section.audiences is not None and not section.audiences:
            yield Problem(Place(it.issue.file, section.line), _('Achter for= staat geen doelgroep; laat for="" weg.'))


def headings_unique(it: _Review) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for section in it.document.body.sections:
        for name in {section.anchor, " ".join(section.heading.markdown.casefold().split())}:
            if name in seen and name and seen[name] != section.line:
                said = _("De kop ‘{heading}’ staat er al op regel {line}; geef een van beide een andere naam.",
                         heading=section.heading.markdown, line=seen[name])  # fmt: skip
                yield Problem(Place(it.issue.file, section.line), said)
                break
        else:
            seen |= dict.fromkeys((section.anchor, " ".join(section.heading.markdown.casefold().split())), section.line)


def sections_filled(it: _Review) -> Iterator[Problem]:
    body = it.document.body
    for section in body.sections:
        if not section.heading.markdown.strip():
            yield Problem(Place(it.issue.file, section.line), _("Deze kop heeft geen tekst."))
        if not section.blocks:
            said = _(
                "De rubriek ‘{heading}’ is leeg; schrijf er iets in of haal de kop weg.",
                heading=section.heading.markdown,
            )
            yield Problem(Place(it.issue.file, section.line), said)
    if not body.lead and not body.sections:
        yield Problem(Place(it.issue.file), _("Dit nummer heeft geen tekst."))


# ── images and links ──────────────────────────────────────────────────────────────────────────────────────────────


def images_usable(it: _Review) -> Iterator[Problem]:
    for block in it.blocks:
        if isinstance(block, Figure):
            place = it.document.place(block.alt, block.src)
            fact = it.images.get(block.src, ImageFact(ImageState.MISSING))
            if block.alt.standing:
                yield Problem(place, _("In een vaste tekst kan geen afbeelding staan."))
            elif wrong := _image_wrong(fact.state, block.src):
                yield Problem(place, wrong)
            yield from (Problem(place, said, Severity.WARNING) for said in _image_odd(fact, block.src))
            if not block.alt.markdown.strip():
                said = _("‘{image}’ heeft geen beschrijving; wie niet ziet, mist wat erop staat.", image=block.src)
                yield Problem(place, said, Severity.WARNING)


def _image_wrong(state: ImageState, src: str) -> Text | None:
    match state:
        case ImageState.FINE:
            return None
        case ImageState.MISSING:
            return _("De afbeelding ‘{image}’ staat niet in de map van dit nummer.", image=src)
        case ImageState.OUTSIDE:
            return _("De afbeelding ‘{image}’ moet in de map van dit nummer staan; schrijf alleen de naam.", image=src)
        case ImageState.NOT_AN_IMAGE:
            return _("‘{image}’ is geen afbeelding (PNG, JPEG, WebP of GIF).", image=src)
        case ImageState.TOO_LARGE:
            return _("De afbeelding ‘{image}’ is te groot; maak haar kleiner dan 10 MB en 40 megapixel.", image=src)


def _image_odd(fact: ImageFact, src: str) -> Iterator[Text]:
    if fact.pale:
        yield _(
            "‘{image}’ is wit op doorzichtig en komt daarom op een donkere achtergrond; "
            "bewaar haar liever donker op wit.",
            image=src,
        )
    if fact.width and not 1 / THIN <= fact.width / fact.height <= THIN:
        yield _(
            "‘{image}’ is {width} bij {height} beeldpunten: zo smal dat niemand er iets op ziet; knip haar bij.",
            image=src,
            width=fact.width,
            height=fact.height,
        )


def images_alone(it: _Review) -> Iterator[Problem]:
    for text, span in _spans(it):
        if isinstance(span, Image):
            yield text.problem(_("Geef de afbeelding ‘{image}’ een eigen alinea.", image=span.src), span.src)


def links_allowed(it: _Review) -> Iterator[Problem]:
    for place, href in _hrefs(it):
        if not is_allowed(href):
            yield Problem(
                place, _("De link ‘{href}’ kan niet: gebruik https://…, mailto:… of tel:… (zonder spaties).", href=href)
            )


def links_honest(it: _Review) -> Iterator[Problem]:
    for place, href in _hrefs(it):
        parts = urlsplit(href) if is_allowed(href) and href.lower().startswith("https") else None
        if parts is not None and ("@" in parts.netloc or "xn--" in parts.netloc.lower()):
            said = _("De link ‘{href}’ kan een lezer misleiden: kijk goed waar hij heen gaat.", href=href)
            yield Problem(place, said, Severity.WARNING)
    for text, span in _spans(it):
        if isinstance(span, Link) and (shown := _other_host(span)):
            said = _("De link toont {shown} maar gaat naar {href}.", shown=shown, href=span.href)
            yield text.problem(said, shown, Severity.WARNING)


def _other_host(link: Link) -> str | None:
    """The host that the text of a link names, when the link goes to another."""
    shown = re.match(r"(?:https?://|www\.)[^\s/]+", plain_text(link.children))
    if shown is None or not link.href.lower().startswith("https://"):
        return None
    host = shown[0].rpartition("/")[2].removeprefix("www.").lower()
    return None if urlsplit(link.href).netloc.lower().removeprefix("www.") == host else shown[0]


def _hrefs(it: _Review) -> Iterator[tuple[Place, str]]:
    for text, span in _spans(it):
        if isinstance(span, Link):
            yield it.document.place(text.source, span.href), span.href
    for block in it.blocks:
        if isinstance(block, Action):
            yield it.document.place(block.label, block.href), block.href
        elif isinstance(block, CaseLaw) and block.href is not None:
            yield it.document.place(block.title, block.href), block.href


def _spans(it: _Review) -> Iterator[tuple[_Text, object]]:
    for text in it.texts:
        for span in walk(text.spans):
            yield text, span


# ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def slots_known(it: _Review) -> Iterator[Problem]:
    for text, plain in _plain(it):
        for slot in _SLOT_LIKE.findall(plain):
            known = ", ".join("{{" + name + "}}" for name in sorted(SLOTS))
            said = _("{slot} wordt niet ingevuld en staat er straks zo; wel ingevuld: {known}.", slot=slot, known=known)
            yield text.problem(said, slot, Severity.WARNING)


def values_valid(it: _Review) -> Iterator[Problem]:
    for text, plain in _plain(it):
        for mark in MARK.finditer(plain):
            if not is_valid(mark[1], mark[2]):
                said = _(
                    "{mark} klopt niet; tussen de accolades hoort iets als date:2026-12-31, time:14:30, number:1250 "
                    "of amount:12.50 EUR.",
                    mark=mark[0],
                )
                yield text.problem(said, mark[0])


def private_numbers_left_out(it: _Review) -> Iterator[Problem]:
    kinds = {
        _("V-nummer"): private.alien_numbers,
        "BSN": private.citizen_numbers,
        "IBAN": private.bank_accounts,
        _("06-nummer"): private.mobile_numbers,
    }
    for text, plain in _plain(it):
        for kind, find in kinds.items():
            for found in find(plain):
                if found not in it.house.protected:
                    said = _("‘{found}’ lijkt privé ({kind}); hoort dat in een nieuwsbrief?", found=found, kind=kind)
                    yield text.problem(said, found, Severity.WARNING)


def names_left_out(it: _Review) -> Iterator[Problem]:
    publication = it.house.publications[it.issue.publication]
    if not publication.personal_stories:
        return
    known = (
        it.house.organisation.name,
        *publication.title.values(),
        *it.house.protected,
        *it.house.organisation.postal_address,
    )
    find = partial(private.full_names, known=known)
    for text, plain in _plain(it):
        for name in dict.fromkeys(find(plain)):
            said = _(
                "‘{name}’ lijkt de naam van een mens; in een verhaal uit detentie hoort die er niet in.", name=name
            )
            yield text.problem(said, name, Severity.WARNING)


def _plain(it: _Review) -> Iterator[tuple[_Text, str]]:
    """What a reader sees of each text, links' targets left out; code is left out too, it may show a slot."""
    for text in it.texts:
        yield (
            text,
            "".join(
                span.value if isinstance(span, Plain) else " " if not _has_children(span) else ""
                for span in walk(text.spans)
            ),
        )


def _has_children(span: object) -> bool:
    return hasattr(span, "children")


CHECKS: tuple[Callable[[_Review], Iterator[Problem]], ...] = (
    audiences_known,
    headings_unique,
    sections_filled,
    images_usable,
    images_alone,
    links_allowed,
    links_honest,
    slots_known,
    values_valid,
    private_numbers_left_out,
    names_left_out,
)
