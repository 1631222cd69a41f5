"""Which ink can be read on a colour (WCAG 2.2, relative luminance)."""

from __future__ import annotations

DARK_INK, LIGHT_INK = "#10171d", "#ffffff"


def ink_on(colour: str) -> str:
    """Black or white, whichever has more contrast on `colour` (#rrggbb)."""
    return LIGHT_INK if contrast(LIGHT_INK, colour) >= contrast(DARK_INK, colour) else DARK_INK


def contrast(first: str, second: str) -> float:
    """From 1 (the same) to 21 (black on white); text needs 4.5."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    # 0.04045: the constant of sRGB (IEC 61966-2-1); WCAG's 0.03928 is a slip of an early draft without effect in 8 bits
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
