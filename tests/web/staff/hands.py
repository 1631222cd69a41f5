"""Ways in which a person uses a page: with a mouse or a finger, or with the keyboard alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from playwright.sync_api import Locator, Page

Role = Literal["button", "link", "textbox", "radio", "checkbox"]
MOST_TABS = 120


class Hands(Protocol):
    """What a story needs."""

    def press(self, page: Page, role: Role, name: str) -> None:
        """Press a button, follow a link, choose a radio."""

    def type(self, page: Page, label: str, text: str) -> None:
        """Fill in a field."""


class Pointing:
    """A mouse, or a finger."""

    def press(self, page: Page, role: Role, name: str) -> None:
        page.get_by_role(role, name=name).first.click()

    def type(self, page: Page, label: str, text: str) -> None:
        page.get_by_label(label).fill(text)


@dataclass(frozen=True)
class Keys:
    """The keyboard alone: Tab until it is there, and every stop on the way can be seen."""

    def press(self, page: Page, role: Role, name: str) -> None:
        self._go_to(page, page.get_by_role(role, name=name).first)
        page.keyboard.press("Space" if role in ("radio", "checkbox") else "Enter")

    def type(self, page: Page, label: str, text: str) -> None:
        self._go_to(page, page.get_by_label(label))
        page.keyboard.type(text)

    def _go_to(self, page: Page, wanted: Locator) -> None:
        wanted.wait_for()
        settle(page)
        for _stop in range(MOST_TABS):
            if wanted.evaluate(
                "it => it === document.activeElement || it.name && it.type === 'radio' && "
                "it.name === document.activeElement.name"
            ):
                break
            page.keyboard.press("Tab")
            assert page.evaluate(IS_SEEN), page.evaluate("document.activeElement.outerHTML")
        else:
            raise AssertionError(f"no way to {wanted} with Tab")
        self._arrow_to(page, wanted)

    @staticmethod
    def _arrow_to(page: Page, wanted: Locator) -> None:
        """Within radio buttons, which are one stop."""
        for _step in range(10):
            if wanted.evaluate("it => it === document.activeElement"):
                return
            page.keyboard.press("ArrowDown")
        raise AssertionError(f"no way to {wanted} with the arrows")


def settle(page: Page) -> None:
    """Wait until a page has come whole and has put the focus where it wants it.

    Words of a page can be read before `autofocus` is heeded: a browser does that in the first frame after the page
    and its styles are there (HTML, "flush autofocus candidates").
    """
    page.wait_for_load_state()
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


IS_SEEN = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect();
  if (one === document.body || one.id === "main") return true;
  const above = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return box.width > 0 && box.height > 0 && (above === null || one.contains(above) || above.contains(one)
    || above.closest("label") !== null);
}"""
"""Whether what has the focus is on the screen and nothing lies over it."""

__all__: Sequence[str] = ("Hands", "Keys", "Pointing", "settle")
