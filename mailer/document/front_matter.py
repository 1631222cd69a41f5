"""The front matter of an issue as fields: what is in it, and the same with some of them changed and all else kept."""

from __future__ import annotations

import re
from collections.abc import Mapping

import yaml

Value = str | tuple[str, ...]
_PLAIN = ("date", "qr", "copies")
"""What YAML reads as something else than a text, as an editor means it."""
_IS_PLAIN = re.compile(r"[\w-]+", re.ASCII)


def fields_of(front: str) -> dict[str, Value] | None:
    """What stands in a front matter with its lines of `---`; None when it is not one key to a line."""
    root = _root(_inside(front))
    if root is None:
        return None
    found: dict[str, Value] = {}
    for key, value in root.value:
        if not isinstance(key, yaml.ScalarNode) or key.value in found:
            return None
        if isinstance(value, yaml.ScalarNode):
            found[key.value] = value.value.strip()
        elif isinstance(value, yaml.SequenceNode) and all(isinstance(one, yaml.ScalarNode) for one in value.value):
            found[key.value] = tuple(one.value for one in value.value)
        else:
            return None
    return found


def with_fields(front: str, wanted: Mapping[str, Value]) -> str:
    """The front matter with these values; "" or () takes a key out. What has the value already stays as it was written.

    Comments, order and quotes of other lines stay. Raises ValueError for a front matter that has no fields.
    """
    found = fields_of(front)
    if found is None:
        raise ValueError("this front matter cannot be read as fields")
    inside = _inside(front)
    for key, value in wanted.items():
        if found.get(key, type(value)()) != value:
            inside = _changed(inside, key, value)
    if inside == _inside(front):
        return front
    first, last = front.split("\n", 1)[0] or "---", "---" + ("\n" if front.endswith("\n") or not front else "")
    return f"{first}\n{inside}{last}"


def _inside(front: str) -> str:
    return "".join(f"{line}\n" for line in front.removesuffix("\n").split("\n")[1:-1])


def _root(inside: str) -> yaml.MappingNode | None:
    try:
        root = yaml.compose(inside, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    if root is None:
        return yaml.MappingNode("tag:yaml.org,2002:map", [])
    return root if isinstance(root, yaml.MappingNode) and not root.flow_style else None


def _changed(inside: str, key: str, value: Value) -> str:
    """With one key set, put in at the end, or taken out."""
    root = _root(inside)
    for name, old in root.value if root else ():
        if name.value == key:
            start, end = name.start_mark.index, _end_of(inside, old)
            line_end = inside.find("\n", end) + 1 or len(inside)
            if not value:
                return inside[:start] + inside[line_end if not inside[:end].endswith("\n") else end :]
            rest = inside[end:] if not inside[:end].endswith("\n") else "\n" + inside[end:]
            return f"{inside[:start]}{key}: {_written(key, value)}{rest}"
    return f"{inside}{key}: {_written(key, value)}\n" if value else inside


def _end_of(inside: str, node: yaml.Node) -> int:
    """Where a value ends: of one that takes several lines, before the empty lines and comments after it."""
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        node = node.value[-1]
    end = int(node.end_mark.index)
    while end > node.start_mark.index and inside[end - 1] in " \t\n" and inside[: end - 1].rstrip(" \t").endswith("\n"):
        end -= 1
    return end


def _written(key: str, value: Value) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_quoted, value))}]"
    return value if key in _PLAIN and _IS_PLAIN.fullmatch(value) else _quoted(value)


def _quoted(value: str) -> str:
    """As YAML writes a text on one line, in quotes where it must."""
    return yaml.safe_dump(value, allow_unicode=True, width=float("inf")).removesuffix("...\n").strip()
