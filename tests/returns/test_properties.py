"""Whatever a stranger sends: no exception, and no verdict that is worse than what the whole mail says."""

from __future__ import annotations

import random

import pytest

from devtools.returned.corpus import Sample, corpus
from mailer.returns.reading import Reading, reading_of
from mailer.returns.reasons import Kind
from mailer.returns.verdict import Verdict, worst

CORPUS = corpus()
FIRST = {sample.family: sample for sample in reversed(CORPUS)}
"""One mail of each family."""
WORST = {
    "nl": "550 5.1.1 gebruiker onbekend, postvak vol, zwarte lijst, dit adres bestaat niet",
    "en": "550 5.1.1 User unknown, mailbox full, blocked using spamhaus, DMARC, virus, relay access denied",
    "de": "550 5.1.1 Empfänger unbekannt, Postfach voll, gesperrt",
    "fr": "550 5.1.1 utilisateur inconnu, boîte pleine, indésirable",
    "es": "550 5.1.1 usuario desconocido, buzón lleno, no existe",
    "ar": "550 5.1.1 المستخدم غير موجود، صندوق البريد ممتلئ، بريد مزعج",
}
_OUR_SUBJECT = b"Subject: Nieuwsbrief over beleid, blokkades en volle postbussen"


def worst_of(reading: Reading) -> Verdict:
    return worst(list(reading.verdicts))


def reason_of(raw: bytes) -> str:
    return worst_of(reading_of(raw)).reason


@pytest.mark.parametrize("language", WORST)
def test_the_worst_words_in_the_quoted_newsletter_change_no_verdict(language: str) -> None:
    words = WORST[language].encode()
    tried = 0
    for sample in CORPUS:
        if _OUR_SUBJECT in sample.raw:
            worse = sample.raw.replace(_OUR_SUBJECT, b"Subject: " + words)
            charset = worse.replace(
                b"Message-ID: <1f.fed", b"X-Said: " + words + b"\r\n\r\n" + words + b"\r\nX: <1f.fed"
            )
            assert reason_of(worse) == reason_of(sample.raw) == reason_of(charset), sample.name
            tried += 1
    assert tried > 200


@pytest.mark.parametrize("sample", FIRST.values(), ids=FIRST.keys())
def test_a_mail_that_is_cut_off_is_never_taken_for_worse(sample: Sample) -> None:
    whole = worst_of(reading_of(sample.raw)).kind
    for end in range(0, len(sample.raw), 40):
        kind = worst_of(reading_of(sample.raw[:end])).kind
        assert kind not in {Kind.HARD, Kind.COMPLAINT} - {whole}, sample.raw[:end]


@pytest.mark.parametrize("ends", [b"\r\n", b"\r"])
def test_the_ends_of_lines_change_nothing(ends: bytes) -> None:
    for sample in CORPUS:
        lines = sample.raw.replace(b"\r\n", b"\n")
        assert reading_of(lines.replace(b"\n", ends)) == reading_of(lines), sample.name


@pytest.mark.parametrize(
    "outer", ["Mail that is no report 0", "Answers on holiday 0", "Postfix, delayed 0", "Gmail, in Dutch 1"]
)
def test_a_report_inside_another_mail_is_not_read(outer: str) -> None:
    """What a person forwards, or a server quotes, is not what this mail says."""
    sample = next(one for one in CORPUS if one.name == outer)
    inner = next(one for one in CORPUS if one.name == "Postfix to Postfix 0").raw
    head, _, body = sample.raw.partition(b"\n\n")
    within = b"Content-Type: multipart/mixed; boundary=outside\n\n--outside\n"
    kinds = [line for line in head.split(b"\n") if line.lower().startswith((b"content-", b"\t", b" boundary"))]
    kept = b"\n".join(line for line in head.split(b"\n") if line not in kinds)
    raw = kept + b"\n" + within + b"\n".join(kinds) + b"\n\n" + body
    raw += b"\n--outside\nContent-Type: message/rfc822\n\n" + inner + b"\n--outside--\n"
    assert reason_of(raw) == reason_of(sample.raw)


MUTATIONS = 4_000


def test_four_thousand_mutations_are_read_without_an_exception() -> None:
    chance = random.Random(23)
    for number in range(MUTATIONS):
        raw = bytearray(CORPUS[number % len(CORPUS)].raw)
        for _each in range(chance.randrange(1, 12)):
            at, length = chance.randrange(len(raw)), chance.randrange(1, 60)
            match chance.randrange(4):
                case 0:
                    raw[at : at + length] = chance.randbytes(length)
                case 1:
                    del raw[at : at + length]
                case 2:
                    raw[at:at] = raw[at : at + length] * chance.randrange(1, 9)
                case _:
                    other = CORPUS[chance.randrange(len(CORPUS))].raw
                    raw[at:at] = other[at : at + 10 * length]
        assert reading_of(bytes(raw)).verdicts
