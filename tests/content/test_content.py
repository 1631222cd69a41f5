"""The content folder: everything said at once, nothing outside the folder, nobody's work written over."""

from __future__ import annotations

import shutil
import threading
from dataclasses import replace
from functools import partial

import pytest
from PIL import Image

from mailer.content import ChangedMeanwhileError, Content
from mailer.document.images import ImageState
from mailer.translation.catalog import Catalog, Entry
from mailer.translation.extract import extract
from tests.support.house import ROOT, house
from wording.errors import ContentError, NotFoundError

SLUG = "los-2026-24"

ISSUE = """---
title: Nieuwsbrief 24
subject: Opvang
preheader: In dit nummer
date: 2026-11-26
---

{body}
"""


@pytest.fixture(autouse=True)
def only_images(content: Content) -> None:
    """No catalog, no standing text; beside the issue an image that is fine, one that is none, and one outside."""
    shutil.rmtree(content.folder / "translations")
    shutil.rmtree(content.folder / "issues")
    folder, secret = content.folder / "issues" / SLUG, content.folder / "geheim.png"
    folder.mkdir(parents=True)
    Image.new("RGB", (4, 3)).save(folder / "een foto.png")
    (folder / "tekst.png").write_text("geen plaatje")
    secret.write_bytes((folder / "een foto.png").read_bytes())
    (folder / "buiten.png").symlink_to(secret)


def write(content: Content, body: str) -> None:
    (content.folder / "issues" / SLUG / "issue.md").write_text(ISSUE.format(body=body), encoding="utf-8")


def test_the_example_issues_have_no_problem_at_all() -> None:
    """Not even a warning: they show how it is done."""
    content = Content(ROOT, house())
    assert len(content.slugs()) == 3
    for slug in content.slugs():
        assert content.read(slug).problems == ()


def test_what_translators_have_is_what_extraction_gives() -> None:
    """The templates in the repository are current."""
    content = Content(ROOT, house())
    for slug in content.slugs():
        issue, document = content.issue(slug)
        for locale in {locale for name in issue.audiences for locale in house().audiences[name].locales} - {"nl"}:
            catalog, _hash = content.catalog(slug, locale)
            assert all(catalog.translation(message.msgid) for message in extract(issue, document)), (slug, locale)


def test_every_problem_of_a_file_is_told_at_once(content: Content) -> None:
    """Front matter that can be read, structure, images and links: one list in the order of the lines."""
    write(content, "<hr>\n\n![a](weg.png)\n\n[x](http://e.example/)\n\n## Leeg")
    with pytest.raises(ContentError) as error:
        content.issue(SLUG)
    assert [problem.place.line for problem in error.value.problems] == [8, 10, 12, 14]


def test_an_issue_that_is_not_there_is_named(content: Content) -> None:
    assert [str(problem.place) for problem in content.read("los-2026-25").problems] == ["issues/los-2026-25/issue.md"]
    assert content.read("../x").issue is None


def test_only_images_in_the_folder_of_the_issue_are_given(content: Content) -> None:
    """Not by a path, an address, a drive, or a symbolic link."""
    made = content.developed(SLUG, ["een%20foto.png", "tekst.png", "weg.png"])
    assert [one.fact.state for one in made.values()] == [ImageState.FINE, ImageState.NOT_AN_IMAGE, ImageState.MISSING]
    out = ["../../geheim.png", "/etc/passwd", "https://e.example/x.png", "C:\\x.png", "buiten.png", "%2e%2e/x", ""]
    for name, one in content.developed(SLUG, out).items():
        assert (one.fact.state, one.picture) == (ImageState.OUTSIDE, None), name
    write(content, "![a](een%20foto.png)")
    _issue, document = content.issue(SLUG)
    assert list(content.images(SLUG, document)) == ["een%20foto.png"]


