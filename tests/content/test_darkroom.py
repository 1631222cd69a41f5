"""A picture that someone made to do harm costs a child process, and its editor a sentence; nothing else."""

from __future__ import annotations

import signal
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from devtools.photos import photo
from mailer.content import Content
from mailer.darkroom import darkroom
from mailer.darkroom.darkroom import Darkroom, DarkroomError, Developed, develop, develop_one
from mailer.document.images import ImageState
from mailer.services.office import Press
from mailer.services.writing.editions import editions, email_of, load
from mailer.typesetting.typesetter import Typesetter
from wording.errors import ContentError

FINE, TOO_LARGE, NO_IMAGE = ImageState.FINE, ImageState.TOO_LARGE, ImageState.NOT_AN_IMAGE


def png(width: int, height: int, rows: int) -> bytes:
    """A PNG that says it is so large and holds `rows` lines of one bit: small, whatever it says."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    line = b"\0" + bytes(-(-width // 8))
    body = zlib.compress(line * rows, 9)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
        + chunk(b"IDAT", body)
        + chunk(b"IEND", b"")
    )


def gif(frames: int) -> bytes:
    """A GIF of many frames, each a copy of the first."""
    file = BytesIO()
    Image.new("P", (500, 500), 1).save(file, "GIF")
    head, descriptor, frame = file.getvalue()[:-1].partition(b"\x2c\0\0\0\0")
    return head + (descriptor + frame) * frames + b";"


def webp(width: int, height: int) -> bytes:
    """A WebP of one colour: a few hundred octets for as many pixels as the format allows."""
    file = BytesIO()
    Image.new("RGB", (width, height), "red").save(file, "WEBP", lossless=True, quality=0, method=0)
    return file.getvalue()


@pytest.fixture(scope="module")
def bombs() -> dict[str, tuple[bytes, ImageState]]:
    return {
        "one pixel wide": (png(1, 40_000_000, 400_000), TOO_LARGE),
        "one pixel high": (png(40_000_000, 1, 1), TOO_LARGE),
        "all of 32 bits": (png(2**31 - 1, 2**31 - 1, 1), TOO_LARGE),
        "webp": (webp(16_383, 16_383), TOO_LARGE),
        "cut off": (photo(300, 200)[:900], NO_IMAGE),
        "nothing": (b"", NO_IMAGE),
        "text": (b"geen foto", NO_IMAGE),
        "frames": (gif(10_000), FINE),  # of which the first is shown
    }


@pytest.mark.promise("row 26")
def test_each_bomb_has_its_verdict_and_the_photo_after_it_is_developed(
    bombs: dict[str, tuple[bytes, ImageState]],
) -> None:
    for name, (data, state) in bombs.items():
        bad, good = develop([(data, 1200), (photo(60, 40), 1200)])
        assert (bad.fact.state, bad.picture is None) == (state, state is not FINE), name
        assert good.picture is not None, name
        assert (good.fact.width, good.fact.height, good.picture.subtype) == (60, 40, "jpeg")


def ended_over(number: int) -> Callable[[subprocess.Popen[bytes], bytes, int], Developed | None]:
    """As `_asked`, but the child gets this signal over the picture b"x"."""
    ask = darkroom._asked

    def asked(child: subprocess.Popen[bytes], data: bytes, width: int) -> Developed | None:
        if data == b"x":
            child.send_signal(number)
            child.wait()
        return ask(child, data, width)

    return asked


@pytest.mark.promise("F25")
def test_one_child_does_all_and_a_picture_that_ends_it_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []
    start = darkroom._started

    def counted() -> subprocess.Popen[bytes]:
        child = start()
        started.append(child.pid)
        return child

    monkeypatch.setattr(darkroom, "_started", counted)
    monkeypatch.setattr(darkroom, "_asked", ended_over(signal.SIGSEGV))
    many = [(photo(10 + number, 10), 1200) for number in range(30)]
    assert all(one.picture for one in develop(many))
    assert len(started) == 1
    made = develop([many[0], (b"x", 1200), many[1]])
    assert [one.fact.state for one in made] == [FINE, TOO_LARGE, FINE]
    assert len(started) == 3


@pytest.mark.parametrize("number", [signal.SIGPROF, signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE])
def test_what_a_picture_can_end_a_child_with_is_told_of_the_picture(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(darkroom, "_asked", ended_over(number))
    assert develop_one(b"x").fact.state is TOO_LARGE


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_child_that_was_ended_from_outside_says_nothing_of_the_picture(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that stops, and a machine that is full: what is true of the picture is found the next time."""
    room, asked = Darkroom(4), [(photo(60, 40), 1200), (b"x", 1200)]
    with monkeypatch.context() as here:
        here.setattr(darkroom, "_asked", ended_over(number))
        with pytest.raises(DarkroomError, match="ligt niet aan de afbeelding"):
            room.develop(asked)
    assert [one.fact.state for one in room.develop(asked)] == [FINE, NO_IMAGE]


