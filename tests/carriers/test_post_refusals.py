"""Anyone who may not gets nothing from the doors of the post desk, and nothing changes; what is missing is said so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from database.audit import AuditRow
from database.session import Store
from mailer.artefacts.paper.pieces import PrintOptions
from mailer.services.office import Office
from mailer.services.post import addressees, centres, importing, overview, pieces, runs
from mailer.services.post.addressees import Correction, NewReader
from staff.people import Person
from staff.permissions import PERMISSIONS, Permission
from staff.roles import Role
from subscribers.addressee import AskedBy, SuspendedBecause
from subscribers.importing.source import table_from
from subscribers.tables import AddresseeRow
from tests.support.desk_people import POSTAL, SLUG
from tests.support.house import ROOT
from tests.support.office import office_of
from tests.support.unchanged import everything
from wording.errors import InvalidInputError, NotAllowedError, NotFoundError

LIST = ROOT / "tests" / "subscribers" / "files" / "addressees.csv"
SAMIR = NewReader("Samir Voorbeeld", "duinrand", "ar", AskedBy.LETTER, "detention", "R-17")

Door = Callable[[Office, Person], object]

DOORS: dict[str, tuple[Permission, Door]] = {
    "everyone": (Permission.SEE_ADDRESSEES, addressees.everyone),
    "search": (Permission.SEE_ADDRESSEES, lambda office, who: addressees.search(office, who, "Samir")),
    "centres": (Permission.SEE_ADDRESSEES, centres.centres),
    "add": (Permission.CHANGE_ADDRESSEES, lambda office, who: addressees.add(office, who, SAMIR)),
    "confirm": (Permission.CHANGE_ADDRESSEES, lambda office, who: addressees.confirm(office, who, ["00"])),
    "stop": (
        Permission.CHANGE_ADDRESSEES,
        lambda office, who: addressees.stop(office, who, ["00"], SuspendedBecause.DEPARTED),
    ),
    "correct": (
        Permission.CHANGE_ADDRESSEES,
        lambda office, who: addressees.correct(office, who, "00", Correction(locale="en")),
    ),
    "preview": (
        Permission.CHANGE_ADDRESSEES,
        lambda office, who: importing.preview(office, who, table_from(LIST), "detention"),
    ),
    "apply": (
        Permission.CHANGE_ADDRESSEES,
        lambda office, who: importing.apply(office, who, table_from(LIST), "detention"),
    ),
    "save centre": (
        Permission.CHANGE_ADDRESSEES,
        lambda office, who: centres.save(
            office, who, key="noord", name="Noord", lines=("Kade 1", "1234 AB Stad"), asks_registration=False
        ),
    ),
    "quote": (Permission.PRINT_RUNS, lambda office, who: runs.quote(office, who, SLUG, PrintOptions())),
    "order": (Permission.PRINT_RUNS, lambda office, who: runs.order(office, who, SLUG, PrintOptions())),
    "files": (Permission.PRINT_RUNS, lambda office, who: runs.files(office, who, 1)),
    "printed": (Permission.PRINT_RUNS, lambda office, who: runs.printed(office, who, 1)),
    "posted": (Permission.PRINT_RUNS, lambda office, who: runs.posted(office, who, 1)),
    "proof sheet": (Permission.PRINT_RUNS, lambda office, who: runs.proof_sheet(office, who, PrintOptions())),
    "runs": (Permission.PRINT_RUNS, overview.runs),
    "history": (Permission.PRINT_RUNS, lambda office, who: overview.history(office, who, 1)),
    "withdraw": (Permission.PRINT_RUNS, lambda office, who: pieces.withdraw(office, who, 1, 1)),
    "returned": (
        Permission.PRINT_RUNS,
        lambda office, who: pieces.returned(office, who, 1, 1, SuspendedBecause.UNKNOWN),
    ),
    "reprint": (Permission.PRINT_RUNS, lambda office, who: pieces.reprint(office, who, 1, 1)),
}


@pytest.fixture
def office(store: Store) -> Office:
    """Two centres, of which one asks for a number, and no reader by post yet."""
    opened = office_of(store)
    for key, asks in (("duinrand", True), ("zuid", False)):
        centres.save(
            opened, POSTAL, key=key, name=key.title(), lines=("Kade 7", "9999 ZZ Stad"), asks_registration=asks
        )
    return opened


@pytest.mark.promise("P6")
@pytest.mark.parametrize("door", DOORS)
def test_who_has_every_role_but_those_that_may_is_refused_and_nothing_changes(office: Office, door: str) -> None:
    permission, enter = DOORS[door]
    others = frozenset(role for role in Role if permission not in PERMISSIONS[role])
    before = everything(office)
    with pytest.raises(NotAllowedError):
        enter(office, Person(UUID(int=1), "Kees", "kees@los.example", others, ("ar",)))
    assert everything(office) == before


def row_of(office: Office) -> AddresseeRow:
    with office.store.reading() as session:
        return session.scalars(select(AddresseeRow)).one()


@pytest.mark.promise("P6")
def test_every_change_is_written_down_with_the_person_and_the_one_it_is_about(office: Office) -> None:
    code = addressees.add(office, POSTAL, SAMIR).code
    addressees.confirm(office, POSTAL, [code])
    addressees.stop(office, POSTAL, [code], SuspendedBecause.DEPARTED)
    addressees.correct(office, POSTAL, code, Correction(locale="en"))
    row = row_of(office)
    with office.store.reading() as session:
        about = select(AuditRow).where(AuditRow.subject == row.uid).order_by(AuditRow.seq)
        written = [(one.actor, one.detail["step"]) for one in session.scalars(about)]
    assert written == [(str(POSTAL.uid), step) for step in ("added", "confirmed", "stopped", "changed")]
    assert row.suspended_on == office.today()


@pytest.mark.promise("P6")
def test_each_look_at_the_list_is_written_down_and_whether_it_showed_names(office: Office) -> None:
    addressees.add(office, POSTAL, SAMIR)
    for names in (False, True):
        addressees.everyone(office, POSTAL, names=names)
    with office.store.reading() as session:
        looks = session.execute(select(AuditRow.actor, AuditRow.detail).where(AuditRow.event == "view_list")).all()
    assert looks == [(str(POSTAL.uid), {"addressees": 1, "names": names}) for names in (False, True)]


@pytest.mark.promise("P6")
def test_a_name_is_masked_unless_names_are_asked_for(office: Office) -> None:
    addressees.add(office, POSTAL, SAMIR)
    [masked], [whole] = (addressees.everyone(office, POSTAL, names=names) for names in (False, True))
    assert (masked.name, whole.name) == ("S… V…", "Samir Voorbeeld")
    assert "Samir" not in repr(whole)


def test_a_number_of_one_centre_does_not_move_along_to_another(office: Office) -> None:
    code = addressees.add(office, POSTAL, SAMIR).code
    addressees.correct(office, POSTAL, code, Correction(centre="zuid"))
    with pytest.raises(InvalidInputError, match="registratienummer"):
        addressees.correct(office, POSTAL, code, Correction(centre="duinrand"))
    warned = addressees.correct(office, POSTAL, code, Correction(centre="duinrand", registration="271.234.5678"))
    assert "V-nummer" in str(warned.warning)


UNKNOWN: dict[str, Door] = {
    "audience": lambda office, who: addressees.add(
        office, who, NewReader("S", "zuid", "ar", AskedBy.LETTER, "nergens")
    ),
    "audience by e-mail": lambda office, who: addressees.add(
        office, who, NewReader("S", "zuid", "ar", AskedBy.LETTER, "detention-friends")
    ),
    "audience of a list": lambda office, who: importing.preview(office, who, table_from(LIST), "nergens"),
    "audience of a list to apply": lambda office, who: importing.apply(office, who, table_from(LIST), "nergens"),
    "language": lambda office, who: addressees.add(
        office, who, NewReader("S", "zuid", "xx", AskedBy.LETTER, "detention")
    ),
    "centre": lambda office, who: addressees.add(
        office, who, NewReader("S", "nergens", "ar", AskedBy.LETTER, "detention")
    ),
    "code": lambda office, who: addressees.confirm(office, who, ["ffffffff"]),
    "no code": lambda office, who: addressees.stop(office, who, [""], SuspendedBecause.DEPARTED),
    "code to correct": lambda office, who: addressees.correct(office, who, "ffffffff", Correction(locale="en")),
}


@pytest.mark.parametrize("what", UNKNOWN)
def test_what_is_not_there_is_not_found_and_nothing_changes(office: Office, what: str) -> None:
    before = everything(office)
    with pytest.raises(NotFoundError):
        UNKNOWN[what](office, POSTAL)
    assert everything(office) == before


def test_one_wrong_code_confirms_no_one(office: Office) -> None:
    code = addressees.add(office, POSTAL, SAMIR).code
    before = everything(office)
    with pytest.raises(NotFoundError):
        addressees.stop(office, POSTAL, [code, "ffffffff"], SuspendedBecause.DEPARTED)
    assert everything(office) == before


def test_an_installation_without_an_audience_by_post_says_so(office: Office, tmp_path: Path) -> None:
    """The commands offer "detention"; an organisation that has no such audience is told, not shown a traceback."""
    (tmp_path / "list.csv").write_text("naam;centrum;taal\nSamir;zuid;ar\n", encoding="utf-8")
    with pytest.raises(NotFoundError, match="detention"):
        importing.preview(office, POSTAL, table_from(tmp_path / "list.csv"), "elders")


@pytest.mark.parametrize(("key", "name"), [("", "Noord"), ("n" * 61, "Noord"), ("noord", " "), ("noord", "N" * 121)])
def test_a_centre_needs_a_word_and_a_name_that_fit(office: Office, key: str, name: str) -> None:
    with pytest.raises(InvalidInputError):
        centres.save(office, POSTAL, key=key, name=name, lines=("1234 AB Stad",), asks_registration=False)
