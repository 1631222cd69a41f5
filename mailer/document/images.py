"""What is known of an image file before it is used. The shell looks; the pure rooms judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from wording import _
from wording.errors import ContentError, Place, Problem


class ImageState(StrEnum):
    FINE = "fine"
    MISSING = "missing"
    OUTSIDE = "outside"
    """The name leads out of the issue's own folder, or to another computer."""
    NOT_AN_IMAGE = "not an image"
    TOO_LARGE = "too large"


@dataclass(frozen=True)
class ImageFact:
    """Pixels and bytes of an image; zero unless its state is fine."""

    state: ImageState
    width: int = 0
    height: int = 0
    size: int = 0
    pale: bool = False
    """White on a transparent ground: it gets a dark ground, or no one would see it."""


def require_usable(slug: str, broken: Sequence[str]) -> None:
    """Raises ContentError that names each of these images."""
    if broken:
        places = [Place(f"issues/{slug}/{name}") for name in broken]
        raise ContentError([Problem(place, _("Deze afbeelding is niet te gebruiken.")) for place in places])