def test_a_child_that_does_not_start_or_answer_says_nothing_of_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that is being replaced, one that is not there, and a machine that is too busy."""
    for name, value in (("CHILD", ("-c", "import no_such_module")), ("_PATIENCE", 0)):
        with monkeypatch.context() as here:
            here.setattr(darkroom, name, value)
            with pytest.raises(DarkroomError):
                develop_one(photo(60, 40))
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(DarkroomError):
        develop_one(photo(60, 40))


SLOW = """
import mailer.darkroom.child as child
child.SECONDS = 0.05
def forever(data, width):
    while True:
        pass
child.developed = forever
child.confine(megabytes=child.MEGABYTES, largest_file=0)
child.main()
"""


def test_a_picture_that_takes_too_long_to_decode_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(darkroom, "CHILD", ("-c", SLOW))
    assert develop_one(photo(60, 40)).fact.state is TOO_LARGE


UNLIMITED = """
import mailer.document.pixels as pixels, PIL.Image, runpy
pixels.MAX_SIDE = pixels.MAX_PIXELS = 10**12
PIL.Image.MAX_IMAGE_PIXELS = None
runpy.run_module("mailer.darkroom.child", run_name="__main__")
"""


def test_without_a_limit_on_pixels_that_on_memory_still_ends_a_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a format told a size that is not so."""
    monkeypatch.setattr(darkroom, "CHILD", ("-c", UNLIMITED))
    wide, good, thin = develop([(data, 1200) for data in (webp(16_383, 16_383), photo(60, 40), png(1, 40_000_000, 9))])
    assert (wide.picture, good.fact.state, thin.picture) == (None, FINE, None)


def test_what_was_developed_is_not_developed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    room, data = Darkroom(4), photo(60, 40)
    first = room.develop([(data, 1200), (data, 1200)])
    monkeypatch.setattr(darkroom, "_started", lambda: pytest.fail("a second child"))
    assert room.develop([(data, 1200)]) == first[:1]


def test_the_largest_picture_that_is_allowed_is_developed_within_the_limits() -> None:
    """A drawing of 40 million transparent pixels takes the most memory."""
    file = BytesIO()
    Image.new("RGBA", (8000, 5000), (0, 90, 80, 120)).save(file, "PNG", compress_level=1)
    made = develop_one(file.getvalue())
    assert (made.fact.state, made.fact.width, made.fact.height) == (FINE, 8000, 5000)
    assert made.picture is not None
    assert made.picture.width == 1200


def test_no_picture_of_an_issue_is_decoded_in_this_process(content: Content, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the check to the mail of every edition."""
    monkeypatch.setattr(Image, "open", lambda *_a, **_k: pytest.fail("decoded here"))
    press = Press(content.house, content, Typesetter().pdfs)
    for slug in content.slugs():
        assert content.read(slug).problems == ()
        loaded = load(press, slug)
        assert [email_of(press, loaded, cut).html for cut in editions(press, loaded)]


TRIED = """
import signal, socket
from mailer.confined import confine
confine(megabytes=900, largest_file=0)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
def write():
    with open({file!r}, "wb", buffering=0) as opened:
        opened.write(b"x")
for act in (lambda: socket.create_connection(("127.0.0.1", 9)), lambda: bytearray(10**9), write):
    try:
        act()
        print("done")
    except (MemoryError, OSError) as error:
        print(type(error).__name__)
"""


def test_the_child_reaches_no_network_and_writes_no_file(tmp_path: Path) -> None:
    """The limits that it sets are set here too, and each is tried."""
    command = [sys.executable, "-c", TRIED.format(file=str(tmp_path / "x"))]
    told = subprocess.run(command, cwd=darkroom.CHECKOUT, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["PermissionError", "MemoryError", "OSError"]


def test_a_logo_that_cannot_be_mailed_is_refused_by_its_name(content: Content) -> None:
    (content.folder / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    with pytest.raises(ContentError) as caught:
        content.logo("logo.svg")
    [problem] = caught.value.problems
    assert (str(problem.place), str(problem.text)) == ("logo.svg", "Deze afbeelding is niet te gebruiken.")
