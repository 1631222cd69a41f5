"""Shell of step 5: a print tree and its images become PDF or PNG bytes, by Typst in a child process.

Typst has no limits of its own, and a page is made from text and pictures of others. So it works in a process with
limits on time, memory and file size, without network, on a throw-away folder that holds the template, the data and
re-encoded images and nothing else. Text reaches it only as JSON, so nothing in it can be markup.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mailer.artefacts.paper.job import PrintJob
from mailer.letterforms import HOUSE, Family, families, needed
from wording import Text, _
from wording.errors import ServiceError

CHECKOUT = Path(__file__).resolve().parents[2]
TEMPLATES = CHECKOUT / "templates" / "print"
PREFIX = "postduif-print-"
MEMORY = Path("/dev/shm")  # noqa: S108 — a folder with a random name and mode 0700 is made in it
ABANDONED = 600
"""Seconds; a folder that old belongs to a process that was killed, whatever limits it had."""
ROOM = 500_000_000
"""Bytes: the largest job measured (3,000 address letters) writes 30 MB."""


class TypesettingError(ServiceError):
    """The editor or the desk can mend it: a character without a letterform, a broken image, a page that is too much."""


class UnprintableAddressError(TypesettingError):
    """Names that no font can write, or an address that does not fit: those of the pieces `numbers`."""

    def __init__(self, text: Text, numbers: Sequence[int]) -> None:
        super().__init__(text)
        self.numbers = tuple(numbers)


@dataclass(frozen=True)
class Typesetter:
    """How much a child process may use: seconds of wall clock, megabytes of address space; and where its folder stands.

    Several jobs are shared by as many as `processes` children at once. `scratch` is None for a folder in memory where
    the system has room for one, so that no name reaches a disk.
    """

    seconds: int = 60
    megabytes: int = 1500
    scratch: Path | None = None
    processes: int = 2

    def pdf(self, job: PrintJob) -> bytes:
        """One PDF. Raises TypesettingError."""
        return self.pdfs([job])[0]

    def pdfs(self, jobs: Sequence[PrintJob]) -> list[bytes]:
        """A PDF per job, in order. Raises TypesettingError."""
        shares = _shares([len(json.dumps(job.data)) for job in jobs], self.processes)
        with ThreadPoolExecutor(self.processes) as children:
            parts = children.map(lambda share: self._made([jobs[at] for at in share], {"format": "pdf"}), shares)
            made = {
                at: pages[0]
                for share, part in zip(shares, parts, strict=True)
                for at, pages in zip(share, part, strict=True)
            }
        return [made[at] for at in range(len(jobs))]

    def pictures(self, job: PrintJob, *, ppi: int = 110) -> list[bytes]:
        """A PNG per page, `ppi` pixels to the inch. Raises TypesettingError."""
        return self._made([job], {"format": "png", "ppi": ppi})[0]

    def _made(self, jobs: Sequence[PrintJob], output: Mapping[str, Any]) -> list[list[bytes]]:
        parent = self.scratch or _in_memory()
        _sweep(parent, older=max(2 * self.seconds, ABANDONED))
        try:
            with tempfile.TemporaryDirectory(prefix=PREFIX, dir=parent) as folder:
                more = [needed(json.dumps(job.data, ensure_ascii=False)) for job in jobs]
                roots = [
                    _root(Path(folder) / str(number), job, output, families)
                    for number, (job, families) in enumerate(zip(jobs, more, strict=True))
                ]
                (Path(folder) / "fonts.json").write_text(json.dumps(_font_folders(more)), encoding="utf-8")
                self._run(Path(folder))
                return [_result(root, job) for root, job in zip(roots, jobs, strict=True)]
        except OSError as error:
            reason = error.strerror or str(error)
            raise TypesettingError(
                _("De pagina’s konden niet worden weggeschreven: {reason}.", reason=reason)
            ) from error

    def _run(self, folder: Path) -> None:
        """Raises TypesettingError when the child was ended by one of its limits or by someone else."""
        arguments = [
            sys.executable,
            "-m",
            "mailer.typesetting.child",
            str(folder),
            str(self.seconds),
            str(self.megabytes),
        ]
        try:
            ended = subprocess.run(
                arguments, cwd=CHECKOUT, env=_environment(), capture_output=True, timeout=self.seconds + 5, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise TypesettingError(_too_much(self)) from error
        if ended.returncode in (-signal.SIGXCPU, -signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS):
            raise TypesettingError(_too_much(self))
        if ended.returncode < 0:
            raise TypesettingError(_("Het opmaken is afgebroken; probeer het opnieuw. Er is niets half weggeschreven."))
        if ended.returncode > 0:
            raise TypesettingError(
                _("Het opmaken is mislukt: {reason}", reason=ended.stderr.decode(errors="replace")[-500:].strip())
            )


def _shares(sizes: Sequence[int], most: int) -> list[list[int]]:
    """The numbers of the jobs for each process: the largest first, each where the least waits."""
    shares: list[list[int]] = [[] for _ in range(min(most, len(sizes)))]
    for at in sorted(range(len(sizes)), key=lambda at: -sizes[at]):
        min(shares, key=lambda share: sum(sizes[other] for other in share)).append(at)
    return shares


def _font_folders(more: Sequence[Sequence[Family]]) -> list[str]:
    """Where the fonts of the house stand, and those of the other families that a job needs."""
    used = (*families()[: len(HOUSE)], *(family for each in more for family in each))
    return list(dict.fromkeys(str(family.folder) for family in used))


def _in_memory() -> Path:
    """A memory file system with room to spare, else the system's temporary folder."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        return MEMORY
    return Path(tempfile.gettempdir())


