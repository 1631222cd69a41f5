"""How well returned mail is read: `python -m benchmarks.returns [FOLDER]` prints JSON.

Without FOLDER the corpus of `devtools.returned` is read. In FOLDER every mail is called `<kind>--<name>.eml`; whom it
is about is then not known, and `who` is null.

`right` is the part with the right kind, `hard_precision` and `hard_recall` are those of "hard", `who` is the part of
the mails that name someone whose recipient was found, `ms_per_mail` is processor time in the process that reads.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from devtools.returned.corpus import Sample, corpus
from mailer.returns.reading import reading_of
from mailer.returns.verdict import worst


@dataclass(frozen=True)
class Figures:
    mails: int
    families: int
    right: float
    hard_precision: float
    hard_recall: float
    who: float | None
    ms_per_mail: float


def measure(samples: list[Sample]) -> Figures:
    """Read every mail once; the first goes before the clock starts, for it compiles the patterns."""
    reading_of(samples[0].raw)
    started = time.process_time()
    found = [worst(list(reading_of(sample.raw).verdicts)) for sample in samples]
    spent = time.process_time() - started
    pairs = list(zip(samples, found, strict=True))
    hard = sum(one.kind == "hard" == sample.kind for sample, one in pairs)
    named = [sample.recipient in (one.recipient, one.original) for sample, one in pairs if sample.recipient]
    return Figures(
        mails=len(samples),
        families=len({sample.family for sample in samples}),
        right=_part(sum(one.kind == sample.kind for sample, one in pairs), len(pairs)),
        hard_precision=_part(hard, sum(one.kind == "hard" for one in found)),
        hard_recall=_part(hard, sum(sample.kind == "hard" for sample in samples)),
        who=_part(sum(named), len(named)) if named else None,
        ms_per_mail=round(spent * 1000 / len(samples), 2),
    )


def in_folder(folder: Path) -> list[Sample]:
    """The mails of a folder, each with the kind that its name says."""
    return [
        Sample(folder.name, path.stem, path.stem.partition("--")[0], "", path.read_bytes())
        for path in sorted(folder.glob("*--*.eml"))
    ]


def _part(some: int, whole: int) -> float:
    return round(some / whole, 4) if whole else 1.0


if __name__ == "__main__":
    print(json.dumps(asdict(measure(in_folder(Path(sys.argv[1])) if sys.argv[1:] else corpus())), indent=2))
