"""What stands in the content folder shows nothing that lies outside it: not a key, not a file of the server."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from mailer.content import GLOSSARY, Content, LinkedError
from mailer.guarded import OutOfBoundsError, read_inside
from mailer.services.writing.keys import FileKeys
from mailer.settings import settings_from
from wording.errors import ContentError, PostduifError

SLUG = "los-2026-24"
SECRET = "GEHEIM-van-de-server"  # what no read of the folder may ever give
PLACES = {
    "the text of an issue": f"issues/{SLUG}/issue.md",
    "a standing text": "issues/standing/x.md",
    "a catalog": f"translations/en/LC_MESSAGES/{SLUG}.po",
    "the glossary": GLOSSARY,
    "a picture": f"issues/{SLUG}/foto.png",
    "the settings": "postduif.toml",
}


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file outside the folder: text that would do for an issue, a catalog and a list of terms alike."""
    path = tmp_path / "sleutel"
    path.write_text(f"---\ntitle: {SECRET}\n---\n\n{SECRET}\n", "utf-8")
    return path


def read_all(content: Content) -> str:
    """Everything the folder gives in every way it is read, and everything that is said of it."""
    found: list[object] = [content.slugs()]
    ways: list[Callable[[], object]] = [
        lambda: content.text(SLUG),
        lambda: content.read(SLUG),
        lambda: content.issue(SLUG),
        lambda: content.issue_hash(SLUG),
        lambda: content.others("los-2026-25"),
        content.standing,
        content.glossary,
        lambda: content.catalog(SLUG, "en"),
        lambda: content.developed(SLUG, ["foto.png"]),
        lambda: content.asset(f"issues/{SLUG}/foto.png"),
        lambda: FileKeys(content).of(SLUG),
        lambda: settings_from(content.folder),
    ]
    for way in ways:
        try:
            found.append(way())
        except PostduifError as error:
            found += [str(error.text), *(str(one) for one in error.problems)]
    return repr(found)


