"""The organisation in the browser: what falls is said first, no one is written over, every process goes by it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from mailer.services.administration import own_house, toml_changes
from mailer.services.administration.possible import UnusableError, require_possible
from mailer.services.administration.toml_changes import Change, SettledElsewhereError, Value
from mailer.services.publishing import approval
from mailer.services.publishing.losing import losses
from tests.web.staff.conftest import SENT, Desks
from tests.web.staff.own_house import (
    HELPLINE,
    NEW,
    OLD,
    PAGE,
    approved,
    by_hand,
    carried,
    form_of,
    save,
    shown,
    trail,
    written,
)
from wording.errors import NotAllowedError


def test_the_helpline_changes_what_falls_is_said_first_and_it_can_be_taken_back(desks: Desks) -> None:
    approved(desks)
    noor = desks.as_("Noor")
    before, page = written(desks), shown(desks, noor)
    assert (form_of(page)["organisation/helpline"], form_of(page)["organisation/name"]) == (
        OLD,
        "Stichting Het Voorbeeld",
    )
    first = save(desks, noor, page, organisation__helpline=NEW)
    assert first.status_code == 200
    said = first.get_data(as_text=True)
    assert "Goedkeuringen die vervallen: 3" in said
    assert "Solidaire Rotterdammers, Nederlands" in said
    assert written(desks) == before
    assert trail(desks) == []
    held = approval.proposal(desks.staff.office, desks.people["Amina"], SENT)
    assert {one.approvals for one in held.editions} == {1}
    assert (
        desks.post(noor, PAGE, **{**carried(said), "falls": "0"}).status_code == 200
    )  # of another list, it is said again
    assert desks.post(noor, PAGE, **carried(said)).status_code == 303
    expected = before.replace(f'helpline = "{OLD}"', f'helpline = "{NEW}"')
    assert [line for line in written(desks).splitlines() if NEW not in line] == [
        line for line in expected.splitlines() if NEW not in line
    ]
    assert f'"{OLD}", # hulplijn van het Meldpunt' in written(desks)
    [[[key, was, value], [protected, *_lists]]] = trail(desks)
    assert (key, was, value, protected) == ([*HELPLINE], OLD, NEW, ["protected"])
    fresh = desks.now.test_client().get("/nl/privacy", base_url=desks.base)
    assert NEW in fresh.get_data(as_text=True)
    again = desks.as_("Noor")
    page = shown(desks, again)
    assert f"<ins><bdi>{NEW}</bdi></ins>" in page
    row = re.search(r'name="row" value="(\d+)"', page)
    assert row is not None
    gone = desks.post(again, PAGE, csrf=desks.csrf(again), do="undo", row=row[1])
    assert gone.status_code == 303  # it falls no approval: none holds any more
    assert written(desks) == before
    assert len(trail(desks)) == 2


def test_of_two_who_save_at_once_one_is_asked_and_nothing_is_lost(desks: Desks) -> None:
    first, second = desks.as_("Noor"), desks.as_("Noor")
    page = shown(desks, first)
    assert save(desks, first, page, organisation__helpline=NEW).status_code == 303
    mine = {"organisation__helpline": "010-000 0155", "organisation__name": "Stichting Ander"}
    asked = save(desks, second, page, csrf=desks.csrf(second), **mine)
    assert asked.status_code == 409
    said = asked.get_data(as_text=True)
    assert f'value="{NEW}" required' in said
    assert 'value="010-000 0155" required' in said
    assert "Stichting Ander" not in written(desks)
    chosen = {**carried(said), "organisation/helpline": NEW}
    assert chosen["organisation/name"] == "Stichting Ander"
    assert desks.post(second, PAGE, **chosen).status_code == 303
    assert f'helpline = "{NEW}"' in written(desks)
    assert 'name = "Stichting Ander"' in written(desks)


def test_a_change_by_hand_meanwhile_is_kept_and_one_of_the_same_value_is_asked_about(desks: Desks) -> None:
    noor = desks.as_("Noor")
    page = shown(desks, noor)
    by_hand(desks, 'website = "https://www.voorbeeld.example"', 'website = "https://voorbeeld.example" # zonder www')
    assert save(desks, noor, page, organisation__helpline=NEW).status_code == 303
    assert '"https://voorbeeld.example" # zonder www' in written(desks)
    page = shown(desks, desks.as_("Noor"))
    by_hand(desks, f'helpline = "{NEW}"', 'helpline = "010-000 0144"')
    noor = desks.as_("Noor")
    asked = save(desks, noor, page, csrf=desks.csrf(noor), organisation__helpline=OLD)
    assert asked.status_code == 409
    assert "010-000 0144" in asked.get_data(as_text=True)
    assert 'helpline = "010-000 0144"' in written(desks)


def test_a_file_that_is_wrong_is_told_and_nothing_is_saved_in_it(desks: Desks) -> None:
    page = shown(desks, desks.as_("Noor"))
    by_hand(desks, "[approval]", "[approval")
    noor = desks.as_("Noor")
    before = written(desks)
    assert "postduif.toml klopt niet" in shown(desks, noor, "/staff/")
    now = shown(desks, noor)
    assert "postduif.toml klopt niet" in now
    assert re.search(r"postduif\.toml:\d+", now)
    answer = save(desks, noor, page, csrf=desks.csrf(noor), organisation__helpline=NEW)
    assert answer.status_code == 409
    assert written(desks) == before
    by_hand(desks, "[approval", "[approval]")
    assert "postduif.toml klopt niet" not in shown(desks, noor)


def test_what_the_environment_says_no_page_changes(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    noor = desks.as_("Noor")
    page = shown(desks, noor)
    monkeypatch.setenv("POSTDUIF_ORGANISATION__HELPLINE", "010-000 0111")
    before = written(desks)
    answer = save(desks, noor, page, organisation__helpline=NEW)
    assert answer.status_code == 409
    assert "POSTDUIF_" in answer.get_data(as_text=True)
    assert written(desks) == before


def test_only_an_administrator_sees_weighs_changes_and_takes_back(desks: Desks) -> None:
    office, bram = desks.staff.office, desks.people["Bram"]
    change = [Change(HELPLINE, OLD, NEW)]
    for knock in (
        lambda: own_house.shown(office, bram),
        lambda: own_house.proposed(office, bram, change),
        lambda: own_house.change(office, bram, change),
        lambda: own_house.made(office, bram),
        lambda: own_house.undo(office, bram, 1),
        lambda: losses(office, bram, office.house),
    ):
        with pytest.raises(NotAllowedError):
            knock()
    assert desks.as_("Bram").get(PAGE, base_url=desks.base).status_code == 403


def test_an_office_that_began_with_old_settings_writes_over_nothing(desks: Desks) -> None:
    office, noor = desks.staff.office, desks.people["Noor"]
    own_house.change(office, noor, [Change(HELPLINE, OLD, NEW)])
    assert office.house.organisation.helpline == OLD
    with pytest.raises(SettledElsewhereError) as found:
        own_house.change(
            replace(office), noor, [Change(HELPLINE, OLD, "1"), Change(("organisation", "name"), "x", "y")]
        )
    assert found.value.theirs == {HELPLINE: NEW, ("organisation", "name"): "Stichting Het Voorbeeld"}
    own_house.change(office, noor, [Change(HELPLINE, OLD, NEW)])  # what is so already is no change
    assert len(trail(desks)) == 1


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        (("publications", "los", "sender", "address"), "info@elders.example", "voorbeeld.example"),
        (("publications", "los", "sender", "address"), "geen adres", "@"),
        (("publications", "los", "sender", "reply_to"), "geen adres", "@"),
        (("organisation", "name"), None, "Vul"),
        (("organisation", "postal_address"), ["x"] * 9, "regels"),
        (("organisation", "name"), "x" * 301, "tekens"),
        (("organisation", "name"), "a\x00b", "teken"),
        (("organisation", "website"), "javascript:alert(1)", "webadres"),
        (("organisation", "website"), "https://[", "webadres"),
        (("organisation", "look", "accent"), "groen", "kleur"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(desks: Desks, key: tuple[str, ...], value: Value, said: str) -> None:
    house = desks.staff.office.house
    with pytest.raises(UnusableError) as found:
        require_possible(house, [Change(key, "was", value)])
    assert found.value.key == key
    assert said in str(found.value.text)


def test_senders_of_a_part_of_our_domain_are_ours(desks: Desks) -> None:
    key = ("publications", "los", "sender", "address")
    for good in ("a@voorbeeld.example", "a@post.voorbeeld.example", "A@VOORBEELD.example"):
        require_possible(desks.staff.office.house, [Change(key, None, good)])
    for bad in ("a@example", "a@ander-voorbeeld.example", "a@voorbeeld.example.elders.example"):
        with pytest.raises(UnusableError):
            require_possible(desks.staff.office.house, [Change(key, None, bad)])


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ('a = 1 # x\nb = "y"\n', Change(("b",), "y", "z"), 'a = 1 # x\nb = "z"\n'),
        ('[t]\na = "y" # waarom\n', Change(("t", "a"), "y", None), "[t]\n"),
        ("[t]\n", Change(("t", "n", "nl"), None, "z"), '[t]\n[t.n]\nnl = "z"\n'),
        ('t = { nl = "a", en = "b" } # x\n', Change(("t", "en"), "b", "c"), 't = { nl = "a", en = "c" } # x\n'),
        (
            'l = [\n  "a", # eerst\n  "b",\n]\n',
            Change(("l",), ["a", "b"], ["a", "b", "c"]),
            'l = [\n  "a", # eerst\n  "b",\n  "c",\n]\n',
        ),
        ('l = ["a", "b", "c"]\n', Change(("l",), ["a", "b", "c"], ["a", "c"]), 'l = ["a", "c"]\n'),
        ('l = ["a", "b"]\n', Change(("l",), ["a", "b"], ["b", "a"]), 'l = ["b", "a"]\n'),
        ('a = "x"\r\nb = "y"\r\n', Change(("a",), "x", "z"), 'a = "z"\r\nb = "y"\r\n'),
        ("[t]\n", Change(("t", "n", "nl"), None, None), "[t]\n"),
    ],
)
def test_every_other_byte_of_the_file_stays(before: str, change: Change, after: str) -> None:
    assert toml_changes.changed(before.encode(), [change]).decode() == after
    if change.was != change.value:
        assert toml_changes.value_at(toml_changes.values_in(after.encode()), change.key) == change.value
