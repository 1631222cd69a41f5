"""Newsletters, audiences and languages in the browser: begun, changed, ended, and what ends stays."""

from __future__ import annotations

from sqlalchemy import update

from database.base import now
from mailer.ledger.states import MailingState
from mailer.ledger.tables import Mailing
from mailer.services.administration.tongues import tongues
from mailer.services.office import Silence
from tests.support.people import reader
from tests.web.staff.conftest import SENT, Desks, fill
from tests.web.staff.own_house import (
    by_hand,
    form_of,
    shown,
    written,
)

NOO = "/staff/organisation/newsletters/noo"
RELATIONS = "/staff/organisation/audiences/noo-relations"


def test_a_newsletter_is_begun_changed_ended_and_begun_again(desks: Desks) -> None:
    noor = desks.as_("Noor")
    page = shown(desks, noor, "/staff/organisation/newsletters/new")
    csrf = desks.csrf(noor)
    typed: dict[str, str] = {
        "csrf": csrf,
        "was": form_of(page)["was"],
        "publications/new/title/nl": "Buurtpost",
        "publications/new/cadence": "monthly",
        "publications/new/sender/name/nl": "De buurt",
        "publications/new/sender/address": "buurt@voorbeeld.example",
        "publications/new/sender/reply_to": "lezer@elders.example",
        "publications/new/audiences": "noo-national",
    }
    new = "/staff/organisation/newsletters/new"
    for wrong in ({"key": "Buurt!"}, {"key": "noo"}, {"key": "new"}, {"publications/new/title/nl": ""}):
        assert desks.post(noor, new, **{"key": "buurt", **typed, **wrong}).status_code in {409, 422}, wrong
    refused = desks.post(noor, new, key="buurt", **{**typed, "publications/new/sender/address": "buurt@elders.example"})
    assert refused.status_code == 422
    assert "elders.example is niet van jullie" in refused.get_data(as_text=True)
    assert "Buurtpost" in refused.get_data(as_text=True)
    assert "[publications.buurt]" not in written(desks)
    assert desks.post(noor, new, key="buurt", **typed).status_code == 303
    assert 'title = {nl = "Buurtpost"}' in written(desks)
    bram = desks.as_("Bram")
    assert "Buurtpost" in shown(desks, bram, "/staff/issues/new")
    begun = desks.post(bram, "/staff/issues/new?publication=buurt", csrf=desks.csrf(bram), number="1", day="2026-12-01")
    assert begun.status_code == 303
    noor = desks.as_("Noor")
    own = "/staff/organisation/newsletters/buurt"
    changed = {**form_of(shown(desks, noor, own)), "publications/buurt/title/en": "Neighbourhood", "do": "save"}
    changed |= {"publications/buurt/cadence": "weekly", "publications/buurt/audiences": "noo-national"}
    assert desks.post(noor, own, **changed).status_code == 303
    assert desks.parts().house.publications["buurt"].title == {"nl": "Buurtpost", "en": "Neighbourhood"}
    for is_there in (False, True):
        noor = desks.as_("Noor")
        assert desks.post(noor, own, csrf=desks.csrf(noor), do="end").status_code == 303
        bram = desks.as_("Bram")
        assert ("Buurtpost" in shown(desks, bram, "/staff/issues/new")) == is_there
        answer = desks.post(
            bram, "/staff/issues/new?publication=buurt", csrf=desks.csrf(bram), number="9", day="2026-12-01"
        )
        assert answer.status_code == (303 if is_there else 409)
        assert "buurt-1" in shown(desks, bram, "/staff/issues/buurt-1")


