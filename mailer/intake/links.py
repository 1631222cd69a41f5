"""Where a link leads: unwrapped, by https, without what follows its reader."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

import idna

from mailer.document.links import is_allowed
from mailer.intake.losses import Lost, Told

_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|msclkid|mc_[ce]id|_hs\w+", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_SAFE = "%/:?#@!$&'*+,;=~-._"
"""What stands in an address as it is; brackets, pipes and braces mean something in Markdown."""
_LONGEST = 2_000
_ROUNDS = 3
"""Wrappers around each other: one that Outlook put around one of Google."""


def target(href: str, told: Told) -> str:
    """The address a newsletter may have; "" for a place in the text itself, and for what it may not have."""
    href = href.strip()
    inside = href.lower().startswith(("tel:", "mailto:"))
    try:
        found = _allowed(_unwrapped(_SPACE.sub("" if inside else "%20", href[: _LONGEST + 1])), told)
    except ValueError:  # an address that is none
        found = ""
    if not found and href and not href.startswith("#"):
        told.add(Lost.LINK, href)
    return found


def _allowed(href: str, told: Told) -> str:
    parts = urlsplit(href)
    if parts.scheme == "http":
        told.add(Lost.HTTP, parts.netloc)
        href = f"https{href[4:]}"
    if parts.query:
        href = _without_tracking(href, told)
    href = _ascii(href)
    host = urlsplit(href).netloc
    return href if len(href) <= _LONGEST and "%" not in host and is_allowed(href) else ""


def _unwrapped(href: str) -> str:
    for _round in range(_ROUNDS):
        parts = urlsplit(href)
        host = parts.netloc.lower()
        inner = parse_qs(parts.query, max_num_fields=100) if parts.query.count("&") < 100 else {}
        if host.endswith(".safelinks.protection.outlook.com"):
            found = inner.get("url")
        elif host.startswith("www.google.") and parts.path == "/url":
            found = inner.get("q") or inner.get("url")
        else:
            return href
        if not found:
            return href
        href = found[0]
    return href


def _without_tracking(href: str, told: Told) -> str:
    parts = urlsplit(href)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [pair for pair in pairs if not _TRACKING.fullmatch(pair[0])]
    if len(kept) == len(pairs):
        return href
    told.add(Lost.TRACKING, parts.netloc)
    return parts._replace(query=urlencode(kept)).geturl()


def _ascii(href: str) -> str:
    """With a host of other letters as the network knows it (IDNA 2008), and all else percent-encoded (RFC 3986)."""
    parts = urlsplit(href)
    if not parts.netloc.isascii():
        try:
            host = idna.encode(parts.netloc, uts46=True).decode()
        except idna.IDNAError:
            return ""
        href = parts._replace(netloc=host).geturl()
    return quote(href, safe=_SAFE, errors="replace")
