"""An installation of an earlier commit, in the middle of its work, goes on under the code of today and loses nothing.

Of each folder in `tests/fixtures`: one that is made at a release is tried from then on, without a line here."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from database.base import now
from database.rotation import sealed_columns, uses
from mailer.ledger import mailings, notices
from mailer.ledger.states import DeliveryState
from mailer.ledger.tables import Delivery
from mailer.services.administration import signing_in
from mailer.services.office import Silence
from mailer.services.publishing import archive
from mailer.services.sending import delivering, orders
from mailer.services.translating import messages, release
from staff.people import people
from subscribers.address import address_from
from subscribers.examples import NAMES
from subscribers.repository import address_of, may_receive, subscriber_with
from subscribers.suppression import reason_for
from tests.support.installation import FIXTURES, PARTS, RELEASES, Installation, installation, restore
from web.app import create_app

MORNING = datetime(2026, 12, 1, 9, tzinfo=UTC)
"""When the upgraded worker starts: days after the old one stopped, and an hour after the planned mailing was due."""
WRITTEN_DOWN = 2
"""In the audit trail: the backup of before the upgrade, and the upgrade."""
STATES = {
    "gevraagd": ("pending", None),  # asked, and has not pressed the button
    "bevestigd": ("active", None),
    "pauze": ("active", None),
    "vol": ("active", None),  # one letter came back
    "onbekend": ("active", "bounced"),  # two did: suspended
    "vertrekt": ("left", "unsubscribed"),
    "klaagt": ("left", "complained"),
    "nooit": (None, "unsubscribed"),  # never a reader, must never be
    "gewist": (None, "erased"),
}


@pytest.fixture(params=RELEASES)
def opened(request: pytest.FixtureRequest, tmp_path: Path, database_url: str) -> Iterator[Installation]:
    """The installation on SQLite, and once more on PostgreSQL."""
    commit = request.param
    database = "sqlite" if database_url.startswith("sqlite") else "postgresql"
    if database == "sqlite":
        shutil.copy(FIXTURES / commit / "postduif.sqlite", urlsplit(database_url).path.removeprefix("/"))
    else:
        restore(FIXTURES / commit / "postduif.sql", database_url)
    with installation(commit, database, tmp_path, database_url) as found:
        yield found


def test_each_release_has_all_that_is_asked_of_it() -> None:
    assert "5d18c98" in RELEASES
    folders = {one.name for one in FIXTURES.iterdir() if one.is_dir() and one.name != "__pycache__"}
    assert folders == set(RELEASES), "a folder without make.py cannot be understood later"
    missing = [(one, part) for one in RELEASES for part in PARTS if not (FIXTURES / one / part).exists()]
    assert missing == []


def test_opening_it_loses_no_row_of_any_table(opened: Installation) -> None:
    before = opened.rows()
    assert before == opened.known["rows"]
    opened.parts.store.close()
    assert opened.rows() == {**before, "audit": before["audit"] + WRITTEN_DOWN}


def test_every_sealed_value_opens_and_the_trail_closes(opened: Installation) -> None:
    sealed = opened.known["sealed"]
    with opened.parts.store.reading() as session:
        found = {
            f"{table.name}.{column.name}": sum(value is not None for value in session.scalars(select(column)))
            for table, columns in sealed_columns().items()
            for column in columns
        }
        by_key = {use.kid: use.values for use in uses(session) if use.root == "data"}  # opens each of them
    assert {name: found[name] for name in sealed} == sealed
    assert sum(by_key.values()) == sum(found.values())
    assert all(by_key[kid] > 0 for kid in (1, 2)), "the rotation was half done"
    trail = opened.shown("keys", "check")["audit"]
    assert trail == {"rows": opened.known["rows"]["audit"] + WRITTEN_DOWN, "broken_at": None}


def test_everyone_is_still_there_in_the_state_they_were_in(opened: Installation) -> None:
    staff = {one["name"]: one["roles"] for one in opened.shown("staff", "list", "--as", "Noor")}
    assert staff == opened.known["staff"]
    posted = opened.shown("addressees", "list", "--names", "--as", "Sem")
    assert len(posted) == opened.known["rows"]["addressee"]
    assert {one["name"] for one in posted} <= {name for names in NAMES.values() for name in names}
    with opened.parts.store.reading() as session:
        for name, (state, barred) in STATES.items():
            address = address_from(f"{name}@lezers.example")
            row, why = subscriber_with(session, address), reason_for(session, address)
            assert (row and row.state, why and why.reason) == (state, barred), name
        wanted = [
            row.uid for row in [subscriber_with(session, address_from(f"{n}@lezers.example")) for n in STATES] if row
        ]
        assert {one.address.partition("@")[0] for one in may_receive(session, wanted, "legal-aid").values()} == {
            "bevestigd",
            "vol",
        }


def test_the_half_sent_mailing_waits_for_a_person_then_reaches_everyone_once(opened: Installation) -> None:
    """The old worker was killed with letters in its hands, and none has run for days: a person must look first."""
    known, store = opened.known["half_sent"], opened.parts.store
    mailing, worker = known["mailing"], opened.worker(MORNING)
    worker.sweep()
    said = opened.run("mailing", "show", str(mailing), "--as", "Bram")
    assert "Er draaide niets sinds" in said
    assert "Ga dan verder met de verzending, of breek haar af." in said
    worker.deliver_now(mailing)
    assert opened.mailed() == {}

    orders.resume(opened.office(MORNING), opened.staff("Bram"), mailing)
    worker.deliver_now(mailing)
    certain = set(known["waiting"]) - set(known["doubtful"])
    assert opened.mailed() == Counter(certain)
    assert in_state(opened, mailing, DeliveryState.UNCERTAIN) == set(known["doubtful"])

    orders.resolve(opened.office(MORNING), opened.staff("Bram"), mailing, arrived=False)
    worker.deliver_now(mailing)
    assert opened.mailed() == Counter(known["waiting"])
    assert not set(opened.mailed()) & {*known["received"], *known["left"], *known["refused"]}
    assert in_state(opened, mailing, DeliveryState.ACCEPTED) == {*known["received"], *known["waiting"]}
    with store.reading() as session:
        assert mailings.accounting(session, mailing).balances


def test_the_planned_mailing_begins_and_a_language_that_waits_still_waits(opened: Installation) -> None:
    known, worker, bram = opened.known["scheduled"], opened.worker(MORNING), opened.staff("Bram")
    delivering.sweep(opened.parts.store, Silence(), datetime.fromisoformat(known["at"]))
    worker.deliver_now(known["mailing"])
    assert opened.mailed() == Counter(known["waiting"])
    delivering.sweep(opened.parts.store, Silence(), MORNING)
    assert opened.shown("mailing", "show", str(known["mailing"]), "--as", "Bram")["state"] == "done"

    office = opened.office(MORNING)
    assert release.status(office, bram, "los-3")["en"].held
    assert release.undo(office, bram, "los-3", "en") == 1
    assert "nog niet vertaald" in opened.refused("publish", "los-3", "--as", "Bram", "--yes")
    release.override(office, bram, "los-3", "en", reason="Zo is het goed.")
    opened.run("approve", "los-3", "--as", "Amina", "--yes")
    opened.run("publish", "los-3", "--as", "Bram", "--now", "--yes")
    assert opened.mailed() == Counter([*known["waiting"], *(f"woman{number}@lezers.example" for number in range(4))])


@pytest.mark.parametrize("purpose", ["confirm", "manage", "move", "unsubscribe", "preferences"])
def test_a_link_that_was_mailed_before_still_works(opened: Installation, purpose: str) -> None:
    """The two of a newsletter were made under either key for links."""
    client = create_app(opened.parts.office(Silence())).test_client()
    link = urlsplit(opened.known["links"][purpose])
    base = f"{link.scheme}://{link.netloc}"
    assert client.get(link.path, base_url=base).status_code == 200
    forms = {"manage": {"do": "download"}, "unsubscribe": {"List-Unsubscribe": "One-Click"}}
    if purpose == "preferences":
        return  # its page is what it opens; the form on it is signed anew
    answer = client.post(link.path, base_url=base, data=forms.get(purpose, {}))
    assert answer.status_code == 200
    with opened.parts.store.reading() as session:
        found = {name: subscriber_with(session, address_from(f"{name}@lezers.example")) for name in LINKED}
        states = {name: row.state if row else None for name, row in found.items()}
        assert found["bekijkt"] is not None
        held = address_of(session, found["bekijkt"])
    assert states == {**BEFORE, **AFTER[purpose]}
    if purpose == "manage":
        assert answer.get_json()["address"] == held == "bekijkt@lezers.example"


LINKED = ("gevraagd", "lezer00", "verhuist", "verhuisd", "bekijkt")
BEFORE = {"gevraagd": "pending", "lezer00": "active", "verhuist": "active", "verhuisd": None, "bekijkt": "active"}
AFTER: dict[str, dict[str, str | None]] = {
    "confirm": {"gevraagd": "active"},
    "manage": {},
    "move": {"verhuist": None, "verhuisd": "active"},
    "unsubscribe": {"lezer00": "left"},
}


def test_the_printed_run_opens_and_goes_to_the_post(opened: Installation, tmp_path: Path) -> None:
    """Its files are byte for byte what was printed. Those of the posted run were erased in time; its history stays."""
    known = opened.known["post"]
    run, earlier = (str(known[one]["run"]) for one in ("printed", "posted"))
    opened.run("print", "files", run, "--as", "Sem", "-o", str(tmp_path / "post"))
    files = {path.name: path.read_bytes() for path in (tmp_path / "post" / f"opdracht-{run}").iterdir()}
    assert {name: hashlib.sha256(data).hexdigest() for name, data in files.items()} == known["printed"]["files"]
    opened.run("print", "posted", run, "--as", "Sem")
    found = {one["run"]: (one["state"], one["pieces"]) for one in opened.shown("print", "list", "--as", "Sem")}
    assert found == {known[one]["run"]: ("posted", known[one]["pieces"]) for one in ("posted", "printed")}
    assert "vertrokken" in opened.run("print", "show", earlier, "--as", "Sem")
    assert "geen bestanden" in opened.refused("print", "files", earlier, "--as", "Sem")


def test_an_approval_counts_or_the_refusal_says_what_to_do(opened: Installation) -> None:
    """A template may have changed since: then the person is told which editions, and approving again is enough."""
    slug = opened.known["approved"]["slug"]
    if said := opened.refused("publish", slug, "--as", "Bram", "--now", "--yes"):
        assert slug in said
        assert "opnieuw goedkeuren" in said
        opened.run("approve", slug, "--as", "Amina", "--yes")
        opened.run("publish", slug, "--as", "Bram", "--now", "--yes")
    assert len(opened.mailed()) == 43


def test_a_half_translated_issue_goes_on_where_it_was(opened: Installation) -> None:
    known, office = opened.known["half_translated"], opened.office(MORNING)
    slug = known["slug"]
    yara, bram = opened.staff("Yara"), opened.staff("Bram")
    readiness = release.status(office, bram, slug)["en"].readiness
    assert (readiness.translated, readiness.total) == (known["done"], known["total"])
    opened.run("update", slug, "--as", "Bram")
    catalog = office.content.catalog(slug, "en")[0]
    waiting = next(msgid for msgid, entry in catalog.entries.items() if not entry.msgstr)
    words = {"msgid": waiting, "msgstr": "This is number 5.", "seen": ""}
    messages.save(office, yara, slug, "en", **words)
    assert messages.approve(office, bram, slug, "en", msgids=[waiting]).count == 1
    assert release.status(office, bram, slug)["en"].readiness.translated == known["done"] + 1


def test_the_archive_still_shows_its_issue_with_its_picture(opened: Installation) -> None:
    page = archive.page(opened.parts.office(Silence()), "nl", "los-1")
    assert page is not None
    assert b"De opvang in Voorbeeldstad" in page
    client = create_app(opened.parts.office(Silence())).test_client()
    picture = page.partition(b'src="')[2].partition(b'"')[0].decode()
    answer = client.get(urlsplit(picture).path, base_url=opened.parts.house.base_url)
    assert (answer.status_code, answer.mimetype) == (200, "image/png")


def in_state(opened: Installation, mailing: int, state: DeliveryState) -> set[str]:
    with opened.parts.store.reading() as session:
        mine = Delivery.mailing_id == mailing, Delivery.state == state
        uids = list(session.scalars(select(Delivery.reader).where(*mine)))
        return {one.address for one in may_receive(session, uids, "legal-aid").values()}


def test_people_of_before_come_in_with_a_link_to_the_address_they_had(opened: Installation) -> None:
    office = opened.parts.office(Silence())
    app = create_app(office, hosts=("localhost",), pages="http://localhost:8080")
    with opened.parts.store.reading() as session:
        everyone = people(session)
    assert everyone
    for one in everyone:
        client = app.test_client()
        link = signing_in.link_for(office, one, pages="").removeprefix("/staff")
        for path, fields in (("/sign-in", {"email": one.email.upper()}), (link, {})):
            headers = {"Sec-Fetch-Site": "same-origin"}
            client.post(f"/staff{path}", data=fields, headers=headers, base_url="http://localhost:8080")
        page = client.get("/staff/", base_url="http://localhost:8080", follow_redirects=True).get_data(as_text=True)
        assert one.name in page
        assert ("Stel je tweede stap in" in page) is signing_in.needs_second_step(one)
    with opened.parts.store.reading() as session:
        mailed = [one.to for one in notices.due(session, now()) if one.kind == "sign_in"]
    assert sorted(mailed) == sorted(one.email for one in everyone)
