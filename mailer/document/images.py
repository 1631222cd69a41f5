"""What is known of an image file before it is used. The shell looks; the pure rooms judge."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
