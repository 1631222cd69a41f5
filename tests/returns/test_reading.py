"""Each kind of returned mail is told from the others, whoever wrote it and in whatever language."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from devtools.returned.corpus import Sample, corpus
from mailer.returns.marks import marks_in
from mailer.returns.reading import as_json, from_json, reading_of
from mailer.returns.reasons import REASONS, Kind
from mailer.returns.verdict import Verdict, worst
from mailer.returns.why import RULES, WITNESSES

SAMPLES = sorted((Path(__file__).parent / "samples").glob("*.eml"))
MARK = "1f." + "0123456789abcdef" * 2
CORPUS = corpus()


def verdict_on(raw: bytes) -> Verdict:
    return worst(list(reading_of(raw).verdicts))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_is_read_as_what_its_name_says(path: Path) -> None:
    raw = path.read_bytes().replace(b"@@MARK@@", MARK.encode())
    assert verdict_on(raw).kind == Kind(path.stem.partition("--")[0])
    assert MARK in marks_in(raw)


def test_there_are_samples_of_every_kind() -> None:
    assert {path.stem.partition("--")[0] for path in SAMPLES} == set(Kind)


@pytest.mark.parametrize("sample", CORPUS, ids=lambda sample: sample.name)
def test_a_mail_of_the_corpus_is_read_right_and_about_the_right_person(sample: Sample) -> None:
    found = verdict_on(sample.raw)
    assert found.kind == sample.kind, found
    assert sample.recipient in ("", found.recipient, found.original)


def test_the_corpus_is_as_wide_as_we_say() -> None:
    families = Counter(sample.family for sample in CORPUS)
    assert len({sample.raw for sample in CORPUS}) == len(CORPUS) >= 250
    assert len(families) >= 30
    assert sum("Dutch" in family for family in families) >= 4


def test_every_verdict_says_why_in_words_for_a_person() -> None:
    found = [one for sample in CORPUS for one in reading_of(sample.raw).verdicts]
    assert {one.reason for one in found} <= REASONS.keys()
    assert {one.why.rule for one in found} <= RULES.keys()
    assert {one.why.witness for one in found} <= {"", *WITNESSES}


def test_what_was_read_goes_through_json_whole() -> None:
    """It is made in another process."""
    for sample in CORPUS:
        reading = reading_of(sample.raw)
        assert from_json(as_json(reading)) == reading
