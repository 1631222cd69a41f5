"""When the disk is full, a process is killed or a table never ends: nothing is half-written, and a person is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from threading import Thread

import pytest

from database.keys import KeyRing
from database.migrations import upgrade
from database.session import Store
from devtools.print_editions import DAY, edition, house, photograph, plain
from devtools.waiting import wait_for
from mailer.artefacts.paper.job import PrintJob
from mailer.artefacts.paper.pieces import PrintFile, PrintOptions
from mailer.artefacts.paper.run_files import run_files
from mailer.artefacts.paper.tree import print_tree_from
from mailer.document import nodes as n
from mailer.ledger import opening, printing
from mailer.ledger.opening import EditionToFreeze
from mailer.ledger.print_runs import PrintRun
from mailer.ledger.states import MailingState
from mailer.organisation import Channel
from mailer.services.post import runs
from mailer.services.post.exporting import save_files
from mailer.services.post.plans import plan_of
from mailer.typesetting.typesetter import CHECKOUT, Typesetter, TypesettingError
from subscribers.examples import example_addressees, insert_addressees
from subscribers.repository import addressees_of
from tests.support.desk_people import POSTAL, SLUG
from tests.support.office import office_of
from wording.errors import CarrierError
from wording.interface import interface


def job(*blocks: n.Block[n.Spans]) -> PrintJob:
    tree = print_tree_from(edition("nl", extra=blocks), house(), interface("nl"))
    return PrintJob("newsletter", tree, DAY, {"photo.jpg": photograph()})


@pytest.mark.promise("row 22")
def test_a_table_of_twenty_thousand_rows_ends_at_the_limit_with_a_sentence(tmp_path: Path) -> None:
    row = (plain("Medische zorg"), plain("12"), plain("8"))
    table = n.Table(("start", "end", "end"), row, (row,) * 20_000)
    with pytest.raises(TypesettingError, match="te veel"):
        Typesetter(seconds=3, scratch=tmp_path).pdf(job(table))
    assert list(tmp_path.iterdir()) == []


def test_a_typesetter_that_is_killed_says_so_and_the_next_run_makes_the_same_bytes(tmp_path: Path) -> None:
    expected = Typesetter().pdf(job())
    many = [job()] * 200  # long enough to be killed in
    killer = Thread(target=_kill_the_child)
    killer.start()
    with pytest.raises(TypesettingError, match="afgebroken"):
        Typesetter(scratch=tmp_path).pdfs(many)
    killer.join()
    assert list(tmp_path.iterdir()) == []
    assert Typesetter().pdf(job()) == expected


@pytest.mark.promise("P11", "F12")
@pytest.mark.parametrize("what", ["pages", "export"])
def test_a_full_disk_leaves_no_file_with_its_final_name_half_written(what: str, tmp_path: Path) -> None:
    """In a mount namespace of its own, on a memory file system of one megabyte."""
    run = f"{sys.executable} -m tests.support.{what}_on_full_disk {tmp_path}"
    script = f"mount -t tmpfs -o size=1m none {tmp_path} && exec {run}"
    as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
    arguments = ["unshare", "--mount", *as_root, "sh", "-c", script]
    ended = subprocess.run(arguments, cwd=CHECKOUT, capture_output=True, encoding="utf-8", check=False)
    assert ended.returncode == 0, ended.stderr
    assert "No space left on device" in ended.stdout


@pytest.mark.promise("F13")
def test_what_a_killed_process_left_behind_is_swept_away(tmp_path: Path) -> None:
    old, young = tmp_path / "postduif-print-old", tmp_path / "postduif-print-young"
    for folder in (old, young):
        folder.mkdir()
        (folder / "data.json").write_text("a name", encoding="utf-8")
    os.utime(old, (0, 0))
    Typesetter(scratch=tmp_path).pdf(job())
    assert [folder.name for folder in tmp_path.iterdir()] == ["postduif-print-young"]


@pytest.mark.promise("P11", "F12")
def test_a_file_that_was_there_stays_whole_when_the_disk_takes_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [path] = save_files([PrintFile("paklijst.pdf", b"old", 1, personal=True)], tmp_path)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mailer.services.post.exporting.os.fsync", full)
    with pytest.raises(CarrierError, match="No space"):
        save_files([PrintFile("paklijst.pdf", b"new" * 1000, 1, personal=True)], tmp_path)
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["paklijst.pdf"]


@pytest.mark.promise("P11")
def test_a_file_that_was_there_is_replaced_whole_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    for data in (b"old", b"new" * 1000):
        [path] = save_files([PrintFile("paklijst.pdf", data, 1, personal=True)], folder)
        assert path.read_bytes() == data
    assert [file.name for file in folder.iterdir()] == ["paklijst.pdf"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.fixture
def ordered(tmp_path: Path) -> Iterator[tuple[Store, Path, int]]:
    """A run of forty pieces that is still to be made, in a database and with keys that another process can open."""
    keys = tmp_path / "keys"
    store = Store(f"sqlite:///{tmp_path}/desk.sqlite", KeyRing.create(keys))
    upgrade(store)
    pdf = Typesetter().pdf(job())
    with store.transaction() as session:
        insert_addressees(session, example_addressees(("nl",), "detention", 40), DAY)
        mailing = opening.open_mailing(session, slug=SLUG, publication="meldpunt", content_hash="0" * 64)
        mailing.state = MailingState.SENDING
        frozen = opening.freeze(
            session, mailing, EditionToFreeze("detention", "nl", Channel.POST, "Nieuws", pdf=pdf, large_pdf=pdf)
        )
        opening.add_deliveries(session, mailing, frozen, [ref.uid for ref in addressees_of(session, "detention")])
    run = runs.order(office_of(store, house=house()), POSTAL, SLUG, PrintOptions())
    yield store, keys, run
    store.close()


@pytest.mark.promise("P11", "F13")
@pytest.mark.faults
def test_killed_anywhere_the_run_is_made_again_with_the_same_bytes(
    ordered: tuple[Store, Path, int], tmp_path: Path
) -> None:
    store, keys, run = ordered
    out, random, killed = tmp_path / "out", Random(7), 0
    for _try in range(4):
        process = _printing(store, keys, run, out)
        time.sleep(random.uniform(0.0, 0.3))
        process.kill()
        killed += process.wait(20) == -signal.SIGKILL
        with store.reading() as session:
            names = {file.name: file.sha256 for file in printing.files(session, run)}
            assert bool(names) == (session.get_one(PrintRun, run).state == "prepared")
    assert killed
    assert _printing(store, keys, run, out).wait(30) == 0
    finished = {path.name: path.read_bytes() for path in out.iterdir() if not path.name.startswith(".")}
    assert finished == {file.name: file.data for file in runs.files(office_of(store, house=house()), POSTAL, run)}
    with store.reading() as session:
        plan = plan_of(session, house(), session.get_one(PrintRun, run))
    assert finished == {file.name: file.data for file in run_files(plan, house(), Typesetter().pdfs)}


def _printing(store: Store, keys: Path, run: int, out: Path) -> subprocess.Popen[bytes]:
    """The process, once it has begun."""
    arguments = [sys.executable, "-m", "tests.support.print_to", store.url, str(keys), str(run), str(out)]
    process = subprocess.Popen(arguments, cwd=CHECKOUT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout:
        process.stdout.readline()
    return process


def _kill_the_child() -> None:
    """Kill -9 the typesetter that this process started, in the middle of its work."""
    wait_for(_killed, every=0.01)


def _killed() -> bool:
    for child in Path(f"/proc/{os.getpid()}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):  # another child that has just ended
            for pid in child.read_text().split():
                if b"mailer.typesetting.child" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    time.sleep(0.2)
                    os.kill(int(pid), signal.SIGKILL)
                    return True
    return False
