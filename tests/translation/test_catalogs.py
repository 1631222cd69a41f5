"""PO files: written the same every time, read only when they are whole."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages import pofile
from hypothesis import given
from hypothesis import strategies as st

from devtools.servers import program
from devtools.translated import SLUG, filled, issue, read, through_po
from mailer.translation import catalog as reading
from mailer.translation.catalog import Catalog, Entry, catalog_from, new_catalog, po_from, pot_from
from mailer.translation.extract import extract, extract_standing
from mailer.translation.headers import plural_forms
from tests.support.work import calls_in
from wording.errors import Place

MARKDOWN = """Beste lezer, 100% donateur zijn kan.

## Opvang {for="womens-orgs"}

Een alinea
over twee regels.\\
En een nieuwe regel met "aanhalingstekens".

- [x] punt
- punt

| Dag | 12 |
|-----|----|
| maandag | 010-123 |

::: case-law Titel {court="Rechtbank Den Haag" date="2026-10-14" ecli="ECLI:NL:RBDHA:2026:99001"}
Samenvatting met [link][l].
:::

<info@e.example>

[l]: https://e.example/ "Een titel"
"""


def catalog(locale: str = "en") -> Catalog:
    document, _problems = read(MARKDOWN)
    return new_catalog(SLUG, locale, extract(issue(MARKDOWN), document))


def test_messages_come_in_reading_order_with_their_context() -> None:
    """Heading, kind of block, audiences and place; equal texts once; numbers and addresses not at all."""
    document, _problems = read(MARKDOWN)
    messages = extract(issue(MARKDOWN), document)
    assert [message.msgid for message in messages] == [
        "Nieuwsbrief 24", "Nieuws over opvang", "In dit nummer", "Beste lezer, 100% donateur zijn kan.", "Opvang",
        'Een alinea over twee regels.\\\nEn een nieuwe regel met "aanhalingstekens".', "punt", "Dag", "maandag",
        "Titel", "Rechtbank Den Haag", "Samenvatting met [link][l].", "Een titel",
    ]  # fmt: skip
    item = messages[6]
    assert item.comments == ("Rubriek: Opvang", "Soort: punt in een lijst", "Voor: womens-orgs")
    assert item.places == (Place(f"issues/{SLUG}/issue.md", 9), Place(f"issues/{SLUG}/issue.md", 10))
    assert messages[3].comments == ("Soort: alinea", "Voor: legal-aid, womens-orgs")


def test_a_standing_text_is_in_its_own_domain() -> None:
    messages = extract_standing({"helplijn": "Bel ons.\n", "b": "Dag.\n"})
    assert [(m.msgid, str(m.places[0])) for m in messages] == [
        ("Dag.", "issues/standing/b.md:1"),
        ("Bel ons.", "issues/standing/helplijn.md:1"),
    ]


def test_extracting_twice_changes_no_byte() -> None:
    first, second = (pot_from(SLUG, extract(issue(MARKDOWN), read(MARKDOWN)[0])) for _ in range(2))
    assert first == second
    assert b"\r" not in first


def test_a_catalog_comes_back_as_it_was_and_is_written_the_same() -> None:
    whole = filled(catalog("ar"), lambda msgid: f"«{msgid}»" if "\n" not in msgid else "سطر\\\nسطر")
    fuzzy = Entry("oud", "old", fuzzy=True, was="was\\\nzo", notes=("vraag?",), places=(Place("x.md", 3),))
    whole = replace(whole.with_entry(fuzzy), obsolete={"weg": Entry("weg", "gone")})
    assert through_po(whole) == whole
    assert po_from(through_po(whole)) == po_from(whole)


entries = st.builds(
    Entry,
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), min_size=1).map(lambda s: s + "x"),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"])) | st.just("a\\\nb"),
    st.booleans(),
)


@given(st.lists(entries, unique_by=lambda entry: entry.msgid))
def test_any_text_survives_the_file(made: list[Entry]) -> None:
    whole = Catalog(SLUG, "en", {entry.msgid: entry for entry in made})
    assert through_po(whole) == whole


@pytest.mark.parametrize("locale", ["en", "ar", "tr", "fr", "pl"])
def test_gettext_accepts_what_we_write(locale: str, tmp_path: Path) -> None:
    path = tmp_path / "x.po"
    path.write_bytes(po_from(filled(catalog(locale), str)))
    result = subprocess.run(
        [program("msgfmt", "gettext"), "-c", "-o", "/dev/null", path], check=False, capture_output=True, text=True
    )
    assert (result.returncode, result.stderr) == (0, "")


def test_the_arabic_plural_rule_is_that_of_cldr() -> None:
    """Babel's has forms 4 and 5 the wrong way round (python-babel #816)."""
    assert plural_forms("ar_MA").endswith("n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5)")


