"""The letters that readers have, for pictures: a machine of ours has neither Arial nor Georgia.

Arimo and Gelasio are as wide as these, letter by letter, so lines end where they end for a reader; for Arabic, the font
that a telephone has. All are under the OFL, come from npm with the other checks, and are never shipped.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache

from devtools.npm import package

_FACES = (
    ("Arial", "arimo", ("latin", "latin-ext"), (400, 700), ("normal", "italic")),
    ("Georgia", "gelasio", ("latin", "latin-ext"), (400, 700), ("normal", "italic")),
    ("Noto Sans Arabic", "noto-sans-arabic", ("arabic",), (400, 700), ("normal",)),
)
"""The name that a page asks for, the package, its parts, weights and styles."""
_RANGES = {
    "latin": "U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+2000-206F, U+20AC, U+2122, U+2190-2193, U+2212",
    "latin-ext": "U+0100-02BA, U+1E00-1E9F, U+20A0-20AB",
    "arabic": "U+0600-06FF, U+0750-077F, U+200C-200E, U+FB50-FDFF, U+FE70-FEFC",
}


def with_reader_fonts(page: str) -> str:
    """The page with the fonts in it, so that it needs no network."""
    return page.replace("</head>", f"<style>{_style()}</style></head>", 1)


@cache
def _style() -> str:
    return "".join(
        _face(family, name, part, weight, style)
        for family, name, parts, weights, styles in _FACES
        for part in parts
        for weight in weights
        for style in styles
    )


def _face(family: str, name: str, part: str, weight: int, style: str) -> str:
    file = package(f"@fontsource/{name}") / "files" / f"{name}-{part}-{weight}-{style}.woff2"
    data = b64encode(file.read_bytes()).decode("ascii")
    return (
        f'@font-face{{font-family:"{family}";font-weight:{weight};font-style:{style};unicode-range:{_RANGES[part]};'
        f"src:url(data:font/woff2;base64,{data})}}"
    )
