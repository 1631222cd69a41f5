"""A PO file from outside is read by a child process with limits: what it does to Babel it does there, and briefly.

`python -m mailer.services.translating.sandbox DOMAIN LOCALE FILE` is that child: the file on its input, JSON on its
output.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mailer.translation.catalog import Catalog, Entry, catalog_from
from wording import Text, _
from wording.errors import ContentError, Place, Problem

SECONDS = 5
MEGABYTES = 300

_CHECKOUT = Path(__file__).resolve().parents[3]


def catalog_from_outside(data: bytes, *, domain: str, locale: str, file: str) -> Catalog:
    """Read a file that someone sent. Raises ContentError with its problems, or because it took too much."""
    child = [sys.executable, "-m", "mailer.services.translating.sandbox", domain, locale, file]
    environment = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ended = subprocess.run(
            child, input=data, cwd=_CHECKOUT, env=environment, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise ContentError([_too_much(file)]) from None
    if ended.returncode != 0:
        raise ContentError([_too_much(file)])
    answer = json.loads(ended.stdout)
    if answer["problems"]:
        raise ContentError([_problem(one) for one in answer["problems"]])
    return _catalog(answer["catalog"])


def _too_much(file: str) -> Problem:
    said = _("Dit bestand lezen kost te veel tijd of geheugen; het is geen gewoon PO-bestand.")
    return Problem(Place(file), said)


def _problem(one: dict[str, Any]) -> Problem:
    return Problem(Place(one["file"], one["line"]), Text(one["msgid"], one["values"]))


def _catalog(one: dict[str, Any]) -> Catalog:
    entries, obsolete = ({each["msgid"]: _entry(each) for each in one[part]} for part in ("entries", "obsolete"))
    said = tuple(Text(each["msgid"], each["values"]) for each in one["said"])
    return Catalog(one["domain"], one["locale"], entries, obsolete, one["headers"], one["project"], said)


def _entry(one: dict[str, Any]) -> Entry:
    places = tuple(Place(place["file"], place["line"]) for place in one["places"])
    return Entry(**{**one, "places": places, "comments": tuple(one["comments"]), "notes": tuple(one["notes"])})


# ── the child ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _child(domain: str, locale: str, file: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES * 1_000_000,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    catalog, problems = catalog_from(sys.stdin.buffer.read(), domain=domain, locale=locale, file=file)
    told = [
        {"file": one.place.file, "line": one.place.line, "msgid": one.text.msgid, "values": dict(one.text.values)}
        for one in problems
    ]
    sys.stdout.write(json.dumps({"problems": told, "catalog": None if catalog is None else _plain(catalog)}))


def _plain(catalog: Catalog) -> dict[str, Any]:
    return {
        "domain": catalog.domain,
        "locale": catalog.locale,
        "headers": dict(catalog.headers),
        "project": catalog.project,
        "said": [{"msgid": one.msgid, "values": dict(one.values)} for one in catalog.said],
        "entries": [asdict(entry) for entry in catalog.entries.values()],
        "obsolete": [asdict(entry) for entry in catalog.obsolete.values()],
    }


if __name__ == "__main__":
    _child(*sys.argv[1:4])
