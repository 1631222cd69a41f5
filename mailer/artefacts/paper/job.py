"""What the typesetter is asked to make: a value, so that the pure steps can say it and only the shell does it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any, TypeAlias

STANDARDS = ("ua-1", "a-2a")
"""PDF/UA-1 (ISO 14289-1, for a screen reader) and PDF/A-2a (ISO 19005-2, for the archive)."""


FOR_THE_DESK = ("a-2u",)
"""Without tags, because nobody reads a label aloud and tags double the work; a missing letterform is still an error."""


@dataclass(frozen=True)
class PrintJob:
    """One document to typeset: the name of its template, its data and the images the data names.

    `day` becomes the date inside the PDF, so that the same job makes the same bytes on any day. Images are in any of
    the formats that `mailer.document.pixels` reads; they are made gray and re-encoded before Typst sees them.
    """

    template: str
    data: Mapping[str, Any]
    day: date
    images: Mapping[str, bytes] = field(default_factory=dict)
    standards: tuple[str, ...] = STANDARDS
    fitted: bool = True
    """An edition may have letters a little smaller where that saves a sheet; it is laid out up to three times then."""


def digest_of(job: PrintJob) -> str:
    """SHA-256 over all of a job: the same job makes the same bytes."""
    pictures = [(name, sha256(data).hexdigest()) for name, data in sorted(job.images.items())]
    whole = [job.template, job.data, job.day.isoformat(), pictures, job.standards, job.fitted]
    return sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


Typeset: TypeAlias = Callable[[Sequence[PrintJob]], list[bytes]]
"""A PDF per job, in order: `Typesetter.pdfs`."""
