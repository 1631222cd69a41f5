"""What readers see before, while and after they choose: newsletters as offered, a mail in their look, privacy."""

from __future__ import annotations

from email import message_from_bytes, policy
from uuid import UUID

from sqlalchemy import select

from mailer.services.notices.letters import message_of
from mailer.services.readers.privacy import kept_of
from subscribers.offers import Offered, keep_offer, keep_privacy_words
from subscribers.repository import may_receive, readers_of
from subscribers.rules import parity
from subscribers.tables import Membership, Subscriber
from subscribers.tokens import Purpose, token_for
from tests.support.people import ANNA, reader
from tests.web.conftest import HOST, Pages, link_in

BASE = f"https://{HOST}"
HOSTILE = "<img src=x onerror=alert(1)> & zo"


def offer(pages: Pages, audience: str = "legal-aid", *, public: bool = True, **texts: dict[str, str]) -> None:
    with pages.store.transaction() as session:
        titles = texts.get("titles", {"nl": "Recht en opvang", "ar": "القانون والمأوى"})
        kept = Offered(public, titles, texts.get("descriptions", {}), texts.get("rhythms", {}))
        assert keep_offer(session, audience, kept, 0)


def get(pages: Pages, path: str, status: int = 200) -> str:
    answer = pages.client().get(path, base_url=BASE)
    assert answer.status_code == status, answer.status
    assert "Set-Cookie" not in answer.headers
    return answer.get_data(as_text=True)


def test_the_form_offers_what_is_public_in_words_and_never_as_markup(pages: Pages) -> None:
    offer(pages, descriptions={"nl": HOSTILE}, rhythms={"nl": "om de week, op donderdag"})
    offer(pages, "womens-orgs", public=False)
    page = get(pages, "/nl/aanmelden")
    assert "Recht en opvang" in page
    assert "om de week, op donderdag" in page
    assert "&lt;img src=x" in page
    assert "<img" not in page
    assert 'value="womens-orgs"' not in page
    assert "القانون والمأوى" in get(pages, "/ar/aanmelden")
    assert "/nl/privacy" in page, "the statement is linked from the form"
    refused = pages.client().post("/nl/aanmelden", data=pages.form(audience=["womens-orgs"]), base_url=BASE)
    assert refused.status_code == 422
    assert pages.mails() == []


def test_the_mail_with_the_button_is_of_the_newsletter_that_was_chosen_first_and_names_all(pages: Pages) -> None:
    offer(pages)
    chosen = {"audience": ["noo-national", "legal-aid"], "locale": "nl"}
    pages.client().post("/nl/aanmelden", data=pages.form(**chosen), base_url=BASE)
    [notice] = pages.mails()
    message = message_from_bytes(message_of(notice, pages.house), policy=policy.default)
    assert message["From"] == "Netwerk Onder dak <onderdak-nieuws@voorbeeld.example>"
    assert message["Subject"] == "Bevestig uw aanmelding voor ‘Solidaire mensen in het hele land’"
    assert message["Reply-To"] == "onderdak@voorbeeld.example"
    plain, page = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert page is not None
    for words in (plain.get_content(), page.get_content()):
        assert "Solidaire mensen in het hele land" in words
        assert "Recht en opvang" in words
        assert f"{BASE}/nl/privacy" in words
        assert link_in(notice) in words
    assert "background:#0b5f58" in page.get_content(), "in the accent of the organisation"
    asked = get(pages, link_in(notice))
    assert "a…@l….example" in asked
    assert ANNA not in asked
    again = pages.client().post("/nl/aanmelden", data=pages.form(**chosen), base_url=BASE)
    assert again.status_code == 200
    assert len(pages.mails()) == 1, "not more than one a day"


