"""The content folder: issues, their images, standing texts and catalogs, read and saved as files.

Saving is guarded twice: by the hash of what the writer saw, and by a lock, so that no one's work is written over.
A file appears under its own name only when it is whole (write beside, flush, rename).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from functools import partial
from os.path import isfile
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import yaml

from mailer import letterforms
from mailer.artefacts.email.artefact import LOGO_WIDTH, PICTURE_WIDTH
from mailer.artefacts.email.images import Picture
from mailer.darkroom.darkroom import Darkroom, Developed
from mailer.document.images import ImageFact, ImageState, require_usable
from mailer.document.letterforms import Letterforms
from mailer.document.parse import Document, document_from
from mailer.document.review import review
from mailer.document.tree import MAX_BYTES, STANDING
from mailer.document.walking import image_names
from mailer.files import as_it_was, only_one, write_whole
from mailer.guarded import OutOfBoundsError, is_inside, read_inside
from mailer.issue import Issue, draft_from, issue_from, publication_of
from mailer.kept import Kept
from mailer.organisation import House
from mailer.translation.catalog import Catalog, catalog_from, digest, new_catalog, po_from, pot_from
from mailer.translation.glossary import Term, glossary_from
from mailer.translation.messages import Message
from wording import _
from wording.errors import ConflictError, ContentError, InvalidInputError, NotFoundError, Place, Problem, Severity

PARSED = 24
"""Texts of which the parse is kept: a few issues that are being written, with their catalogs."""
MAX_IMAGE_BYTES = 10_000_000
GLOSSARY = "translations/glossary.csv"
LETTERFORMS = Letterforms(letterforms.without_form, letterforms.can_be_added)
"""What paper can show on this machine."""


class ChangedMeanwhileError(ConflictError):
    """Someone else saved the file first; nothing was written."""


class LinkedError(ContentError):
    """A symbolic link, or something else that is no file, stands in the folder: what it leads to is not read."""


_NO_FILE_HERE = _(
    "Hier staat geen gewoon bestand maar een koppeling of een apparaat. Zet het bestand zelf in de inhoudsmap."
)


@dataclass(frozen=True)
class Read:
    """An issue as far as it can be read, and everything there is to say about it."""

    issue: Issue | None
    document: Document | None
    problems: tuple[Problem, ...]

    def or_raise(self) -> tuple[Issue, Document]:
        """The issue and its document. Raises ContentError when there is an error among the problems."""
        errors = [problem for problem in self.problems if problem.severity is Severity.ERROR]
        if errors or self.issue is None or self.document is None:
            raise ContentError(errors)
        return self.issue, self.document


class Content:
    """One content folder of one organisation."""

    def __init__(self, folder: Path, house: House) -> None:
        self.folder, self.house = folder, house
        self._issues: Kept[tuple[Issue | None, Document | None, tuple[Problem, ...]]] = Kept(PARSED)
        self._catalogs: Kept[tuple[Catalog | None, list[Problem]]] = Kept(PARSED)
        self._said: Kept[list[Problem]] = Kept(PARSED)
        self._others: Kept[tuple[Issue | None, list[Problem]]] = Kept(500)  # years of issues
        self._darkroom = Darkroom(10 * PARSED)

    def reading_once(self) -> Content:
        """The same folder, of which each file is read once: what was checked is what goes out."""
        once = _ReadOnce(self.folder, self.house)
        once._issues, once._catalogs, once._darkroom = self._issues, self._catalogs, self._darkroom
        once._said, once._others = self._said, self._others
        return once

    def _data(self, path: Path, most: int | None = None) -> bytes | None:
        """The bytes of a file, no more than `most`; None when there is no such file.

        Every read of the folder comes through here. Raises ContentError, LinkedError for what is no file of the folder.
        """
        try:
            return read_inside(self.folder, path, most)
        except OutOfBoundsError as error:
            raise LinkedError([Problem(self._place(path), _NO_FILE_HERE)]) from error
        except OSError as error:
            text = _("Dit bestand is niet te lezen: {why}.", why=error.strerror or error)
            raise ContentError([Problem(self._place(path), text)]) from error

    def raw(self, file: str) -> bytes | None:
        """The bytes of a file by its name in the folder; None when there is none. Raises ContentError, LinkedError."""
        return self._data(self.folder / file)

    def require_inside(self, path: Path) -> Path:
        """The path, to write there. Raises LinkedError when a symbolic link stands in it."""
        if not is_inside(self.folder, path):
            raise LinkedError([Problem(self._place(path), _NO_FILE_HERE)])
        return path

    def _place(self, path: Path) -> Place:
        return Place(str(path.relative_to(self.folder)) if path.is_relative_to(self.folder) else path.name)

    # ── issues ──────────────────────────────────────────────────────────────────────────────────────────────────

    def slugs(self) -> list[str]:
        """The issues in the folder, by slug; not what a link leads to."""
        found = self.folder.glob("issues/*/issue.md")
        return sorted(path.parent.name for path in found if is_inside(self.folder, path))

    def has(self, slug: str) -> bool:
        """Whether there is such an issue, without a look at all others."""
        path = self.folder / "issues" / slug / "issue.md"
        is_there = isfile(path)  # noqa: PTH113 - Path.is_file raises for a name that no folder can have
        return is_there and path.parent.name == slug and is_inside(self.folder, path)

    def text(self, slug: str) -> str | None:
        """The text of an issue as it was saved; None when there is none. Raises ContentError if it is not UTF-8."""
        data = self._data(self.folder / f"issues/{slug}/issue.md")
        try:
            return None if data is None else data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ContentError(list(self.read(slug).problems)) from error

    def read(self, slug: str, *, text: str | None = None) -> Read:
        """Steps 1 and 2 with everything a check finds; nothing is raised for a mistake in the text.

        `text` stands for the text of the issue, which may be another one or not be there: nothing needs to be saved.
        """
        file = f"issues/{slug}/issue.md"
        data = self._data(self.folder / file) if text is None else text.encode("utf-8", "surrogatepass")
        if publication_of(slug, self.house) is not None and data is None:
            return Read(None, None, (Problem(Place(file), _("Dit bestand bestaat niet.")),))
        standing, unreadable = self._standing()
        key = digest(repr((slug, data, standing)).encode())
        issue, document, problems = self._issues.get(key, lambda: self._parsed(slug, data or b"", file, standing))
        if issue is None or document is None:
            return Read(None, None, problems)
        facts = self.image_facts(slug, document)
        said = self._said.get(f"{key} {facts}", partial(review, issue, document, self.house, facts, LETTERFORMS))
        front = {Place(file, line) for line in range(issue.first_line)}
        if any(one.severity is Severity.ERROR and one.place in front for one in problems):
            said = [one for one in said if one.place not in front]  # of a front matter that was read only in part
            issue, document = None, None
        return Read(issue, document, tuple(sorted((*problems, *unreadable, *said), key=lambda p: p.place)))

    def others(self, slug: str) -> list[Issue]:
        """The other issues of the same publication whose front matter can be read."""
        publication = publication_of(slug, self.house)
        found = []
        for other in self.slugs() if publication else ():
            if other != slug and publication_of(other, self.house) == publication:
                file = f"issues/{other}/issue.md"
                data = self._data(self.folder / file) or b""
                read = partial(issue_from, data, slug=other, file=file, house=self.house)
                found.append(self._others.get(f"{file} {digest(data)}", read)[0])
        return [issue for issue in found if issue is not None]

    def _parsed(
        self, slug: str, data: bytes, file: str, standing: dict[str, str]
    ) -> tuple[Issue | None, Document | None, tuple[Problem, ...]]:
        issue, problems = draft_from(data, slug=slug, file=file, house=self.house)
        if issue is None:
            return None, None, tuple(problems)
        document, mistakes = document_from(issue.markdown, file=file, first_line=issue.first_line, standing=standing)
        return issue, document, (*problems, *mistakes)

    def issue(self, slug: str, *, text: str | None = None) -> tuple[Issue, Document]:
        """An issue without errors and its document. Raises NotFoundError when there is none, ContentError."""
        if text is None and self._data(self.folder / f"issues/{slug}/issue.md") is None:
            raise NotFoundError(_("Er is geen nummer ‘{slug}’.", slug=slug))
        return self.read(slug, text=text).or_raise()

    def issue_hash(self, slug: str) -> str:
        """The hash of the file of an issue; "" when there is none."""
        data = self._data(self.folder / f"issues/{slug}/issue.md")
        return "" if data is None else digest(data)

    def save_text(self, slug: str, text: str, base_hash: str) -> str:
        """Save the text of an issue made from the file with `base_hash` ("": a new issue); returns the new hash.

        Ends of lines and the mark at the beginning stay as the file had them. Raises ChangedMeanwhileError when the
        file is no longer that one, InvalidInputError for a file that is read-only, OSError for a disk that is full.
        """
        path = self.folder / f"issues/{slug}/issue.md"
        with self.changing_issues():
            if self.issue_hash(slug) != base_hash:
                raise ChangedMeanwhileError(_("Iemand anders heeft dit bestand intussen bewaard; laad het opnieuw."))
            data = as_it_was(text, (self._data(path) or b"") if base_hash else b"")
            if digest(data) != base_hash:
                if base_hash and not path.stat().st_mode & 0o222:
                    raise InvalidInputError(_("{file} is alleen-lezen; er is niets bewaard.", file=path.name))
                write_whole(self.require_inside(path), data)
            return digest(data)

    def open_draft(self, slug: str, day: date) -> bool:
        """An issue with its front matter and nothing to read yet, for an editor to write; False if it is there."""
        path = self.folder / f"issues/{slug}/issue.md"
        publication = publication_of(slug, self.house)
        if publication is None or path.exists():
            return False
        number = slug.removeprefix(f"{publication.key}-")
        title = f"{publication.title[self.house.source_locale]} {number}"
        front = yaml.safe_dump({"title": title, "date": day}, allow_unicode=True, sort_keys=False)
        write_whole(self.require_inside(path), f"---\n{front}---\n".encode())
        return True

    def standing(self) -> dict[str, str]:
        """The standing texts, by name. Raises ContentError for one that is not UTF-8 or too large."""
        texts, problems = self._standing()
        if problems:
            raise ContentError(problems)
        return texts

    def _standing(self) -> tuple[dict[str, str], list[Problem]]:
        texts: dict[str, str] = {}
        problems: list[Problem] = []
        for path in sorted(self.folder.glob(f"{STANDING}/*.md")):
            try:
                texts[path.stem] = (self._data(path, MAX_BYTES + 1) or b"").decode("utf-8").replace("\r\n", "\n")
            except LinkedError as error:
                problems += error.problems
            except UnicodeDecodeError:
                place = Place(f"{STANDING}/{path.name}")
                problems.append(Problem(place, _("Dit bestand is geen UTF-8; bewaar het opnieuw als UTF-8.")))
        return texts, problems

    def glossary(self) -> list[Term]:
        """The organisation's terms; none without a glossary. Raises ContentError for a file that cannot be read."""
        data = self._data(self.folder / GLOSSARY)
        read = glossary_from(data, file=GLOSSARY, source_locale=self.house.source_locale) if data else ([], [])
        terms, problems = read
        if problems:
            raise ContentError(problems)
        return terms

    def change_glossary(self, change: Callable[[bytes], bytes]) -> None:
        """Read, change and save the glossary while no one else can. Raises ContentError for what cannot be read."""
        with self._locked():
            self.glossary()
            data = change(self._data(self.folder / GLOSSARY) or b"")
            if problems := glossary_from(data, file=GLOSSARY, source_locale=self.house.source_locale)[1]:
                raise ContentError(problems)
            write_whole(self.require_inside(self.folder / GLOSSARY), data)

    # ── images ──────────────────────────────────────────────────────────────────────────────────────────────────

    def images(self, slug: str, document: Document) -> dict[str, bytes]:
        """The bytes of every image of the document, by the name it has there, for the typesetter: it decodes them
        itself. Raises ContentError for one that is not there."""
        found = {name: self._image(slug, name)[0] for name in image_names(document.body)}
        require_usable(slug, [name for name, data in found.items() if data is None])
        return {name: data for name, data in found.items() if data is not None}

    def pictures(self, slug: str, document: Document) -> dict[str, Picture]:
        """Every image of the document as it goes out by mail, by the name it has there. Raises ContentError."""
        found = self.developed(slug, image_names(document.body))
        require_usable(slug, [name for name, one in found.items() if one.picture is None])
        return {name: one.picture for name, one in found.items() if one.picture is not None}

    def logo(self, name: str) -> Picture:
        """A picture that the settings name, as it goes out by mail. Raises ContentError when it cannot be used."""
        [found] = self._darkroom.develop([(self.asset(name), LOGO_WIDTH)])
        if found.picture is None:
            raise ContentError([Problem(Place(name), _("Deze afbeelding is niet te gebruiken."))])
        return found.picture

    def asset(self, name: str) -> bytes:
        """The bytes of a file that the settings name, such as a logo. Raises ContentError when it is not there."""
        data = self._data(self.folder / name)
        if data is None:
            raise ContentError([Problem(Place(name), _("Dit bestand bestaat niet."))])
        return data

    def image_facts(self, slug: str, document: Document) -> dict[str, ImageFact]:
        """What is known of each image of the document: they are decoded, so a file that was cut off is no image."""
        return {name: one.fact for name, one in self.developed(slug, image_names(document.body)).items()}

    def developed(self, slug: str, names: Sequence[str]) -> dict[str, Developed]:
        """What is known of these images beside an issue, and those that can be used as they go out by mail."""
        files = {name: self._image(slug, name) for name in names}
        there = {name: data for name, (data, _state) in files.items() if data is not None}
        made = self._darkroom.develop([(data, PICTURE_WIDTH) for data in there.values()])
        missing = {name: Developed(ImageFact(state)) for name, (_data, state) in files.items()}
        found = missing | dict(zip(there, made, strict=True))
        return {name: found[name] for name in names}

    def _image(self, slug: str, name: str) -> tuple[bytes | None, ImageState]:
        """The bytes of an image beside the issue; without them, why they are not there."""
        path = self._image_path(slug, name)
        if path is None:
            return None, ImageState.OUTSIDE
        try:
            data = self._data(path, MAX_IMAGE_BYTES + 1)
        except LinkedError:
            return None, ImageState.OUTSIDE
        if data is not None and len(data) > MAX_IMAGE_BYTES:
            return None, ImageState.TOO_LARGE
        return data, ImageState.MISSING

    def _image_path(self, slug: str, name: str) -> Path | None:
        """Where `name` is, if that is in the issue's own folder."""
        name = unquote(name)  # Markdown writes a space in a name as %20
        parts = PurePosixPath(name)
        if not name or ":" in name or "\\" in name or "\0" in name or parts.is_absolute() or ".." in parts.parts:
            return None
        return self.folder / "issues" / slug / parts

    # ── catalogs ────────────────────────────────────────────────────────────────────────────────────────────────

    def catalog_file(self, domain: str, locale: str) -> str:
        return f"translations/{locale}/LC_MESSAGES/{domain}.po"

    def catalog(self, domain: str, locale: str) -> tuple[Catalog, str]:
        """A catalog and the hash of its file ("" and an empty catalog when there is none yet). Raises ContentError."""
        data = self._data(self.folder / self.catalog_file(domain, locale))
        if data is None:
            return new_catalog(domain, locale, ()), ""
        file, own = self.catalog_file(domain, locale), digest(data)
        catalog, problems = self._catalogs.get(
            f"{file} {own}", lambda: catalog_from(data, domain=domain, locale=locale, file=file)
        )
        if catalog is None:
            raise ContentError(problems)
        return catalog, own

    def save_catalog(self, catalog: Catalog, base_hash: str) -> str:
        """Save a catalog made from the file with `base_hash`; returns the new hash.

        Raises ChangedMeanwhileError when the file is no longer that one.
        """
        return self.change_catalog(catalog.domain, catalog.locale, lambda _now: catalog, base_hash)

    def change_catalog(
        self, domain: str, locale: str, change: Callable[[Catalog], Catalog], base_hash: str | None = None
    ) -> str:
        """Read, change and save a catalog while no one else can; an equal file is not written again."""
        with self._locked():
            now, now_hash = self.catalog(domain, locale)
            if base_hash is not None and base_hash != now_hash:
                raise ChangedMeanwhileError(_("Iemand anders heeft dit bestand intussen bewaard; laad het opnieuw."))
            data = po_from(change(now))
            if digest(data) != now_hash:
                self._require_readable(data, domain, locale)
                write_whole(self.require_inside(self.folder / self.catalog_file(domain, locale)), data)
            return digest(data)

    def _require_readable(self, data: bytes, domain: str, locale: str) -> None:
        """What is written must pass the gate again: one pasted control character would close the whole catalog."""
        file = self.catalog_file(domain, locale)
        _catalog, problems = catalog_from(data, domain=domain, locale=locale, file=file)
        if problems:
            raise ContentError(problems)

    def save_template(self, domain: str, messages: Sequence[Message]) -> bool:
        """Write `translations/<domain>.pot`; false when it already said just this."""
        path, data = self.folder / "translations" / f"{domain}.pot", pot_from(domain, messages)
        if self._data(path) == data:
            return False
        write_whole(self.require_inside(path), data)
        return True

    def _locked(self) -> AbstractContextManager[None]:
        """One writer of catalogs at a time, over all processes on this machine."""
        return only_one(self.folder / "translations")

    def changing_issues(self) -> AbstractContextManager[None]:
        """One writer of issues at a time, over all processes on this machine."""
        return only_one(self.folder / "issues")


class _ReadOnce(Content):
    """Nothing is ever saved through it."""

    def __init__(self, folder: Path, house: House) -> None:
        super().__init__(folder, house)
        self._seen: dict[Path, bytes | None] = {}

    def _data(self, path: Path, most: int | None = None) -> bytes | None:
        if path not in self._seen:
            self._seen[path] = super()._data(path, most)
        return self._seen[path]
