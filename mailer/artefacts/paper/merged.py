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

from mailer.artefacts.paper.booklet import saved

Key = TypeVar("Key")


def merged(booklets: Mapping[Key, bytes], order: Sequence[Key], addresses: bytes | None = None) -> bytes:
    """One file for a duplex printer. `order` names the booklet of each piece; `addresses` has a page for each.

    An address sheet keeps its back blank. Raises ValueError when the address pages are not as many as the pieces.
    """
    with pikepdf.new() as made:
        pages = {key: _whole_sheets(_taken_in(made, data)) for key, data in booklets.items()}
        fronts = _taken_in(made, addresses) if addresses else []
        if addresses and len(fronts) != len(order):
            raise ValueError(f"{len(fronts)} address sheets for {len(order)} pieces")
        sheets = [[front, _blank(front)] for front in fronts] or [[]] * len(order)
        _hold(made, [page for number, key in enumerate(order) for page in (*sheets[number], *pages[key])])
        return saved(made)


def joined(parts: Sequence[bytes]) -> bytes:
    """The pages of all parts, in order."""
    if len(parts) == 1:
        return parts[0]
    with pikepdf.new() as made:
        _hold(made, [page for part in parts for page in _taken_in(made, part)])
        return saved(made)


def _hold(made: pikepdf.Pdf, pages: Sequence[pikepdf.Object]) -> None:
    """`made` becomes a document of these pages; one may stand in it more than once."""
    root = made.make_indirect(Dictionary(Type=Name.Pages, Kids=Array(), Count=0))
    root.Kids, root.Count = Array([made.make_indirect(_leaf(page, root)) for page in pages]), len(pages)
    made.Root.Pages = root


def _taken_in(made: pikepdf.Pdf, data: bytes) -> list[pikepdf.Object]:
    """The pages of a file as objects of `made`; what they share stays shared."""
    with pikepdf.open(BytesIO(data)) as source:
        return [_copied_page(made, source, page) for page in source.pages]


def _copied_page(made: pikepdf.Pdf, source: pikepdf.Pdf, page: pikepdf.Page) -> pikepdf.Object:
    box = Array([float(edge) for edge in page.mediabox])
    copy = Dictionary(Type=Name.Page, MediaBox=box, Resources=_copied(made, source, page.resources))
    if "/Contents" in page.obj:
        copy.Contents = _copied(made, source, page.obj.Contents)
    return copy


def _copied(made: pikepdf.Pdf, source: pikepdf.Pdf, found: pikepdf.Object) -> pikepdf.Object:
    return made.copy_foreign(found if found.is_indirect else source.make_indirect(found))


def _whole_sheets(pages: list[pikepdf.Object]) -> list[pikepdf.Object]:
    """An even number of pages: a booklet begins on a front."""
    return [*pages, _blank(pages[-1])] if len(pages) % 2 else pages


def _leaf(page: pikepdf.Object, parent: pikepdf.Object) -> Dictionary:
    """A page that shares content, fonts and images with another."""
    leaf = Dictionary(Type=Name.Page, Parent=parent, MediaBox=page.MediaBox, Resources=page.Resources)
    if "/Contents" in page:
        leaf.Contents = page.Contents
    return leaf


def _blank(page: pikepdf.Object) -> Dictionary:
    return Dictionary(Type=Name.Page, MediaBox=page.MediaBox, Resources=Dictionary())
