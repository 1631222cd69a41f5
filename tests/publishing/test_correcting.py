"""After a mistake was sent: who gets the corrected text and how it reads, who gets it later, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from threading import Barrier
from uuid import UUID

import pikepdf
import pytest
from sqlalchemy import func, select, update

from mailer.artefacts.paper.pieces import PrintOptions
from mailer.ledger.states import DeliveryState, MailingState
from mailer.ledger.tables import Delivery, FrozenEdition, Mailing
from mailer.organisation import Channel, Paper
from mailer.services.office import Office
from mailer.services.post import overview, runs
from mailer.services.publishing import approval, archive, correcting
from mailer.services.publishing.publish import Published, publish
from mailer.services.sending import figures, orders
from mailer.services.translating import following, messages, release
from mailer.services.translating.release import NotReadyError
from mailer.translation.catalog import Catalog
from tests.support.office import WholeOffice, office
from tests.support.people import leave, reader
from wording.errors import ConflictError, InvalidInputError, NotAllowedError

SLUG, POST = "noo-2026-11", "meldpunt-2026-3"
AUDIENCE = "noo-national"
RIGHT = "Een proeftijd is geen examen."


@pytest.fixture
def here(tmp_path: Path, database_url: str) -> Iterator[WholeOffice]:
    with office(tmp_path / "content", database_url) as whole:
        yield whole


@pytest.fixture
def desk_by_post(tmp_path: Path) -> Iterator[WholeOffice]:
    """On SQLite alone: what differs is the paper."""
    with office(tmp_path / "content", f"sqlite:///{tmp_path}/postduif.sqlite") as whole:
        yield whole


def rewrite(here: WholeOffice, slug: str, old: str, new: str) -> None:
    path = here.parts.content.folder / "issues" / slug / "issue.md"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def explain(here: WholeOffice, slug: str, sentence: str) -> None:
    rewrite(here, slug, "\naudiences:", f"\ncorrection: {sentence}\naudiences:")


def ended(here: WholeOffice, states: dict[UUID, DeliveryState] | None = None) -> None:
    """All that is open arrived, but for those who are named; the mailings are done."""
    with here.parts.store.transaction() as session:
        opened = update(Delivery).where(Delivery.is_open)
        for uid, state in (states or {}).items():
            session.execute(opened.where(Delivery.reader == uid).values(state=state, is_open=False))
        session.execute(opened.values(state=DeliveryState.ACCEPTED, is_open=False))
        begun = Mailing.state.in_([MailingState.APPROVED, MailingState.SENDING, MailingState.SCHEDULED])
        session.execute(update(Mailing).where(begun).values(state=MailingState.DONE))


def correct(here: WholeOffice, desk: Office, slug: str) -> Published:
    seen = correcting.proposal(desk, here.approver, slug).digest
    correcting.approve(desk, here.approver, slug, seen=seen)
    return correcting.correct(desk, here.editor, slug, approved=seen)


def readers_of(here: WholeOffice, mailing: int | None) -> set[UUID]:
    with here.parts.store.reading() as session:
        return set(session.scalars(select(Delivery.reader).where(Delivery.mailing_id == mailing)))


def editions_of(here: WholeOffice, mailing: int | None) -> dict[tuple[str, str], FrozenEdition]:
    with here.parts.store.reading() as session:
        found = session.scalars(select(FrozenEdition).where(FrozenEdition.mailing_id == mailing))
        return {(one.audience, one.locale): one for one in found}


def test_who_has_the_mistake_gets_it_corrected_and_who_comes_later_only_the_right_text(here: WholeOffice) -> None:
    store, desk = here.parts.store, here.office
    anna = reader(store, "anna@lezers.example", AUDIENCE)
    bas = reader(store, "bas@lezers.example", AUDIENCE)  # the relay's answer was lost: may have it
    chadia = reader(store, "chadia@lezers.example", AUDIENCE)  # her server refused it
    dirk = reader(store, "dirk@lezers.example", AUDIENCE)  # got it, and left
    with pytest.raises(ConflictError, match="Niemand heeft"):
        correcting.proposal(desk, here.editor, SLUG)
    first = publish(desk, here.editor, SLUG, approved=here.approve(SLUG)).mailing
    assert first is not None
    with pytest.raises(ConflictError, match=f"Verzending {first} van {SLUG} is nog niet klaar"):
        correcting.proposal(desk, here.editor, SLUG)
    ended(here, {bas: DeliveryState.UNCERTAIN, chadia: DeliveryState.REFUSED})
    leave(store, dirk)
    with pytest.raises(ConflictError, match="nog precies zoals het is verstuurd"):
        correcting.proposal(desk, here.editor, SLUG)

    archive.show(desk, here.editor, SLUG, AUDIENCE)
    rewrite(here, SLUG, RIGHT, "Een proeftijd is een proef.")
    explain(here, SLUG, "Een proeftijd is een proef, geen examen.")
    shown = correcting.proposal(desk, here.editor, SLUG)
    [edition] = shown.editions
    assert (edition.name, edition.got, edition.gets, edition.approvals) == (f"{AUDIENCE} (nl)", 3, 2, 0)
    assert edition.subject.startswith("Verbetering: Elf kamers")
    assert shown.said == {"nl": "Een proeftijd is een proef, geen examen."}
    assert shown.unsent == ("noo-relations (nl)", "noo-rotterdam (nl)")
    here.approve(SLUG)  # the issue as such: a correction has an approval of its own
    with pytest.raises(NotAllowedError, match="eigen goedkeuring"):
        correcting.correct(desk, here.editor, SLUG, approved=shown.digest)
    with pytest.raises(NotAllowedError):
        correcting.approve(desk, here.editor, SLUG, seen=shown.digest)
    with pytest.raises(NotAllowedError):
        correcting.correct(desk, here.approver, SLUG, approved=shown.digest)
    assert correcting.approve(desk, here.approver, SLUG, seen=shown.digest)
    assert not correcting.approve(desk, here.approver, SLUG, seen=shown.digest)

    start = Barrier(2)

    def press(_number: int) -> Published:
        start.wait()
        return correcting.correct(desk, here.editor, SLUG, approved=shown.digest)

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(press, range(2)))
    [second] = [one.mailing for one in done if one.mailing]
    assert [(one.deliveries, one.before) for one in done if not one.mailing] == [(0, second)]
    assert readers_of(here, second) == {anna, bas}
    marked = editions_of(here, second)[AUDIENCE, "nl"]
    assert marked.subject == edition.subject
    words = " ".join((marked.text or "").split())
    assert "Verbetering. U kreeg dit nummer al, met een fout erin." in words
    assert words.index("geen examen.") < words.index("Een proeftijd is een proef."), "the sentence stands at the top"
    now_shown, first_shown = archive.page(desk, "nl", SLUG), archive.earlier_page(desk, "nl", SLUG, 0)
    assert b"Verbeterd op" in (now_shown or b"")
    assert f"/nl/archief/{SLUG}/eerder/0".encode() in (now_shown or b"")
    assert RIGHT.encode() not in (now_shown or RIGHT.encode())
    assert RIGHT.encode() in (first_shown or b"")
    assert b"met een fout erin" in (first_shown or b"")
    assert archive.earlier_page(desk, "nl", SLUG, 1) is None
    rewrite(here, SLUG, "is een proef. Een nee", "is echt een proef. Een nee")
    with pytest.raises(ConflictError, match=f"Verzending {second} van {SLUG} is nog niet klaar"):
        correcting.proposal(desk, here.editor, SLUG)
    rewrite(here, SLUG, "is echt een proef.", "is een proef.")

    ended(here)
    assert correcting.correct(desk, here.editor, SLUG, approved=shown.digest).before == second
    with pytest.raises(ConflictError, match="De tekst van verzending 1 is verbeterd"):
        orders.retry(desk, here.editor, first)
    with pytest.raises(ConflictError, match="De tekst van verzending 1 is verbeterd"):
        orders.resolve(desk, here.editor, first, arrived=False)
    assert orders.resolve(desk, here.editor, first, arrived=True) == 1
    emma = reader(store, "emma@lezers.example", AUDIENCE)
    third = publish(desk, here.editor, SLUG, approved=here.approve(SLUG)).mailing
    assert readers_of(here, third) == {chadia, emma}
    plain = editions_of(here, third)[AUDIENCE, "nl"]
    assert plain.subject.startswith("Elf kamers")
    assert "Een proeftijd is een proef." in (plain.text or "")
    assert "Verbetering" not in (plain.text or "")
    assert publish(desk, here.editor, SLUG, approved=here.approve(SLUG)).mailing is None

    ended(here)
    rewrite(here, SLUG, "Een proeftijd is een proef. Een nee", "Een proeftijd is een begin. Een nee")
    fourth = correct(here, desk, SLUG).mailing
    assert readers_of(here, fourth) == {anna, bas, chadia, emma}, "a correction corrects whatever they got last"
    with store.reading() as session:
        revisions = session.execute(select(Mailing.revision, Mailing.is_correction).order_by(Mailing.id)).all()
        counted = select(func.count()).select_from(Delivery).group_by(Delivery.reader, Delivery.revision)
        most = max(session.scalars(counted))
    assert [tuple(one) for one in revisions] == [(0, False), (1, True), (1, False), (2, True)]
    assert most == 1
    [issue] = figures.figures(desk, here.editor, first).issues
    assert issue.total("sent") == 6, "who got a correction counts once; who was tried again with the right text, twice"


def test_readers_by_post_get_a_booklet_a_sheet_or_nothing_and_each_language_its_own(desk_by_post: WholeOffice) -> None:
    here, usual = desk_by_post, desk_by_post.office
    desk = replace(usual, policy=replace(usual.policy, asks_second=lambda: False))
    here.add_addressee("Adam Aalders", "nl")
    here.subscribe("anna@lezers.example", "detention-friends", "nl")
    here.subscribe("chadia@lezers.example", "detention-friends", "ar")
    messages.approve_issue(desk, here.editor, POST)
    seen = approval.proposal(desk, here.editor, POST).digest
    assert publish(desk, here.editor, POST, approved=seen).deliveries == 3
    release.hold(desk, here.editor, POST, "ar", reason="wacht")
    here.subscribe("emma@lezers.example", "detention-friends", "en")
    with here.parts.store.transaction() as session:  # the booklet is not printed yet
        mails = Delivery.channel == Channel.EMAIL
        session.execute(update(Delivery).where(mails).values(state=DeliveryState.ACCEPTED, is_open=False))
        session.execute(update(Mailing).values(state=MailingState.SENDING))
    rewrite(here, POST, "Wadden | 21 |", "Wadden | 20 |")
    with pytest.raises(ConflictError, match=r"tegengehouden: detention-friends \(ar\)"):
        correcting.proposal(desk, here.editor, POST)
    release.undo(desk, here.editor, POST, "ar")
    shown = correcting.proposal(desk, here.editor, POST)
    assert [(one.name, one.gets) for one in shown.editions] == [
        ("detention-friends (nl)", 1),
        ("detention-friends (ar)", 1),
    ]
    assert shown.editions[1].subject.startswith("تصحيح")
    assert "detention-friends (en)" in shown.unsent, "no one got it in English"
    assert (shown.said, shown.unprinted) == ({}, 1)
    second = correcting.correct(desk, here.editor, POST, approved=shown.digest).mailing
    seen = approval.proposal(desk, here.editor, POST).digest
    third = publish(desk, here.editor, POST, approved=seen).mailing
    assert third is not None
    assert sorted(editions_of(here, second)) == [("detention-friends", "ar"), ("detention-friends", "nl")]
    assert len(readers_of(here, third)) == 2, "whose booklet was not printed, and who reads English"
    ended(here)

    rewrite(here, POST, "Wadden | 20 |", "Wadden | 19 |")
    with pytest.raises(InvalidInputError, match="lezers per post met de fout: 1"):
        correcting.proposal(desk, here.editor, POST)
    with pytest.raises(InvalidInputError, match="Een blad zegt wat er fout was"):
        correcting.proposal(desk, here.editor, POST, paper=Paper.LEAF)
    assert correcting.proposal(desk, here.editor, POST, paper=Paper.NONE).count(Channel.POST) == 0
    whole = correcting.proposal(desk, here.editor, POST, paper=Paper.RUN)
    assert (whole.count(Channel.EMAIL), whole.count(Channel.POST)) == (3, 1)
    explain(here, POST, "De tabel klopte niet.")
    following.update_issue(desk, here.editor, POST)
    with pytest.raises(NotReadyError):
        correcting.proposal(desk, here.editor, POST, paper=Paper.LEAF)
    said = {"nl": "De tabel klopte niet.", "en": "The table was not right.", "ar": "لم يكن الجدول صحيحًا."}
    for locale in ("en", "ar"):
        _translate(desk, locale, said["nl"], said[locale])
    messages.approve_issue(desk, here.editor, POST)
    leaf = correcting.proposal(desk, here.editor, POST, paper=Paper.LEAF)
    assert leaf.said == said
    fourth = correcting.correct(desk, here.editor, POST, approved=leaf.digest, paper=Paper.LEAF)
    assert fourth.deliveries == 4
    sheet = editions_of(here, fourth.mailing)["detention", "nl"].pdf
    assert sheet is not None
    with pikepdf.open(BytesIO(sheet)) as opened:
        assert len(opened.pages) == 4, "one sheet, folded"
    run = runs.order(desk, here.postal, POST, PrintOptions())
    assert overview.history(desk, here.postal, run).listed.pieces == 1, "a run of its own"


def _translate(desk: Office, locale: str, msgid: str, msgstr: str) -> None:
    def change(catalog: Catalog) -> Catalog:
        return catalog.with_entry(replace(catalog.entries[msgid], msgstr=msgstr, fuzzy=False, was=""))

    desk.content.change_catalog(POST, locale, change)