@pytest.mark.parametrize("file", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("how", ["file", "folder", "loop"])
def test_a_link_shows_nothing_in_any_place_that_is_read(content: Content, secret: Path, file: str, how: str) -> None:
    path = content.folder / file
    with suppress(FileNotFoundError):
        path.unlink()
    if how == "folder" and file.count("/"):  # the folder that the file lies in is a link to another one
        beside = secret.parent / "elders"
        shutil.copytree(path.parent, beside)
        (beside / path.name).write_bytes(secret.read_bytes())
        shutil.rmtree(path.parent)
        path.parent.symlink_to(beside)
    else:
        path.symlink_to(path if how == "loop" else secret)
    assert SECRET not in read_all(content)


@pytest.mark.parametrize("file", PLACES.values(), ids=PLACES)
def test_a_link_is_refused_in_a_sentence_that_names_it(content: Content, secret: Path, file: str) -> None:
    path = content.folder / file
    path.unlink(missing_ok=True)
    path.symlink_to(secret)
    with pytest.raises(LinkedError) as refused:
        content.raw(file)
    assert str(refused.value.problems[0].place) == file
    assert "Zet het bestand zelf in de inhoudsmap" in str(refused.value.problems[0].text)


def test_a_link_in_the_standing_texts_does_not_close_the_issues(content: Content, secret: Path) -> None:
    (content.folder / "issues/standing/x.md").symlink_to(secret)
    read = content.read(SLUG)
    assert read.issue is not None
    assert [str(one.place) for one in read.problems] == ["issues/standing/x.md"]


def test_a_pipe_a_socket_and_a_device_are_no_file_and_stop_no_one(content: Content, tmp_path: Path) -> None:
    path = content.folder / "issues/standing/x.md"
    for make in (os.mkfifo, _socket, _device):
        made = make(path)
        with pytest.raises(OutOfBoundsError):
            read_inside(content.folder, path)
        path.unlink()
        if made is not None:
            made.close()
    path.mkdir()  # a folder is nothing to read
    assert read_inside(content.folder, path) is None


def _socket(path: Path) -> socket.socket:
    made = socket.socket(socket.AF_UNIX)
    here = os.getcwd()  # noqa: PTH109 — the name of a socket may have a hundred letters only
    os.chdir(path.parent)
    made.bind(path.name)
    os.chdir(here)
    return made


def _device(path: Path) -> None:
    """A character device when the system lets us make one; a link to one otherwise, which is refused as well."""
    try:
        os.mknod(path, 0o20666, os.makedev(1, 5))
    except PermissionError:
        path.symlink_to("/dev/zero")


def test_a_link_of_another_owner_is_refused_as_well(content: Content, secret: Path) -> None:
    path = content.folder / GLOSSARY
    path.unlink(missing_ok=True)
    path.symlink_to(secret)
    if os.geteuid() == 0:
        os.lchown(path, 65_534, 65_534)
    with pytest.raises(LinkedError):
        content.raw(GLOSSARY)


@pytest.mark.promise("row 5")
@pytest.mark.parametrize("name", ["../sleutel", "issues/../../sleutel", "/etc/passwd", "a\0b", "x" * 300, ""])
def test_a_name_that_leads_out_or_is_none_is_not_there(content: Content, secret: Path, name: str) -> None:
    assert read_inside(content.folder, content.folder / name) is None


@pytest.mark.parametrize("moment", ["open", "stat"])
def test_a_file_that_is_swapped_for_a_link_after_it_was_looked_at_is_not_followed(
    content: Content, secret: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    path = content.folder / GLOSSARY
    path.write_text("term\n", "utf-8")
    real = getattr(os, moment)

    def swapped_before(name: object, *rest: object, **options: object) -> object:
        if name == path.name and not path.is_symlink():
            path.unlink()
            path.symlink_to(secret)
        return real(name, *rest, **options)

    monkeypatch.setattr(f"mailer.guarded.os.{moment}", swapped_before)
    with pytest.raises(LinkedError):
        content.raw(GLOSSARY)


@contextmanager
def swapping(path: Path, one: Path, other: Path) -> Iterator[None]:
    """Another process of an attacker: `path` is now a file, then a link, without a moment between."""
    ends = Event()

    def swap() -> None:
        while not ends.is_set():
            for source in (one, other):
                fresh = path.with_name(".wissel")
                if source is other:
                    fresh.symlink_to(other)
                else:
                    shutil.copy(one, fresh)
                fresh.replace(path)

    thread = Thread(target=swap)
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join()


def test_a_thousand_reads_beside_a_swapping_process_never_show_the_secret(content: Content, secret: Path) -> None:
    path, plain = content.folder / GLOSSARY, content.folder / "gewoon.csv"
    plain.write_text("gewoon\n", "utf-8")
    shutil.copy(plain, path)
    seen = set()
    with swapping(path, plain, secret):
        for _number in range(1000):
            try:
                seen.add(content.raw(GLOSSARY))
            except ContentError:
                seen.add(b"refused")
    assert seen <= {b"gewoon\n", b"refused"}


@pytest.mark.promise("row 5")
def test_nothing_is_written_through_a_link(content: Content, tmp_path: Path) -> None:
    outside = tmp_path / "buiten"
    outside.mkdir()
    shutil.rmtree(content.folder / "translations/en", ignore_errors=True)
    (content.folder / "translations/en").symlink_to(outside)
    with pytest.raises(LinkedError):
        content.save_catalog(content.catalog("nieuw", "en")[0], "")
    assert list(outside.iterdir()) == []


def test_a_content_folder_that_is_reached_by_a_link_is_read(content: Content, tmp_path: Path) -> None:
    (tmp_path / "hier").symlink_to(content.folder)
    linked = Content(tmp_path / "hier", content.house)
    assert linked.text(SLUG) == content.text(SLUG)
    assert linked.slugs() == content.slugs()
