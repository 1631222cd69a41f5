"""What a PO file must be before Babel sees it.

Babel joins duplicates, accepts conflict markers and cut-off strings, and hangs on `nplurals=1000000000`. A volunteer's
file is therefore read line by line against the grammar of PO (gettext manual, chapter "PO Files") first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from babel.messages.pofile import unescape

from mailer.document.markdown import is_endless
from mailer.translation.headers import (
    field_name,
    is_plural_filled_in,
    is_value_allowed,
    plural_forms,
    revision_date,
    same_language,
    same_plural,
)
from wording import Text, _
from wording.errors import Place, Problem

MAX_BYTES = 2_000_000
"""A newsletter of 200 kB with comments and an Arabic translation stays well below."""

MAX_PROBLEMS = 20
"""More says no more: the file is refused whole."""

_STRING = r'"([^"\\]*(?:\\(?:[abfnrtv"\\]|x[0-9a-fA-F]{2})[^"\\]*)*)"'
_KEYWORD = re.compile(rf"(msgctxt|msgid|msgid_plural|msgstr|msgstr\[\d+\])[ \t]+{_STRING}")
_MORE = re.compile(_STRING)
_PREVIOUS = re.compile(rf"#\|[ \t]*(msgid[ \t]+)?{_STRING}")
_CONFLICT = re.compile(r"<{7}|={7}$|>{7}|\|{7}")
_ENDS_LINE = re.compile(r"(?<!\\)(?:\\\\)*\\n$")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Passed:
    """A PO file that Babel may see: its text with LF line ends and a bare header, the header's fields as they were
    written, and what is read otherwise than it is written.
    """

    text: str
    header: Mapping[str, str]
    said: tuple[Text, ...]
    previous: Mapping[str, str]
    """The old source of a message that needs work (`#| msgid`), by message."""


def gate(data: bytes, *, domain: str, locale: str, file: str, most: int) -> tuple[Passed | None, list[Problem]]:
    """A file that is whole and of this language, or every reason to refuse it, each with its line."""
    text, refused = _text(data.removeprefix(_BOM), most)
    if refused is not None:
        line, reason = refused
        return None, [Problem(Place(file, line), reason)]
    reader, lines = _Reader(), text.split("\n")
    found = list(islice(reader.problems(lines), MAX_PROBLEMS)) or list(_header_problems(reader.header, locale))
    if found:
        return None, [Problem(Place(file, line), reason) for line, reason in found]
    said = tuple(_read_otherwise(reader.header, domain, locale, has_bom=data.startswith(_BOM)))
    return Passed("\n".join(_bare(lines, reader.header_lines)), reader.header, said, reader.previous), []


def _bare(lines: list[str], header: range) -> Iterator[str]:
    """The lines for Babel, each where it was: without the header's fields, whose dates and rules it trips over, and
    without the old sources of obsolete messages, which it takes for a mistake.
    """
    for number, line in enumerate(lines, start=1):
        if number == header.start:
            yield 'msgid ""'
        elif number == header.start + 1:
            yield 'msgstr "Content-Type: text/plain; charset=UTF-8\\n"'
        elif number in header or line.lstrip().startswith("#~|"):
            yield ""
        else:
            yield line


def _text(data: bytes, most: int) -> tuple[str, tuple[int, Text] | None]:
    if len(data) > most:
        return "", (
            0,
            _("Dit PO-bestand is groter dan {most} kB; dat is te groot voor een nieuwsbrief.", most=most // 1000),
        )
    if not data.strip():
        return "", (0, _("Dit PO-bestand is leeg."))
    try:
        text = data.decode("utf-8").replace("\r\n", "\n")  # translators' programs on Windows write CRLF
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return "", (line, _("Dit bestand is geen UTF-8; bewaar het opnieuw als UTF-8."))
    if control := _CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        return "", (line, _("Hier staat een stuurteken dat in geen tekst hoort; haal het weg."))
    return text, None


class _Reader:
    """The grammar of PO, one line at a time. `header` is filled from the entry with the empty msgid."""

    def __init__(self) -> None:
        self.header: dict[str, str] = {}
        self.header_lines = range(0)
        self.previous: dict[str, str] = {}
        self._was: list[str] = []
        self._seen: dict[tuple[str, str], int] = {}
        self._obsolete_seen: dict[tuple[str, str], int] = {}
        self._parts: dict[str, list[str]] = {}
        self._last = ""
        self._start = self._end = 0
        self._obsolete = False

    def problems(self, lines: list[str]) -> Iterator[tuple[int, Text]]:
        for number, raw in enumerate(lines, start=1):
            yield from self._line(raw.strip(), number)
        yield from self._finish(len(lines))
        if not self.header and not self._seen:
            yield 1, _("Hier staat geen PO-bestand in.")

    def _line(self, line: str, number: int) -> Iterator[tuple[int, Text]]:
        if _CONFLICT.match(line):
            yield (
                number,
                _(
                    "Hier staat een conflict van git; kies een van beide teksten en haal de regels met <<<<<<<, "
                    "======= en >>>>>>> weg."
                ),
            )
        elif line.startswith("#~"):
            yield from self._content(line[2:].strip(), number, obsolete=True) if not line.startswith("#~|") else ()
        elif not line or line.startswith("#"):
            yield from self._finish(number) if line else ()
            if was := _PREVIOUS.fullmatch(line):
                self._was = [*(self._was if was[1] is None else []), was[2]]
        else:
            yield from self._content(line, number, obsolete=False)

    def _content(self, line: str, number: int, *, obsolete: bool) -> Iterator[tuple[int, Text]]:
        if more := _MORE.fullmatch(line):
            if self._last:
                self._parts[self._last].append(more[1])
                self._end = number
                return
            yield number, _("Hier staat tekst zonder msgid of msgstr ervoor.")
        elif keyword := _KEYWORD.fullmatch(line):
            yield from self._keyword(keyword[1], keyword[2], number, obsolete=obsolete)
        elif line.count('"') % 2 or line.endswith("\\"):
            yield number, _("Deze tekst is niet afgesloten met een aanhalingsteken; is het bestand afgekapt?")
        else:
            yield number, _("Deze regel hoort niet in een PO-bestand.")

    def _keyword(self, keyword: str, string: str, number: int, *, obsolete: bool) -> Iterator[tuple[int, Text]]:
        begins = keyword == "msgctxt" or (keyword == "msgid" and self._last != "msgctxt")
        if begins:
            yield from self._finish(number)
            self._start, self._obsolete = number, obsolete
        if keyword == "msgid_plural" or keyword.startswith("msgstr["):
            yield number, _("Een nieuwsbrief heeft geen meervoudsvormen; haal msgid_plural en msgstr[…] weg.")
        elif not begins and (keyword in self._parts or (keyword == "msgstr" and "msgid" not in self._parts)):
            yield number, _("Hier ontbreekt een msgid.")
        elif keyword == "msgctxt":
            yield number, _("Een nieuwsbrief gebruikt geen msgctxt; haal die regel weg.")
        self._last, self._end = keyword, number
        self._parts[keyword] = [string]

    def _finish(self, number: int) -> Iterator[tuple[int, Text]]:
        """Close the entry that was being read."""
        parts, self._parts, self._last = self._parts, {}, ""
        if not parts:
            return
        if "msgstr" not in parts and not any(name.startswith("msgstr[") for name in parts):
            yield self._start, _("Bij deze msgid ontbreekt de msgstr; is het bestand afgekapt?")
            return
        yield from self._translation_problems("".join(parts.get("msgid", [])), "".join(parts.get("msgstr", [])))
        key = ("".join(parts.get("msgctxt", [])), "".join(parts.get("msgid", [])))
        if self._was and not self._obsolete:
            self.previous[unescape(f'"{key[1]}"')] = unescape(f'"{"".join(self._was)}"')
        self._was = []
        seen = self._obsolete_seen if self._obsolete else self._seen
        if key in seen:
            yield self._start, _("Deze msgid staat er al op regel {line}.", line=seen[key])
        seen[key] = self._start
        if key == ("", "") and not self._obsolete:
            self.header_lines = range(self._start, self._end + 1)
            yield from self._read_header("".join(parts.get("msgstr", [])))

    def _translation_problems(self, msgid: str, msgstr: str) -> Iterator[tuple[int, Text]]:
        if is_endless(msgstr):
            yield self._start, _("Deze vertaling is te lang voor één stuk tekst.")
        # A translation of several lines that was cut off after one of them ends so.
        if msgid and _ENDS_LINE.search(msgstr) and not _ENDS_LINE.search(msgid):
            yield self._start, _("De vertaling eindigt met een nieuwe regel en de bron niet; is het bestand afgekapt?")

    def _read_header(self, text: str) -> Iterator[tuple[int, Text]]:
        for line in text.replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\").split("\n"):
            written, _colon, value = line.partition(":")
            name, value = field_name(written), value.strip()
            if not line.strip():
                continue
            if name is None:
                yield self._start, _("‘{field}’ hoort niet in de kop van een PO-bestand.", field=written.strip()[:40])
            elif name in self.header:
                yield self._start, _("‘{field}’ staat twee keer in de kop.", field=name)
            elif not is_value_allowed(name, value):
                yield self._start, _value_refused(name, value)
            else:
                self.header[name] = value


def _value_refused(field: str, value: str) -> Text:
    if field == "Content-Type":
        charset = value.lower().partition("charset=")[2]
        return _("De kop noemt de tekenset ‘{found}’; dat moet UTF-8 zijn.", found=charset[:40])
    return _("‘{field}: {value}’ kan niet in de kop.", field=field, value=value[:40])


def _header_problems(header: dict[str, str], locale: str) -> Iterator[tuple[int, Text]]:
    if not header:
        yield 1, _('De kop van het PO-bestand ontbreekt (msgid "" met Language en Content-Type).')
        return
    if not same_language(language := header.get("Language", ""), locale):
        yield 1, _("Dit bestand is in de taal ‘{found}’, niet in ‘{wanted}’.", found=language, wanted=locale)
    if "Content-Type" not in header:
        yield 1, _value_refused("Content-Type", "")
    rule = header.get("Plural-Forms", "")
    if is_plural_filled_in(rule) and not same_plural(rule, plural_forms(locale)):
        yield 1, _("De meervoudsregel in de kop klopt niet; die moet zijn: {rule}.", rule=plural_forms(locale))


def _read_otherwise(header: Mapping[str, str], domain: str, locale: str, *, has_bom: bool) -> Iterator[Text]:
    if has_bom:
        yield _("Het bestand begon met een BOM; die is weggelaten.")
    if (language := header["Language"]) != locale:
        yield _("De taal ‘{found}’ is gelezen als ‘{wanted}’.", found=language, wanted=locale)
    if (project := header.get("Project-Id-Version", "").strip()) != domain:
        yield _("De kop noemt ‘{found}’; het bestand is gelezen als ‘{wanted}’.", found=project[:60], wanted=domain)
    if revision_date(written := header.get("PO-Revision-Date", "")) is None and written:
        yield _("De datum in de kop (‘{found}’) is niet te lezen en weggelaten.", found=written[:40])
