"""mdpo's round trip, run by mdpo's own Python: tasks on standard input, Markdown on standard output, both JSON."""

import json
import signal
import sys
import tempfile
from pathlib import Path

from mdpo.md2po import markdown_to_pofile
from mdpo.po2md import pofile_to_markdown


def main() -> None:
    tasks = json.load(sys.stdin)
    out = sys.stdout
    signal.signal(signal.SIGALRM, _too_long)
    sys.stdout = sys.stderr  # mdpo prints
    json.dump({name: [_back(task) for task in several] for name, several in tasks.items()}, out)


def _back(task: dict[str, str]) -> str | None:
    with tempfile.TemporaryDirectory() as folder:
        source, catalog = Path(folder) / "source.md", Path(folder) / "source.po"
        source.write_text(task["markdown"], encoding="utf-8")
        signal.alarm(3)  # some examples never end
        try:
            entries = markdown_to_pofile(str(source), wrapwidth=0)
            for entry in entries:
                entry.msgstr = _translated(task, entry.msgid)
            entries.save(str(catalog))
            return str(pofile_to_markdown(str(source), [str(catalog)], wrapwidth=0))
        except Exception:
            return None
        finally:
            signal.alarm(0)


def _too_long(_signal: int, _frame: object) -> None:
    raise TimeoutError


def _translated(task: dict[str, str], msgid: str) -> str:
    if task["as"] == "quotes":
        return f"«{msgid}»"
    return task["target"] if task["as"] == "one" and msgid == task["source"] else msgid


if __name__ == "__main__":
    main()
