"""`{for="legal-aid womens-orgs" #opvang}` at the end of a heading or a container's title."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ONE = r"""(?:\#[\w-]+|[a-z]+="[^"{}\n]*")"""
_BLOCK = re.compile(rf"(?:^|[ \t])\{{[ \t]*({_ONE}(?:[ \t]+{_ONE})*)[ \t]*\}}[ \t]*$")
_PAIR = re.compile(r'#([\w-]+)|(?<![a-z])([a-z]+)="([^"]*)"')


@dataclass(frozen=True)
class Attributed:
    """A text without its attributes, and those. `repeated` names what was given twice; `id` stands for `#…`."""

    text: str
    values: dict[str, str]
    repeated: tuple[str, ...] = ()


def attributed(text: str) -> Attributed:
    """Split the attributes off the end of `text`; braces that are no attributes stay in the text."""
    block = _BLOCK.search(text)
    if block is None:
        return Attributed(text, {})
    pairs = [("id", anchor) if anchor else (key, value) for anchor, key, value in _PAIR.findall(block[1])]
    names = [name for name, _value in pairs]
    repeated = tuple(sorted({name for name in names if names.count(name) > 1}))
    return Attributed(text[: block.start()].rstrip(), dict(pairs), repeated)
