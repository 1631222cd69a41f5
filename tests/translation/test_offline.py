"""Translating at home for two days while the work here goes on: the work of both is there afterwards."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from database.session import Store
from devtools.servers import program
from mailer.content import Content
from mailer.ledger import translators
from mailer.services.office import Office
from mailer.services.translating import files, following, messages
from mailer.services.translating.sandbox import catalog_from_outside
from mailer.translation.approval import source_hash
from mailer.translation.catalog import Catalog, Entry, catalog_from, po_from
from mailer.translation.merging import Outcome, Snapshot, merge
from staff.people import Person, add_person
from staff.roles import Role
from tests.support.desk_people import EDITOR
from tests.support.house import ROOT
from tests.support.office import office_of
from tests.translation.test_catalogs import BAD
from wording.errors import ContentError

SLUG = "meldpunt-2026-3"


@pytest.fixture
def office(store: Store, content: Content) -> Office:
    """The example content, with the complete English and Arabic catalogs of the detention issue."""
    return office_of(store, content.folder)


def person(store: Store, name: str) -> Person:
    with store.transaction() as session:
        return add_person(session, name, f"{name}@voorbeeld.example", [Role.TRANSLATOR], ["ar"])


def edit(content: Content, old: str, new: str) -> None:
    path = content.folder / "issues" / SLUG / "issue.md"
    before = path.read_text("utf-8")
    assert old in before
    path.write_text(before.replace(old, new), "utf-8")


def put(content: Content, msgid: str, msgstr: str) -> None:
    content.change_catalog(
        SLUG, "ar", lambda catalog: catalog.with_entry(replace(catalog.entries[msgid], msgstr=msgstr))
    )


def at_home(data: bytes, written: dict[str, str]) -> bytes:
    """What Poedit makes of the file: these messages written, their fuzzy flags gone, Windows line ends."""
    catalog, problems = catalog_from(data, domain=SLUG, locale="ar", file="home.po")
    assert catalog is not None, problems
    for msgid, msgstr in written.items():
        catalog = catalog.with_entry(replace(catalog.entries[msgid], msgstr=msgstr, fuzzy=False, was=""))
    return po_from(catalog).replace(b"\n", b"\r\n")


PHONES, DOORS, RULES = "Bellen en internet", "De deuren", "Nieuwe regels in Centrum De Wadden"
LISTED = ("lang wachten op een arts of een tandarts;", "te weinig uren buiten de kamer;")


def test_two_days_at_home_while_the_source_changes(
    office: Office, content: Content, store: Store, tmp_path: Path
) -> None:
    """Layla takes six untranslated messages home. Meanwhile one is translated here, one approved here, one reworded,
    one moved, one left out and one gets another number. She brings all six back, and nothing is lost.
    """
    layla, yusuf = person(store, "layla"), person(store, "yusuf")
    numbered = "Mensen in de week: 20 personen."
    edit(content, "1. lang wachten", f"{numbered}\n\n1. lang wachten")
    following.update_issue(office, EDITOR, SLUG)
    for msgid in (PHONES, DOORS, RULES, *LISTED):
        put(content, msgid, "")

    taken_home = files.export(office, layla, SLUG, "ar").data

    # two days here
    messages.save(office, yusuf, SLUG, "ar", msgid=PHONES, msgstr="الهاتف والإنترنت هنا", seen="")
    messages.save(office, yusuf, SLUG, "ar", msgid=DOORS, msgstr="الأبواب", seen="")
    assert messages.approve(office, person(store, "nora"), SLUG, "ar", msgids=[DOORS]).count == 1
    edit(content, "2. te weinig uren buiten de kamer;\n", "")
    edit(content, f"1. {LISTED[0]}", "1. erg lang wachten op een arts of een tandarts;")
    edit(content, numbered, "Mensen in de week: 25 personen.")
    edit(content, f"## {RULES}", "## Nieuwe regels in Centrum Noordkaap")
    following.update_issue(office, EDITOR, SLUG)

    # and back
    home = at_home(
        taken_home,
        {
            PHONES: "المكالمات والإنترنت",
            DOORS: "أبواب الغرف",
            RULES: "قواعد جديدة في Centrum De Wadden",
            LISTED[0]: "الانتظار طويلاً لرؤية طبيب أو طبيب أسنان؛",
            LISTED[1]: "ساعات قليلة جدًا خارج الغرفة؛",
            numbered: "الأشخاص في الأسبوع: 20 شخصًا.",
        },
    )
    done = files.bring_back(office, layla, SLUG, "ar", data=home, file="home.po")

    assert dict(done.outcomes) == {
        PHONES: Outcome.SUGGESTED,
        DOORS: Outcome.APPROVED,
        RULES: Outcome.CARRIED,
        LISTED[0]: Outcome.CARRIED,
        LISTED[1]: Outcome.REMEMBERED,
        numbered: Outcome.CARRIED,
    }
    now = content.catalog(SLUG, "ar")[0]
    assert now.entries[PHONES].msgstr == "الهاتف والإنترنت هنا"
    assert now.entries[DOORS].msgstr == "الأبواب"
    carried = now.entries["erg lang wachten op een arts of een tandarts;"]
    assert (carried.msgstr, carried.fuzzy, carried.was) == ("الانتظار طويلاً لرؤية طبيب أو طبيب أسنان؛", True, LISTED[0])
    number = now.entries["Mensen in de week: 25 personen."]
    assert (number.msgstr, number.fuzzy) == ("الأشخاص في الأسبوع: 25 شخصًا.", True)
    assert now.obsolete[LISTED[1]].msgstr == "ساعات قليلة جدًا خارج الغرفة؛"
    with store.reading() as session:
        offered = translators.suggestions(session, SLUG, "ar")
        assert offered[source_hash(PHONES)] == ["المكالمات والإنترنت"]
        assert offered[source_hash(DOORS)] == ["أبواب الغرف"]
        assert [row.deed for row in translators.history(session, PHONES, "ar")] == ["saved"]

    edit(
        content,
        "1. erg lang wachten op een arts of een tandarts;\n",
        "1. erg lang wachten op een arts of een tandarts;\n2. te weinig uren buiten de kamer;\n",
    )
    following.update_issue(office, EDITOR, SLUG)
    assert content.catalog(SLUG, "ar")[0].translation(LISTED[1]) == "ساعات قليلة جدًا خارج الغرفة؛"

    again = files.bring_back(office, layla, SLUG, "ar", data=home, file="home.po")
    assert set(again.outcomes.values()) <= {Outcome.SUGGESTED, Outcome.APPROVED, Outcome.SAME, Outcome.REMEMBERED}


def test_a_file_that_comes_back_as_it_went_changes_nothing(office: Office, content: Content, store: Store) -> None:
    layla = person(store, "layla")
    put(content, PHONES, "")
    before = (content.folder / content.catalog_file(SLUG, "ar")).read_bytes()
    data = files.export(office, layla, SLUG, "ar").data
    assert files.bring_back(office, layla, SLUG, "ar", data=data, file="x.po").outcomes == {}
    assert (content.folder / content.catalog_file(SLUG, "ar")).read_bytes() == before


def test_an_export_brings_what_was_approved_before_and_says_so(
    office: Office, content: Content, store: Store, tmp_path: Path
) -> None:
    """Exact from memory and alike from memory, both fuzzy, the like one with its source; gettext accepts the file."""
    layla, yusuf = person(store, "layla"), person(store, "yusuf")
    assert messages.approve(office, yusuf, SLUG, "ar").count > 70
    put(content, PHONES, "")
    edit(content, "Er komen acht nieuwe telefoons.", "Er komen tien nieuwe telefoons, zegt de directie.")
    following.extract_issue(office, SLUG)
    msgid = next(one for one in content.catalog(SLUG, "ar")[0].entries if one.startswith("Er komen tien"))
    put(content, msgid, "")
    done = files.export(office, layla, SLUG, "ar")
    assert (done.remembered, done.suggested) == (1, 1)
    exported, _problems = catalog_from(done.data, domain=SLUG, locale="ar", file="x.po")
    assert exported is not None
    exact, like = exported.entries[PHONES], exported.entries[msgid]
    assert (exact.fuzzy, exact.was, exact.msgstr != "") == (True, "", True)
    assert like.fuzzy
    assert like.was.startswith("Er komen acht nieuwe telefoons.")
    assert any(comment.startswith("Geheugen: ") for comment in like.comments)
    path = tmp_path / "export.po"
    path.write_bytes(done.data)
    result = subprocess.run(
        [program("msgfmt", "gettext"), "-c", "-o", "/dev/null", path], check=False, capture_output=True
    )
    assert (result.returncode, result.stderr) == (0, b"")


def test_a_file_of_an_unknown_version_or_another_language_is_refused(
    office: Office, content: Content, store: Store
) -> None:
    layla = person(store, "layla")
    data = files.export(office, layla, SLUG, "ar").data
    for broken in (
        data.replace(b"X-Postduif-Base: ", b"X-Postduif-Base: f"),
        data.replace(b"Language: ar", b"Language: en"),
    ):
        with pytest.raises(ContentError) as error:
            files.bring_back(office, layla, SLUG, "ar", data=broken, file="x.po")
        assert error.value.problems[0].place.file == "x.po"


def test_a_reviewer_may_replace_what_is_approved(office: Office, content: Content, store: Store) -> None:
    layla, yusuf = person(store, "layla"), person(store, "yusuf")
    messages.approve(office, yusuf, SLUG, "ar")
    home = at_home(files.export(office, layla, SLUG, "ar").data, {DOORS: "أبواب الغرف"})
    done = files.bring_back(office, layla, SLUG, "ar", data=home, file="x.po", reviewing=True)
    assert done.outcomes == {DOORS: Outcome.TAKEN}
    with store.reading() as session:
        assert translators.authors(session, "ar", [(DOORS, "أبواب الغرف")]) == {(DOORS, "أبواب الغرف"): layla.uid}


# ── the merge, whatever happens ───────────────────────────────────────────────────────────────────────────────────

texts = st.dictionaries(
    st.sampled_from(["een", "twee", "drie", "vier heel anders"]), st.sampled_from(["", "a", "b", "c"])
)


def catalog(pairs: dict[str, str]) -> Catalog:
    return Catalog(SLUG, "ar", {msgid: Entry(msgid, msgstr) for msgid, msgstr in pairs.items()})


@given(texts, texts, texts)
def test_a_merge_never_loses_what_anyone_wrote(
    base: dict[str, str], ours: dict[str, str], theirs: dict[str, str]
) -> None:
    """Each text of ours stands; each that they wrote stands, is a suggestion, or is remembered."""
    taken_home = catalog(base)
    done = merge(catalog(ours), catalog(theirs), Snapshot(taken_home, taken_home))
    standing = {entry.msgstr for entry in [*done.catalog.entries.values(), *done.catalog.obsolete.values()]}
    for msgid, msgstr in ours.items():
        if msgstr and msgstr != base.get(msgid):
            assert done.catalog.entries[msgid].msgstr == msgstr
    for msgid, msgstr in theirs.items():
        if msgstr and msgstr != base.get(msgid):
            assert msgstr in standing or (msgid, msgstr) in done.suggestions


# ── the child ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "name", ["plural forms without end", "cut off in a string", "60,000 messages", "Latin-1 bytes"]
)
def test_a_hostile_file_is_refused_by_the_child_with_its_reason(name: str) -> None:
    data, words = BAD[name]
    with pytest.raises(ContentError) as error:
        catalog_from_outside(
            data if isinstance(data, bytes) else data.encode(), domain="los-2026-24", locale="en", file="x.po"
        )
    assert any(words in str(problem.text) for problem in error.value.problems)


def test_the_child_reads_what_the_product_reads() -> None:
    whole = catalog({"een": "واحد", "twee\\\nregels": ""})
    assert catalog_from_outside(po_from(whole), domain=SLUG, locale="ar", file="x.po") == whole


def test_the_child_is_held_to_300_megabytes_and_5_seconds() -> None:
    """The limits it sets for itself stop a child that would take more."""
    for greed in ("x = bytearray(400_000_000)", "while True: pass"):
        code = (
            "import mailer.services.translating.sandbox as outside\n"
            f"outside.catalog_from = lambda *_data, **_names: exec({greed!r})\n"
            "outside._child('d', 'ar', 'f')"
        )
        ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, input=b"", capture_output=True, check=False)
        assert ended.returncode != 0
