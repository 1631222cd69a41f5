"""How faithful a round trip through PO is: for us, mdpo and po4a, on the same examples, in the same run.

    .venv/bin/python -m benchmarks.fidelity

identity: every translation equals its source, and the HTML equals that of the source (white space outside `pre` apart).
safe: every translation is «source», and the blocks are unchanged. hostile: 120 translations that look like Markdown
blocks, and the blocks are unchanged. An example with raw HTML, which an issue refuses, is left out for everybody.
mdpo is installed into a folder of its own; po4a is Debian's. Below stands how many of good public translations the
checks would stop (benchmarks/real_translations.py), with `real_blocked_wrongly` in the JSON.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from markdown_it import MarkdownIt

from benchmarks import real_translations
from devtools.hostile_translations import DOCUMENT, HOSTILE, PLACES
from devtools.markdown_cases import GFM, Case, block_structure, commonmark, events
from devtools.servers import program
from devtools.translated import direct_html, html_of, read, refused_html, translated

MDPO = "mdpo==2.1.4"
HERE = Path(__file__).parent

Translation = Callable[[str], str]
Tried = Mapping[str, "str | None"]
"""Name of an example → its HTML after the round trip; None when the tool failed."""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="postduif-fidelity-") as folder:
        table = compare(Path(folder))
    show(table)
    print(json.dumps(table["postduif"] | real_translations.figures()))


def show(table: dict[str, dict[str, float]]) -> None:
    """The table, in percent."""
    print(f"{'':10}{'identity':>10}{'safe':>10}{'hostile':>10}")
    for tool, shares in table.items():
        print(f"{tool:10}" + "".join(f"{100 * share:9.1f}%" for share in shares.values()))


def compare(folder: Path) -> dict[str, dict[str, float]]:
    """Shares (0–1) by tool and measure."""
    cases = examples()
    return {
        "postduif": ours(cases),
        "mdpo": judged(cases, mdpo(folder / "mdpo", cases)),
        "po4a": judged(cases, po4a(folder / "po4a", cases)),
    }


def examples() -> list[Case]:
    return [*(case for case in commonmark() if not refused_html(read(case.markdown)[1])), *GFM]


def ours(cases: list[Case]) -> dict[str, float]:
    """The product's own path: extraction, a PO file, translation, HTML."""
    identity = sum(events(html_of(translated(c.markdown, str))) == events(direct_html(c.markdown)) for c in cases)
    safe = sum(_blocks(c.markdown, "«{}»".format) == block_structure(direct_html(c.markdown)) for c in cases)
    before = block_structure(direct_html(DOCUMENT))
    hostile = sum(_blocks(DOCUMENT, _only(place, bad)) == before for place in PLACES for bad in HOSTILE)
    return _shares(identity, safe, hostile, len(cases))


def _blocks(markdown: str, translation: Translation) -> object:
    return block_structure(html_of(translated(markdown, translation)))


def _only(place: str, hostile: str) -> Translation:
    return lambda msgid: hostile if msgid == place else msgid


def _shares(identity: int, safe: int, hostile: int, cases: int) -> dict[str, float]:
    tried = len(PLACES) * len(HOSTILE)
    return {"identity": identity / cases, "safe": safe / cases, "hostile": hostile / tried}


# ── other tools give Markdown back; it is shown by one and the same renderer ──────────────────────────────────────


def judged(cases: list[Case], back: Mapping[str, list[str | None]]) -> dict[str, float]:
    render = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render

    def html(markdown: str | None) -> str:
        return "" if markdown is None else str(render(markdown))

    identity = sum(
        events(html(got)) == events(render(c.markdown)) for c, got in zip(cases, back["identity"], strict=True)
    )
    safe = sum(
        block_structure(html(got)) == block_structure(render(c.markdown))
        for c, got in zip(cases, back["safe"], strict=True)
    )
    before = block_structure(html(back["own"][0]))  # what the tool itself makes of it: po4a loosens every list
    hostile = sum(block_structure(html(got)) == before for got in back["hostile"])
    return _shares(identity, safe, hostile, len(cases))


def _tasks(cases: list[Case]) -> dict[str, list[dict[str, str]]]:
    """What a tool is asked: Markdown, and a translation as "identity", "quotes" or one hostile text."""
    return {
        "identity": [{"markdown": case.markdown, "as": "identity"} for case in cases],
        "own": [{"markdown": DOCUMENT, "as": "identity"}],
        "safe": [{"markdown": case.markdown, "as": "quotes"} for case in cases],
        "hostile": [
            {"markdown": DOCUMENT, "as": "one", "source": place, "target": bad} for place in PLACES for bad in HOSTILE
        ],
    }


def mdpo(folder: Path, cases: list[Case]) -> dict[str, list[str | None]]:
    """mdpo in an environment of its own."""
    folder.mkdir()
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", MDPO], check=True, stderr=subprocess.DEVNULL)
    return _asked([str(python), str(HERE / "peer_mdpo.py")], cases)


def po4a(folder: Path, cases: list[Case]) -> dict[str, list[str | None]]:
    """Debian's po4a, one Perl process for all examples."""
    folder.mkdir()
    if shutil.which("po4a") is None:
        program("po4a", "po4a")
    return _asked([program("perl", "perl"), str(HERE / "peer_po4a.pl"), str(folder)], cases)


def _asked(command: list[str], cases: list[Case]) -> dict[str, list[str | None]]:
    question = json.dumps(_tasks(cases))
    ended = subprocess.run(
        command, input=question.encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
    )
    answer: dict[str, list[str | None]] = json.loads(ended.stdout)
    return answer


if __name__ == "__main__":
    main()
