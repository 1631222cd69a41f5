"""The words of the command line, in the language of whoever types.

The language is that of the shell ($LANGUAGE, $LC_ALL, $LC_MESSAGES, $LANG); Dutch when there is no catalog for it.
"""

from __future__ import annotations

import os
from functools import cache

from wording import Text
from wording.interface import Interface, interface, preferred


@cache
def here() -> Interface:
    """The interface of this shell."""
    languages = (os.environ.get(name, "") for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))
    return interface(preferred(":".join(filter(None, languages))))


def say(text: Text | str) -> str:
    return here().say(text)
