"""The doors of the house: every use case that an edge (commands, web) opens, and what it asks of the caller.

A door is a public function of `mailer.services` whose first parameters are `office` and `person`. Anything else that an
edge uses stands in one of the two lists below, with its reason.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import mailer.services
from mailer.services.office import Office
from staff.permissions import Permission
from tests.support.house import ROOT

EDGES = ("commands", "web")
SERVICES = "mailer.services"

PUBLIC_DOORS: Mapping[str, str] = {
    "administration.signing_in.ask": "how one says who one is",
    "administration.signing_in.look": "a token from one's own mailbox",
    "administration.signing_in.enter_by_link": "a token from one's own mailbox",
    "administration.signing_in.enter_by_code": "a code from one's own mailbox",
    "administration.signing_in.current": "the cookie of a session says whose",
    "administration.signing_in.second_step": "the session says whose",
    "administration.signing_in.ask_for_passkey": "the session says whose",
    "administration.signing_in.passkey": "the session says whose",
    "administration.signing_in.add_passkey": "the session says whose",
    "post.addressees.posted_audience": "reads the settings alone",
    "publishing.archive.page": "anyone may read what is on show",
    "publishing.archive.earlier_page": "anyone may read what is on show",
    "publishing.archive.shelf": "anyone may read what is on show",
    "publishing.archive.calendar": "anyone may read what is on show",
    "publishing.shelving.newest": "anyone may read what is on show",
    "readers.offers.offers": "anyone may see what there is to choose",
    "readers.privacy.statement": "anyone may read how their privacy is kept",
    "publishing.archive.feed": "anyone may read what is on show",
    "publishing.archive.picture": "anyone may see what is on show",
    "readers.choices.choose": "the token of a newsletter says whose preferences",
    "readers.choices.leave": "the token of a newsletter says who leaves",
    "readers.choices.leaver": "the token of a newsletter says who leaves",
    "readers.choices.mail_link": "the token of a newsletter says to whom",
    "readers.choices.preferences": "the token of a newsletter says whose preferences",
    "readers.joining.asked_for": "the token of a confirmation mail says what was asked",
    "readers.joining.confirm": "the token of a confirmation mail says who confirms",
    "readers.joining.subscribe": "anyone may ask to get a newsletter",
    "readers.own_data.ask_to_move": "a fresh token from the reader's own mailbox",
    "readers.own_data.check_link": "a fresh token from the reader's own mailbox",
    "readers.own_data.check_move": "a fresh token from the reader's new mailbox",
    "readers.own_data.download": "a fresh token from the reader's own mailbox",
    "readers.own_data.erase": "a fresh token from the reader's own mailbox",
    "readers.own_data.move": "a fresh token from the reader's new mailbox",
    "translating.following.extract_issue": "works on a folder alone, without a database that knows people",
    "writing.checks.check": "works on a folder alone, without a database that knows people",
    "writing.checks.check_text": "works on a folder alone, without a database that knows people",
    "writing.dismissals.mark_of": "a text and a folder alone",
    "writing.dismissals.marks": "a text and a folder alone",
    "writing.previews.html": "works on a folder alone",
    "writing.previews.plain": "works on a folder alone",
    "translating.boxes.boxed": "a text alone",
    "translating.boxes.require_typable": "a text alone",
    "translating.boxes.unboxed": "a text alone",
    "translating.rows.key_of": "a text alone",
    "writing.previews.eml": "works on a folder alone",
    "writing.previews.pdf": "works on a folder alone",
    "writing.previews.png": "works on a folder alone",
    "writing.sheets.png": "works on a folder alone",
    "writing.sheets.sheet": "works on a folder alone",
}
"""Doors that ask for no one."""

_OWN = "administration.signing_in."
OWN_DOORS: Mapping[str, str] = {
    f"{_OWN}choose_language": "one's own language",
    f"{_OWN}choose_mails": "mail to oneself",
    f"{_OWN}factors": "one's own second step",
    f"{_OWN}leave": "one's own session",
    f"{_OWN}leave_everywhere": "one's own sessions",
    f"{_OWN}mine": "one's own sessions",
    f"{_OWN}new_paper": "one's own second step",
    f"{_OWN}propose_app": "one's own second step",
    f"{_OWN}remove_passkey": "one's own second step",
}
"""Doors for everyone who works here, to what is theirs alone: there is no permission to ask for."""

SYSTEM_DOORS: Mapping[str, str] = {
    "administration.signing_in.link_for": "a link from the machine, whose administrator may read the database anyway",
    "administration.signing_in.mails_for": "a question about roles",
    "administration.signing_in.needs_second_step": "a question about roles",
    "administration.staff.first_administrator": "the first run goes on as the person it made",
    "administration.staff.has_people": "says whether there is anyone to ask",
    "administration.starting.begin": "writes a folder, before there is a database that knows people",
    "administration.starting.go_to": "how far the first run is; its link is the key",
    "administration.starting.may_begin": "a question about a folder",
    "administration.starting.step_of": "how far the first run is",
    "administration.watching.why_not_ready": "whether this process can work at all, for who watches it",
    "administration.staff.acting": "finds the person behind --as, who then knocks",
    "sending.heart.beating": "the process itself",
    "keeping.backup.forget_old": "takes away old files of the machine",
    "keeping.backup.make": "a timer of the machine; only people with a private key open what it makes",
    "keeping.backup.name_at": "a name for a file",
    "keeping.backup.night_due": "when a process of the machine makes the next",
    "keeping.backup.require_two": "a question about settings",
    "keeping.holding.standing_still": "why nothing leaves, which names nobody and everyone who came in may know",
    "keeping.parcel.new_identity": "writes a file of the caller",
    "keeping.restore.restore": "there is no database yet that knows people; it holds everything back",
    "keeping.upgrade.upgrade": "a command of the machine, before its database can be asked who anyone is",
    "publishing.falling.all_fallen": "part of that command",
    "post.exporting.save_files": "writes files that a door gave",
    "post.exporting.save_whole": "writes a file that a door gave",
    "readers.explaining.explained": "reads files of the caller; there is no database",
    "readers.joining.agreed": "the sentence above a form",
    "readers.offers.rhythm_in": "words for a value that a door gave",
    "readers.privacy.kept_of": "the register of processing, of which anyone reads these lines",
    "sending.following.plain": "a value that a door gave, for a script",
    "sending.moments.moment": "a question about the calendar",
    "sending.moments.require_possible": "a question about the calendar",
    "sending.moments.soon": "a question about the calendar",
    "sending.overview.next_try": "a number for the command that delivers in its own process",
    "sending.overview.settled": "numbers for the bar of the command that delivers in its own process",
    "sending.overview.waiting": "tells after an order whether anyone carries it out",
    "sending.words.terms": "words for a value that a door gave",
    "sending.words.word_for": "words for a value that a door gave",
    "sending.words.word_for_outcome": "words for a value that a door gave",
    "writing.editions.editions": "the demo counts words",
    "writing.editions.load": "the demo counts words",
    "writing.merging.plain_text": "a pure function of a text",
    "writing.merging.put_together": "a pure function of texts that a door gave",
    "writing.merging.sides": "a pure function of texts that doors gave",
    "writing.saving.mark_of": "a pure function of a text",
}
"""What a process of ours does for itself, and pure functions that put a door's answer into words or files."""


