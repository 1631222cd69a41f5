"""What must stand in no list of processes and no history of commands: it is asked, or read from standard input."""

from __future__ import annotations

import sys

import typer

from commands.words import say
from wording import Text, _
from wording.errors import InvalidInputError

ADDRESS = _("E-mailadres")


def asked(what: Text) -> str:
    """A line that a person types, or the next line of standard input for a script. Raises InvalidInputError."""
    line = str(typer.prompt(say(what))) if sys.stdin.isatty() else sys.stdin.readline()
    if not (words := " ".join(line.split())):
        raise InvalidInputError(_("Geef op de standaardinvoer: {what}.", what=what))
    return words
