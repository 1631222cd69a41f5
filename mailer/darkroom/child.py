"""The process that decodes pictures: `python -m mailer.darkroom.child`.

In comes a line of JSON (`{"octets": …, "width": …}`) and the octets of a picture; out comes a line of JSON with the
octets of the developed one after it, and so on. The kernel ends it when one picture takes too much; it opens no file
and no connection.
"""

from __future__ import annotations

import json
import signal
import sys
from typing import Any

from mailer.artefacts.email.images import MAX_HEIGHT, Picture, encoded
from mailer.confined import confine
from mailer.document.pixels import UnreadableImageError, is_pale, opened, pixels

SECONDS = 20.0
"""Of processor for one picture: a photo of 40 million pixels takes two."""
MEGABYTES = 900
"""Of address space, the interpreter included: a drawing of 40 million transparent pixels takes 700."""


def developed(data: bytes, width: int) -> tuple[dict[str, Any], bytes]:
    """What is known of the picture, and the picture itself, at most `width` wide; `error` says why there is none."""
    try:
        facts = _facts(data)
        image = pixels(data, within=(width, MAX_HEIGHT))
        picture = encoded(image)
    except UnreadableImageError as error:
        return {"error": error.reason}, b""
    except MemoryError:
        return {"error": "size"}, b""
    return facts | _described(picture), picture.data


def _facts(data: bytes) -> dict[str, Any]:
    """Raises UnreadableImageError."""
    with opened(data) as image:
        return {"width": image.width, "height": image.height, "pale": is_pale(image)}


def _described(picture: Picture) -> dict[str, Any]:
    made = {"subtype": picture.subtype, "width": picture.width, "height": picture.height}
    return {"picture": made, "octets": len(picture.data)}


def main() -> None:
    """Develop pictures until there are no more."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # by default it ends the process, whatever that is doing
    while line := sys.stdin.buffer.readline():
        asked = json.loads(line)
        data = sys.stdin.buffer.read(asked["octets"])
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        answer, octets = developed(data, asked["width"])
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + octets)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    confine(megabytes=MEGABYTES, largest_file=0)
    main()
