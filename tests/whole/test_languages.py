"""Languages of one issue: each goes out when it is ready, and a new one needs only settings and a catalog."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from pathlib import Path

import pytest

from commands.words import say
from devtools.servers import program
from mailer.bootstrap import print_options, wired
from mailer.services.office import Silence
from mailer.services.post import runs
from mailer.services.publishing.publish import publish
from mailer.services.translating import following, messages, release
from mailer.services.translating.files import export
from mailer.settings import settings_from
from tests.support.office import WholeOffice, office
from wording.errors import ContentError

SLUG = "meldpunt-2026-3"
YOUSSEF = "youssef@lezers.example"  # reads Arabic
ANNA = "anna@lezers.example"  # reads Dutch
ELIF = "elif@lezers.example"  # reads Turkish


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[WholeOffice]:
    with office(tmp_path / "content", f"sqlite:///{tmp_path}/postduif.sqlite") as whole:
        whole.subscribe(YOUSSEF, "detention-friends", "ar")
        whole.subscribe(ANNA, "detention-friends", "nl")
        whole.subscribe(ELIF, "detention-friends", "tr")
        yield whole


def sent(opened: WholeOffice) -> int:
    """Publish and send what is new; how many deliveries that were."""
    published = opened.publish(SLUG)
    if published.mailing is not None:
        opened.send(published.mailing)
    return published.deliveries


def plain(message: Message) -> str:
    part = next(one for one in message.walk() if one.get_content_type() == "text/plain")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode("utf-8")


def test_a_language_that_is_not_approved_stops_the_mailing_and_names_each_message(opened: WholeOffice) -> None:
    content = opened.parts.content
    messages.approve_issue(opened.office, opened.editor, SLUG)
    catalog = content.folder / content.catalog_file(SLUG, "ar")
    catalog.write_text(catalog.read_text("utf-8").replace('msgstr "الأبواب"', 'msgstr "أبواب الغرف"'), "utf-8")
    with pytest.raises(ContentError) as error:
        publish(opened.office, opened.editor, SLUG, approved="")
    assert [say(problem.text) for problem in error.value.problems] == ["ar: ‘De deuren’: nog niet goedgekeurd"]
    assert opened.received_by(ANNA) == []


def test_dutch_on_monday_arabic_on_thursday_and_nobody_twice(opened: WholeOffice) -> None:
    """One ledger: what was held goes out later, to those who have nothing yet."""
    working = opened.parts.office(Silence())
    release.hold(working, opened.editor, SLUG, "ar", reason="wordt donderdag nagelezen")
    assert sent(opened) == 2
    assert [len(opened.received_by(one)) for one in (ANNA, ELIF, YOUSSEF)] == [1, 1, 0]
    release.undo(working, opened.editor, SLUG, "ar")
    assert sent(opened) == 1
    assert sent(opened) == 0
    assert [len(opened.received_by(one)) for one in (ANNA, ELIF, YOUSSEF)] == [1, 1, 1]
    assert opened.received_by(YOUSSEF)[0]["Content-Language"] == "ar"


def test_a_section_that_is_not_ready_is_left_out_of_that_language_alone(opened: WholeOffice) -> None:
    working = opened.parts.office(Silence())
    path = working.content.folder / "issues" / SLUG / "issue.md"
    path.write_text(path.read_text("utf-8").replace("Er komen acht nieuwe", "Er komen daar negen nieuwe"), "utf-8")
    following.update_issue(working, opened.editor, SLUG)
    messages.approve_issue(working, opened.editor, SLUG)
    for locale in ("en", "ar"):
        assert release.leave_out(working, opened.editor, SLUG, locale, reason="komt nog")
    assert sent(opened) == 3
    assert "negen nieuwe telefoons" in plain(opened.received_by(ANNA)[0])
    assert "telephones" not in plain(opened.received_by(ELIF)[0])


# ── a fourth language ─────────────────────────────────────────────────────────────────────────────────────────────

VISIT = "Op {date:2026-12-10} komen wij op bezoek in Centrum Noordkaap."

TURKISH = {
    "Bericht van het Meldpunt, nummer 3": "Bildirim Noktasından haberler, sayı 3",
    "In het kort": "Kısaca",
    "De deuren": "Kapılar",
    VISIT: "{date:2026-12-10} tarihinde Centrum Noordkaap'ı ziyaret ediyoruz.",
}
"""What the test reads; the other messages stand in English, so that the catalog is complete."""


def add_turkish(opened: WholeOffice) -> WholeOffice:
    """Settings: a locale and the audiences that read it. Nothing else but the catalog, below."""
    folder = opened.parts.content.folder
    toml = (
        (folder / "postduif.toml")
        .read_text("utf-8")
        .replace('locales = ["nl", "en", "ar"]', 'locales = ["nl", "en", "ar", "tr"]')
    )
    toml = toml.replace(
        "[locales.ar]", '[locales.tr]\nname = "Türkçe"\nformats = "tr_TR"\ndirection = "ltr"\n\n[locales.ar]'
    )
    (folder / "postduif.toml").write_text(toml, "utf-8")
    settings = settings_from(folder).model_copy(update={"smtp": opened.parts.settings.smtp})
    return replace(opened, parts=wired(settings, folder, opened.parts.store.url))


def test_turkish_from_nothing_to_a_received_mail_and_a_page(opened: WholeOffice) -> None:
    whole = add_turkish(opened)
    content, working = whole.parts.content, whole.parts.office(Silence())
    whole.add_addressee("Deniz Örnek", "tr")
    assert {one.locale for one in following.update_issue(working, whole.editor, SLUG)} == {"en", "ar", "tr"}
    for domain in (SLUG, "standing"):
        english, (turkish, base) = content.catalog(domain, "en")[0], content.catalog(domain, "tr")
        entries = {
            msgid: replace(entry, msgstr=TURKISH.get(msgid, english.entries[msgid].msgstr))
            for msgid, entry in turkish.entries.items()
        }
        content.save_catalog(replace(turkish, entries=entries), base)
    assert export(working, whole.editor, SLUG, "tr").data.startswith(b'msgid ""')

    published = whole.publish(SLUG)
    assert published.mailing is not None
    whole.send(published.mailing)
    [message] = whole.received_by(ELIF)
    assert message["Content-Language"] == "tr"
    text = " ".join(plain(message).split())
    assert "10 Aralık 2026 tarihinde Centrum Noordkaap'ı ziyaret ediyoruz." in text

    run = runs.order(working, whole.postal, SLUG, print_options(whole.parts))
    runs.make(working, run)
    booklet = next(one for one in runs.files(working, whole.postal, run) if one.name.startswith("boekje-tr"))
    extract = [program("pdftotext", "poppler-utils"), "-", "-"]
    page = subprocess.run(extract, input=booklet.data, capture_output=True, check=True).stdout.decode("utf-8")
    assert "Kapılar" in page
    assert re.search(r"10\s+Aralık\s+2026", page)