def doors() -> dict[str, Callable[..., Any]]:
    """Every door of the services by its name, such as "sending.orders.pause"."""
    found: dict[str, Callable[..., Any]] = {}
    for module in pkgutil.walk_packages(mailer.services.__path__, f"{SERVICES}."):
        if module.name == Office.__module__:  # `deed` and `look` are what doors are made with
            continue
        for name, one in vars(importlib.import_module(module.name)).items():
            if is_public_function(one) and one.__module__ == module.name and not name.startswith("_") and is_door(one):
                found[name_of(one)] = one
    return {name: one for name, one in found.items() if name not in OWN_DOORS}


def is_public_function(one: object) -> bool:
    return inspect.isfunction(one) and one.__module__.startswith(f"{SERVICES}.") and not one.__name__.startswith("_")


def is_door(one: Callable[..., Any]) -> bool:
    return list(inspect.signature(one).parameters)[:2] == ["office", "person"]


def name_of(one: Callable[..., Any]) -> str:
    return f"{one.__module__}.{one.__name__}".removeprefix(f"{SERVICES}.")


def used_by_the_edges() -> dict[str, Callable[..., Any]]:
    """Every public function of the services that commands or web use, called or handed on, by its name."""
    found: dict[str, Callable[..., Any]] = {}
    for edge in EDGES:
        for path in sorted((ROOT / edge).rglob("*.py")):
            found |= used_in(path.read_text("utf-8"))
    return found


def used_in(source: str) -> dict[str, Callable[..., Any]]:
    """The public functions of the services that a module uses, by their name."""
    tree = ast.parse(source)
    imported = dict(_imported(tree))
    used: list[object] = []
    for node in ast.walk(tree):
        match node:
            case ast.Name(name) if name in imported:
                used.append(imported[name])
            case ast.Attribute(ast.Name(module), name) if inspect.ismodule(imported.get(module)):
                used.append(getattr(imported[module], name, None))
    return {name_of(one): one for one in used if is_public_function(one)}  # type: ignore[arg-type, misc]


def _imported(tree: ast.AST) -> Iterator[tuple[str, Any]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(SERVICES):
            package = importlib.import_module(node.module or "")
            for alias in node.names:
                if not hasattr(package, alias.name):
                    importlib.import_module(f"{node.module}.{alias.name}")
                yield alias.asname or alias.name, getattr(package, alias.name)


ASKING = ("require", "require_now", "deed", "look")
"""What a door asks the map with; the last two open its transaction."""


def asked_by(door: Callable[..., Any]) -> frozenset[Permission]:
    """The permissions that a door asks for by itself: those it names in its calls of `require`, `deed` and `look`."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(door)))
    asked = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ASKING:
            for part in ast.walk(node):
                match part:
                    case ast.Attribute(ast.Name("Permission"), name):
                        asked.add(Permission[name])
    return frozenset(asked)


def with_a_transaction_of_their_own() -> set[str]:
    """Functions of the services that are given a person and open a transaction themselves, not with `deed`."""
    found: set[str] = set()
    for path in sorted(Path(mailer.services.__path__[0]).glob("*/*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and "person" in (one.arg for one in node.args.args):
                opened = ".transaction(" in ast.unparse(node) and "require_now(" not in ast.unparse(node)
                found |= {f"{path.parent.name}.{path.stem}.{node.name}"} if opened else set()
    return found


def knock(door: Callable[..., Any], person: object) -> object:
    """Open a door as `person`, with nothing in hand: no office, and None for all else that it must be given."""
    rest = list(inspect.signature(door).parameters.values())[2:]
    needed = [one for one in rest if one.default is one.empty and one.kind not in (one.VAR_KEYWORD, one.VAR_POSITIONAL)]
    named = {one.name: None for one in needed if one.kind is one.KEYWORD_ONLY}
    return door(None, person, *(None for one in needed if one.kind is not one.KEYWORD_ONLY), **named)
