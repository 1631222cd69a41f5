"""Anyone who is deactivated between look and deed is refused at every door, and no row and no file has changed."""

from __future__ import annotations

import inspect
import io
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from database.keys import KeyRing
from database.session import Store
from mailer.artefacts.paper.pieces import PrintOptions
from mailer.intake.kinds import Kind as TextKind
from mailer.ledger import opening
from mailer.ledger.opening import EditionToFreeze
from mailer.organisation import Channel, Look
from mailer.returns.reasons import Kind
from mailer.services.administration.mail_server import MailServer
from mailer.services.administration.staff import Newcomer
from mailer.services.administration.trail import Wanted
from mailer.services.office import Office
from mailer.services.post.addressees import Correction, NewReader
from mailer.services.publishing.approval import proposal
from mailer.services.publishing.by_post import Apart
from mailer.services.publishing.review import Why
from mailer.services.readers.imports import ReaderFile
from mailer.services.sending.witness import Witness
from mailer.services.translating import messages
from mailer.services.writing.bringing import Brought
from mailer.translation import glossary
from staff.people import Person, change_person
from staff.roles import Role
from subscribers.addressee import AskedBy, SuspendedBecause
from subscribers.audience import Rule
from subscribers.importing.source import table_from
from subscribers.offers import Offered
from tests.support.desk_people import APPROVER, EDITOR, employ
from tests.support.doors import doors
from tests.support.house import ROOT, content_in
from tests.support.office import office_of
from tests.support.people import ANNA, reader
from tests.support.unchanged import everything
from wording.errors import NotAllowedError

SLUG = "los-2026-24"
TITLE = "Recht en opvang, nummer 24"
FILES = ROOT / "tests" / "subscribers" / "files"
ASK_ONCE = {
    "post.centres.explanation": "a leaf that names no one",
    "post.runs.proof_sheet": "marks for a printer, of no one",
    "translating.messages.message_called": "a look in a catalog",
}
"""Doors without a transaction: they open no database, and change nothing."""
DOORS = {name: door for name, door in doors().items() if name not in ASK_ONCE}

# Has every role, and is deactivated after the look.
KIM = Person(UUID(int=77), "Kim", "kim@redactie.example", frozenset(Role), ("en",))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Office]:
    """A reader, an approved issue that one audience was mailed, and Kim, who is no longer active."""
    folder = tmp_path_factory.mktemp("rights")
    content_in(folder)
    shutil.copy(migrated_file, folder / "postduif.sqlite")
    store = Store(f"sqlite:///{folder / 'postduif.sqlite'}", KeyRing.create(folder / "keys"))
    made = office_of(store, folder)
    messages.approve_issue(made, EDITOR, SLUG)
    reader(store, ANNA)
    with store.transaction() as session:
        mailing = opening.open_mailing(session, slug=SLUG, publication="los", content_hash="0" * 64)
        frozen = EditionToFreeze("legal-aid", "nl", Channel.EMAIL, "Bericht", html="<p>", text="")
        opening.freeze(session, mailing, frozen)
    employ(store, KIM)
    with store.transaction() as session:
        change_person(session, replace(KIM, active=False))
    yield made
    store.close()


