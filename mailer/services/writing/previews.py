"""One edition to look at, in every form a reader may get it. Nothing is written down and no one is mailed."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from email.utils import format_datetime

from mailer.artefacts.email.artefact import EmailArtefact
from mailer.artefacts.email.message import message_from
from mailer.artefacts.email.preview import in_scheme
from mailer.artefacts.greeting import greeting
from mailer.artefacts.paper.contact_sheet import contact_sheet
from mailer.artefacts.paper.job import PrintJob
from mailer.artefacts.slots import SLOT
from mailer.edition import Edition
from mailer.organisation import House
from mailer.services.office import Press
from mailer.services.writing.editions import edition, email_of, load, print_job_of
from wording.interface import interface


def html(press: Press, slug: str, audience: str, locale: str, *, text: str | None = None, scheme: str = "") -> bytes:
    """The e-mail as a page by itself, with its pictures inside it; `text` stands for what was saved of the issue.

    With a `scheme` ("light", "dark") it looks so whatever the browser prefers.
    """
    cut, mail = _mail(press, slug, audience, locale, text)
    page = in_scheme(_filled(mail.html, cut, press.house), scheme)
    for image in mail.images:
        data = base64.b64encode(image.picture.data).decode("ascii")
        page = page.replace(f"cid:{image.cid}", f"data:image/{image.picture.subtype};base64,{data}")
    return page.encode()


def plain(press: Press, slug: str, audience: str, locale: str, *, text: str | None = None) -> bytes:
    """The plain text of the e-mail."""
    cut, mail = _mail(press, slug, audience, locale, text)
    return _filled(mail.text, cut, press.house).encode()


def eml(press: Press, slug: str, audience: str, locale: str) -> bytes:
    """The whole message (RFC 5322), to open in a mail program."""
    cut, mail = _mail(press, slug, audience, locale, None)
    return message_from(mail, cut, press.house).fill(_sample(cut, press.house))


def pdf(press: Press, slug: str, audience: str, locale: str, *, large: bool = False, text: str | None = None) -> bytes:
    """The pages of the booklet, or of A4 in large print, in reading order."""
    loaded = load(press, slug, text=text)
    job = print_job_of(press, loaded, edition(press, loaded, audience, locale), large=large)
    with press.turns:
        [data] = press.typeset([job])
    return data


def png(
    press: Press,
    slug: str,
    audience: str,
    locale: str,
    pictures: Callable[[PrintJob], Sequence[bytes]],
    *,
    large: bool = False,
    text: str | None = None,
) -> bytes:
    """All pages of the booklet as one picture; `pictures` makes a PNG per page (`Typesetter.pictures`)."""
    loaded = load(press, slug, text=text)
    cut = edition(press, loaded, audience, locale)
    job = print_job_of(press, loaded, cut, large=large)
    with press.turns:
        pages = pictures(job)
    return contact_sheet(pages, right_to_left=cut.direction == "rtl")


def _mail(press: Press, slug: str, audience: str, locale: str, text: str | None) -> tuple[Edition, EmailArtefact]:
    loaded = load(press, slug, text=text)
    cut = edition(press, loaded, audience, locale)
    return cut, email_of(press, loaded, cut)


def _filled(artefact: str, cut: Edition, house: House) -> str:
    values = _sample(cut, house)
    return SLOT.sub(lambda found: values[found[1]], artefact)


def _sample(cut: Edition, house: House) -> dict[str, str]:
    """A reader who does not exist; the links lead to the pages, without anyone's token."""
    host = house.publications[cut.publication].sender.address.partition("@")[2]
    return {
        "to": f"lezer@{host}",
        "message_id": f"<voorbeeld@{host}>",
        "date": format_datetime(datetime.combine(cut.day, time(9), UTC)),
        "greeting": greeting(None, interface(cut.locale)),
        "unsubscribe_url": f"{house.base_url}/u/",
        "unsubscribe_mailto": f"mailto:afmelden@{host}",
        "preferences_url": f"{house.base_url}/{cut.locale}/voorkeuren/",
    }
