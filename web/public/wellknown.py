"""What machines ask of every site: robots.txt, security.txt, icons; and the organisation's colours for the pages."""

from __future__ import annotations

import io
from datetime import UTC, timedelta

from flask import Response, make_response, request
from PIL import Image, ImageDraw

from mailer.artefacts.colours import contrast, ink_on
from web.site import Site

KEPT = "public, max-age=86400"
_SIDE = 180
"""Pixels of an icon on the first screen of a phone."""
_ROOF, _DOOR = [(9, 27), (20, 11), (31, 27)], [(14.5, 27), (20, 19), (25.5, 27)]
"""The mark, in a square of 40: two roofs, as on the pages."""


class WellKnown:
    """The same for everyone; no database is asked."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def robots(self) -> Response:
        """Search engines may read the archive and the pages to subscribe, and nothing of a reader or of staff."""
        closed = ["/u/", "/p/", "/staff/", *(f"/{code}/{page}/" for code in self._site.house.locales for page in _OWN)]
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), ""]
        return _kept("\n".join(lines).encode(), "text/plain")

    def security(self) -> Response:
        """Whom to tell of a hole (RFC 9116): the address that readers' answers come to, which people read."""
        house, office = self._site.house, self._site.office
        expires = office.clock().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(
            days=180
        )
        sender = next(iter(house.publications.values())).sender
        lines = [
            f"Contact: mailto:{sender.reply_to}",
            f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
            f"Preferred-Languages: {', '.join(house.locales)}",
            f"Canonical: {house.base_url}/.well-known/security.txt",
            "",
        ]
        return _kept("\n".join(lines).encode(), "text/plain")

    def icon(self) -> Response:
        """The mark in the colour of the organisation."""
        look = self._site.house.organisation.look
        roofs = "M9 27 20 11l11 16M14.5 27 20 19l5.5 8"
        drawn = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" rx="9" '
            f'fill="{look.accent}"/><path d="{roofs}" fill="none" stroke="{ink_on(look.accent)}" stroke-width="3" '
            f'stroke-linecap="round" stroke-linejoin="round"/></svg>'
        )
        return _kept(drawn.encode(), "image/svg+xml")

    def touch_icon(self) -> Response:
        """The same as PNG, for the first screen of a phone."""
        look = self._site.house.organisation.look
        image = Image.new("RGB", (_SIDE, _SIDE), look.accent)
        pen = ImageDraw.Draw(image)
        scale = _SIDE / 40
        for roof in (_ROOF, _DOOR):
            pen.line([(x * scale, y * scale) for x, y in roof], fill=ink_on(look.accent), width=13, joint="curve")
        data = io.BytesIO()
        image.save(data, "PNG", optimize=True)
        return _kept(data.getvalue(), "image/png")

    def colours(self) -> Response:
        """The accent of the organisation for the pages of readers, with the ink that is read on it."""
        look = self._site.house.organisation.look
        light, dark = _rule(look.accent, "#ffffff", 8), _rule(look.accent_dark, "#191f1e", 16)
        css = f".house-accent {{ {light} }}\n@media (prefers-color-scheme: dark) {{ .house-accent {{ {dark} }} }}\n"
        return _kept(css.encode(), "text/css")


_READABLE = 4.5
"""Contrast of text (WCAG 2.2, 1.4.3)."""
_OWN = ("bevestigen", "beheer", "verhuizen")
"""Pages behind a link from someone's mailbox."""


def _rule(accent: str, ground: str, part: int) -> str:
    """The accent and its shades: a tint of `part` hundredths, a softer one of thrice that; "" for one that cannot be
    read on the page, which then keeps our own."""
    deep, tint = accent, _mixed(accent, ground, part)
    if contrast(accent, tint) < _READABLE:
        return ""
    return (
        f"--pine: {accent}; --on-pine: {ink_on(accent)}; --pine-tint: {tint}; "
        f"--pine-soft: {_mixed(accent, ground, 3 * part)}; --pine-deep: {deep};"
    )


def _mixed(one: str, other: str, percent: int) -> str:
    pairs = [(int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round((a * percent + b * (100 - percent)) / 100):02x}" for a, b in pairs)


def _kept(content: bytes, kind: str) -> Response:
    response = make_response(content)
    response.mimetype = kind
    response.headers["Cache-Control"] = KEPT
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]  # a Response stays one