@pytest.fixture(scope="module")
def given(office: Office, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a door is given, by the name of its parameter: all of it would do, if Kim were active."""
    digest = proposal(office, APPROVER, SLUG).digest
    return {
        "approved": digest,
        "arrived": True,
        "asks_registration": False,
        "at": office.clock(),
        "witness": Witness(),
        "audience": "legal-aid",
        "audiences": ["detention"],
        "because": SuspendedBecause.DEPARTED,
        "given": {"nl": "Wij."},
        "offered": Offered(True, {"nl": "Rechtshulp"}, {}, {}),
        "uid": UUID(int=7),
        "until": None,
        "wanted": Wanted(),
        "who": ANNA,
        "base": "",
        "begin": TITLE,
        "called": "Kim",
        "check": "numbers",
        "code": "0",
        "codes": ["0"],
        "counted": None,
        "correction": Correction(locale="en"),
        "data": (ROOT / "translations" / "en" / "LC_MESSAGES" / f"{SLUG}.po").read_bytes(),
        "domain": SLUG,
        "due": date(2026, 12, 1),
        "edition": "legal-aid (nl)",
        "email": ANNA,
        "end": datetime(2026, 12, 1, tzinfo=UTC),
        "file": "x.po",
        "filled": True,
        "found": (),
        "folder": tmp_path_factory.mktemp("web"),
        "included": True,
        "issue": SLUG,
        "key": "noord",
        "changes": [],
        "chosen": Look(),
        "house": None,
        "row": 1,
        "keys": tmp_path_factory.mktemp("keys"),
        "lines": ("Kade 1", "1234 AB Stad"),
        "locale": "en",
        "mark": "0" * 64,
        "problems": (),
        "mailing_id": 1,
        "msgid": TITLE,
        "msgids": [TITLE],
        "msgstr": "Diary",
        "name": "Noord",
        "needed": True,
        "new": NewReader("Samir Voorbeeld", "noord", "ar", AskedBy.LETTER, "detention"),
        "newcomer": Newcomer("Pim", "pim@redactie.example", frozenset({Role.EDITOR})),
        "number": 1,
        "old": 1,
        "pages": "http://localhost",
        "options": PrintOptions(),
        "other": SLUG,
        "publication": "los",
        "reason": "ziek",
        "relay": "",
        "roles": {Role.EDITOR},
        "rule": Rule(("legal-aid",), ("nl",)),
        "run_id": 1,
        "seen": digest,
        "server": MailServer("localhost", 1, "none", "", "", ANNA),
        "should_be": Kind.SOFT,
        "slug": SLUG,
        "start": datetime(2026, 11, 1, tzinfo=UTC),
        "step": "folded",
        "said": {},
        "stones": [],
        "subject": EDITOR,
        "term": glossary.Term("opvang", {"en": "shelter"}, glossary.Rule.PREFER),
        "table": table_from(FILES / "addressees.csv"),
        "text": "Getypt.",
        "to": replace(KIM, roles=frozenset({Role.TRANSLATOR})),
        "why": Why.PENDING,
        "word": "Nee",
        "words": "Samir",
    }


OTHERWISE: dict[str, dict[str, Any]] = {
    "administration.keys.wrong": {"typed": []},
    "keeping.backup.check": {"file": Path("backup.age"), "identity": None},
    "keeping.rotation.activate": {"root": "data"},
    "keeping.rotation.activate_when_all_have_it": {"root": "data"},
    "keeping.rotation.prepare": {"root": "data"},
    "keeping.rotation.retire": {"root": "data", "kid": 1},
    "administration.staff.activate": {"seen": EDITOR},
    "administration.staff.change_roles": {"seen": EDITOR},
    "administration.staff.deactivate": {"seen": EDITOR},
    "post.importing.apply": {"audience": "detention"},
    "post.importing.preview": {"audience": "detention"},
    "readers.lists.begin": {"data": b"email\nanna@lezers.example\n", "answers": {"source": "lijst van nu"}},
    "post.lists.begin": {"audience": "detention", "data": b"naam;centrum;taal\n"},
    "publishing.by_post.apart": {"why": Apart.STOPPED},
    "publishing.review.listed": {"locale": "nl"},
    "readers.imports.apply": {"file": ReaderFile(FILES / "laposta.csv", "test", ("legal-aid",))},
    "readers.imports.preview": {"file": ReaderFile(FILES / "laposta.csv", "test", ("legal-aid",))},
    "readers.people.export": {"file": io.StringIO()},
    "readers.barring.bar": {"why": "belde zelf"},
    "readers.barring.lift": {"why": "belde zelf"},
    "sending.orders.schedule": {"at": datetime(2099, 12, 1, 10, tzinfo=UTC)},
    "translating.messages.save": {"seen": ""},
    "writing.booklets.booklet": {"audience": "detention"},
    "writing.bringing.bring": {"kind": TextKind.TEXT},
    "writing.bringing.issue_from": {"brought": Brought("Tekst.", "", ())},
    "writing.bringing.with_pictures": {"pictures": []},
    "writing.history.difference": {"new": 2},
    "writing.asking.ask_approval": {"whom": KIM.uid, "pages": "http://localhost"},
    "writing.merging.compare": {"mine": "", "base": ""},
    "writing.issues.rename_issue": {"new": "los-2026-25"},
    "writing.proofs.send_proof": {"locale": "nl", "to": [KIM]},
}
"""Where a name means something else at one door."""


@pytest.mark.parametrize("name", DOORS)
def test_who_was_deactivated_after_the_look_is_refused_and_nothing_changes(
    office: Office, given: dict[str, Any], name: str
) -> None:
    own = {**given, **OTHERWISE.get(name, {})}
    parameters = list(inspect.signature(DOORS[name]).parameters.values())[2:]
    asked = {one.name: own[one.name] for one in parameters if one.default is one.empty}
    before = everything(office)
    with pytest.raises(NotAllowedError, match="geen actieve medewerker"):
        DOORS[name](office, KIM, **asked)
    assert everything(office) == before
    assert not list(given["folder"].iterdir()), "no file either"


def test_a_door_that_asks_once_opens_no_database() -> None:
    assert [name for name in ASK_ONCE if ".store" in inspect.getsource(doors()[name])] == []
