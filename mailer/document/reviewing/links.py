"""Links: allowed, and honest about where they lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from mailer.document.inline import plain_text
from mailer.document.links import is_allowed
from mailer.document.nodes import Action, CaseLaw, Link
from mailer.document.reviewing.looking import Looking, spans
from wording import _
from wording.errors import Place, Problem, Severity


def links_allowed(it: Looking) -> Iterator[Problem]:
    for place, href in _hrefs(it):
        if not is_allowed(href):
            yield Problem(
                place, _("De link ‘{href}’ kan niet: gebruik https://…, mailto:… of tel:… (zonder spaties).", href=href)
            )


def links_honest(it: Looking) -> Iterator[Problem]:
    for place, href in _hrefs(it):
        parts = urlsplit(href) if is_allowed(href) and href.lower().startswith("https") else None
        if parts is not None and ("@" in parts.netloc or "xn--" in parts.netloc.lower()):
            said = _("De link ‘{href}’ kan een lezer misleiden: kijk goed waar hij heen gaat.", href=href)
            yield Problem(place, said, Severity.WARNING)
    for text, span in spans(it):
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


def _hrefs(it: Looking) -> Iterator[tuple[Place, str]]:
    for text, span in spans(it):
        if isinstance(span, Link):
            yield it.document.place(text.source, span.href), span.href
    for block in it.blocks:
        if isinstance(block, Action):
            yield it.document.place(block.label, block.href), block.href
        elif isinstance(block, CaseLaw) and block.href is not None:
            yield it.document.place(block.title, block.href), block.href
