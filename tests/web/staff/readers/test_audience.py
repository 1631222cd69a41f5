"""An audience is changed in the browser: its rule with a count first, what readers see of it, exceptions for once."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from database.base import now
from mailer.services.readers import offers
from subscribers.rules import rule_of
from subscribers.tables import Membership, Subscriber
from tests.support.people import ANNA, leave
from tests.web.staff.readers.conftest import Readers, plain

PATH = "/audiences/noo-national"
RULE = {"member": "noo-national"}


def test_a_rule_is_counted_before_it_is_kept_and_nothing_changes_by_counting(readers: Readers) -> None:
    assert "Lezers van ‘Solidaire mensen in het hele land’: 3" in readers.get(PATH)
    tried = plain(readers.post(PATH, do="try", member="noo-rotterdam"))
    assert "Met deze regel: 1 lezers. Nu: 3. Weg: 2." in tried
    assert "b…@l….example" in tried, "who would lose it is named, masked"
    answer = readers.noor.post(
        f"/staff{PATH}",
        data={"csrf": readers.csrf, "member": "noo-rotterdam"},
        headers={"Sec-Fetch-Site": "same-origin", "HX-Request": "true"},
        base_url=readers.desks.base,
    )
    assert answer.get_data(as_text=True).startswith('<div id="tried"'), "asked for by a script it is the sentence alone"
    with readers.desks.store.reading() as session:
        assert rule_of(session, "noo-national").members_of == ("noo-national",)
    assert readers.post(PATH, do="rule", member="noo-rotterdam").status_code == 303
    assert "Lezers van ‘Solidaire mensen in het hele land’: 1" in readers.get(PATH)
    assert {"audience": "noo-national"} in [detail for _subject, detail in readers.trail("config")]


def test_a_rule_that_matches_everyone_or_no_one_is_asked_about(readers: Readers) -> None:
    with readers.desks.store.transaction() as session:
        session.execute(update(Subscriber).where(Subscriber.uid == readers.bas).values(region="zuid"))
    no_one = {**RULE, "locale": "en"}
    everyone = {"member": "noo-national"}
    answer = readers.post(PATH, do="rule", **no_one)
    assert answer.status_code == 422
    assert "krijgt niemand deze nieuwsbrief" in plain(answer)
    assert readers.post(PATH, do="rule", sure="yes", **no_one).status_code == 303
    assert "Lezers van ‘Solidaire mensen in het hele land’: 0" in readers.get(PATH)
    answer = readers.post(PATH, do="rule", **everyone)
    assert "alle lezers van de organisatie" in plain(answer)
    assert readers.post(PATH, do="rule", sure="yes", **everyone).status_code == 303
    for wrong in ({}, {"member": "niemand"}, {"member": "detention"}, {**RULE, "locale": "xx"}):
        assert readers.post(PATH, do="rule", **wrong).status_code == 422
    part = plain(readers.post(PATH, do="try", **RULE, region="zuid"))
    assert "Met deze regel: 1 lezers" in part


def test_what_readers_see_is_changed_by_one_person_at_a_time_and_is_text(readers: Readers) -> None:
    hostile = '<b onclick="x">Nieuws</b> & meer'
    seen = {"version": "0", "public": "yes", "title-nl": "Onder dak", "description-nl": hostile, "title-en": "Shelter"}
    assert readers.post(PATH, do="offer", **seen).status_code == 303
    office = readers.desks.staff.office
    offer = offers.offers(office.store, office.house)["noo-national"]
    assert offer.texts.descriptions == {"nl": hostile}
    assert offers.rhythm_in(office.house, offer, "en") == "every month"
    page = readers.noor.get(f"/staff{PATH}", base_url=readers.desks.base).get_data(as_text=True)
    assert "<b onclick" not in page
    assert "&lt;b onclick" in page
    late = readers.post(PATH, do="offer", **{**seen, "title-nl": "Anders"})
    assert late.status_code == 422
    assert "Iemand anders veranderde dit net" in plain(late)
    for wrong in ({"title-nl": ""}, {"title-nl": "\u202e\u0007"}, {"title-nl": "x" * 81}, {"version": "x"}):
        assert readers.post(PATH, do="offer", **{**seen, "version": "1", **wrong}).status_code == 422
    hidden = {**seen, "version": "1"}
    del hidden["public"]
    assert readers.post(PATH, do="offer", **hidden).status_code == 303
    assert not offers.offers(office.store, office.house)["noo-national"].is_public


def test_an_exception_for_one_issue_is_made_and_taken_back(readers: Readers) -> None:
    pick = {"do": "pick", "email": ANNA, "issue": "noo-2026-12", "included": "out"}
    assert readers.post(PATH, **pick).status_code == 303
    assert "krijgt niet: Onder dak, nummer 2026-12" in readers.get(PATH)
    for wrong in ({"email": "niemand@lezers.example"}, {"issue": "x"}):
        assert readers.post(PATH, **{**pick, **wrong}).status_code == 422
    taken = readers.post(PATH, do="unpick", reader=str(readers.anna), issue="noo-2026-12")
    assert taken.status_code == 303
    assert "krijgt niet:" not in readers.get(PATH)


def test_growth_and_leaving_are_drawn_from_the_memberships_that_are_kept(readers: Readers) -> None:
    with readers.desks.store.transaction() as session:
        old = now() - timedelta(days=800)
        session.execute(update(Membership).where(Membership.subscriber == readers.anna).values(since=old))
    leave(readers.desks.store, readers.bas, "noo-national")
    page = readers.get(PATH)
    assert "Van 2 leden in" in page, "Bas was there until just now, and is counted as long as he is known"
    assert "naar 2 nu" in page
    with readers.desks.store.reading() as session:
        assert len(session.scalars(select(Membership)).all()) == 4


def test_an_audience_that_is_not_there_or_goes_by_post_has_no_page(readers: Readers) -> None:
    for key in ("niemand", "detention", "noo-national'--"):
        readers.get(f"/audiences/{key}", 404)
        assert readers.post(f"/audiences/{key}", do="rule", **RULE).status_code in {404, 422}
