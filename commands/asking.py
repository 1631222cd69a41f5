"""What must stand in no list of processes and no history of commands: it is asked, or read from standard input."""

from __future__ import annotations

import sys

import typer

from commands.telling import tell
from commands.words import say
from wording import Text, _
from wording.errors import InvalidInputError

ADDRESS = _("E-mailadres")
_YES, _NO = _("ja"), _("nee")


def asked(what: Text) -> str:
    """A line that a person types, or the next line of standard input for a script. Raises InvalidInputError."""
    line = str(typer.prompt(say(what))) if sys.stdin.isatty() else sys.stdin.readline()
    if not (words := " ".join(line.split())):
        raise InvalidInputError(_("Geef op de standaardinvoer: {what}.", what=what))
    return words


def agreed(question: Text) -> bool:
    """Whether a person says yes, in their own word or in English; asked again until it is one of the two.

    Raises typer.Abort when no one answers.
    """
    yes, no = say(_YES), say(_NO)
    while True:
        answer = str(typer.prompt(f"{say(question)} [{yes}/{no}]", default="", show_default=False)).strip().casefold()
        if answer in {yes, yes[:1], "y", "yes"}:
            return True
        if answer in {"", no, no[:1], "n", "no"}:
            return False
        tell(_("Typ {yes} of {no}.", yes=yes, no=no))
