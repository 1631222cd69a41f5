"""Forms without a cookie: a signed age, a field that only robots fill in, and one value per field."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from werkzeug.datastructures import MultiDict

from database.keys import KeyRing
from wording import Text, _

YOUNGEST, OLDEST = timedelta(seconds=2), timedelta(hours=24)
"""Nobody reads and fills in a form faster; a page left open for longer is asked once more."""
TRAP = "website"
"""Hidden from people and from screen readers; whatever fills it in reads no page."""


def signed_now(keys: KeyRing, at: datetime) -> str:
    """What a form carries to show when it was made."""
    return _signed(keys, keys.current("session"), f"{int(at.timestamp()):x}")


def fault(keys: KeyRing, form: MultiDict[str, str], at: datetime) -> Text | None:
    """Why the form is not one of ours, just now filled in by a person; None when it is."""
    made = _made_at(keys, one(form, "form"))
    if made is None or made > at or at - made > OLDEST:
        return _("Deze pagina stond te lang open. Druk nog een keer op de knop.")
    if at - made < YOUNGEST:
        return _("Dat ging wel erg snel. Druk nog een keer op de knop.")
    return None


def trapped(form: MultiDict[str, str]) -> bool:
    """True when a robot filled in what no person can see. A form without the field is no form of ours."""
    return form.getlist(TRAP) != [""]


def one(form: MultiDict[str, str], name: str) -> str:
    """The value of a field that must be there once; "" otherwise, which every check refuses."""
    values = form.getlist(name)
    return values[0] if len(values) == 1 else ""


def _made_at(keys: KeyRing, token: str) -> datetime | None:
    moment, _dot, _mac = token.partition(".")
    genuine = any(
        hmac.compare_digest(_signed(keys, kid, moment).encode(), token.encode("utf-8", "replace"))
        for kid in keys.ids("session")
    )
    return datetime.fromtimestamp(int(moment, 16)).astimezone() if genuine else None


def _signed(keys: KeyRing, kid: int, moment: str) -> str:
    mac = hmac.digest(keys.derive("session", "form", kid), moment.encode("utf-8", "replace"), "sha256")
    return f"{moment}.{mac.hex()[:32]}"
