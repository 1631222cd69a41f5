"""At which moment of the conversation a server refused, and what it said there."""

from __future__ import annotations

import re

from mailer.returns.facts import Stage
from mailer.returns.forms import BOILERPLATE, NAMED_AFTERWARDS, STAGES

ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
REPLY = re.compile(r"(?<![\d.])([45]\d\d)(?:[ \-:\]]|$)")
_ANSWERS = re.compile(
    r"^\W{0,12}(?:<<<\s*)?[45]\d\d(?:[ \-:]|$)|said:|<<<\s*[45]|[:(\[]\s*#?[45]\d\d[ \-:]|#[45]\.\d\.\d|"
    r"error code ?:? ?[45]\d\d|\b[45]\d\d[ -]#?[45]\.\d\.\d|\(reason: |^\W{0,6}[45]\.\d{1,3}\.\d{1,3} |"
    r"returned was|smtp;",
    re.IGNORECASE,
)
_FROM_REPLY = re.compile(r"(?:: |said: |\[)([45]\d\d[ -].*)$")
_MOST_AFTER = 4
"""Lines over which one answer goes on."""


def said_in(lines: list[str]) -> list[str]:
    """From each line in which a server answers, to the end of that answer."""
    kept: list[str] = []
    left = 0
    for line in lines:
        if _ANSWERS.search(line):
            cut = _FROM_REPLY.search(line)
            kept.append(line[cut.start(1) :].strip() if cut else line.strip())
            left = _MOST_AFTER
        elif left and line.strip() and not BOILERPLATE.search(line):
            kept.append(line.strip())
            left -= 1
        else:
            left = 0
    return kept


def stage_of(words: str, lines: list[str]) -> Stage:
    """Told in words, or by the order of a transcript (`>>> RCPT TO`, `<<< 550`)."""
    text = " ".join(line.strip() for line in lines)
    for where in (words, text):
        for stage, pattern in STAGES:
            if pattern.search(where):
                return stage
    return _of_transcript([line.strip() for line in lines])


def _of_transcript(lines: list[str]) -> Stage:
    asked, where = "", ""
    for line in lines:
        if line.startswith(">>>"):
            asked = line[3:].strip().lower()
        elif re.match(r"<<<\s*[45]", line) and not NAMED_AFTERWARDS.search(line):
            where = asked if not where or line[3:].strip()[0] == "5" else where
    if where.startswith("data") and any(NAMED_AFTERWARDS.search(line) for line in lines):
        return Stage.RCPT
    return next((stage for stage in (Stage.RCPT, Stage.MAIL, Stage.DATA) if where.startswith(stage)), Stage.UNKNOWN)


def answers_to(reply: str, lines: list[str]) -> str:
    """Of a transcript: the answers with this reply, for a Diagnostic-Code that ends after its first line."""
    said = [line.strip()[3:].strip() for line in lines if line.lstrip().startswith("<<<")]
    return " ".join(one for one in said if one[:3] == reply or (not reply and re.match(r"[45]\d\d", one)))
