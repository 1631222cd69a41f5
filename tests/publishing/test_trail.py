"""The way of an issue, its editions in a table, and what blocks it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mailer.ledger.states import MailingState
from mailer.services.publishing.blocking import Blocks, blockers
from mailer.services.publishing.standing import Standing
from mailer.services.publishing.steps import Step
from mailer.services.publishing.trail import CellState, Reached, Stage, matrix, trail
from tests.publishing.made import APPROVED, issue, language, mailing, ready
from tests.support.house import house


def at(found: Standing) -> Stage:
    (now,) = [leg.stage for leg in trail(found, house()) if leg.reached is Reached.NOW]
    return now


@pytest.mark.parametrize("step", Step)
def test_an_issue_is_in_one_stage_whatever_its_step(step: Step) -> None:
    legs = trail(replace(issue(), next=step), house())
    assert [leg.reached for leg in legs] == sorted((leg.reached for leg in legs), key=list(Reached).index)
    assert sum(leg.reached is Reached.NOW for leg in legs) == 1


@pytest.mark.parametrize(
    ("found", "stage"),
    [
        (issue(errors=1), Stage.WRITE),
        (issue(locales=(language(untranslated=3),)), Stage.TRANSLATE),
        (issue(), Stage.APPROVE),
        (issue(editions=APPROVED), Stage.SEND),
        (issue(mailings=(mailing(MailingState.SENDING, post=4),)), Stage.POST),
        (issue(mailings=(mailing(MailingState.DONE),)), Stage.FIGURES),
    ],
)
def test_the_bird_sits_where_the_issue_is(found: Standing, stage: Stage) -> None:
    assert at(found) is stage


def test_a_stage_that_the_newsletter_lacks_is_left_out() -> None:
    stages = [leg.stage for leg in trail(issue(), house())]
    by_mail = issue(publication="noo", audiences=("noo-national",), locales=())
    assert stages == list(Stage)
    assert [leg.stage for leg in trail(by_mail, house())] == [
        one for one in Stage if one not in (Stage.TRANSLATE, Stage.POST)
    ]


def test_a_language_that_stays_behind_is_named_on_the_way() -> None:
    legs = trail(issue(locales=(ready("en"), language("ar", untranslated=3, held=True))), house())
    assert {leg.stage: leg.held for leg in legs if leg.held} == {Stage.TRANSLATE: ("ar",)}


@pytest.mark.parametrize(
    ("found", "locale", "state"),
    [
        (issue(errors=1), "nl", CellState.STOPS),
        (issue(), "nl", CellState.READY),
        (issue(editions=APPROVED), "nl", CellState.APPROVED),
        (issue(is_rendered=False, editions=()), "nl", CellState.MAKING),
        (issue(is_rendered=False, editions=(), locales=(language("ar", untranslated=3),)), "nl", CellState.READY),
        (issue(locales=(language("ar", exists=False),)), "ar", CellState.NOT_BEGUN),
        (issue(locales=(language("ar", untranslated=3),)), "ar", CellState.PART),
        (issue(locales=(language("ar", translated=3),)), "ar", CellState.READ),
        (issue(locales=(language("ar", needs_work=3, untranslated=1),)), "ar", CellState.CHANGED),
        (issue(locales=(language("ar", untranslated=3, failing=1),)), "ar", CellState.STOPS),
        (issue(locales=(language("ar", broken=True),)), "ar", CellState.STOPS),
        (issue(locales=(language("ar", untranslated=3, held=True),)), "ar", CellState.HELD),
        (issue(mailings=(mailing(MailingState.SCHEDULED, mail=2),)), "ar", CellState.APPROVED),
        (issue(mailings=(mailing(MailingState.SENDING, mail=2),)), "ar", CellState.ON_ITS_WAY),
        (issue(mailings=(mailing(MailingState.DONE),)), "ar", CellState.SENT),
    ],
)
def test_a_cell_says_how_far_its_edition_is(found: Standing, locale: str, state: CellState) -> None:
    (row,) = [one for one in matrix(found, house()).rows if one.audience == "detention-friends"]
    assert {one.locale: one.state for one in row.cells if one}[locale] is state


def test_an_audience_has_no_cell_for_a_language_it_does_not_read() -> None:
    found = matrix(issue(audiences=("legal-aid", "womens-orgs"), locales=(ready("en"),)), house())
    assert found.locales == ("nl", "en")
    assert [[one.locale if one else None for one in row.cells] for row in found.rows] == [["nl", None], ["nl", "en"]]


def test_a_printed_edition_waits_while_the_mailed_one_is_sent() -> None:
    found = matrix(issue(mailings=(mailing(MailingState.SENDING, post=4),)), house())
    assert [{one.state for one in row.cells if one} for row in found.rows] == [{CellState.TO_PRINT}, {CellState.SENT}]


def test_what_blocks_is_counted_per_language_and_the_approval_comes_last() -> None:
    due = date(2026, 11, 30)
    half = language("ar", untranslated=12, needs_work=3, failing=1, translated=4, approved=60, due=due)
    assert [(one.why, one.count, one.locale, one.due) for one in blockers(issue(locales=(half,)), four_eyes=True)] == [
        (Blocks.FAILING, 1, "ar", due),
        (Blocks.CHANGED, 3, "ar", due),
        (Blocks.UNTRANSLATED, 12, "ar", due),
        (Blocks.UNREAD, 4, "ar", due),
    ]
    assert [(one.why, one.count) for one in blockers(issue(), four_eyes=True)] == [(Blocks.UNAPPROVED, 2)]
    assert blockers(issue(), four_eyes=False) == ()
    assert [one.why for one in blockers(issue(errors=2), four_eyes=True)] == [Blocks.ERRORS]
    assert [one.why for one in blockers(issue(is_rendered=False, editions=()), four_eyes=True)] == [Blocks.MAKING]
    assert blockers(issue(mailings=(mailing(MailingState.DONE),)), four_eyes=True) == ()