def test_images_for_the_typesetter_are_not_decoded_here_and_one_that_is_gone_is_named(
    content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(content, "![a](een%20foto.png)")
    _issue, document = content.issue(SLUG)
    monkeypatch.setattr(content._darkroom, "develop", lambda _pictures: pytest.fail("developed"))
    path = content.folder / "issues" / SLUG / "een foto.png"
    assert content.images(SLUG, document) == {"een%20foto.png": path.read_bytes()}
    path.unlink()
    with pytest.raises(ContentError) as caught:
        content.images(SLUG, document)
    assert [str(problem.place) for problem in caught.value.problems] == [f"issues/{SLUG}/een%20foto.png"]


def test_a_standing_text_that_is_not_utf8_is_told(content: Content) -> None:
    (content.folder / "issues" / "standing").mkdir()
    (content.folder / "issues" / "standing" / "x.md").write_bytes(b"caf\xe9")
    write(content, "Tekst")
    assert [str(problem.place) for problem in content.read(SLUG).problems] == ["issues/standing/x.md"]
    with pytest.raises(ContentError):
        content.standing()


# ── saving ────────────────────────────────────────────────────────────────────────────────────────────────────────


def one(msgstr: str) -> Catalog:
    return Catalog(SLUG, "en", {"Opvang": Entry("Opvang", msgstr)})


def test_a_catalog_made_from_an_older_file_is_refused_and_changes_nothing(content: Content) -> None:
    first = content.save_catalog(one("Shelter"), "")
    second = content.save_catalog(one("Housing"), first)
    with pytest.raises(ChangedMeanwhileError):
        content.save_catalog(one("Roof"), first)
    assert content.catalog(SLUG, "en") == (one("Housing"), second)
    assert content.save_catalog(one("Housing"), second) == second


def test_a_file_that_cannot_be_read_is_never_written_over(content: Content) -> None:
    path = content.folder / content.catalog_file(SLUG, "en")
    path.parent.mkdir(parents=True)
    path.write_text("<<<<<<< HEAD\n")
    with pytest.raises(ContentError):
        content.change_catalog(SLUG, "en", lambda catalog: catalog)
    assert path.read_text() == "<<<<<<< HEAD\n"


def test_two_translators_at_once_lose_nothing(content: Content) -> None:
    """Forty changes from four threads are all there afterwards, and no half-written file is left."""

    def save(worker: int) -> None:
        for n in range(10):
            content.change_catalog(SLUG, "en", partial(Catalog.with_entry, entry=Entry(f"bericht {worker}-{n}", "x")))

    threads = [threading.Thread(target=save, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(content.catalog(SLUG, "en")[0].entries) == 40
    assert [path.name for path in (content.folder / "translations/en/LC_MESSAGES").iterdir()] == [f"{SLUG}.po"]


def test_extracting_again_writes_nothing(content: Content) -> None:
    write(content, "Tekst")
    issue, document = content.issue(SLUG)
    assert content.save_template(SLUG, extract(issue, document)) is True
    assert content.save_template(SLUG, extract(issue, document)) is False


@pytest.mark.promise("F12")
def test_a_disk_that_is_full_leaves_the_old_file(content: Content, monkeypatch: pytest.MonkeyPatch) -> None:
    content.save_catalog(one("Shelter"), "")
    before = sorted(path.name for path in content.folder.rglob("*"))

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mailer.files.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        content.change_catalog(SLUG, "en", lambda catalog: replace(catalog, entries=one("Housing").entries))
    assert content.catalog(SLUG, "en")[0] == one("Shelter")
    assert sorted(path.name for path in content.folder.rglob("*")) == before


def test_a_file_that_cannot_be_read_is_told_with_its_place(content: Content) -> None:
    path = content.folder / "issues" / SLUG / "issue.md"
    path.symlink_to("/proc/self/mem")  # of which the first octet gives an error of input and output
    with pytest.raises(ContentError) as error:
        content.issue(SLUG)
    assert [str(problem.place) for problem in error.value.problems] == [f"issues/{SLUG}/issue.md"]


def test_an_issue_that_is_not_there_is_not_found(content: Content) -> None:
    with pytest.raises(NotFoundError, match="noo-1999-1"):
        content.issue("noo-1999-1")