# ── the gate ──────────────────────────────────────────────────────────────────────────────────────────────────────

GOOD = po_from(filled(catalog(), str)).decode()
LINES = GOOD.splitlines()


def cut(text: str, of: str = GOOD) -> str:
    return of[: of.index(text) + len(text)]


def with_header(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


PLURAL = "Plural-Forms: nplurals=2; plural=(n != 1);"

BAD: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "leeg"),
    "only spaces": ("\n \n", "leeg"),
    "another language": (with_header("Language: en", "Language: ar"), "taal ‘ar’"),
    "no language": (with_header('"Language: en\\n"\n', ""), "taal ‘’"),
    "no header": (GOOD.partition("\n\n")[2], "kop"),
    "Latin-1 bytes": (GOOD.encode() + b'\nmsgid "caf\xe9"\nmsgstr ""\n', "UTF-8"),
    "another charset": (with_header("charset=UTF-8", "charset=ISO-8859-1"), "tekenset"),
    "UTF-7": (with_header("charset=UTF-8", "charset=UTF-7"), "tekenset"),
    "a path for a charset": (with_header("charset=UTF-8", "charset=../../x"), "tekenset"),
    "UTF-16": (GOOD.encode("utf-16"), "UTF-8"),
    "NUL": (GOOD.replace("Opvang", "Op\0vang", 1), "stuurteken"),
    "cut off in a string": (cut('msgstr "Nieuwsbr'), "afgekapt"),
    "cut off after a msgid": (cut('msgid "Opvang"\n'), "afgekapt"),
    "cut off after a backslash": (cut("over twee regels.\\"), "afgekapt"),
    "a quote missing": (GOOD.replace('msgstr "Opvang"', 'msgstr "Opvang', 1), "afgekapt"),
    "a quote too many": (GOOD.replace('msgstr "Opvang"', 'msgstr "Op"vang"', 1), "afgekapt"),
    "a line of something else": (GOOD.replace('msgstr "Opvang"', 'msgstr "Opvang"\nzomaar', 1), "hoort niet"),
    "an unknown keyword": (GOOD.replace('msgstr "Opvang"', 'domain "x"\nmsgstr "Opvang"', 1), "hoort niet"),
    "an unknown escape": (GOOD.replace('msgstr "Opvang"', 'msgstr "Op\\qvang"', 1), "hoort niet"),
    "conflict markers": (
        GOOD.replace('msgstr "Opvang"', '<<<<<<< HEAD\nmsgstr "a"\n=======\nmsgstr "b"\n>>>>>>> x', 1),
        "conflict",
    ),
    "a message twice": (GOOD + '\nmsgid "Opvang"\nmsgstr "Shelter"\n', "staat er al op regel"),
    "two headers": (GOOD + '\nmsgid ""\nmsgstr "Language: ar\\n"\n', "staat er al"),
    "a field twice": (with_header('"Language: en\\n"\n', '"Language: en\\n"\n"Language: ar\\n"\n'), "twee keer"),
    "a field twice in other letters": (
        with_header('"Language: en\\n"\n', '"Language: en\\n"\n"content-TYPE: text/plain; charset=UTF-8\\n"\n'),
        "twee keer",
    ),
    "another charset in other letters": (
        with_header('"Language: en\\n"\n', '"Language: en\\n"\n"content-type: text/plain; charset=utf-7\\n"\n'),
        "tekenset",
    ),
    "two charsets": (with_header("charset=UTF-8", "charset=UTF-8; charset=UTF-7"), "tekenset"),
    "a charset that is none": (with_header("charset=UTF-8", "charset=klingon"), "tekenset"),
    "text that is packed": (with_header("Encoding: 8bit", "Encoding: base64"), "kan niet in de kop"),
    "a field that is none": (
        with_header('"Language: en\\n"\n', '"Language: en\\n"\n"Charset: utf-7\\n"\n'),
        "hoort niet",
    ),
    "a line that is no field": (with_header('"Language: en\\n"\n', '"Language: en\\n"\n"zomaar\\n"\n'), "hoort niet"),
    "plural forms without end": (with_header("nplurals=2", "nplurals=1000000000"), "meervoudsregel"),
    "plural forms that are code": (with_header("(n != 1)", "__import__('os').system('x')"), "meervoudsregel"),
    "plural forms nested": (with_header("(n != 1)", "(" * 3000 + "n" + ")" * 3000), "meervoudsregel"),
    "plural forms of another language": (with_header(PLURAL, "Plural-Forms: nplurals=1; plural=0;"), "meervoudsregel"),
    "plural forms that divide by nothing": (with_header("(n != 1)", "n/0"), "meervoudsregel"),
    "another script": (with_header("Language: en", "Language: en_Shaw"), "taal ‘en_Shaw’"),
    "a plural message": (GOOD + '\nmsgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\n', "meervoudsvormen"),
    "an index beyond reason": (GOOD + '\nmsgid "a"\nmsgstr[99999999] "c"\n', "meervoudsvormen"),
    "a context": (GOOD + '\nmsgctxt "x"\nmsgid "a"\nmsgstr "b"\n', "msgctxt"),
    "a msgstr without msgid": (GOOD + '\nmsgstr "b"\n', "ontbreekt een msgid"),
    "a string without anything": (GOOD + '\n\n# x\n"b"\n', "zonder msgid"),
    "HTML": ("<html><body>Niet gevonden</body></html>", "hoort niet"),
    "a translation without end": (GOOD.replace('msgstr "Opvang"', f'msgstr "{"x" * 9000}"', 1), "te lang"),
    "brackets without end": (GOOD.replace('msgstr "Opvang"', f'msgstr "{"![" * 400}"', 1), "te lang"),
    "60,000 messages": (
        GOOD + "".join(f'\nmsgid "bericht nummer {n}"\nmsgstr "x"\n' for n in range(60_000)),
        "groter dan",
    ),
}


