"""What is known of the fonts for paper. The shell looks; the pure rooms judge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Letterforms:
    without_form: Callable[[str], Sequence[str]]
    """The characters of a text that no font has, each with what is joined to it."""
    can_be_added: Callable[[Sequence[str]], bool]
    """Whether an administrator can install fonts that have these."""
