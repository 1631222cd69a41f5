"""The folder of an issue: made, moved and thrown away with its catalogs. No doors: who may is asked before."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import count
from pathlib import Path

from mailer.content import Content
from mailer.files import create_whole, write_whole
from mailer.translation.catalog import po_from


def create(content: Content, slug: str, text: str) -> None:
    """Begin an issue with this text. Raises FileExistsError when someone began it first."""
    create_whole(content.require_inside(content.folder / f"issues/{slug}/issue.md"), text.encode())


def add_picture(content: Content, slug: str, stem: str, suffix: str, data: bytes) -> str:
    """Write a picture beside an issue under the first name that is free, or that has just these bytes already."""
    for number in count(1):
        name = f"{stem}.{suffix}" if number == 1 else f"{stem}-{number}.{suffix}"
        path = content.folder / "issues" / slug / name
        try:
            create_whole(content.require_inside(path), data)
        except FileExistsError:
            if content.raw(f"issues/{slug}/{name}") == data:
                return name
        else:
            return name
    raise AssertionError  # pragma: no cover - `count` never ends


@contextmanager
def moved(content: Content, old: str, new: str) -> Iterator[None]:
    """The folder and the catalogs have another name while the block runs, and after it unless it raises."""
    source, target = content.folder / "issues" / old, content.folder / "issues" / new
    made: list[Path] = []
    source.rename(target)
    try:
        before = [path for path in _catalogs(content, old) if path.is_file()]
        for locale in content.house.locales:
            catalog, base_hash = content.catalog(old, locale)
            if base_hash:
                made.append(content.folder / content.catalog_file(new, locale))
                write_whole(content.require_inside(made[-1]), po_from(replace(catalog, domain=new)))
        yield
    except BaseException:
        for path in made:
            path.unlink(missing_ok=True)
        target.rename(source)
        raise
    for path in before:
        path.unlink(missing_ok=True)


def delete(content: Content, slug: str) -> None:
    """Throw an issue away: first its text, so that half of it is no issue any more."""
    folder = content.folder / "issues" / slug
    (folder / "issue.md").unlink()
    shutil.rmtree(folder)
    for path in _catalogs(content, slug):
        with suppress(FileNotFoundError):
            path.unlink()


def _catalogs(content: Content, slug: str) -> list[Path]:
    files = [content.folder / content.catalog_file(slug, locale) for locale in content.house.locales]
    return [*files, content.folder / "translations" / f"{slug}.pot"]
