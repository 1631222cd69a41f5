"""The desk of a translator: saved, taken back, asked about; what no one may lose is not lost, also without a script."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO

import pytest
from werkzeug.test import stream_encode_multipart

from mailer.services.translating import boxes, messages, pool, remarks
from mailer.services.translating.rows import key_of
from mailer.translation.catalog import Catalog, Entry
from staff.mails import Mail
from staff.people import change_person, set_muted
from tests.support.queries import queries
from tests.web.staff.conftest import SAME_ORIGIN
from tests.web.staff.translating.conftest import PATH, SLUG, AtDesk


def set_to(at: AtDesk, entry: Entry, **changes: object) -> Entry:
    """Another entry in the file, as git brings it."""
    content = at.desks.staff.office.content
    changed = replace(entry, **changes)  # type: ignore[arg-type]
    content.change_catalog(SLUG, "ar", lambda now: now.with_entry(changed))
    return changed


def test_saving_leads_on_and_can_be_taken_back_once(at: AtDesk) -> None:
    entry = set_to(at, at.entry(3), msgstr="نص قديم", fuzzy=True, was="Iets ouds")
    answer = at.send("Yasmin", "next", entry, "نص جديد", path=f"{PATH}?m={key_of(entry.msgid)}&f=all")
    assert answer.status_code == 303
    assert f"m={key_of(at.entry(4).msgid)}" in answer.location
    assert f"saved={key_of(entry.msgid)}" in answer.location
    assert at.now(entry.msgid).msgstr == "نص جديد"
    undone = at.send("Yasmin", "undo", entry, back=key_of(entry.msgid))
    assert undone.status_code == 303
    now = at.now(entry.msgid)
    assert (now.msgstr, now.fuzzy, now.was) == ("نص قديم", True, "Iets ouds")
    assert at.send("Yasmin", "undo", entry, back=key_of(entry.msgid)).status_code == 409


def test_two_people_on_one_message_see_theirs_and_mine(at: AtDesk) -> None:
    entry = at.entry(5)
    office, karim = at.desks.staff.office, at.desks.people["Karim"]
    boxes.keep(office, karim, SLUG, "ar", msgid=entry.msgid, text="مسودة كريم", seen=entry.msgstr)
    assert "مسودة كريم" in at.page("Yasmin", f"{PATH}?m={key_of(entry.msgid)}")
    messages.save(office, karim, SLUG, "ar", msgid=entry.msgid, msgstr="نص كريم", seen=entry.msgstr)
    answer = at.send("Yasmin", "save", entry, "نص ياسمين")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "نص كريم" in page
    assert "نص ياسمين" in page
    assert at.now(entry.msgid).msgstr == "نص كريم"
    # the form of that page was filled in after theirs was seen
    assert at.send("Yasmin", "save", at.now(entry.msgid), "نص ياسمين").status_code == 303
    assert at.now(entry.msgid).msgstr == "نص ياسمين"


def test_what_was_typed_waits_on_the_server_and_is_gone_when_it_is_saved(at: AtDesk) -> None:
    entry = at.entry(6)
    kept = at.send("Yasmin", "", entry, "لم يُحفظ", path=f"{PATH}/draft")
    assert kept.status_code == 200
    assert set(kept.get_json()) == {"kept", "checks", "told", "others"}
    assert "لم يُحفظ" in at.page("Yasmin", f"{PATH}?m={key_of(entry.msgid)}")
    assert at.now(entry.msgid).msgstr == entry.msgstr
    at.send("Yasmin", "save", entry, "حُفظ")
    assert "لم يُحفظ" not in at.page("Yasmin", f"{PATH}?m={key_of(entry.msgid)}").split("<details", 1)[0]


def test_a_source_that_changes_while_someone_types_is_told_and_the_text_comes_along(at: AtDesk) -> None:
    entry = at.entry(7)
    content = at.desks.staff.office.content
    new = replace(entry, msgid=f"{entry.msgid} Nieuw.", fuzzy=True, was=entry.msgid)

    def mend(catalog: Catalog) -> Catalog:
        entries = {
            new.msgid if k == entry.msgid else k: new if k == entry.msgid else v for k, v in catalog.entries.items()
        }
        return replace(catalog, entries=entries)

    content.change_catalog(SLUG, "ar", mend)
    told = at.send("Yasmin", "", entry, "ما كتبته", path=f"{PATH}/draft").get_json()["told"]
    assert "veranderd" in told
    answer = at.send("Yasmin", "save", entry, "ما كتبته")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "ما كتبته" in page
    assert f'value="{new.msgid}"' in page
    assert entry.msgid not in content.catalog(SLUG, "ar")[0].entries


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ("ن" * 100_000, 422),  # 200 kB
        ("<script>alert(1)</script> {{ 7*7 }} {% raw %}", 303),  # saved as the characters it is; the checks stop it
        ("\u202eنص\u202c", 303),
        ("   ", 303),
        ("Dit is Nederlands en geen Arabisch, met alle woorden die er zijn.", 303),
        ("نص\x00", 422),
        ("نص\x07", 422),
    ],
)
def test_bad_text_is_answered_in_a_sentence_and_never_goes_out(at: AtDesk, typed: str, status: int) -> None:
    entry = at.entry(10)
    answer = at.send("Yasmin", "save", entry, typed)
    assert answer.status_code == status
    page = at.page("Yasmin", f"{PATH}?m={key_of(entry.msgid)}&f=all")
    assert "<script>alert" not in page
    if status == 422:
        assert at.now(entry.msgid).msgstr == entry.msgstr
        assert typed[:2] in answer.get_data(as_text=True)
    elif not typed.isascii() or "<" in typed:
        assert "houdt tegen" in page
    set_to(at, entry)


def test_a_language_that_is_taken_away_while_typing_costs_no_word(at: AtDesk) -> None:
    entry, karim = at.entry(11), at.desks.people["Karim"]
    with at.desks.store.transaction() as session:
        change_person(session, replace(karim, languages=("en",)))
    answer = at.send("Karim", "save", entry, "كلمات كريم")
    assert answer.status_code == 403
    assert "كلمات كريم" in answer.get_data(as_text=True)
    assert at.now(entry.msgid).msgstr == entry.msgstr
    with at.desks.store.transaction() as session:
        change_person(session, karim)


def test_a_file_that_came_by_git_meanwhile_is_not_written_over(at: AtDesk) -> None:
    entry = at.entry(12)
    set_to(at, entry, msgstr="من git")
    answer = at.send("Yasmin", "save", entry, "من المتصفح")
    assert answer.status_code == 409
    assert "من git" in answer.get_data(as_text=True)
    assert at.now(entry.msgid).msgstr == "من git"


def test_a_question_reaches_the_editor_by_mail_and_its_answer_every_language(at: AtDesk) -> None:
    entry = at.entry(14)
    before = len(at.desks.mails())
    assert at.send("Yasmin", "doubt", entry, "نص", words="Per dag of per week?").status_code == 303
    [asked] = at.desks.mails()[before:]
    assert (asked.to, asked.kind) == (at.desks.people["Bram"].email, "staff")
    assert "Per dag of per week?" in asked.text
    list_of = f"/staff/issues/{SLUG}/questions"
    assert "Per dag of per week?" in at.page("Bram", list_of)
    number = remarks.questions(at.desks.staff.office, at.desks.people["Bram"], SLUG)[-1].number
    answered = at.send("Bram", "answer", entry, path=list_of, number=str(number), words="Per week.")
    assert answered.status_code == 303
    told = {one.to: one for one in at.desks.mails()[before + 1 :]}
    assert {one for one, who in at.desks.people.items() if who.email in told} == {"Yasmin", "Karim"}
    assert len(told) == len(at.desks.mails()) - before - 1, "each once"
    other = told[at.desks.people["Karim"].email]
    assert "Per week." in other.text
    assert f"translate/en?m={key_of(entry.msgid)}" in other.text
    with at.desks.store.transaction() as session:
        set_muted(session, at.desks.people["Karim"].uid, [Mail.ANSWERS])
    before = len(at.desks.mails())
    remarks.comment(
        at.desks.staff.office, at.desks.people["Yasmin"], SLUG, "ar", msgid=entry.msgid, words="En?", question=True
    )
    again = remarks.questions(at.desks.staff.office, at.desks.people["Bram"], SLUG)[-1].number
    remarks.answer(at.desks.staff.office, at.desks.people["Bram"], again, words="Ook per week.")
    heard = [one.to for one in at.desks.mails()[before:] if "Ook per week." in one.text]
    assert heard == [at.desks.people["Yasmin"].email], "who asked, and not who does without"
    assert "Per week." in at.page("Karim", f"/staff/issues/{SLUG}/translate/en?m={key_of(entry.msgid)}")
    at.send("Bram", "close", entry, path=list_of, number=str(number))
    late = at.send("Bram", "answer", entry, path=list_of, number=str(number), words="Nog iets.")
    assert late.status_code == 409
    assert "is gesloten" in late.get_data(as_text=True)


def test_a_second_person_approves_what_was_read_and_not_what_took_its_place(at: AtDesk) -> None:
    office, karim = at.desks.staff.office, at.desks.people["Karim"]
    entry = at.entry(16)
    reads = f"/staff/issues/{SLUG}/review/ar"
    key, shown = key_of(entry.msgid), key_of(entry.msgstr)
    approving = {"path": reads, "read": entry.msgid, f"as-{key}": shown}
    messages.save(office, karim, SLUG, "ar", msgid=entry.msgid, msgstr=f"{entry.msgstr} ", seen=entry.msgstr)
    own = at.send("Karim", "approve", entry, **approving)
    assert "not_done=1" in own.location
    set_to(at, entry, msgstr="شيء آخر")
    assert "changed=1" in at.send("Bram", "approve", entry, **approving).location
    set_to(at, entry)
    assert "done=1" in at.send("Bram", "approve", entry, **approving).location
    # of two reviewers at once the second approves nothing anew
    assert "done=0" in at.send("Yasmin", "approve", entry, **approving).location
    back = at.send("Bram", "back", entry, path=reads, words="Het getal klopt niet.")
    assert back.status_code == 303
    assert at.now(entry.msgid).fuzzy
    assert "Het getal klopt niet." in at.page("Karim", f"{PATH}?m={key}")


def test_names_of_one_kind_are_left_as_they_are_at_once(at: AtDesk) -> None:
    entry = at.entry(20)
    page = at.page("Yasmin", f"{PATH}?m={key_of(entry.msgid)}&f=all")
    assert page.count('class="queue"') == 1
    kind = entry.comments
    for name in ("Zwolle", "Den Haag", "Assen"):
        set_to(at, Entry(name, comments=kind, places=entry.places))
    found = re.findall(r'name="alike" value="([^"]+)"', at.page("Yasmin", f"{PATH}?m={key_of('Zwolle')}"))
    assert found == ["Den Haag", "Assen"]
    at.send("Yasmin", "alike", at.now("Zwolle"), alike="Assen")
    assert (at.now("Assen").msgstr, at.now("Den Haag").msgstr) == ("Assen", "")
    assert at.send("Yasmin", "same", at.now("Zwolle")).status_code == 303
    assert at.now("Zwolle").msgstr == "Zwolle"


def test_a_word_shows_what_it_touches_before_it_is_added(at: AtDesk) -> None:
    source = {"source": "bewaring", "word-ar": "كلمة", "rule": "prefer", "path": "/staff/words/ar"}
    looked = at.send("Yasmin", "look", at.entry(0), **source)
    assert looked.status_code == 200
    assert at.send("Yasmin", "add", at.entry(0), **source).status_code == 303
    terms = {one.source: one for one in at.desks.staff.office.content.glossary()}
    assert terms["bewaring"].words == {"ar": "كلمة"}
    assert len(terms) > 1
    assert at.send("Yasmin", "add", at.entry(0), **(source | {"source": " "})).status_code == 422


def test_a_file_goes_home_and_comes_back_with_a_report(at: AtDesk) -> None:
    client = at.desks.as_("Yasmin")
    data = client.get(f"{PATH}/po", base_url=at.desks.base).get_data()
    page = at.page("Yasmin", f"{PATH}/file")
    link = re.search(r'id="link" value="([^"]+)"', page)
    assert link is not None
    path = link[1].removeprefix(at.desks.base)
    assert client.get(path, base_url=at.desks.base).status_code == 200
    # a link is of one person, and of a while
    assert at.desks.as_("Karim").get(path, base_url=at.desks.base).status_code == 404
    assert client.get(re.sub(r"/po/\d+/", "/po/1/", path), base_url=at.desks.base).status_code == 404
    entry = at.entry(30)
    changed = data.replace(entry.msgstr.encode(), f"{entry.msgstr}!".encode(), 1)
    begin = re.sub(rb'"X-Postduif-Base:.*\n', b"", data.split(b"\n\n", 1)[0]).replace(SLUG.encode(), b"los-2026-24")
    other = begin + '\n\nmsgid "Van een ander nummer."\nmsgstr "من عدد آخر"\n'.encode()
    sent_back = (changed, 200, "1 zin overgenomen"), (b"geen po", 422, "niets overgenomen"), (other, 422, "los-2026-24")
    for sent, status, said in sent_back:
        answer = client.post(
            f"{PATH}/file",
            data={"csrf": at.desks.csrf(client), "file": (BytesIO(sent), "x.po")},
            headers=SAME_ORIGIN,
            base_url=at.desks.base,
        )
        assert said in answer.get_data(as_text=True)
        assert answer.status_code == status
    assert at.now(entry.msgid).msgstr == f"{entry.msgstr}!"


def test_work_is_handed_back_by_whom_it_was_given_to(at: AtDesk) -> None:
    office, bram, yasmin = at.desks.staff.office, at.desks.people["Bram"], at.desks.people["Yasmin"]
    pool.assign(office, bram, SLUG, "ar", to=yasmin, due=office.today())
    assert "Geef dit werk terug" in at.page("Yasmin", PATH)
    assert at.send("Karim", "back", at.entry(0)).status_code == 409
    assert at.send("Yasmin", "help", at.entry(0)).status_code == 303
    assert at.send("Yasmin", "back", at.entry(0)).status_code == 303
    assert pool.assignments(office, bram, SLUG) == []
    [told] = [one.text for one in at.desks.mails() if one.to == bram.email and "vraagt hulp" in one.text]
    assert f"geeft {SLUG} (ar) terug" in told


def test_sixty_thousand_messages_are_refused_in_a_sentence(at: AtDesk) -> None:
    client = at.desks.as_("Yasmin")
    begin = client.get(f"{PATH}/po", base_url=at.desks.base).get_data().split(b"\n\n", 1)[0]
    many = b"\n\n".join([begin, *(b'msgid "zin %d"\nmsgstr "x %d"' % (n, n) for n in range(60_000))])
    parts = {"csrf": at.desks.csrf(client), "file": (BytesIO(many), "x.po")}
    body, length, boundary = stream_encode_multipart(parts, threshold=len(many) * 2)
    answer = client.post(
        f"{PATH}/file",
        data=body.read(length),
        content_type=f"multipart/form-data; boundary={boundary}",
        headers=SAME_ORIGIN,
        base_url=at.desks.base,
    )
    assert answer.status_code in {413, 422}
    assert "gro" in answer.get_data(as_text=True)


def test_sixty_thousand_messages_that_came_by_git_cost_no_more_queries_and_no_longer_page(at: AtDesk) -> None:
    content = at.desks.staff.office.content
    path = content.folder / content.catalog_file(SLUG, "ar")
    before, client = path.read_bytes(), at.desks.as_("Yasmin")

    def look() -> tuple[int, int]:
        client.get(PATH, base_url=at.desks.base)
        with queries() as asked:
            page = client.get(PATH, base_url=at.desks.base)
        assert page.status_code == 200
        return len(asked), len(page.get_data())

    asked, _size = look()
    try:
        path.write_bytes(
            b"".join([before.split(b"\n\n", 1)[0], *(b'\n\nmsgid "%d"\nmsgstr ""' % n for n in range(60_000))])
        )
        assert len(content.catalog(SLUG, "ar")[0].entries) == 60_000
        many, size = look()
    finally:
        path.write_bytes(before)
    assert many <= asked
    assert size < 200_000  # octets: a window of the list, the sentence, and no more
