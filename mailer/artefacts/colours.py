"""Which ink can be read on a colour (WCAG 2.2, relative luminance), and an organisation's colour as readers get it.

An organisation chooses its accent for a letterhead or a poster; as the colour of a link on white it may be unreadable.
Then the same hue is made darker, or lighter on a dark ground, until it has the contrast that text needs.
"""

from __future__ import annotations

import colorsys
import re
from dataclasses import dataclass
from functools import cache

from mailer.organisation import Look
from wording import _
from wording.errors import Place, Problem, Severity

DARK_INK, LIGHT_INK = "#10171d", "#ffffff"
ENOUGH = 4.5
"""Contrast of text with its ground (WCAG 2.2, 1.4.3, level AA)."""

GROUNDS = ("#ffffff", "#f4f5f2", "#f1f0eb")
"""Sheet, card and table of a light page."""
DARK_GROUNDS = ("#181f1e", "#202a28", "#0e1312")
"""The same of a dark one."""

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_STEPS = 200
"""Of lightness between a colour and black or white: finer than eight bits show."""


@dataclass(frozen=True, slots=True)
class Shades:
    """A colour on one kind of page, as #rrggbb: text in it, ink on it, and a ground that it tints."""

    accent: str
    ink: str
    tint: str
    on_tint: str
    """Of large words on the tint: the accent where that is readable there, else ink."""


@dataclass(frozen=True, slots=True)
class Palette:
    light: Shades
    dark: Shades


def is_colour(text: str) -> bool:
    """Whether it is written as #rrggbb."""
    return _COLOUR.fullmatch(text) is not None


@cache
def palette(accent: str, accent_dark: str) -> Palette:
    """The colours of an organisation, readable: each with a contrast of at least `ENOUGH` on its grounds.

    Raises ValueError for what is not a colour.
    """
    return Palette(_shades(accent, GROUNDS, 0.1), _shades(accent_dark, DARK_GROUNDS, 0.16))


def corrections(look: Look) -> list[Problem]:
    """A warning for each colour of the settings that readers get otherwise, because no one could read it."""
    found = []
    for name, colour, grounds in (
        ("accent", look.accent, GROUNDS),
        ("accent_dark", look.accent_dark, DARK_GROUNDS),
    ):
        shown = readable(colour, grounds)
        if shown != colour.lower():
            said = _(
                "`organisation.look.{name}` is {colour}. Letters in die kleur zijn op {ground} niet te lezen. "
                "Lezers krijgen daarom {shown}.",
                name=name,
                colour=colour,
                ground=grounds[0],
                shown=shown,
            )
            found.append(Problem(Place("postduif.toml"), said, Severity.WARNING))
    return found


def readable(colour: str, grounds: tuple[str, ...]) -> str:
    """`colour` where it can be read on all of `grounds`; else the nearest of its hue that can.

    Raises ValueError for what is not a colour.
    """
    if not is_colour(colour):
        raise ValueError(colour)
    colour = colour.lower()
    if _least(colour, grounds) >= ENOUGH:
        return colour
    hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in _parts(colour)))
    end = 0.0 if contrast("#000000", grounds[0]) > contrast("#ffffff", grounds[0]) else 1.0
    for step in range(1, _STEPS + 1):
        lighter = light + (end - light) * step / _STEPS
        found = _hex(colorsys.hls_to_rgb(hue, lighter, saturation))
        if _least(found, grounds) >= ENOUGH:
            return found
    raise ValueError(f"no colour can be read on {grounds}")


def ink_on(colour: str) -> str:
    """Black or white, whichever has more contrast on `colour` (#rrggbb)."""
    return LIGHT_INK if contrast(LIGHT_INK, colour) >= contrast(DARK_INK, colour) else DARK_INK


def contrast(first: str, second: str) -> float:
    """From 1 (the same) to 21 (black on white); text needs 4.5."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _shades(colour: str, grounds: tuple[str, ...], share: float) -> Shades:
    accent = readable(colour, grounds)
    tint = _hex(
        tuple(
            (ours * share + theirs * (1 - share)) / 255
            for ours, theirs in zip(_parts(accent), _parts(grounds[0]), strict=True)
        )
    )
    on_tint = accent if contrast(accent, tint) >= ENOUGH else ink_on(tint)
    return Shades(accent, ink_on(accent), tint, on_tint)


def _least(colour: str, grounds: tuple[str, ...]) -> float:
    return min(contrast(colour, ground) for ground in grounds)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(parts: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    # 0.04045: the constant of sRGB (IEC 61966-2-1); WCAG's 0.03928 is a slip of an early draft without effect in 8 bits
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