def test_a_form_on_another_website_brings_an_address_and_sends_nothing(pages: Pages) -> None:
    """However often it is posted, nothing is sent or kept before someone presses our own button."""
    offer(pages)
    before, client = pages.contents(), pages.client()
    for number in range(50):
        data = {"email": f"x{number}@lezers.example", "audience": "legal-aid", "welcome": "yes"}
        shown = client.post("/nl/aanvragen", data=data, headers={"Origin": "https://elders.example"}, base_url=BASE)
        assert shown.status_code == 200
    assert pages.contents() == before
    page = shown.get_data(as_text=True)
    assert 'value="x49@lezers.example"' in page
    assert 'value="legal-aid" checked' in page
    assert "Er is nog niets verstuurd." in page
    hostile = client.get('/nl/aanvragen?email="><script>alert(1)</script>&audience=niets', base_url=BASE)
    assert "<script" not in hostile.get_data(as_text=True)
    assert pages.mails() == []


def test_the_privacy_statement_is_made_from_the_register_and_the_own_words(pages: Pages) -> None:
    page = get(pages, "/nl/privacy")
    for one in kept_of(pages.house):
        assert str(one.what.msgid) in page
    assert "Autoriteit Persoonsgegevens" in page
    with pages.store.transaction() as session:
        keep_privacy_words(session, {"nl": f"Wij zijn klein.\n\n{HOSTILE}"})
    assert "Wij zijn klein." in get(pages, "/nl/privacy")
    arabic = get(pages, "/ar/privacy")
    assert '<section class="prose" lang="nl" dir="ltr"><p>Wij zijn klein.' in arabic
    assert "<img" not in arabic


def preferences(pages: Pages, **fields: object) -> str:
    uid = next(iter(_readers(pages)))
    path = f"/p/{token_for(pages.keys, Purpose.PREFERENCES, uid, 'los')}"
    if not fields:
        return get(pages, path)
    answer = pages.client().post(path, data=fields, base_url=BASE)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def _readers(pages: Pages) -> list[UUID]:
    with pages.store.reading() as session:
        return list(session.scalars(select(Subscriber.uid)))


def test_every_second_issue_is_chosen_kept_and_taken_back(pages: Pages) -> None:
    anna = reader(pages.store, ANNA, "legal-aid", "noo-national")
    saved = {"audience": ["legal-aid", "noo-national"], "locale": "nl", "pause": "", "do": "save"}
    page = preferences(pages)
    assert 'name="second" value="legal-aid"' in page
    assert 'name="second" value="noo-national"' not in page, "only where an issue comes every two weeks"
    for _again in range(2):
        assert 'value="legal-aid" checked' in preferences(pages, **saved, second=["legal-aid", "noo-national"])
    with pages.store.reading() as session:
        gets = {slug: anna in {one.uid for one in readers_of(session, "legal-aid", issue=slug)} for slug in ISSUES}
        assert sorted(gets.values()) == [False, True, True]
        assert gets["los-extra"], "an issue without a number goes to everyone"
        for slug, expected in gets.items():
            assert (anna in may_receive(session, [anna], "legal-aid", slug)) is expected, "the same at each claim"
        assert anna in {one.uid for one in readers_of(session, "noo-national", issue="noo-2026-11")}
        assert {one.only_parity for one in session.scalars(select(Membership))} == {0, None}
    preferences(pages, **saved)
    with pages.store.reading() as session:
        assert {one.only_parity for one in session.scalars(select(Membership))} == {None}


ISSUES = ("los-2026-24", "los-2026-25", "los-extra")


def test_the_parity_of_an_issue_is_that_of_its_number() -> None:
    found = {slug: parity(slug) for slug in (*ISSUES, "x", "los-", "los-٣", "los-9999999999")}
    assert list(found.values()) == [0, 1, None, None, None, None, None]


def test_leaving_everything_is_one_button_and_what_is_hidden_is_kept_by_who_has_it(pages: Pages) -> None:
    reader(pages.store, ANNA, "legal-aid")
    offer(pages, public=False)
    assert 'value="legal-aid" checked' in preferences(pages)
    kept = preferences(pages, audience=["legal-aid"], locale="nl", pause="", do="save")
    assert 'value="legal-aid" checked' in kept
    assert "U bent afgemeld" in preferences(pages, do="leave")
    assert "U bent afgemeld" in preferences(pages, do="leave")