def test_an_audience_is_begun_and_ended_and_its_readers_stay(desks: Desks) -> None:
    uid = reader(desks.store, "rel@lezers.example", "noo-relations")
    noor = desks.as_("Noor")
    new = "/staff/organisation/audiences/new"
    page = shown(desks, noor, new)
    typed = {"csrf": desks.csrf(noor), "was": form_of(page)["was"], "key": "buren", "channel": "email"}
    typed |= {"audiences/new/title/nl": "Buren", "audiences/new/locales": "nl", "audiences/new/fallback": "en"}
    wrong = desks.post(noor, new, **typed)
    assert wrong.status_code == 409  # it falls back on a language that it has not
    assert "audiences.buren.fallback" in wrong.get_data(as_text=True)
    assert desks.post(noor, new, **{**typed, "audiences/new/fallback": "nl"}).status_code == 303
    noor = desks.as_("Noor")
    assert "Buren" in shown(desks, noor, "/staff/organisation/newsletters")
    assert desks.now.test_client().get("/nl/aanmelden", base_url=desks.base).get_data(as_text=True).count("Buren") > 0
    assert desks.post(noor, RELATIONS, csrf=desks.csrf(noor), do="end").status_code == 303
    text = written(desks)
    assert 'audiences = ["noo-rotterdam", "noo-national"]' in text
    asked = desks.now.test_client().get("/nl/aanmelden", base_url=desks.base).get_data(as_text=True)
    assert "Relaties van het netwerk" not in asked
    noor = desks.as_("Noor")
    assert "1" in shown(desks, noor, "/staff/audiences/noo-relations")
    assert desks.as_("Noor").get(f"/staff/readers/{uid}", base_url=desks.base).status_code == 200
    assert "Relaties van het netwerk" in shown(desks, noor, "/staff/organisation/newsletters")


def test_nothing_ends_to_which_a_mailing_is_planned(desks: Desks) -> None:
    fill(desks)
    before = written(desks)
    for path in (NOO, "/staff/organisation/audiences/noo-national"):
        noor = desks.as_("Noor")
        answer = desks.post(noor, path, csrf=desks.csrf(noor), do="end")
        assert answer.status_code == 409
        assert f"{desks.made['number']}, nummer {SENT}" in answer.get_data(as_text=True)
    assert written(desks) == before
    with desks.store.transaction() as session:
        session.execute(update(Mailing).values(state=MailingState.DONE, finished_at=now()))
    noor = desks.as_("Noor")
    assert desks.post(noor, NOO, csrf=desks.csrf(noor), do="end").status_code == 303
    assert written(desks) != before


def test_the_only_audience_of_a_newsletter_stays(desks: Desks) -> None:
    by_hand(desks, 'audiences = ["noo-rotterdam", "noo-national", "noo-relations"]', 'audiences = ["noo-relations"]')
    noor = desks.as_("Noor")
    answer = desks.post(noor, RELATIONS, csrf=desks.csrf(noor), do="end")
    assert answer.status_code == 422
    assert "de enige doelgroep" in answer.get_data(as_text=True)


def test_a_language_says_what_it_needs_begins_and_ends(desks: Desks) -> None:
    path = "/staff/organisation/languages"
    noor = desks.as_("Noor")
    csrf = desks.csrf(noor)
    for wrong in ("xx9", "zzz", "../", ""):
        assert desks.post(noor, path, csrf=csrf, code=wrong, do="begin").status_code == 422, wrong
    assert desks.post(noor, path, csrf=csrf, code="bo", do="begin").status_code == 303
    assert "[locales.bo]" in written(desks)
    by_code = {one.code: one for one in tongues(desks.parts().office(Silence()), desks.people["Noor"])}
    assert [one.code for one in by_code.values() if one.is_source] == ["nl"]
    assert [one.code for one in by_code.values() if one.missing] == ["bo"]
    assert {one.code: (one.ours.done > 0, bool(one.audiences)) for one in by_code.values()} == {
        **dict.fromkeys(("nl", "en", "ar"), (True, True)),
        "bo": (False, False),
    }
    assert by_code["ar"].translators == ("Yasmin",)
    noor = desks.as_("Noor")
    assert "op papier ontbreken letters" in shown(desks, noor, path)
    for kept in ("nl", "en"):
        refused = desks.post(noor, path, csrf=desks.csrf(noor), code=kept, do="end")
        assert refused.status_code == 422
    assert "Vrouwenorganisaties" in refused.get_data(as_text=True)
    noor = desks.as_("Noor")
    assert desks.post(noor, path, csrf=desks.csrf(noor), code="bo", do="end").status_code == 303
    noor = desks.as_("Noor")
    assert ">bo<" not in shown(desks, noor, "/staff/organisation/audiences/new")
    assert desks.post(noor, path, csrf=desks.csrf(noor), code="bo", do="begin").status_code == 303
