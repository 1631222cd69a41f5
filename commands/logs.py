"""Logs for a program to read: one JSON object a line, with ids and words of closed sets, never what people wrote.

Chosen with POSTDUIF_LOG=json. Whatever is not on the lists below is left out: the words of an error, the arguments of
a message, and all that a library says but its name.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from enum import Enum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from wording import _
from wording.errors import InvalidInputError

OURS = ("mailer", "subscribers", "staff", "database", "worker", "web", "commands")
EVENTS = frozenset(
    {
        "a batch was delivered",
        "a chore was done",
        "a command ends with an error",
        "a count failed",
        "a deed was done",
        "a look was not kept",
        "a print run was made",
        "a request was answered",
        "a returned message could not be handled",
        "process %s on %s is dead",
        "swept",
        "the chore %s failed",
        "the chore %s waits for a server",
        "the clock could not ring",
        "the doorbell did not ring: %s",
        "the heart of this process could not beat",
        "the late languages of %s wait: %s",
        "the pages begin to answer",
        "the pages stop",
        "the rule %s of retention failed",
        "the worker begins",
        "the worker stops",
        "%s is not shown in the archive by itself: %s",
    }
)
"""What our own parts say; `tests/house/test_logs.py` finds each of them."""
NUMBERS = frozenset(
    {"mailing", "batch", "run", "count", "accepted", "deferred", "refused", "uncertain", "seconds", "status", "rung"}
)
WORDS = frozenset({"job", "permission", "method", "route", "relay"})
"""Fields that hold a word of a set that is told at the start (`allow`), or of an enumeration of ours."""
IDS = frozenset({"person"})
"""Fields that hold a UUID."""
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")
_MOST_PLACES = 4
log = logging.getLogger(__name__)


class JsonLines(logging.Formatter):
    """Formats a record; `words` are those that may stand in a field, by its name."""

    def __init__(self, words: Mapping[str, Iterable[str]] = MappingProxyType({})) -> None:
        super().__init__()
        self._words: dict[str, frozenset[str]] = {name: frozenset(some) for name, some in words.items()}

    def allow(self, field: str, words: Iterable[str]) -> None:
        """More words that may stand in a field."""
        self._words[field] = self._words.get(field, frozenset()) | frozenset(words)

    def format(self, record: logging.LogRecord) -> str:
        ours = record.name.partition(".")[0] in OURS
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower() if record.levelname in _LEVELS else "other",
            "part": record.name if ours and record.name.replace(".", "").isidentifier() else "elsewhere",
            "event": record.msg if ours and isinstance(record.msg, str) and record.msg in EVENTS else "other",
        }
        if line["part"] not in sys.modules:  # our loggers are called as their modules are
            line["part"] = "elsewhere"
        for name, value in vars(record).items():
            if (shown := self._shown(name, value)) is not None:
                line[name] = shown
        if record.exc_info and record.exc_info[1] is not None:
            line |= _error(record.exc_info[1])
        return json.dumps(line)

    def _shown(self, name: str, value: object) -> object:
        if name in NUMBERS and isinstance(value, int | float) and not isinstance(value, bool):
            return value
        if name in IDS and isinstance(value, UUID):
            return str(value)
        if name in WORDS and isinstance(value, str):
            known = isinstance(value, Enum) or value in self._words.get(name, ())
            return str(value) if known else None
        return None


def _ended(_kind: object, error: BaseException, _places: object) -> None:
    """In the place of Python's own last words, which say what was being read."""
    log.critical("a command ends with an error", exc_info=error)


_LEVELS = frozenset(logging.getLevelNamesMapping())


def _error(error: BaseException) -> dict[str, Any]:
    """Its type when that is one of a module that is there, and where it came from; never what it says."""
    kind = type(error)
    module = sys.modules.get(kind.__module__)
    known = module is not None and getattr(module, kind.__name__, None) is kind
    frames = traceback.extract_tb(error.__traceback__)[-_MOST_PLACES:]
    files = {getattr(one, "__file__", None) for one in list(sys.modules.values())}
    places = [f"{_short(one.filename)}:{one.lineno}" for one in frames if one.filename in files]
    return {"error": kind.__name__ if known else "other", "where": places}


def _short(path: str) -> str:
    return "/".join(path.rsplit("/", 2)[-2:])


def start(chosen: str, *, stream: Any = None) -> Callable[[str, Iterable[str]], None]:
    """Log as it is chosen: "json", or "" for warnings in words. Returns what allows more words in a field.

    Raises InvalidInputError for another choice.
    """
    if chosen not in ("", "json"):
        raise InvalidInputError(_("‘{log}’ is geen soort log; kies json, of niets.", log=chosen))
    if not chosen:
        return lambda _field, _words: None
    from mailer.services.administration.watching import JOBS

    formatter = JsonLines({"method": METHODS, "job": (*JOBS, "digests", "notices", "retention_try")})
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("sqlalchemy").setLevel(logging.WARNING)
    sys.excepthook = _ended
    return formatter.allow
