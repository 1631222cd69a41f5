"""No text holds or ends the server: the worst are read in the child process that would read them, with its limits."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

import pytest

from mailer.document.parse import document_from
from mailer.intake import reading
from mailer.intake.child import read
from mailer.intake.kinds import Kind
from mailer.intake.lines import Refusal, RefusedError
from mailer.intake.reading import IntakeError, UnreadableTextError, take
from tests.intake.hostile import FILES, PASTES, Hostile

PATIENT = 240.0
"""Seconds of wall clock: that a page waits ten at most is shown by a child that would not end."""
HEAVY = {
    *("a part of 300 MB", "a million empty tags", "400,000 tags that say nothing", "a picture forty times"),
    *("entities in entities", "10,000 levels", "10,000 tables", "50,000 marks", "5 MB of pictures", "from elsewhere"),
}
"""These show the limits of the child; what the others show is the same in any process."""
EACH = [
    *((name, Kind.FILE, one) for name, one in FILES.items()),
    *((name, Kind.HTML, one) for name, one in PASTES.items()),
]
LIGHT = [one for one in EACH if one[0] not in HEAVY]


def named(cases: list[tuple[str, Kind, Hostile]]) -> list[str]:
    return [f"{kind}: {name}" for name, kind, _one in cases]


@pytest.fixture
def deep() -> Iterator[None]:
    """As many calls in each other as the child allows."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(4_000)
    yield
    sys.setrecursionlimit(before)


def told_in(one: Hostile, losses: list[str], text: str) -> None:
    assert not one.told or one.told in losses
    assert document_from(text)[1] == []


@pytest.mark.usefixtures("deep")
@pytest.mark.parametrize(("name", "kind", "one"), LIGHT, ids=named(LIGHT))
def test_a_hostile_text_is_refused_or_read_without_harm(name: str, kind: Kind, one: Hostile) -> None:
    if one.refused:
        with pytest.raises(RefusedError) as refused:
            read(one.make(), kind, one.name)
        assert refused.value.why is one.refused
        return
    answer, _pictures = read(one.make(), kind, one.name)
    told_in(one, [loss["what"] for loss in answer["losses"]], answer["markdown"])


@pytest.mark.parametrize(("name", "kind", "one"), [one for one in EACH if one[0] in HEAVY], ids=sorted(HEAVY))
def test_the_child_reads_the_heaviest_within_its_limits(name: str, kind: Kind, one: Hostile) -> None:
    if one.refused:
        with pytest.raises(UnreadableTextError) as refused:
            take(one.make(), kind, one.name, seconds=PATIENT)
        assert refused.value.why is one.refused
        return
    taken = take(one.make(), kind, one.name, seconds=PATIENT)
    told_in(one, [loss.what for loss in taken.losses], taken.markdown)


def test_the_page_does_not_wait_for_a_child_that_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHILD", ("-c", "import time; time.sleep(600)"))
    with pytest.raises(UnreadableTextError) as refused:
        take(b"tekst", Kind.TEXT, seconds=0.2)
    assert refused.value.why is Refusal.LARGE


ENDS: Mapping[str, tuple[str, type[Exception]]] = {
    "out of processor time": ("os.kill(os.getpid(), signal.SIGPROF)", UnreadableTextError),
    "out of memory": ("os.abort()", UnreadableTextError),
    "ended from outside": ("os.kill(os.getpid(), signal.SIGKILL)", IntakeError),
    "a mistake of ours": ("raise ValueError", IntakeError),
    "half an answer": ("print('{')", IntakeError),
    "half a picture": (
        """print('{"markdown": "", "title": "", "losses": [], "pictures": [["a.png", 9]]}')""",
        IntakeError,
    ),
}


@pytest.mark.parametrize("how", ENDS)
def test_how_a_child_ends_says_who_can_mend_it(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    code, error = ENDS[how]
    monkeypatch.setattr(reading, "CHILD", ("-S", "-c", f"import os, signal, sys; sys.stdin.buffer.read(); {code}"))
    with pytest.raises(error):
        take(b"tekst", Kind.TEXT, seconds=PATIENT)


def test_no_process_left_is_no_fault_of_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(IntakeError):
        take(b"tekst", Kind.TEXT)
