"""What is said of a command that was typed wrong, in the language of whoever types: Typer says it in English."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from typer._click.exceptions import ClickException, MissingParameter, NoArgsIsHelpError, NoSuchOption, UsageError
from typer._click.formatting import HelpFormatter

from commands.telling import tell_aside
from commands.words import say
from wording import Text, _

_PLACE = r"""(?i:file|directory|path) ['"]?(.*?)['"]?"""
_KNOWN: tuple[tuple[str, Callable[..., Text]], ...] = (
    (r"No such command '(.*?)'.*", lambda name: _("De opdracht ‘{name}’ bestaat niet.", name=name)),
    (r"Missing command\.", lambda: _("Geef een opdracht.")),
    (r"Got unexpected extra argument(?:\(s\)|s?) \((.*)\)", lambda words: _("Dit is te veel: {words}.", words=words)),
    (r"Option '(.*)' requires an argument\.", lambda option: _("Achter {option} ontbreekt een waarde.", option=option)),
    (r"Option '(.*)' does not take a value\.", lambda option: _("Achter {option} hoort niets.", option=option)),
    (
        r"(?:Option|Argument) '(.*)' (?:requires|takes) (\d+) (?:argument|value)s\.",
        lambda what, count: _("Bij {what} horen {count} waarden.", what=what, count=count),
    ),
    (rf"{_PLACE} does not exist\.", lambda path: _("‘{path}’ is er niet.", path=path)),
    (rf"{_PLACE} is a directory\.", lambda path: _("‘{path}’ is een map; geef een bestand.", path=path)),
    (rf"{_PLACE} is a file\.", lambda path: _("‘{path}’ is een bestand; geef een map.", path=path)),
    (
        rf"{_PLACE} is not readable\.",
        lambda path: _("‘{path}’ is niet te lezen met de rechten die je hebt.", path=path),
    ),
    (
        rf"{_PLACE} is not writable\.",
        lambda path: _("‘{path}’ is niet te schrijven met de rechten die je hebt.", path=path),
    ),
    (r"Input should be a valid (?:integer|number).*", lambda: _("Geef een getal.")),
    (r"Input should be a valid date.*", lambda: _("Geef een moment, zoals 2026-12-31T09:30.")),
    (
        r"Input should be .* than (?:or equal to )?(.*)",
        lambda most: _("Dit getal kan niet: de grens is {most}.", most=most),
    ),
    (
        r"'(.*)' is not one of (.*)\.",
        lambda value, known: _("‘{value}’ kan niet; wel: {known}.", value=value, known=known),
    ),
    (
        r"'(.*)' does not match the formats? .*",
        lambda value: _("‘{value}’ is geen datum zoals 2026-12-31.", value=value),
    ),
    (r"Value (.*) is not a valid .*\.", lambda value: _("{value} kan hier niet.", value=value)),
    (r"(?:Input should|Value must) be .*", lambda: _("Deze waarde kan hier niet.")),
)
"""What Typer says, and what we say for it."""


_LINES = {
    "Show this message and exit.": _("Toon deze uitleg."),
    "Install completion for the current shell.": _("Laat deze shell opdrachten aanvullen."),
    "Show completion for the current shell, to copy it or customize the installation.": _(
        "Toon wat deze shell opdrachten laat aanvullen, om het zelf te plaatsen."
    ),
}
_KINDS = {
    "int": _("getal"),
    "int range": _("getal"),
    "float": _("getal"),
    "str": _("tekst"),
    "path": _("pad"),
    "file": _("bestand"),
}


class Spoken(HelpFormatter):
    """The headings and fixed words of `--help`."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        usage = say(_("Gebruik:"))
        super().write_usage(prog, _placed(args), prefix or f"{usage} ")

    def write_heading(self, heading: str) -> None:
        words = {"Options": _("Opties"), "Commands": _("Opdrachten"), "Arguments": _("Wat erbij hoort")}
        super().write_heading(say(words.get(heading, heading)))

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        super().write_dl([(_kinds(name), _fixed(said)) for name, said in rows], col_max, col_spacing)


def _placed(pieces: str) -> str:
    """What Typer writes for "and so on" behind a command."""
    for fixed, word in (("[OPTIONS]", _("OPTIES")), ("COMMAND [ARGS]...", _("OPDRACHT"))):
        pieces = pieces.replace(fixed, f"[{say(word)}]" if fixed.startswith("[") else f"{say(word)} …")
    return pieces


def _kinds(name: str) -> str:
    """What kind of value an option takes, as Typer writes it: `<int>`, `<str>`."""
    kind = re.search(r"<(?:list\[)?([A-Za-z ]{3,9})\]?>", name)
    word = _KINDS.get(kind[1].casefold()) if kind else None
    return name if kind is None or word is None else name.replace(kind[0], f"<{say(word)}>")


def _fixed(said: str) -> str:
    if said in _LINES:
        return say(_LINES[said])
    for code, word in (("required", _("verplicht")), ("default", _("standaard")), ("env var", _("omgeving"))):
        said = re.sub(rf"(\[|; ){code}(?=[:;\]])", rf"\g<1>{say(word)}", said)
    return said


def tell_mistyped(error: ClickException) -> None:
    """How the command is used, where to read more, and what is wrong, to standard error."""
    if isinstance(error, NoArgsIsHelpError):
        error.show()
        return
    context = error.ctx if isinstance(error, UsageError) else None
    if context is not None:
        usage = " ".join([context.command_path, *map(_placed, context.command.collect_usage_pieces(context))])
        tell_aside(_("Gebruik: {usage}", usage=usage))
        tell_aside(_("Uitleg: `{command} --help`", command=context.command_path))
    tell_aside(_("Fout: {what}", what=_what(error)))


def _what(error: ClickException) -> Text | str:
    if isinstance(error, MissingParameter) and error.param is not None:
        return _("{what} ontbreekt.", what=error.param.get_error_hint())
    if isinstance(error, NoSuchOption):
        if error.possibilities:
            known = ", ".join(sorted(error.possibilities))
            return _("De optie {option} bestaat niet. Bedoel je {known}?", option=error.option_name, known=known)
        return _("De optie {option} bestaat niet.", option=error.option_name)
    param = getattr(error, "param", None)
    where = f"{param.get_error_hint()}: " if param is not None else ""
    return where + say(_said(error.message))


def _said(message: str) -> Text | str:
    for pattern, words in _KNOWN:
        if found := re.fullmatch(pattern, message.removeprefix("Value error, "), re.DOTALL):
            return words(*found.groups())
    return message
