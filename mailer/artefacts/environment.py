"""The one Jinja environment for artefacts: a template's name and values in, rendered text out.

Only the templates of this repository are ever compiled. What editors and translators wrote enters as values, which
autoescape writes out as they stand: `{{7*7}}` in an issue is seven characters to its reader.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from wording import Text
from wording import ngettext as counted
from wording.interface import Interface

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates"


@cache
def environment(interface: Interface) -> Environment:
    """Templates under templates/, in the words of `interface`. A missing value raises UndefinedError, never prints ''.

    `{{ _("…{name}…", name=…) }}` and `{{ ngettext("…", "…", count) }}` give plain strings, so that autoescape covers
    a translator's words too; for the same reason `{% trans %}`, which marks them safe, is not loaded.
    """
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["_"] = _sentence(interface)
    made.globals["ngettext"] = _counted(interface)
    made.globals["locale"] = interface.locale
    return made


def _sentence(interface: Interface) -> Callable[..., str]:
    def say(msgid: str, **values: Any) -> str:
        return interface.say(Text(msgid, values))

    return say


def _counted(interface: Interface) -> Callable[..., str]:
    def say(singular: str, plural: str, count: int, **values: Any) -> str:
        return interface.say(counted(singular, plural, count, **values))

    return say
