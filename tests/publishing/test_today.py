"""What asks for a person today, in an office where one issue is sent, one waits for approval and one is translated."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mailer.carriers.relay import Relay
from mailer.ledger.slots import take_slot
from mailer.organisation import Cadence
from mailer.services.office import Office
from mailer.services.publishing import listing, overview, renewing
from mailer.services.publishing.blocking import Blocks
from mailer.services.publishing.happened import Happened
from mailer.services.publishing.steps import Step
from mailer.services.publishing.today import Today, today
from mailer.services.publishing.working import Part
from mailer.services.sending.delivering import SWEEP
from mailer.services.translating import messages, pool, release, remarks
from mailer.services.writing import issues
from mailer.translation.extract import STANDING
from staff.people import Person, add_person
from staff.roles import Role
from tests.support.office import WholeOffice, office
from tests.support.queries import queries
from wording.errors import NotFoundError

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
SENT, READY, TRANSLATED = "noo-2026-11", "los-2026-24", "meldpunt-2026-3"
DUE = date(2026, 11, 30)


@dataclass(frozen=True)
class Day:
    """The office, on 28 November 2026, and who works there."""

    whole: WholeOffice
    people: dict[str, Person]

    @property
    def office(self) -> Office:
        return replace(self.whole.office, clock=lambda: NOW)

    def of(self, name: str) -> Today:
        return today(self.office, self.people[name])


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    folder = tmp_path_factory.mktemp("today")
    with office(folder / "content", f"sqlite:///{folder / 'postduif.sqlite'}") as here:
        with here.parts.store.transaction() as session:
            yasmin = add_person(session, "Yasmin", "yasmin@voorbeeld.example", [Role.TRANSLATOR], ["ar"])
            noor = add_person(session, "Noor", "noor@voorbeeld.example", [Role.ADMIN])
            every = add_person(session, "Alles", "alles@voorbeeld.example", list(Role), ["en", "ar"])
        people = {"Bram": here.editor, "Amina": here.approver, "Sem": here.postal, "Yasmin": yasmin, "Noor": noor}
        here.subscribe("anna@lezers.example", "noo-national", "nl")
        here.publish(SENT)
        messages.approve_issue(here.office, here.editor, READY)
        _half_translated(here, yasmin)
        renewing.renew_changed(here.office)
        yield Day(here, people | {"Alles": every})


def _half_translated(here: WholeOffice, yasmin: Person) -> None:
    catalog, base = here.parts.content.catalog(TRANSLATED, "ar")
    first, *_others = catalog.entries
    empty = {first: replace(catalog.entries[first], msgstr="")}
    here.parts.content.save_catalog(replace(catalog, entries={**catalog.entries, **empty}), base)
    pool.assign(here.office, here.editor, TRANSLATED, "ar", to=yasmin, due=DUE)
    remarks.comment(here.office, yasmin, TRANSLATED, "ar", msgid=first, words="Is dit de brievenbus?", question=True)
    release.hold(here.office, here.editor, TRANSLATED, "en", reason="de vertaler is ziek")


def test_an_editor_sees_what_stands_still_first_and_every_newsletters_next_number(day: Day) -> None:
    bram = day.of("Bram")
    assert bram.first is not None
    assert (bram.first.found.slug, bram.first.own.step) == (SENT, Step.START)
    assert [(one.slug, one.day, one.found is not None) for one in bram.coming] == [
        (READY, date(2026, 11, 26), True),
        (TRANSLATED, date(2026, 12, 1), True),
        ("noo-2026-12", date(2026, 12, 27), False),
    ]
    blocks = {one.slug: [(each.why, each.locale, each.due) for each in one.blockers] for one in bram.coming}
    assert blocks[READY] == [(Blocks.UNAPPROVED, "", None)]
    assert (Blocks.UNTRANSLATED, "ar", DUE) in blocks[TRANSLATED]
    assert [one.slug for one in bram.sent] == [SENT]
    assert (bram.work, bram.desk, bram.checks) == ((), (), ())


def test_an_approver_is_asked_for_what_waits_for_approval_alone(day: Day) -> None:
    first = day.of("Amina").first
    assert first is not None
    assert (first.found.slug, first.own.step) == (READY, Step.APPROVE)


def test_a_translator_sees_their_own_languages_by_the_day_they_are_due(day: Day) -> None:
    yasmin = day.of("Yasmin")
    assert [(one.slug, one.locale, one.empty, one.due) for one in yasmin.work] == [(TRANSLATED, "ar", 1, DUE)]
    assert yasmin.work[0].ready + yasmin.work[0].left == yasmin.work[0].total
    assert yasmin.first is not None
    assert (yasmin.first.own.step, yasmin.first.by) == (Step.TRANSLATE, DUE)
    assert (yasmin.coming, yasmin.sent, yasmin.desk) == ((), (), ())


def test_a_question_is_for_the_editor_and_its_answer_for_who_asked(day: Day) -> None:
    (asked,) = day.of("Bram").questions
    assert (asked.words, asked.by, asked.is_mine, asked.answered) == ("Is dit de brievenbus?", "Yasmin", False, False)
    assert (asked.domain, asked.is_standing, asked.is_there) == (TRANSLATED, False, True)
    assert day.of("Yasmin").questions == (replace(asked, is_mine=True),)
    assert (day.of("Amina").questions, day.of("Sem").questions) == ((), ())
    remarks.answered(day.office, day.people["Bram"], asked.number)
    assert day.of("Bram").questions == ()
    assert day.of("Yasmin").questions[0].answered
    later = replace(day.office, clock=lambda: NOW + timedelta(days=15))
    assert today(later, day.people["Yasmin"]).questions == ()


def test_a_question_says_whether_it_is_about_the_standing_texts_and_whether_its_issue_is_there(day: Day) -> None:
    bram, yasmin = day.people["Bram"], day.people["Yasmin"]
    for domain in (STANDING, TRANSLATED):
        msgid = next(iter(day.office.content.catalog(domain, "ar")[0].entries))
        remarks.comment(day.office, yasmin, domain, "ar", msgid=msgid, words="Klopt dit?", question=True)
    folder = day.office.content.folder / "issues" / TRANSLATED
    away = folder.rename(day.office.content.folder / "away")  # thrown away outside our pages: its questions stay
    asked = day.of("Bram").questions
    away.rename(folder)
    assert {(one.domain, one.is_standing, one.is_there) for one in asked} == {
        (STANDING, True, False),
        (TRANSLATED, False, False),
    }
    for one in asked:
        remarks.answered(day.office, bram, one.number)


def test_the_postal_desk_sees_its_pile_and_nothing_of_the_editors(day: Day) -> None:
    assert day.of("Sem").desk == ()
    assert (day.of("Sem").coming, day.of("Sem").sent, day.of("Sem").first) == ((), (), None)


def test_an_administrator_reads_what_does_not_work_and_that_it_is_not_set_up(day: Day) -> None:
    works = {one.part: one.works for one in day.of("Noor").checks}
    assert works == {
        Part.RELAY: True,
        Part.WORKER: False,
        Part.NOTICES: True,
        Part.APPROVERS: True,
        Part.ALARMS: True,
        Part.RETURNS: True,
        Part.PRIVACY: False,
        Part.SETTINGS: True,
    }
    not_set = replace(day.office, relays=(Relay("localhost"),))
    assert not {one.part: one.works for one in today(not_set, day.people["Noor"]).checks}[Part.RELAY]
    with day.whole.parts.store.transaction() as session:
        take_slot(session, SWEEP, timedelta(seconds=30), NOW)
    assert {one.part: one.works for one in day.of("Noor").checks}[Part.WORKER]


def test_a_newsletter_without_a_rhythm_has_no_day_until_its_number_is_begun(day: Day) -> None:
    house = day.office.house
    loose = replace(house.publications["noo"], cadence=Cadence.IRREGULAR)
    here = replace(day.office, house=replace(house, publications={**house.publications, "noo": loose}))
    (noo,) = [one for one in today(here, day.people["Bram"]).coming if one.publication == "noo"]
    assert (noo.day, noo.found) == (None, None)


def test_an_issue_long_past_its_day_asks_for_no_one(day: Day) -> None:
    later = replace(day.office, clock=lambda: NOW + timedelta(days=60))
    found = today(later, day.people["Amina"])
    assert found.first is None
    assert {one.slug for one in found.coming} == {"los-2027-1", "noo-2027-1", "meldpunt-2027-1"}


def test_an_issue_tells_who_does_what_and_what_happened(day: Day) -> None:
    found = overview.overview(day.office, day.people["Bram"], TRANSLATED)
    done = [(one.what, one.by, one.locale) for one in found.happened]
    assert done == [(Happened.HELD, "Bram", "en"), (Happened.ASSIGNED, "Bram", "ar")]
    assert {one.locale: one.names for one in found.found.locales} == {"en": (), "ar": ("Yasmin",)}
    sent = overview.overview(day.office, day.people["Bram"], SENT)
    assert [(one.what, one.by) for one in sent.happened] == [
        (Happened.PUBLISHED, "Bram"),
        (Happened.APPROVED, "Amina"),
    ]


def test_what_one_does_twice_in_a_row_on_a_day_is_told_once_with_its_count(day: Day) -> None:
    slug = issues.new_issue(day.office, day.people["Bram"], "noo", slug="noo-2027-99", day=date(2027, 6, 1))
    for _again in range(2):
        pool.assign(day.office, day.people["Bram"], TRANSLATED, "ar", to=day.people["Yasmin"], due=DUE)
    happened = overview.overview(day.office, day.people["Bram"], TRANSLATED).happened
    assert (happened[0].what, happened[0].count) == (Happened.ASSIGNED, 2)
    assert [one.what for one in overview.overview(day.office, day.people["Bram"], slug).happened] == [Happened.BEGUN]
    issues.delete_issue(day.office, day.people["Noor"], slug)


def test_the_list_is_chosen_by_newsletter_and_by_how_far(day: Day) -> None:
    def slugs(name: str, **chosen: Any) -> list[str]:
        return [one.found.slug for one in listing.issues(day.office, day.people[name], **chosen).lines]

    assert slugs("Bram") == [TRANSLATED, SENT, READY]
    assert slugs("Bram", publication="los") == [READY]
    assert slugs("Bram", chosen="open") == [TRANSLATED, READY]
    assert slugs("Bram", chosen="sent") == [SENT]
    assert slugs("Amina", chosen="mine") == [READY]
    assert slugs("Sem", chosen="mine") == []


@pytest.mark.parametrize(
    "chosen",
    [
        *({"publication": typed} for typed in ("nergens", "los' OR 1=1 --")),
        *({"chosen": typed} for typed in ("x", "sent'; DROP TABLE issue_standing; --")),
        *({"page": typed} for typed in (0, -1, 2)),
    ],
)
def test_a_choice_that_there_is_not_is_refused_in_words(day: Day, chosen: dict[str, Any]) -> None:
    with pytest.raises(NotFoundError):
        listing.issues(day.office, day.people["Bram"], **chosen)


def test_more_issues_take_no_more_queries_and_the_list_has_pages(day: Day) -> None:
    folder, every = day.office.content.folder, day.people["Alles"]
    doors = (
        lambda: today(day.office, every),
        lambda: listing.issues(day.office, every),
        lambda: overview.overview(day.office, every, TRANSLATED),
        lambda: issues.propose_issue(day.office, every, "los"),
    )
    few = [_queries(door) for door in doors]
    made = [f"los-2026-{number}" for number in range(100, 160)]
    for slug in made:
        shutil.copytree(folder / "issues" / READY, folder / "issues" / slug)
        day.whole.parts.content.read(slug)
    renewing.renew_changed(day.office)
    many = [_queries(door) for door in doors]
    assert many == few
    assert max(many) <= 11  # a page asks once more, for the session
    found = listing.issues(day.office, every, page=2)
    assert (found.pages, found.count, len(found.lines)) == (2, 63, 13)
    for slug in made:
        shutil.rmtree(folder / "issues" / slug)


def _queries(door: Callable[[], object]) -> int:
    with queries() as asked:
        door()
    return len(asked)
