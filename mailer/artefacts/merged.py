"""Booklets and address sheets of a whole run in one duplex file: per piece its address sheet, then its booklet.

Every page is stored once and named as often as needed, by writing the page tree directly: 3,000 pieces then cost
3,000 times a page dictionary. (Appending pages with pikepdf is super-linear; typesetting each letter makes 100 MB.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TypeVar

import pikepdf
from pikepdf import Array, Dictionary, Name

from mailer.artefacts.booklet import saved

Key = TypeVar("Key")


def merged(booklets: Mapping[Key, bytes], order: Sequence[Key], addresses: bytes | None = None) -> bytes:
    """One file for a duplex printer. `order` names the booklet of each piece; `addresses` has a page for each.

    An address sheet keeps its back blank. Raises ValueError when the address pages are not as many as the pieces.
    """
    with pikepdf.new() as made:
        pages = {key: _taken_in(made, data) for key, data in booklets.items()}
        fronts = _taken_in(made, addresses)[: len(order)] if addresses else []
        if addresses and len(fronts) != len(order):
            raise ValueError(f"{len(fronts)} address sheets for {len(order)} pieces")
        root = made.make_indirect(Dictionary(Type=Name.Pages, Kids=Array(), Count=0))
        kids: list[pikepdf.Object] = []
        for number, key in enumerate(order):
            sheets = [fronts[number], _blank(fronts[number])] if fronts else []
            kids += [made.make_indirect(_leaf(page, root)) for page in (*sheets, *pages[key])]
        root.Kids, root.Count = Array(kids), len(kids)
        made.Root.Pages = root
        return saved(made)


def joined(parts: Sequence[bytes]) -> bytes:
    """The pages of all parts, in order."""
    if len(parts) == 1:
        return parts[0]
    with pikepdf.new() as made:
        for part in parts:
            with pikepdf.open(BytesIO(part)) as source:
                made.pages.extend(source.pages)
        return saved(made)


def _taken_in(made: pikepdf.Pdf, data: bytes) -> list[pikepdf.Object]:
    """The pages of a file as objects of `made`, an even number of them: a booklet begins on a front."""
    before = len(made.pages)
    with pikepdf.open(BytesIO(data)) as source:
        made.pages.extend(source.pages)
    pages: list[pikepdf.Object] = [page.obj for page in list(made.pages)[before:]]
    return [*pages, _blank(pages[-1])] if len(pages) % 2 else pages


def _leaf(page: pikepdf.Object, parent: pikepdf.Object) -> Dictionary:
    """A page that shares content, fonts and images with another."""
    leaf = Dictionary(Type=Name.Page, Parent=parent, MediaBox=page.MediaBox, Resources=page.Resources)
    if "/Contents" in page:
        leaf.Contents = page.Contents
    return leaf


def _blank(page: pikepdf.Object) -> Dictionary:
    return Dictionary(Type=Name.Page, MediaBox=page.MediaBox, Resources=Dictionary())
