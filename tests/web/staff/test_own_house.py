"""The organisation in the browser: what falls is said first, no one is written over, every process goes by it."""

from __future__ import annotations

import html
import io
import json
import re
import zlib
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from database.audit import AuditRow
from database.base import now
from mailer.ledger.states import MailingState
from mailer.ledger.tables import Mailing
from mailer.services.administration import own_house, toml_changes
from mailer.services.administration.possible import UnusableError, require_possible
from mailer.services.administration.toml_changes import Change, SettledElsewhereError, Value
from mailer.services.administration.tongues import tongues
from mailer.services.office import Silence
from mailer.services.publishing import approval
from mailer.services.publishing.losing import losses
from mailer.services.translating import messages
from tests.support.people import reader
from tests.web.staff.conftest import SAME_ORIGIN, SENT, Desks, fill
from wording.errors import NotAllowedError

PAGE = "/staff/organisation"
HELPLINE = ("organisation", "helpline")
OLD, NEW = "010-000 0199", "010-000 0177"


def shown(desks: Desks, client: FlaskClient, path: str = PAGE) -> str:
    return client.get(path, base_url=desks.base).get_data(as_text=True)


def form_of(page: str) -> dict[str, str]:
    """The form with `was` as a browser would send it untouched; and what goes along unseen."""
    [form] = [one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if 'name="was"' in one]
    found = {
        html.unescape(name): html.unescape(value)
        for name, value in re.findall(r'<input[^>]*?name="([^"]*)" value="([^"]*)"(?![^>]*type="radio")', form)
    }
    lines = re.findall(r'<textarea[^>]*?name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.DOTALL)
    return {**found, **{name: html.unescape(value) for name, value in lines}}


def carried(page: str) -> dict[str, str]:
    """Everything that goes along unseen."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page.partition("<main")[2])
    return {html.unescape(name): html.unescape(value) for name, value in found}


def save(desks: Desks, client: FlaskClient, page: str, **typed: str) -> TestResponse:
    fields = {**form_of(page), **{name.replace("__", "/"): value for name, value in typed.items()}}
    return desks.post(client, PAGE, **fields)


def written(desks: Desks) -> str:
    return (desks.staff.office.content.folder / "postduif.toml").read_text("utf-8")


def by_hand(desks: Desks, before: str, after: str) -> None:
    path = desks.staff.office.content.folder / "postduif.toml"
    assert before in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(before, after), "utf-8")


def trail(desks: Desks) -> list[list[list[object]]]:
    with desks.store.reading() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.event == "house").order_by(AuditRow.seq))
        return [json.loads(str(one.detail["changes"])) for one in rows]


def approved(desks: Desks) -> None:
    office, bram, amina = desks.staff.office, desks.people["Bram"], desks.people["Amina"]
    messages.approve_issue(office, bram, SENT)
    approval.approve(office, amina, SENT, seen=approval.proposal(office, amina, SENT).digest)


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


LOOK = "/staff/organisation/look"


def picture(width: int, height: int, colour: str = "#b03060") -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(data, "PNG")
    return data.getvalue()


def upload(desks: Desks, client: FlaskClient, data: bytes, **fields: str) -> TestResponse:
    form = {"csrf": desks.csrf(client), "accent": "#0b5f58", "accent_dark": "#7fd6cd", "do": "try", **fields}
    files = {"picture": (io.BytesIO(data), "logo.png")}
    return client.post(LOOK, data={**form, **files}, headers=SAME_ORIGIN, base_url=desks.base)


def test_a_look_is_seen_everywhere_before_it_is_kept(desks: Desks) -> None:
    noor, before = desks.as_("Noor"), written(desks)
    tried = upload(desks, noor, picture(120, 40), accent="#7b2d4f")
    assert tried.status_code == 200
    page = tried.get_data(as_text=True)
    frames = [html.unescape(one) for one in re.findall(r'<iframe[^>]*src="([^"]*)"', page)]
    assert [one.partition("?")[0].rpartition("/")[2] for one in frames] == ["mail", "archive", "public"]
    for one in frames:
        shown_there = noor.get(one, base_url=desks.base)
        assert "#7b2d4f" in shown_there.get_data(as_text=True), one
        policy = shown_there.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "form-action 'none'" in policy
        assert "script-src" not in policy
    assert "data:image/png;base64," in noor.get(frames[0], base_url=desks.base).get_data(as_text=True)
    assert noor.get(frames[0].replace("/mail", "/paper"), base_url=desks.base).data.startswith(b"%PDF")
    assert written(desks) == before
    assert desks.parts().house.organisation.look.accent == "#0b5f58"
    form = {**carried(page), "accent": "#7b2d4f", "accent_dark": "#7fd6cd", "do": "save"}
    other = desks.post(noor, LOOK, **{**form, "accent": "#2d4f7b"})  # was not shown: it is shown first
    assert other.status_code == 200
    assert written(desks) == before
    assert desks.post(noor, LOOK, **form).status_code == 303
    look = desks.parts().house.organisation.look
    assert (look.accent, look.accent_dark) == ("#7b2d4f", "#7fd6cd")
    assert look.logo is not None
    assert desks.parts().content.logo(look.logo).width == 120
    noor = desks.as_("Noor")
    form = {
        "csrf": desks.csrf(noor),
        "accent": "#7b2d4f",
        "accent_dark": "#7fd6cd",
        "logo": look.logo,
        "without": "yes",
    }
    page = desks.post(noor, LOOK, **form, do="try").get_data(as_text=True)
    assert desks.post(noor, LOOK, **{**form, **carried(page), "logo": ""}, do="save").status_code == 303
    assert desks.parts().house.organisation.look.logo is None


def test_an_accent_that_no_one_can_read_is_told_and_corrected(desks: Desks) -> None:
    noor = desks.as_("Noor")
    csrf = desks.csrf(noor)
    page = desks.post(noor, LOOK, csrf=csrf, accent="#ffee00", accent_dark="#7fd6cd").get_data(as_text=True)
    assert "Lezers krijgen daarom" in page
    refused = desks.post(noor, LOOK, csrf=csrf, accent="geel", accent_dark="#7fd6cd")
    assert refused.status_code == 422


def test_a_logo_that_is_a_bomb_or_no_picture_is_refused_and_nothing_is_kept(desks: Desks) -> None:
    noor = desks.as_("Noor")
    folder = desks.staff.office.content.folder
    bomb = bytearray(picture(1, 1))
    bomb[16:24] = (60_000).to_bytes(4, "big") * 2  # the header says 3.6 billion pixels
    bomb[29:33] = zlib.crc32(bytes(bomb[12:29])).to_bytes(4, "big")
    for data in (bytes(bomb), b"<svg onload=alert(1)>", b""):
        answer = upload(desks, noor, data)
        assert answer.status_code == 422, data[:10]
    assert not (folder / "look").exists()
    for logo in ("../postduif.toml", "postduif.toml", "look/logo-niets.png", "/etc/passwd"):
        assert (
            desks.post(
                noor, LOOK, csrf=desks.csrf(noor), accent="#0b5f58", accent_dark="#7fd6cd", logo=logo
            ).status_code
            == 422
        )
        for what in ("mail", "public", "archive", "paper", "niets"):
            query = f"{LOOK}/{what}?accent=%230b5f58&accent_dark=%237fd6cd&logo={logo}"
            assert noor.get(query, base_url=desks.base).status_code in {404, 422}, query


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
