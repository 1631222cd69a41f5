"""A text that is not saved is read, checked and shown like one that is, and leaves what is saved as it was."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock

import pytest

from mailer.artefacts.paper.job import PrintJob
from mailer.content import PARSED, Content
from mailer.kept import Kept
from mailer.services.office import RENDERINGS, Press
from mailer.services.writing import checks, previews
from mailer.services.writing import editions as making
from tests.support.house import house
from wording.errors import ContentError

SLUG = "los-2026-24"


@pytest.fixture
def press(content: Content) -> Press:
    return Press(house(), content, lambda _jobs: [b"%PDF"])


def saved(content: Content) -> str:
    text = content.text(SLUG)
    assert text is not None
    return text


def test_an_unsaved_text_is_shown_and_the_file_stays_as_it_was(press: Press) -> None:
    before = saved(press.content)
    shown = previews.html(press, SLUG, "legal-aid", "nl", text=before + "\nNieuw: de deur staat open.\n").decode()
    assert "de deur staat open" in shown
    assert (
        "de deur staat open"
        in previews.plain(press, SLUG, "legal-aid", "nl", text=before + "\nde deur staat open\n").decode()
    )
    assert saved(press.content) == before
    assert "de deur staat open" not in previews.html(press, SLUG, "legal-aid", "nl").decode()


def test_a_mistake_in_an_unsaved_text_is_told_with_its_line(press: Press) -> None:
    text = saved(press.content) + "\n![een foto](weg.png)\n"
    assert checks.check(press, SLUG) == []
    told = checks.check(press, SLUG, text=text)
    assert text.count("\n") in {one.place.line for one in told if "weg.png" in str(one.text)}
    with pytest.raises(ContentError):
        previews.html(press, SLUG, "legal-aid", "nl", text=text)


def test_a_sentence_that_is_new_is_told_as_not_translated(press: Press) -> None:
    text = saved(press.content) + "\nDeze zin is nieuw.\n"
    told = [str(one.text) for one in checks.check(press, SLUG, text=text)]
    assert any("Deze zin is nieuw" in one for one in told)


@pytest.mark.parametrize("text", ["", "---", "\0", "---\ntitle: [\n---\n", "<<<<<<< HEAD\n", "\ud800"])
def test_whatever_is_typed_is_an_answer_and_never_a_crash(press: Press, text: str) -> None:
    assert checks.check(press, SLUG, text=text)
    with pytest.raises(ContentError):
        previews.html(press, SLUG, "legal-aid", "nl", text=text)


def test_a_text_of_an_issue_that_is_not_there_yet_can_be_shown(press: Press) -> None:
    shown = previews.html(press, "los-2026-99", "legal-aid", "nl", text=saved(press.content).replace("![", "!\\["))
    assert b"<html" in shown


def test_one_preview_translates_one_language(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    translated: list[str] = []
    real = making.translation

    def see(press: Press, loaded: making.Loaded, locale: str) -> object:
        translated.append(locale)
        return real(press, loaded, locale)

    monkeypatch.setattr(making, "translation", see)
    previews.html(press, SLUG, "legal-aid", "nl")
    assert translated == ["nl"]


def test_the_same_text_is_parsed_once_and_another_again(press: Press) -> None:
    first = press.content.read(SLUG).document
    assert press.content.read(SLUG).document is first
    assert press.content.reading_once().read(SLUG).document is first
    other = press.content.read(SLUG, text=saved(press.content) + "\nNog iets.\n").document
    assert other is not first
    (standing,) = list((press.content.folder / "issues/standing").glob("*.md"))[:1]
    standing.write_text("Een andere vaste tekst.\n", "utf-8")
    assert press.content.read(SLUG).document is not first


def test_only_the_last_few_are_kept() -> None:
    kept: Kept[int] = Kept(PARSED)
    for number in range(3 * PARSED):
        assert kept.get(str(number), lambda number=number: number) == number  # type: ignore[misc]
    assert len(kept) == PARSED


def test_two_are_rendered_at_once_and_a_third_waits(content: Content) -> None:
    """In pairs: each waits inside for one other, so without a limit more than two would be there."""
    inside, most, lock = [0], [0], Lock()
    pair = Barrier(RENDERINGS)

    def typeset(_jobs: Sequence[PrintJob]) -> list[bytes]:
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        pair.wait(60)
        with lock:
            inside[0] -= 1
        return [b"%PDF"]

    press = Press(house(), content, typeset)
    begin = threading.Barrier(6)

    def preview() -> bytes:
        begin.wait(60)
        return previews.pdf(press, "meldpunt-2026-3", "detention", "nl")

    with ThreadPoolExecutor(6) as pool:
        done = [one.result(90) for one in [pool.submit(preview) for _ in range(6)]]
    assert done == [b"%PDF"] * 6
    assert most == [RENDERINGS]
