"""Why mail came back, of mails that someone holds as files: without a database, and so without a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mailer.carriers.returns_reader import ReturnsReader
from mailer.returns.verdict import Verdict


def explained(mails: Iterable[bytes]) -> Iterator[tuple[Verdict, ...]]:
    """The verdicts on each mail, one for each recipient; read in a process with limits, as the worker does."""
    with ReturnsReader() as reader:
        for raw in mails:
            yield reader.read(raw).verdicts
