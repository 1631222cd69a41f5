"""Who gets post, one by one and from a list, and the centres: masked until asked, each change with what follows."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from database.audit import AuditRow
from mailer.services.post import lists
from staff.sessions import SUDO, StaffSession
from subscribers import listing, retention
from subscribers.rights import data_of_addressee
from subscribers.tables import AddresseeRow, CentreRow, ImportDraft
from tests.support.post_office import LIST
from tests.support.queries import queries
from tests.web.staff.conftest import SAME_ORIGIN
from tests.web.staff.post.conftest import PostDesk
from wording.errors import InvalidInputError

NEW = {"centre": "heideoord", "locale": "ar", "asked_by": "letter", "audience": "detention"}


def kept(desk: PostDesk, uid: UUID) -> dict[str, object]:
    with desk.desks.store.reading() as session:
        return data_of_addressee(session, uid)


def only(desk: PostDesk) -> UUID:
    with desk.desks.store.reading() as session:
        return session.scalars(select(AddresseeRow.uid)).one()


def events(desk: PostDesk, kind: str) -> list[dict[str, object]]:
    with desk.desks.store.reading() as session:
        return [row.detail for row in session.scalars(select(AuditRow).where(AuditRow.event == kind))]


@pytest.mark.promise("P6")
def test_names_are_masked_until_they_are_asked_for_with_the_second_step(desk: PostDesk) -> None:
    [ada] = desk.at.add("Ada Voorbeeld")
    path, code = f"/people/{listing.code_of(ada)}", listing.code_of(ada)
    for masked in (desk.get("/people"), desk.get(path)):
        assert "A… V…" in masked
        assert "Ada" not in masked
    shown = desk.post("/people/names")
    assert "Ada Voorbeeld" in shown.get_data(as_text=True)
    assert shown.headers["Refresh"] == "600; url=/staff/post/people"
    assert "Ada Voorbeeld" in desk.post(f"{path}/name").get_data(as_text=True)
    assert events(desk, "view_one") == [{}]
    assert "1 gevonden" in desk.post("/people/names", words="voorb ADA").get_data(as_text=True)
    assert desk.post("/people/names", words=code).headers["Location"].endswith(code)
    with desk.desks.store.transaction() as session:  # an hour later, or eleven minutes
        session.execute(update(StaffSession).values(second_at=desk.at.office.clock() - 2 * SUDO))
    for late in (desk.post("/people/names"), desk.post(f"{path}/name"), desk.post("/visit")):
        assert late.status_code == 401
        assert "Ada" not in late.get_data(as_text=True)
    assert len(events(desk, "view_one")) == 1


def test_someone_is_added_and_of_two_of_one_name_it_is_asked_whether_they_are_one(desk: PostDesk) -> None:
    made = desk.post("/people/new", name="  Zoë   O'Brien; DROP  ", large="1", **NEW)
    assert made.status_code == 303
    assert {key: kept(desk, only(desk))[key] for key in ("name", "locale", "large_print", "source")} == {
        "name": "Zoë O'Brien; DROP",
        "locale": "ar",
        "large_print": "yes",
        "source": "letter",
    }
    asked = desk.post("/people/new", name="zoë o'brien; drop", **NEW)
    assert asked.status_code == 409
    assert "Is dit iemand anders?" in asked.get_data(as_text=True)
    assert desk.post("/people/new", name="zoë o'brien; drop", twice="1", **NEW).status_code == 303
    assert "2 mensen krijgen post" in desk.get("/people")


NO_READER: tuple[dict[str, str], ...] = (
    {"name": ""},
    {"name": "   "},
    {"name": "\u202eadA"},
    {"name": "=HYPERLINK(1)"},
    {"name": "A" * 300},
    {"name": "Ada\u200b\u0000"},
    {"centre": "nergens"},
    {"centre": "duinrand"},  # asks a registration number
    {"locale": "xx"},
    {"asked_by": "droom"},
    {"audience": "legal-aid"},
)


def test_what_cannot_stand_on_an_envelope_is_told_and_what_was_typed_stays(shared: PostDesk) -> None:
    for field in NO_READER:
        refused = shared.post("/people/new", **{"name": "Typ <b>{{7*7}}</b>", **NEW, **field})
        assert refused.status_code == 422, field
        assert "name" in field or "Typ &lt;b&gt;{{7*7}}&lt;/b&gt;" in refused.get_data(as_text=True)


def test_each_button_does_one_thing_and_says_what_follows(desk: PostDesk) -> None:
    [ada] = desk.at.add("Ada Voorbeeld")
    path = f"/people/{listing.code_of(ada)}"
    for fields, said, column, value in (
        ({"do": "moved", "centre": "heideoord"}, "Een opdracht met het oude adres", "centre", "heideoord"),
        ({"do": "language", "locale": "en"}, "in die taal", "locale", "en"),
        ({"do": "large", "large": "1"}, "Veranderd", "large_print", "yes"),
        ({"do": "renamed", "name": "Ada Anders"}, "Verbeterd", "name", "Ada Anders"),
        ({"do": "released"}, "Over 14 dagen is alles van deze persoon gewist", "suspended_because", "departed"),
        ({"do": "heard"}, "Over 60 dagen stopt de post", "state", "active"),
    ):
        answer = desk.post(path, **fields)
        assert answer.status_code == 303, fields
        assert said in desk.get(answer.headers["Location"].partition("/post")[2]), fields
        assert kept(desk, ada)[column] == value
    assert desk.post(path, do="moved", centre="duinrand").status_code == 422  # without its number
    assert desk.post(path, do="language", locale="xx").status_code == 404
    assert desk.post(path, do="renamed").status_code == 422
    assert desk.post(path, do="burn").status_code == 404
    assert desk.post("/people/00000000", do="heard").status_code == 404
    assert desk.ask("/people/0").status_code == 404


def test_whom_to_ask_is_a_list_and_is_taken_along_to_a_visit(desk: PostDesk) -> None:
    ada, bo, cas = desk.at.add("Ada Voorbeeld", "Bo Voorbeeld", "Cas Voorbeeld")
    today = desk.at.office.today()
    with desk.desks.store.transaction() as session:
        for uid, days in ((ada, 31), (bo, 56), (cas, 1)):
            row = update(AddresseeRow).where(AddresseeRow.uid == uid)
            session.execute(row.values(confirmed_on=today - timedelta(days=days)))
    assert desk.get("/people?who=unheard").count('name="do" value="heard"') == 2
    assert desk.get("/people?who=soon").count('name="do" value="heard"') == 1
    assert desk.get("/people?who=onzin").count('name="do" value="heard"') == 3
    shown = desk.post("/visit").get_data(as_text=True)
    assert "Ada Voorbeeld" in shown
    assert "Cas Voorbeeld" not in shown
    assert {"addressees": 2, "names": True} in events(desk, "view_list")


def test_centres_with_equal_lines_are_told_apart_and_one_closes_only_when_no_one_is_there(desk: PostDesk) -> None:
    lines = {"lines": "Fictiefpad 13\n1234 zz Demodorp", "name": "Gesloten voorziening Heideoord"}
    assert desk.post("/centres/new", key="noord", rules="white_envelope", **lines).status_code == 303
    page = desk.get("/centres")
    assert "Gesloten voorziening Heideoord (noord)" in page
    assert "Gesloten voorziening Heideoord (heideoord)" in page
    assert "alleen een witte envelop" in page
    assert "Op dit adres staat ook" in desk.get("/centres/noord")
    assert desk.post("/centres/new", key="noord", **lines).status_code == 409
    assert desk.post("/centres/noord", do="save", **{**lines, "lines": "Nergens"}).status_code == 422
    assert desk.post("/centres/noord", do="save", phone="0900; DROP", **lines).status_code == 422
    assert desk.post("/centres/nergens", do="save", **lines).status_code == 404
    [_ada] = desk.at.add("Ada Voorbeeld", centre="heideoord")
    assert desk.post("/centres/heideoord", do="close").status_code == 409
    assert desk.post("/centres/noord", do="close").status_code == 303
    assert desk.post("/people/new", name="Bo", **{**NEW, "centre": "noord"}).status_code == 422
    assert "gesloten op" in desk.get("/centres")
    assert desk.post("/centres/noord", do="reopen").status_code == 303
    assert desk.post("/centres/heideoord", do="save", rules="no_staples", **lines).status_code == 303
    assert "geen nietjes of paperclips" in desk.get(f"/runs/{desk.at.prepared()}")
    assert desk.post("/people/new", name="Bo", **{**NEW, "centre": "noord"}).status_code == 303


def test_a_centre_that_was_not_asked_for_half_a_year_is_to_be_asked_and_then_is_not(desk: PostDesk) -> None:
    with desk.desks.store.transaction() as session:
        old = desk.at.office.today() - timedelta(days=200)
        session.execute(update(CentreRow).where(CentreRow.key == "heideoord").values(checked_on=old, phone="0900 1"))
    assert "Van 1 centrum is het adres lang niet nagevraagd" in desk.get("/centres")
    assert desk.post("/centres/heideoord", do="checked").status_code == 303
    assert "kort geleden nagevraagd" in desk.get("/centres")
    assert "0900 1" in desk.get("/centres/heideoord")
    leaf = desk.post("/explanation", locale="ar")
    assert leaf.data.startswith(b"%PDF")
    assert desk.post("/explanation", locale="../x").status_code == 404


def bring(desk: PostDesk, data: bytes, name: str = "lijst.csv") -> str:
    """Choose a file; gives the path of the next step, or "" when it is refused."""
    answer = desk.client.post(
        "/staff/post/import",
        data={"csrf": desk.csrf, "audience": "detention", "file": (io.BytesIO(data), name)},
        headers=SAME_ORIGIN,
        base_url=desk.desks.base,
    )
    where = answer.headers.get("Location", "")
    assert where or answer.status_code == 422, answer.status
    return where.partition("/post")[2]


def test_a_list_is_read_in_by_steps_and_what_is_wrong_is_set_aside(desk: PostDesk) -> None:
    columns = bring(desk, LIST.encode())
    page = desk.get(columns)
    assert "Er zijn nog 2 dingen om te kiezen" in page  # the column "extra", and a centre called "Heide"
    assert "Hanna" not in page
    assert desk.post(columns, **{"c:extra": "?"}).status_code == 422
    said = {"c:naam": "name", "c:centrum": "centre", "c:taal": "locale", "c:extra": ""}
    chosen = desk.post(columns, **said, **{"v:centrum:heide": "heideoord", "v:taal:nederlands": "nl"})
    look = chosen.headers["Location"].partition("/post")[2]
    page = desk.get(look)
    assert "Van 3 regels doen er 2 mee" in page
    assert "bezorgt alleen post met een registratienummer" in page
    assert "Voeg 2 mensen toe" in page
    assert "Nog niets" not in desk.get("/people")
    assert desk.post(look, seen="3").status_code == 409  # not what was seen
    done = desk.post(look, seen="2")
    report = done.headers["Location"].partition("/post")[2]
    assert "2 regels zijn ingelezen" in desk.get(report)
    assert "2 mensen krijgen post" in desk.get("/people")
    aside = desk.post(report.replace("report", "aside")).get_data().decode("utf-8-sig")
    assert re.match(r"regel;waarom;naam;centrum;taal;extra\r\n4;[^;]*;Ada Voorbeeld;duinrand;nl;z\r\n$", aside)
    assert desk.post(look, seen="2").headers["Location"].endswith("report")  # a second click
    assert desk.ask(columns).status_code == 409
    again = bring(desk, aside.replace(";duinrand;", ";heideoord;").encode())
    assert "Alle kolommen zijn herkend" not in desk.get(again)  # "extra" again, but our own two are known
    assert "Er is nog 1 ding om te kiezen" in desk.get(again)


@pytest.mark.promise("P12", "row 9")
def test_the_name_of_a_column_is_no_formula_in_what_was_set_aside(desk: PostDesk) -> None:
    columns = bring(desk, b"naam;centrum;taal;@som(1)\nZora;heideoord;nl;x\nBo;nergens;nl;-1\n")
    assert desk.post(columns, **{"c:@som(1)": "", "v:centrum:nergens": ""}).status_code == 303
    assert desk.post(columns.replace("columns", "look"), seen="1").status_code == 303
    aside = desk.post(columns.replace("columns", "aside")).get_data().decode("utf-8-sig").splitlines()
    assert aside[0].endswith(";taal;'@som(1)")
    assert aside[1].endswith(";'-1")


NO_LIST = (
    b"",
    b"PK\x03\x04workbook",
    b"naam;centrum;taal\n\x00\x00",
    b"\xff\xfe\x00\xd8",
    b"naam;centrum;taal\nJ\x81rgen;heideoord;nl\n",  # in no encoding that we take
    b"naam;naam;taal\nA;B;nl\n",
    b";centrum;taal\nA;heideoord;nl\n",
    b'naam;centrum;taal\n"A;heideoord;nl\nB;heideoord;nl\n',
)
LISTS = (
    ("sep=;\nnaam;centrum;taal\nHanna;heideoord;nl\n", 0),
    ("naam,centrum,taal\r\nHanna,heideoord,nl\r\n\r\n,,\r\n", 0),
    ("NAAM \tCentrum\ttaal\nHanna\tHEIDEOORD\tnl\n", 0),
    ("naam;centrum;taal\nHanna;heideoord;nl\nTe;veel;cellen;hier\n", 1),
    ("naam;centrum;taal\n=1+1;heideoord;nl\nHanna;heideoord;nl\n", 1),
    ("naam;centrum;taal;registratienummer\nHanna;heideoord;nl;\nBo;duinrand;nl;12-mrt\n", 1),
    ("naam;centrum;taal\nHanna;heideoord;nl\n\u202eBo;heideoord;nl\n", 1),
    ("\ufeffnaam;centrum;taal\nHanna;heideoord;nl\nhanna;heideoord;nl\n", 0),
)
"""What is in a list, and how many of its rows are set aside; one takes part."""


def test_a_file_that_is_no_list_is_refused_at_the_first_step(shared: PostDesk) -> None:
    assert [data for data in NO_LIST if bring(shared, data)] == []
    with pytest.raises(InvalidInputError, match="te groot"):
        lists.begin(shared.at.office, shared.desks.people["Sem"], "x.csv", b"A" * (lists.MOST + 1), "detention")


def test_lists_from_real_life_come_in_with_what_is_wrong_set_aside(shared: PostDesk) -> None:
    for rows, aside in LISTS:
        columns = bring(shared, rows.encode())
        assert "Alle kolommen zijn herkend" in shared.get(columns), rows
        page = shared.get(columns.replace("columns", "look"))
        assert "Voeg 1 mens toe" in page, rows
        assert (f"Opzij gezet: {aside}" in page) == bool(aside), rows


def test_a_list_is_its_owners_alone_sealed_and_gone_after_a_day(desk: PostDesk) -> None:
    columns = bring(desk, LIST.encode())
    with desk.desks.store.reading() as session:
        row = session.scalars(select(ImportDraft)).one()
        assert b"Hanna" not in row.data.data
    assert desk.ask("/import/nergens/columns").status_code == 404
    with desk.desks.store.transaction() as session:
        session.execute(update(ImportDraft).values(person=desk.desks.people["Noor"].uid))
    assert desk.ask(columns).status_code == 404
    at = desk.at.office.clock() + retention.DAY + timedelta(minutes=1)
    [rule] = [rule for rule in retention.RULES if rule.name == "lists"]
    with desk.desks.store.transaction() as session:
        assert rule.act(session, rule.find(session, at), at) == 1
        assert session.scalar(select(func.count()).select_from(ImportDraft)) == 0


def test_no_page_of_people_asks_more_of_the_database_for_more_people(shared: PostDesk) -> None:
    [ada, *_rest] = shared.at.add(*[f"Ada {number}" for number in range(30)])
    draft = bring(shared, LIST.encode())
    paths = ("/people", f"/people/{listing.code_of(ada)}", "/people/new", "/centres", "/centres/heideoord", draft)
    for path in paths:
        with queries() as asked:
            assert shared.ask(path).status_code == 200
        assert len(asked) <= 12, (path, len(asked))