def _sweep(parent: Path, *, older: int) -> None:
    """Take away folders of a process that was killed: they may hold names. `older` is in seconds."""
    for folder in parent.glob(f"{PREFIX}*"):
        try:
            if time.time() - folder.stat().st_mtime > older:
                shutil.rmtree(folder, ignore_errors=True)
        except FileNotFoundError:
            continue  # another process was first


def _image_of_another_format(name: str) -> Text:
    return _("De afbeelding {name} is geen JPEG, PNG, GIF of WebP.", name=name)


def _image_broken(name: str) -> Text:
    return _("De afbeelding {name} is beschadigd of afgekapt; zet het bestand er opnieuw neer.", name=name)


def _image_too_large(name: str) -> Text:
    return _(
        "De afbeelding {name} is te groot: kies er een van hooguit 40 megapixel en 12.000 op een zijde.", name=name
    )


IMAGES = {"format": _image_of_another_format, "broken": _image_broken, "size": _image_too_large}


def _environment() -> dict[str, str]:
    """Nothing of ours, so no secret; few threads and memory arenas, so that the limit on memory means something."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "RAYON_NUM_THREADS": "2",
        "MALLOC_ARENA_MAX": "2",
    }


def _root(root: Path, job: PrintJob, output: Mapping[str, Any], more: Sequence[Family]) -> Path:
    """The throw-away root of one job: copies, never links, because a link leads out of it."""
    root.mkdir()
    for file in TEMPLATES.glob("*.typ"):
        shutil.copyfile(file, root / file.name)
    (root / "data.json").write_text(json.dumps(job.data, ensure_ascii=False), encoding="utf-8")
    names = {name: f"picture-{number}" for number, name in enumerate(job.images)}
    for name, data in job.images.items():
        (root / names[name]).write_bytes(data)
    timestamp = int(datetime(job.day.year, job.day.month, job.day.day, 12, tzinfo=UTC).timestamp())
    order = {"template": job.template, "images": names, "timestamp": timestamp, "standards": job.standards}
    order |= {"fitted": job.fitted, "families": [family.name for family in more], **output}
    (root / "job.json").write_text(json.dumps(order), encoding="utf-8")
    return root


def _result(root: Path, job: PrintJob) -> list[bytes]:
    report = json.loads((root / "report.json").read_text(encoding="utf-8"))
    if "error" in report:
        raise _refused(report, job)
    return [(root / name).read_bytes() for name in report["files"]]


def _refused(report: Mapping[str, str], job: PrintJob) -> TypesettingError:
    match report["error"]:
        case "glyphs" if numbers := _addressed(job, report["text"].split()):
            text = _(
                "Geen van de lettertypen heeft een teken voor: {text} (stuk {numbers}). Schrijf de naam anders.",
                text=report["text"],
                numbers=", ".join(map(str, numbers)),
            )
            return UnprintableAddressError(text, numbers)
        case "fit":
            number = report["text"]
            text = _("Het adres van stuk {number} past niet; kort de naam in of kies brieven.", number=number)
            return UnprintableAddressError(text, [int(number)])
        case _:
            return TypesettingError(_sentence(report))


def _sentence(report: Mapping[str, str]) -> Text:
    match report["error"]:
        case "glyphs":
            return _("Geen van de lettertypen heeft een teken voor: {text}. Schrijf het anders.", text=report["text"])
        case "image":
            return IMAGES[report["text"]](report["name"])
        case "explanation":
            return _(
                "De uitleg ‘Wat wij van u bewaren’ past niet op één blad. Kort in postduif.toml de naam of het adres "
                "van de organisatie in."
            )
        case "memory":
            return _("Dit is te veel om op te maken: het geheugen dat ervoor is, is op.")
        case _:
            return _("Het opmaken is mislukt: {reason}", reason=report["text"])


def _addressed(job: PrintJob, signs: Sequence[str]) -> list[int]:
    """The pieces on whose envelope one of the signs stands: the desk must know whose name to mend."""
    blocks = [*job.data.get("labels", ()), *job.data.get("letters", ())]
    return [block["number"] for block in blocks if any(sign in "".join(block["lines"]) for sign in signs)]


def _too_much(limits: Typesetter) -> Text:
    return _(
        "Dit is te veel om op te maken: na {seconds} seconden of {megabytes} MB houdt het op.",
        seconds=limits.seconds,
        megabytes=limits.megabytes,
    )
