"""Whether everything works: what the last look found, and what to do; what to set in DNS; a mail to prove it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flask import request
from werkzeug.wrappers import Response

from mailer.doctor.finding import Finding
from mailer.doctor.records import Record
from mailer.services.administration import mail_server
from mailer.services.keeping import health as looks
from mailer.services.keeping.health import FAIL, NOTE, OK, SKIP, WARN, Found, Look
from web.forms import one
from web.staff.administration.side import side
from web.staff.here import Here
from wording import Text, _
from wording.errors import CarrierError, ConflictError, InvalidInputError

PATIENCE = 3.0
"""Seconds that a page waits for a look which someone asked for; then it says that the look goes on."""
MARKS = {FAIL: "stop", WARN: "warn", SKIP: "warn", NOTE: "none", OK: "ok"}
MORE: Mapping[str, str] = {
    **dict.fromkeys(("spf", "dkim", "dmarc", "mx", "ptr", "relay"), "/staff/health/records"),
    **dict.fromkeys(("keys", "backup"), "/staff/keys"),
    "retention": "/staff/audit/retention",
    "hold": "/staff/health/hold",
}
"""The page that tells more of a check."""
SEEN_AS = {"pages": "pages", "ptr": "ptr", "spf": "spf", "dkim": "dkim", "dmarc": "dmarc", "mx": "mx"}
"""By the topic of a record, the check that looks for it; a mailbox is looked for by none."""


def health(here: Here) -> Response:
    """GET: what the last look found. POST: look again, and show it when it is there soon."""
    if request.method == "POST":
        rounds, office, person = here.staff.rounds, here.office, here.person
        rounds.begin(lambda found: looks.keep_look(office, person, [_found(each) for each in found]))
        rounds.wait(PATIENCE)
        return here.go("health")
    looked = looks.last_look(here.office, here.person)
    found = looked.found if looked else ()
    name = "_health" if request.headers.get("HX-Request") else "health"
    return here.page(
        f"administration/{name}",
        looked=looked,
        looking=here.staff.rounds.is_looking,
        title=here.say(_title(looked)),
        groups=[
            (here.say(words), tone, [_shown(here, each) for each in _once(found) if each.level in levels])
            for words, tone, levels in (
                (_("Dit houdt iets tegen"), "stop", (FAIL,)),
                (_("Hier moet je iets mee"), "warn", (WARN, SKIP)),
                (_("Goed om te weten"), "", (NOTE,)),
            )
        ],
        fine=[here.say(each.said) for each in found if each.level == OK],
        report=_report(here, looked) if looked else "",
        side=side(here),
    )


def _once(found: Iterable[Found]) -> list[Found]:
    """Of findings that say the same, as when no name server answers, the first."""
    told = {(str(each.said), str(each.remedy)): each for each in reversed(list(found))}
    return [each for each in found if told[str(each.said), str(each.remedy)] is each]


def records(here: Here) -> Response:
    """GET: the mail server, and what to set in DNS. POST: a mail to whoever asks."""
    if request.method != "POST":
        return _records(here)
    try:
        if one(request.form, "do") != "proof":
            raise InvalidInputError(_("Kies uit de lijst."))
        host = mail_server.prove(here.office, here.person)
    except (CarrierError, ConflictError, InvalidInputError) as error:
        return _records(here, 409, problem=error.text)
    return _records(here, done=here.say(_("{host} nam een proefmail aan. Kijk in je mailbox.", host=host)))


def _records(here: Here, status: int = 200, *, problem: Text | None = None, done: str = "") -> Response:
    looked = looks.last_look(here.office, here.person)
    needed, problems = here.staff.rounds.records()
    relay = next(iter(here.office.relays), None)
    return here.page(
        "administration/records",
        status,
        relay=relay,
        security=relay.security.value.upper() if relay else "",
        domains=[(domain, _of(here, domain, needed, looked)) for domain in dict.fromkeys(map(_domain, needed))],
        problems=[here.say(each) for each in problems],
        looked=looked,
        looking=here.staff.rounds.is_looking,
        own_address=here.person.email,
        done=done,
        side=side(here),
        problem=problem,
    )


def _of(here: Here, domain: str, needed: Sequence[Record], looked: Look | None) -> list[dict[str, object]]:
    return [
        {
            "topic": each.topic,
            "kind": each.kind,
            "name": each.name,
            "value": each.value,
            "why": here.say(each.why),
            "state": _state(here, each, looked),
        }
        for each in needed
        if _domain(each) == domain
    ]


def _domain(record: Record) -> str:
    """The domain that a record belongs to, to put together what goes to one administrator."""
    if record.kind in ("A/AAAA", "PTR"):
        return ""
    return record.name.rpartition("@")[2].partition("_domainkey.")[2] or record.name.rpartition("@")[2].removeprefix(
        "_dmarc."
    )


def _state(here: Here, record: Record, looked: Look | None) -> tuple[str, str]:
    """The mark and the words of what the last look saw of a record."""
    check = SEEN_AS.get(record.topic)
    found = [each for each in looked.found if each.check == check and _is_about(each, record)] if looked else []
    if not found:
        return "none", here.say(_("nog niet naar gekeken") if check else _("hier kijkt niemand naar"))
    worst = min(found, key=lambda each: list(MARKS).index(each.level))
    words = {
        OK: _("gezien, klopt"),
        NOTE: _("gezien"),
        WARN: _("gezien, kan beter"),
        SKIP: _("geen antwoord"),
        FAIL: _("ontbreekt of klopt niet"),
    }
    return MARKS[worst.level], here.say(words[worst.level])


def _is_about(found: Found, record: Record) -> bool:
    """Whether a finding names the record or its domain; one that names neither is about all of its kind."""
    told = {str(value) for value in found.said.values.values()}
    domain = _domain(record)
    names = {str(found.said.values[key]) for key in ("domain", "name", "address") if key in found.said.values}
    return not names or bool(names & {record.name, domain}) or record.name in told


def _found(finding: Finding) -> Found:
    return Found(finding.check, finding.level.value, finding.said, finding.remedy)


def _shown(here: Here, found: Found) -> dict[str, object]:
    return {
        "mark": MARKS[found.level],
        "said": here.say(found.said),
        "remedy": in_pieces(here.say(found.remedy)) if found.remedy else [],
        "more": MORE.get(found.check, ""),
    }


def in_pieces(text: str) -> list[tuple[bool, str]]:
    """The pieces of a sentence, and whether each is a command to type, as it stands between backticks."""
    return [(number % 2 == 1, piece) for number, piece in enumerate(text.split("`")) if piece]


def _title(looked: Look | None) -> Text:
    if looked is None:
        return _("Werkt alles?")
    levels = {each.level for each in looked.found}
    if FAIL in levels:
        return _("Iets werkt niet")
    return _("Iets vraagt aandacht") if levels & {WARN, SKIP} else _("Alles werkt")


def _report(here: Here, looked: Look) -> str:
    """What someone who helps wants to read: each finding on a line, without a person in it."""
    lines: Iterable[str] = (
        f"{each.level:<5} {each.check:<10} {here.say(each.said)}"
        + (f"\n{'':<16} -> {here.say(each.remedy)}" if each.remedy else "")
        for each in looked.found
    )
    return "\n".join([f"Postduif, {looked.at:%Y-%m-%d %H:%M} UTC", *lines])
