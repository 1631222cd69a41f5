"""The page with which the demo ends: every edition, every mail and every file to print is a click away."""

from __future__ import annotations

import mailbox
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from hashlib import sha256
from html import escape
from pathlib import Path
from urllib.parse import quote

from commands.words import here, say
from mailer.artefacts.environment import TEMPLATES
from mailer.organisation import Audience, House
from mailer.services.sending.overview import MailingOverview
from wording import _, ngettext
from wording.interface import direction

_STYLES = [TEMPLATES.parent / "web" / "static" / name for name in ("shared.css", "public.css")]
_OWN = """
main { max-inline-size: 60rem; margin-inline: auto; padding: 1rem; }
ul.rows, ul.mails { list-style: none; padding: 0; }
ul.rows > li { padding-block: .75rem; border-block-start: 1px solid var(--line); }
ul.mails { columns: 16rem; }
ul.mails a { display: block; padding-block: .4rem; overflow-wrap: anywhere; }
summary { padding-block: .4rem; cursor: pointer; }
a.first { display: inline-block; padding-block: .4rem; font-weight: 600; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; }
dd { margin: 0; overflow-wrap: anywhere; }
iframe { inline-size: 100%; block-size: 80vh; border: 1px solid var(--line); background: #fff; }
"""
_HEADERS = ("From", "Subject", "Date", "Content-Language", "List-Unsubscribe", "Message-ID")


@dataclass(frozen=True)
class _Mail:
    """One message of the Maildir as a page."""

    to: str
    issue: str
    audience: str
    locale: str
    page: str


def write_pages(house: House, folder: Path, mailings: Sequence[MailingOverview]) -> Path:
    """Write `index.html` and a page per mail into the folder of a demo; returns the first."""
    mails = sorted(_mails(folder), key=lambda one: one.to)
    sections = "".join(_issue(house, folder, one, mails) for one in mailings)
    title = say(_("Wat de proef maakte"))
    lead = say(
        _("Kies een editie, een mail of een bestand om te printen. Alles hier is verzonnen; er is niets verstuurd.")
    )
    page = folder / "index.html"
    page.write_text(_page(title, f"<h1>{escape(title)}</h1><p>{escape(lead)}</p>{sections}"), "utf-8")
    return page


def _issue(house: House, folder: Path, one: MailingOverview, mails: Sequence[_Mail]) -> str:
    rows = []
    for each in one.editions:
        audience = house.audiences[each.audience]
        mine = [
            mail
            for mail in mails
            if (mail.issue, mail.audience, mail.locale) == (one.issue, each.audience, each.locale)
        ]
        name = f"{_title(audience)} · {house.locales[each.locale].name}"
        rows.append(f"<li><bdi>{escape(name)}</bdi> {_edition(mine) if mine else _on_paper(each.readers)}</li>")
    printed = sorted(path.relative_to(folder) for path in (folder / "print" / one.issue).rglob("*") if path.is_file())
    links = "".join(f'<li><a class="first" href="{quote(str(path))}">{escape(path.name)}</a></li>' for path in printed)
    head = escape(say(_("Om te printen")))
    paper = f'<h3>{head}</h3><ul class="rows">{links}</ul>' if links else ""
    return f'<section><h2>{escape(one.issue)}</h2><ul class="rows">{"".join(rows)}</ul>{paper}</section>'


def _edition(mails: Sequence[_Mail]) -> str:
    count = say(ngettext("{count} mail", "{count} mails", len(mails)))
    links = "".join(f'<li><a href="{mail.page}" dir="ltr">{escape(mail.to)}</a></li>' for mail in mails)
    see = escape(say(_("Bekijk de editie")))
    first = f'<a class="first" href="{mails[0].page}">{see}</a>'
    return f'<br>{first}<details><summary>{escape(count)}</summary><ul class="mails">{links}</ul></details>'


def _on_paper(readers: int) -> str:
    said = ngettext("{count} lezer per post: zie hieronder", "{count} lezers per post: zie hieronder", readers)
    return f"<br>{escape(say(said))}"


def _mails(folder: Path) -> Iterator[_Mail]:
    (folder / "mails").mkdir(exist_ok=True)
    box = mailbox.Maildir(folder / "Maildir", create=False)
    for number, key in enumerate(sorted(box.keys()), start=1):
        message = message_from_bytes(box.get_bytes(key), policy=policy.default)
        assert isinstance(message, EmailMessage), "what the policy makes"  # noqa: S101
        if "Feedback-ID" not in message:
            continue  # a mail to one person
        issue, locale, audience, _publication = str(message["Feedback-ID"]).split(":")
        page = f"mails/{number}.html"
        (folder / page).write_text(_mail_page(message, folder / "mails"), "utf-8")
        yield _Mail(str(message["Delivered-To"]), issue, audience, locale, page)


def _mail_page(message: EmailMessage, folder: Path) -> str:
    body = message.get_body(("html", "plain"))
    shown = body.get_content() if body is not None else ""
    for part in message.walk():
        if part.get_content_maintype() == "image" and part["Content-ID"]:
            data = part.get_payload(decode=True)
            assert isinstance(data, bytes), "an image is encoded"  # noqa: S101
            name = f"{sha256(data).hexdigest()[:16]}.{part.get_content_subtype()}"
            if not (folder / name).exists():
                (folder / name).write_bytes(data)
            shown = shown.replace(f"cid:{part['Content-ID'].strip('<>')}", name)
    facts = "".join(
        f"<dt>{name}</dt><dd><bdi>{escape(str(message[name]))}</bdi></dd>" for name in _HEADERS if message[name]
    )
    title, back = str(message["Subject"]), say(_("Terug naar alles"))
    frame = f'<iframe sandbox="allow-same-origin" title="{escape(title)}" srcdoc="{escape(shown)}"></iframe>'
    to = f"<dt>To</dt><dd>{escape(str(message['Delivered-To']))}</dd>"
    headers = escape(say(_("Kopregels")))
    known = f'<details><summary>{headers}</summary><dl dir="ltr">{to}{facts}</dl></details>'
    head = f'<p><a href="../index.html">{escape(back)}</a></p><h1><bdi>{escape(title)}</bdi></h1>'
    return _page(title, f"{head}{known}{frame}")


def _title(audience: Audience) -> str:
    return audience.title.get(here().locale) or next(iter(audience.title.values()))


def _page(title: str, body: str) -> str:
    locale, style = here().locale, "".join(path.read_text("utf-8") for path in _STYLES)
    return (
        f'<!DOCTYPE html>\n<html lang="{locale}" dir="{direction(locale)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title><style>{style}{_OWN}</style></head>"
        f'<body><main id="main">{body}</main></body></html>\n'
    )
