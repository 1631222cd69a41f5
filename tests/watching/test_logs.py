"""The log for programs: one JSON object a line, and nobody in it, whatever our parts or a library hand to it."""

from __future__ import annotations

import ast
import io
import json
import logging
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.logs import EVENTS, IDS, NUMBERS, OURS, WORDS, JsonLines, start
from staff.permissions import Permission
from tests.support.house import ROOT
from wording.errors import InvalidInputError

PEOPLE = st.emails() | st.sampled_from(["Noor van Dijk", "Amina", "نور", "Jan\nde Vries", "jan@lezer.example"])
CALLS = {f"log.{level}" for level in ("debug", "info", "warning", "error", "critical", "exception")}
FIELDS = sorted(NUMBERS | IDS | WORDS | {"email", "name_of", "msgid"})
WORKING = {"job": ["sweep"], "method": ["GET"], "route": ["/u/<token>"], "relay": ["eigen"]}


def line(record: logging.LogRecord) -> dict[str, Any]:
    written = JsonLines(WORKING).format(record)
    assert "\n" not in written
    found: dict[str, Any] = json.loads(written)
    return found


def record(name: str, message: str, args: Any = (), error: Any = None, **extra: Any) -> logging.LogRecord:
    made = logging.LogRecord(name, logging.INFO, "", 1, message, args, error)
    made.__dict__.update(extra)
    return made


@given(
    person=PEOPLE,
    logger=st.sampled_from(["mailer.services.office", "celery.app.trace", "mailer.noor"]) | PEOPLE,
    field=st.sampled_from(FIELDS) | PEOPLE,
    fails=st.booleans(),
)
def test_no_line_holds_an_address_or_a_name(person: str, logger: str, field: str, *, fails: bool) -> None:
    error = None
    if fails:
        try:
            raise type(person, (Exception,), {})(person)
        except Exception as raised:
            error = (type(raised), raised, raised.__traceback__)
    made = record(logger, person, (person,), error, **{field: person})
    written = json.dumps(line(made), ensure_ascii=False)
    assert person not in written
    assert person.partition("@")[0] not in written or len(person.partition("@")[0]) < 3


def test_what_is_of_use_is_kept() -> None:
    person = uuid4()
    try:
        json.loads("{")
    except ValueError as raised:
        error = (type(raised), raised, raised.__traceback__)
    made = record(
        "commands.logs", "a deed was done", (), error, permission=Permission.TRANSLATE, person=person,
        mailing=3, job="sweep", method="GET", route="/u/<token>", relay="eigen", seconds=0.5, batch=True, status="200",
    )  # fmt: skip
    found = line(made)
    assert found["event"] == "a deed was done"
    assert found["part"] == "commands.logs"
    assert (found["permission"], found["person"], found["mailing"]) == ("translation.write", str(person), 3)
    assert (found["job"], found["method"], found["route"], found["relay"]) == ("sweep", "GET", "/u/<token>", "eigen")
    assert found["error"] == "JSONDecodeError"
    assert found["where"][-1].startswith("json/decoder.py:")
    assert "batch" not in found
    assert "status" not in found


def test_a_library_is_told_of_without_its_words() -> None:
    found = line(record("waitress", "Exception while serving /u/geheim"))
    assert (found["part"], found["event"]) == ("elsewhere", "other")


def test_another_kind_of_log_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        start("xml", stream=io.StringIO())
    start("")("route", ["/"])


def said() -> dict[str, set[str]]:
    """What our own parts log: each message, with the fields that come with it."""
    found: dict[str, set[str]] = {}
    for part in OURS:
        for path in (ROOT / part).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in CALLS:
                    assert isinstance(node.args[0], ast.Constant), f"{path}:{node.lineno} says what is not a literal"
                    extra = next((one.value for one in node.keywords if one.arg == "extra"), None)
                    keys = {str(key.value) for key in getattr(extra, "keys", []) if isinstance(key, ast.Constant)}
                    found.setdefault(str(node.args[0].value), set()).update(keys)
    return found


def test_every_event_of_ours_is_on_the_list_and_every_field_has_a_kind() -> None:
    found = said()
    assert found.keys() == EVENTS
    assert set().union(*found.values()) <= NUMBERS | IDS | WORDS
    assert not isinstance(UUID(int=0), str)
