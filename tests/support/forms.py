"""A page of ours as a browser reads it: its words, its elements, and what its form would send."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from werkzeug.datastructures import MultiDict

_VOID = frozenset({"input", "meta", "link", "br", "img", "hr", "use", "path", "circle", "rect", "base"})


@dataclass(eq=False)
class Element:
    """One element, with all text in it."""

    name: str
    attributes: dict[str, str]
    text: str = ""
    forms: list[Element] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]


class Page(HTMLParser):
    """What a browser finds in a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        one = Element(tag, {name: value or "" for name, value in attrs})
        one.forms = [each for each in self._open if each.name in ("form", "main")]
        self.elements.append(one)
        if tag not in _VOID:
            self._open.append(one)

    def handle_endtag(self, tag: str) -> None:
        if tag in {one.name for one in self._open}:
            while self._open.pop().name != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.text += data
        for one in self._open:
            one.text += data

    def all(self, name: str, **attributes: str) -> list[Element]:
        """The elements with this name and these attributes; `class_` stands for one of the classes."""
        wanted = attributes.pop("class_", "")
        found = [one for one in self.elements if one.name == name]
        found = [one for one in found if not wanted or wanted in one.attributes.get("class", "").split()]
        return [one for one in found if attributes.items() <= one.attributes.items()]

    def fields(self) -> MultiDict[str, str]:
        """What the first form in the main part would send, with line ends as a browser sends them."""
        form = next(one for one in self.all("form", method="post") if one.forms)
        sent: MultiDict[str, str] = MultiDict()
        for one in self.elements:
            if form not in one.forms or "name" not in one.attributes or one.name not in ("input", "textarea"):
                continue
            if one.attributes.get("type") in ("checkbox", "radio") and "checked" not in one.attributes:
                continue
            value = one.text.removeprefix("\n") if one.name == "textarea" else one.attributes.get("value", "on")
            sent.add(one["name"], value.replace("\r\n", "\n").replace("\n", "\r\n"))
        return sent