@pytest.mark.promise("F20", "row 24")
@pytest.mark.parametrize("name", BAD)
def test_a_broken_file_is_refused_whole_with_its_line_and_soon(name: str) -> None:
    data, words = BAD[name]
    raw, found = data if isinstance(data, bytes) else data.encode(), []
    work = calls_in(lambda: found.append(catalog_from(raw, domain=SLUG, locale="en", file="x.po")))
    assert work < 100_000
    read_back, problems = found[0]
    assert read_back is None
    assert any(words in str(problem.text) for problem in problems), problems
    assert all(problem.place.file == "x.po" for problem in problems)


HIDDEN = {
    "in small letters": with_header(
        "Content-Type: text/plain; charset=UTF-8", "content-type: text/plain; charset=utf-8"
    ),
    "a program's own field": with_header('"Language: en', '"X-Charset: ../../utf-7\\n"\n"Language: en'),
    "after a comment": GOOD.replace('msgid ""', '# Content-Type: text/plain; charset=utf-7\nmsgid ""', 1),
    "as a message that is obsolete": GOOD + '\n#~ msgid ""\n#~ msgstr "Content-Type: text/plain; charset=utf-7\\n"\n',
}


@pytest.mark.promise("row 24")
@pytest.mark.parametrize("name", HIDDEN)
def test_babel_gets_a_header_of_ours_whatever_the_file_says(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[bytes] = []
    real = pofile.read_po

    def seen(file: BytesIO, **options: Any) -> Any:
        given.append(file.getvalue())
        return real(file, **options)

    monkeypatch.setattr(reading, "read_po", seen)
    read_back, problems = catalog_from(HIDDEN[name].encode(), domain=SLUG, locale="en", file="x.po")
    assert not problems
    assert read_back is not None
    assert read_back.entries == through_po(filled(catalog(), str)).entries
    text = given[0]  # the file; what is compared with it is read as well
    fields = [line for line in text.decode().splitlines() if "charset" in line.lower() and not line.startswith("#")]
    assert fields == ['msgstr "Content-Type: text/plain; charset=UTF-8\\n"']


def test_the_line_of_a_mistake_is_the_line_in_the_file() -> None:
    line = LINES.index('msgstr "Opvang"') + 1
    _catalog, problems = catalog_from(
        GOOD.replace('msgstr "Opvang"', "zomaar", 1).encode(), domain=SLUG, locale="en", file="x.po"
    )
    assert line in [problem.place.line for problem in problems]


def _windows(text: str) -> str:
    return text.replace("\n", "\r\n")


def _wrapped(text: str) -> str:
    return text.replace('msgid "Beste lezer, ', 'msgid ""\n"Beste "\n"lezer, ')


def _poedit(text: str) -> str:
    return text.replace('"MIME', '"X-Generator: Poedit 3.4\\n"\n"MIME', 1).replace(
        'msgid "punt"', '#| msgid "punten"\nmsgid "punt"'
    )


def _without_spaces(text: str) -> str:
    return text.replace(PLURAL, "Plural-Forms: nplurals=2; plural=n != 1;")


@pytest.mark.parametrize("program_of_the_translator", [_windows, _wrapped, _poedit, _without_spaces])
def test_what_translators_programs_make_of_a_file_is_accepted(program_of_the_translator: Callable[[str], str]) -> None:
    """Windows line ends, wrapped strings, `#|` comments and another spelling of the plural rule."""
    read_back, problems = catalog_from(program_of_the_translator(GOOD).encode(), domain=SLUG, locale="en", file="x.po")
    assert not problems
    assert read_back is not None
    assert read_back.entries == through_po(filled(catalog(), str)).entries


# ── what other programs write in the header ───────────────────────────────────────────────────────────────────────

ARABIC = po_from(filled(catalog("ar"), str)).decode()
SHORT = "n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5"
CLDR = "n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5"
OWN_RULE = f"nplurals=6; plural=({SHORT});"
HEADERS: dict[str, list[tuple[str, str]]] = {
    "Weblate": [
        ("Version: los-2026-24", "Version: PACKAGE VERSION"),
        ("2026-11-01 12:00+0100", "2026-11-20 08:01+0000"),
        ("Content-Type: text", "X-Generator: Weblate 5.14\\n\"\n\"Content-Type: text"),
        (OWN_RULE, f"nplurals=6; plural={SHORT};"),
    ],
    "Crowdin": [
        ("Version: los-2026-24", "Version: los"),
        ("Language: ar", "Language: ar_SA\\n\"\n\"X-Crowdin-Project: los\\n\"\n\"X-Crowdin-Language: ar"),
        (OWN_RULE, f"nplurals=6; plural=({SHORT});"),
    ],
    "Transifex": [
        ('"Project-Id-Version: los-2026-24\\n"\n', ""),
        (OWN_RULE, f"nplurals=6; plural={CLDR};"),
    ],
    "Poedit": [
        ("2026-11-01 12:00+0100", ""),
        ("Language: ar", "Language: ar_MA\\n\"\n\"X-Poedit-Basepath: .\\n\"\n\"X-Poedit-SourceCharset: UTF-8"),
        (OWN_RULE, f"nplurals=6; plural=({CLDR});"),
    ],
    "Lokalize": [
        ("Version: los-2026-24", "Version: "),
        (OWN_RULE, f"nplurals=6; plural={CLDR};"),
    ],
    "OmegaT": [
        ("2026-11-01 12:00+0100", "2026-11-20T08:01:23+01:00"),
        (f'"Plural-Forms: {OWN_RULE}\\n"\n', ""),
    ],
    "gettext's template": [(OWN_RULE, "nplurals=INTEGER; plural=EXPRESSION;")],
}  # fmt: skip


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_a_header_of_another_program_is_read_and_written_as_ours(name: str, bom: str, tmp_path: Path) -> None:
    text = ARABIC
    for old, new in HEADERS[name]:
        assert old in text, old
        text = text.replace(old, new, 1)
    read_back, problems = catalog_from((bom + text).encode(), domain=SLUG, locale="ar", file="x.po")
    assert (problems, read_back is None) == ([], False)
    assert read_back is not None
    assert read_back.entries == through_po(filled(catalog("ar"), str)).entries
    assert any("BOM" in str(one) for one in read_back.said) is bool(bom)
    path = tmp_path / "x.po"
    path.write_bytes(po_from(read_back))
    assert f"Project-Id-Version: {SLUG}\\n" in path.read_text()
    assert "Language: ar\\n" in path.read_text()
    subprocess.run([program("msgfmt", "gettext"), "-c", "-o", "/dev/null", path], check=True)


def test_what_was_read_otherwise_is_said() -> None:
    text = ARABIC.replace("Language: ar", "Language: ar_SA").replace(f"Version: {SLUG}", "Version: los-2026-23")
    text = text.replace("2026-11-01 12:00+0100", "vorige week")
    read_back, _problems = catalog_from(text.encode(), domain=SLUG, locale="ar", file="x.po")
    assert read_back is not None
    said = " ".join(map(str, read_back.said))
    assert all(word in said for word in ("ar_SA", "los-2026-23", "vorige week"))
    assert read_back.project == "los-2026-23"


def test_an_obsolete_message_with_its_old_source_is_read() -> None:
    """As Weblate keeps them; Babel takes the `#~|` for a mistake."""
    text = GOOD + '\n#, fuzzy\n#~| msgid "Weggegaan"\n#~ msgid "Weg"\n#~ msgstr "Gone"\n'
    read_back, problems = catalog_from(text.encode(), domain=SLUG, locale="en", file="x.po")
    assert not problems
    assert read_back is not None
    assert read_back.obsolete["Weg"].msgstr == "Gone"


@given(st.data())
def test_a_file_cut_off_anywhere_is_refused_or_ends_at_a_whole_message(data: st.DataObject) -> None:
    """No message that was filled comes back shorter; one cut off before its first line is untranslated."""
    end = data.draw(st.integers(0, len(GOOD)))
    read_back, _problems = catalog_from(GOOD[:end].encode(), domain=SLUG, locale="en", file="x.po")
    if read_back is not None:
        whole = through_po(filled(catalog(), str)).entries
        assert all(entry.msgstr in {whole[msgid].msgstr, ""} for msgid, entry in read_back.entries.items())


def test_a_file_cut_off_at_the_end_of_each_line_is_refused_or_whole() -> None:
    """As above, at every line end: where a network or a disk cuts most easily."""
    whole = through_po(filled(catalog(), str)).entries
    for end in range(len(LINES)):
        data = "\n".join(LINES[:end]).encode()
        read_back, _problems = catalog_from(data, domain=SLUG, locale="en", file="x.po")
        if read_back is not None:
            assert all(entry.msgstr in {whole[msgid].msgstr, ""} for msgid, entry in read_back.entries.items()), end


@given(st.binary(max_size=400))
def test_random_bytes_never_raise(data: bytes) -> None:
    catalog_from(data, domain=SLUG, locale="en", file="x.po")
    catalog_from(GOOD.encode()[:300] + data, domain=SLUG, locale="en", file="x.po")
