"""Footnotes: numbered by where they are referred to, their texts at the end of the section that does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from mailer.intake.lines import NOTE, Line, Run
from mailer.intake.losses import Lost, Told
from mailer.intake.markdown import levels_of
from mailer.intake.tidying import tidy


def with_notes(lines: Sequence[Line], notes: Mapping[str, Sequence[Line]], told: Told) -> list[Line]:
    """Each text once, under its number. A note without text loses its place, as does one within a note.

    A heading can have none: its note goes to the paragraph after it.
    """
    texts = {label: text for label, found in notes.items() if (text := _text(found))}
    labels: dict[str, str] = {}
    levels = levels_of(lines)
    out: list[Line] = []
    waiting: list[str] = []
    carried: list[Run] = []
    for line in lines:
        if line.is_heading and not line.path and levels and line.kind == levels[0]:
            out += _written(waiting, texts, labels)
            waiting = []
        line = _numbered(line, texts, labels, waiting)  # noqa: PLW2901 — the same line, with numbers
        if line.is_heading:
            carried += [run for run in line.runs if run.note]
            line.runs = [run for run in line.runs if not run.note]
        elif carried and line.kind == "p" and line.runs:
            line.runs, carried = [*line.runs, *carried], []
        out.append(line)
    out += [Line("p", carried)] if carried else []
    out += _written(waiting, texts, labels)
    if labels:
        told.add(Lost.NOTE, times=len(labels))
    return out


def _numbered(line: Line, texts: Mapping[str, object], labels: dict[str, str], waiting: list[str]) -> Line:
    def numbered(runs: Sequence[Run]) -> Iterator[Run]:
        for run in runs:
            if not run.note:
                yield run
            elif run.note in texts:
                if run.note not in labels:
                    labels[run.note] = str(len(labels) + 1)
                    waiting.append(run.note)
                yield Run(NOTE, run.marks, run.href, labels[run.note])

    rows = [[[_numbered(one, texts, labels, waiting) for one in cell] for cell in row] for row in line.rows]
    return replace(line, runs=list(numbered(line.runs)), rows=rows)


def _written(waiting: Sequence[str], texts: Mapping[str, list[Run]], labels: Mapping[str, str]) -> list[Line]:
    return [Line("note", texts[label], name=labels[label]) for label in waiting]


def _text(lines: Sequence[Line]) -> list[Run]:
    """All a note says, as one text."""
    runs: list[Run] = []
    for line in lines:
        words = [run for run in line.runs if not run.note]
        runs += [*([Run("; " if line.path else " ")] if runs and words else []), *words]
    return tidy(runs)
