"""Every regular expression of the product, and the texts that are worst for it.

A pattern is found where it is compiled: as a value of a module, also inside tuples, tables and frozen values, or as the
first argument of a call of `re`. What cannot be known without running a function is given by the caller.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

PACKAGES = ("mailer", "subscribers", "worker", "web", "commands", "staff", "database", "wording")
FROM_START = {"match", "fullmatch"}
"""Methods that try one place only: a scan of the whole text would ask more of the pattern than the product does."""
FUNCTIONS = {"compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn"}
SMALL = 2000
"""Signs with which the worst unit is chosen: enough to tell a square from a line."""


@dataclass(frozen=True)
class Found:
    """A pattern, where it stands, and whether it is only ever tried at the start of a text."""

    place: str
    pattern: re.Pattern[Any]
    from_start: bool


def modules() -> list[ModuleType]:
    """Every module of the product that can be imported without being run."""
    names = []
    for package in PACKAGES:
        top = importlib.import_module(package)
        names += [package, *(one.name for one in pkgutil.walk_packages(top.__path__, f"{package}."))]
    return [importlib.import_module(name) for name in names if not name.endswith(("__main__", "migrations.env"))]


def found() -> tuple[list[Found], list[str]]:
    """The patterns, and the calls of `re` whose pattern is made while the program runs (`module:function`)."""
    patterns: dict[tuple[Any, bool], Found] = {}
    unknown: list[str] = []
    everything = modules()
    used = _methods(everything)
    for module in everything:
        for name, value in vars(module).items():
            for pattern in _inside(value, depth=4):
                from_start = isinstance(value, re.Pattern) and used.get(id(value), {"search"}) <= FROM_START
                one = Found(f"{module.__name__}.{name}", pattern, from_start)
                patterns.setdefault((pattern, from_start), one)
        for place, method, called in _calls(module):
            if called is None:
                unknown.append(place)
            else:
                one = Found(place, called, method in FROM_START)
                patterns.setdefault((called, one.from_start), one)
    return list(patterns.values()), sorted(set(unknown))


def _inside(value: Any, depth: int) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif not depth or isinstance(value, (str, bytes, type, ModuleType)):
        return
    elif isinstance(value, Mapping):
        for one in (*value.keys(), *value.values()):
            yield from _inside(one, depth - 1)
    elif isinstance(value, (tuple, list, set, frozenset)):
        for one in value:
            yield from _inside(one, depth - 1)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _inside(getattr(value, field.name, None), depth - 1)


def _methods(everything: Iterable[ModuleType]) -> dict[int, set[str]]:
    """What is called on each pattern that is a value of a module, by its id; passed on as a value is searched."""
    used: dict[int, set[str]] = {}
    for module in everything:
        values, called = vars(module), set()
        for node in ast.walk(tree := _tree(module)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                used.setdefault(id(values.get(node.value.id)), set()).add(node.attr)
                called.add(id(node.value))
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in called:
                used.setdefault(id(values.get(node.id)), set()).add("search")
    return used


def _calls(module: ModuleType) -> Iterator[tuple[str, str, re.Pattern[Any] | None]]:
    """Calls of `re` inside functions: where, which, and the pattern if it is the same each time."""
    for function in ast.walk(_tree(module)):
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        for node in ast.walk(function):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if isinstance(node.func.value, ast.Name) and node.func.value.id == "re" and node.func.attr in FUNCTIONS:
                place = f"{module.__name__}:{function.name}"
                yield place, node.func.attr, _evaluated(node.args[0], module)


def _evaluated(node: ast.expr, module: ModuleType) -> re.Pattern[Any] | None:
    try:
        made = eval(compile(ast.Expression(node), "", "eval"), dict(vars(module)))  # noqa: S307 — our own code
    except NameError:
        return None
    return re.compile(made)


@cache
def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(Path(str(module.__file__)).read_text("utf-8"))


# ── texts that are worst ──────────────────────────────────────────────────────────────────────────────────────────

PLAIN = (
    *(
        " ",
        "a",
        "A",
        "0",
        "a ",
        "0 ",
        "a.",
        "a@",
        "a-",
        "0.",
        "(",
        "[",
        '"',
        "<",
        "<p ",
        "{",
        "*",
        "_",
        "\n",
        "\\",
        "é",
    ),
    *("ا", "a\n", " \n"),
)
"""Units that do harm to patterns of many kinds."""


def worst(one: Found) -> Any:
    """The text of a small size that takes this pattern longest, as (prefix, unit, end)."""
    timed = []
    for attack in attacks(one.pattern):
        text, takes = text_of(attack, SMALL, one.pattern), []
        for _again in range(3):  # the least of three: what else the machine did in between does not count
            start = time.process_time()
            use(one, text)
            takes.append(time.process_time() - start)
        timed.append((min(takes), attack))
    return max(timed)[1]


def use(one: Found, text: Any) -> None:
    """As the product uses it, to the end of the text."""
    if one.from_start:
        one.pattern.match(text)
        one.pattern.fullmatch(text)
    else:
        for _match in one.pattern.finditer(text):
            pass


def text_of(attack: tuple[str, str, str], size: int, pattern: re.Pattern[Any]) -> Any:
    prefix, unit, end = attack
    text = (prefix + unit * (size // len(unit) + 1))[:size] + end
    return text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text


def attacks(pattern: re.Pattern[Any]) -> set[tuple[str, str, str]]:
    """Repeats of what the pattern itself repeats, after what it begins with, before something that does not fit."""
    parsed = re._parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)  # type: ignore[attr-defined]
    units = set(PLAIN)
    prefixes = {""}
    for before, body in _repeats(list(parsed), ""):
        for choice in range(3):
            unit = _sample(body, choice)
            if unit:
                units |= {unit, before + unit} if len(before) < 40 else {unit}
                prefixes.add(before)
    whole = _sample(list(parsed), 0)
    if whole:
        units |= {whole, whole[:-1] or whole}
    return {(prefix, unit, "\0") for prefix in sorted(prefixes, key=len)[:2] for unit in units}


def _repeats(nodes: list[Any], before: str) -> Iterator[tuple[str, list[Any]]]:
    for kind, argument in nodes:
        name = str(kind)
        if name in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
            yield before, list(argument[2])
        for inner in _bodies(name, argument):
            yield from _repeats(inner, before)
        before += _sample([(kind, argument)], 0)


def _bodies(name: str, argument: Any) -> list[list[Any]]:
    match name:
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            return [list(argument[2])]
        case "SUBPATTERN":
            return [list(argument[3])]
        case "ATOMIC_GROUP":
            return [list(argument)]
        case "BRANCH":
            return [list(one) for one in argument[1]]
        case "ASSERT" | "ASSERT_NOT":
            return [list(argument[1])]
        case _:
            return []


def _sample(nodes: list[Any], choice: int) -> str:
    """A short text that the nodes match, more or less; `choice` takes other members of classes and branches."""
    made = ""
    for kind, argument in nodes:
        match str(kind):
            case "LITERAL":
                made += chr(argument)
            case "NOT_LITERAL":
                made += "a" if chr(argument) != "a" else "b"
            case "ANY":
                made += "a"
            case "IN":
                made += _member(argument, choice)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                made += _sample(list(argument[2]), choice) * max(1, argument[0])
            case "SUBPATTERN":
                made += _sample(list(argument[3]), choice)
            case "ATOMIC_GROUP":
                made += _sample(list(argument), choice)
            case "BRANCH":
                made += _sample(list(argument[1][choice % len(argument[1])]), choice)
            case _:
                pass  # a place, or a look around, takes no sign
    return made


CATEGORIES = {"CATEGORY_DIGIT": "0", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "a"}


def _member(members: list[Any], choice: int) -> str:
    """A sign of a class, another one for each choice."""
    signs = []
    if str(members[0][0]) == "NEGATE":
        wanted = re.compile(_class_of(members))
        signs = [sign for sign in 'a 0.-<\n"ا' if wanted.match(sign)]
    else:
        for kind, argument in members:
            match str(kind):
                case "LITERAL":
                    signs.append(chr(argument))
                case "RANGE":
                    signs.append(chr(argument[0]))
                case "CATEGORY":
                    signs.append(CATEGORIES.get(str(argument), "%"))
    return signs[choice % len(signs)] if signs else ""


def _class_of(members: list[Any]) -> str:
    """The class as it was written."""
    made = ""
    for kind, argument in members:
        match str(kind):
            case "NEGATE":
                made += "^"
            case "LITERAL":
                made += re.escape(chr(argument))
            case "RANGE":
                made += f"{re.escape(chr(argument[0]))}-{re.escape(chr(argument[1]))}"
            case "CATEGORY":
                made += CLASSES[str(argument)]
    return f"[{made}]"


CLASSES = {
    "CATEGORY_DIGIT": r"\d", "CATEGORY_NOT_DIGIT": r"\D", "CATEGORY_SPACE": r"\s", "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w", "CATEGORY_NOT_WORD": r"\W",
}  # fmt: skip
