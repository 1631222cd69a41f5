"""Images: there, usable, described, and in a paragraph of their own."""

from __future__ import annotations

from collections.abc import Iterator

from mailer.document.images import ImageFact, ImageState
from mailer.document.nodes import Figure, Image
from mailer.document.reviewing.looking import Looking, spans
from wording import Text, _
from wording.errors import Problem, Severity

THIN = 12
"""How often the short side of a picture goes into the long one: beyond it, a whole page shows a strip of 1 cm."""


def images_usable(it: Looking) -> Iterator[Problem]:
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
            return _(
                "De afbeelding ‘{image}’ is te groot; maak haar kleiner dan 10 MB, 40 megapixel en 12.000 op een "
                "zijde.",
                image=src,
            )


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


def images_alone(it: Looking) -> Iterator[Problem]:
    for text, span in spans(it):
        if isinstance(span, Image):
            yield text.problem(_("Geef de afbeelding ‘{image}’ een eigen alinea.", image=span.src), span.src)
