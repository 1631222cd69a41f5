"""An e-mail artefact in, a page that a browser can show out: pictures within it, slots filled, one colour scheme.

Nobody's address is in a preview; its links go nowhere.
"""

from __future__ import annotations

import html
from base64 import b64encode
from collections.abc import Mapping

from mailer.artefacts.email.artefact import EmailArtefact
from mailer.artefacts.greeting import greeting
from mailer.artefacts.slots import SLOT
from wording.interface import Interface

SCHEMES = ("light", "dark")
_QUERY = "(prefers-color-scheme: dark)"


def sample_values(interface: Interface) -> dict[str, str]:
    """What stands in the slots of a preview: no one's name, and addresses that lead nowhere."""
    return {
        "greeting": greeting(None, interface),
        "preferences_url": "https://voorbeeld.invalid/voorkeuren",
        "unsubscribe_url": "https://voorbeeld.invalid/afmelden",
    }


def page_from(artefact: EmailArtefact, values: Mapping[str, str], scheme: str = "") -> str:
    """The HTML with its pictures as data: URLs. With a `scheme`, it looks so whatever the browser prefers."""
    page = SLOT.sub(lambda found: html.escape(values.get(found[1], "")), artefact.html)
    for image in artefact.images:
        data = b64encode(image.picture.data).decode("ascii")
        page = page.replace(f"cid:{image.cid}", f"data:image/{image.picture.subtype};base64,{data}")
    return in_scheme(page, scheme)


def in_scheme(page: str, scheme: str) -> str:
    """The page as it looks in one of `SCHEMES` whatever the browser prefers; with "" as the browser prefers."""
    return page.replace(_QUERY, "all" if scheme == "dark" else "not all") if scheme else page
