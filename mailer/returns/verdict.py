"""From facts to a reason, by the tables. Here is only the order in which they are asked; each answer says which ruled.

That an address is no more needs two witnesses: the words or a code, and where it was said. At connect or MAIL it is
about us; after DATA the server has read the message, and "user unknown" may be a filter's way to refuse it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from mailer.returns import limits
from mailer.returns.codes import ADDRESS_CODES, NO_MAILBOX, REPLIES, VAGUE, reason_of, subject_of, telling
from mailer.returns.facts import Facts, Failure, Form, Stage
from mailer.returns.reasons import COMPLAINTS, HARD, Kind, kind_of
from mailer.returns.why import NOTHING, Why
from mailer.returns.words import GONE, NEVER_A_FILTER, OVERRULING, PLAIN, Rule

_URL = re.compile(r"(?:https?://|www\.)\S{1,300}", re.IGNORECASE)
_LISTS = re.compile(
    r"spamhaus|sorbs|spamcop|barracuda|uceprotect|cloudmark|abuseat|mail-abuse|dnsbl|invaluement|psbl|sender\.office|"
    r"delist|proofpoint\.com/(?:dnsbl|ipcheck)",
    re.IGNORECASE,
)
_MAILBOX = re.compile(r"<?\"?[\w!#$%&'*+/=?^`{|}~.-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\"?>?")
_HOST = re.compile(r"\bhost [\w.-]{1,100} ?\[[\da-f.:]{3,50}\](?: said)?:?", re.IGNORECASE)
_CONTINUED = re.compile(r"[45]\d\d-[45]\.\d{1,3}\.\d{1,3} |(?<=\s)[45]\d\d-(?=[A-Za-z ])")
_ALWAYS_WRITTEN = re.compile(
    r"(?:: )?(?:all )?recipient address(?:es)? rejected ?: (?=\w)(?!access denied)|"
    r"5\.\d\.\d - (?:unknown address error|other mail system problem|delivery expired|bad destination host|"
    r"other address (?:status|problem)|message too old) (?=[45]\d\d)",
    re.IGNORECASE,
)
"""By Postfix and IronPort, before the reason itself."""
_CODE = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])|(?<!\d)[45]\d\d[- ]")


@dataclass(frozen=True)
class Verdict:
    """Of one recipient."""

    kind: Kind
    reason: str
    recipient: str = ""
    original: str = ""
    code: str = ""
    why: Why = NOTHING
    words: str = ""
    """What the server said, without addresses and links."""


def verdicts_from(facts: Facts) -> list[Verdict]:
    """One for each recipient, and at least one."""
    match facts.form:
        case Form.OTHER:
            return [_verdict("no-return", Failure(), Why("no-report"))]
        case Form.ANSWER:
            return [_verdict("answer", Failure(), Why("answer"))]
    if facts.feedback:
        reason = "feedback" if facts.feedback in COMPLAINTS else "no-complaint"
        return [_verdict(reason, one, Why("feedback", facts.feedback)) for one in facts.failures or (Failure(),)]
    return [verdict_on(one) for one in facts.failures] or [_verdict("unclear", Failure(), NOTHING)]


def verdict_on(one: Failure) -> Verdict:
    """What one failure means; also for a refusal in the SMTP conversation, where the stage is known exactly."""
    code = telling(one.codes)
    if one.action == "delayed":
        return _verdict("delayed", one, Why("action", one.action), code)
    went = one.action in {"delivered", "relayed", "expanded", "deliverable"}
    if went or (one.action not in {"failed", "failure"} and one.codes and all(said[0] == "2" for said in one.codes)):
        return _verdict("delivered", one, Why("action", one.action), code)
    reason, why = _Case(one, code).reason()
    return _verdict(reason, one, why, code)


def worst(found: list[Verdict]) -> Verdict:
    """For a caller who does not know which recipient was ours."""
    return max(found, key=lambda one: one.kind.weight)


def plain(said: str) -> str:
    """Words without addresses, hosts and links: a name such as spam@ or #suspend tells nothing."""
    said = _CONTINUED.sub("", _HOST.sub(" ", said[: limits.WORDS]))
    said = _URL.sub(lambda url: " blocklist " if _LISTS.search(url[0]) else " ", said)
    return _ALWAYS_WRITTEN.sub("", " ".join(_MAILBOX.sub(" ", said).split()))


def _verdict(reason: str, one: Failure, why: Why, code: str = "") -> Verdict:
    words = plain(one.words) or plain(one.around)
    return Verdict(kind_of(reason), reason, one.recipient, one.original, code, why, words[:300])


class _Case:
    """One failure with its words made plain, and the questions in their order."""

    def __init__(self, one: Failure, code: str) -> None:
        self.one, self.code, self.subject = one, code, subject_of(code)
        self.remote, self.report = plain(one.words), plain(one.around)
        self.by_code = reason_of(code)

    def reason(self) -> tuple[str, Why]:
        """The reason and which rule gave it."""
        steps = (self._by_strong_words, self._by_clear_code, self._by_plain_words, self._by_the_rest)
        return next((found for step in steps if (found := step()) is not None), ("unclear", NOTHING))

    def _by_strong_words(self) -> tuple[str, Why] | None:
        """The reporting server's words count only where the remote one said nothing and no code tells."""
        for whose, said in (("server", self.remote), ("report", self.report)):
            if whose == "report" and (_speaks(self.remote) or self.by_code):
                return None
            if (found := self._first(OVERRULING, said)) is not None:
                return found[0], Why(f"{whose}-words", found[1])
            if (found := self._first(GONE, said)) is not None:
                return self._witnessed(found[0], Why(f"{whose}-words", found[1]))
        return None

    def _by_clear_code(self) -> tuple[str, Why] | None:
        if not self.by_code or self.subject in VAGUE:
            return None
        if self.by_code in HARD:
            return self._witnessed(self.by_code, Why("code", self.code))
        return self.by_code, Why("code", self.code)

    def _by_plain_words(self) -> tuple[str, Why] | None:
        for whose, said in (("server", self.remote), ("report", self.report)):
            if (found := self._first(PLAIN, said)) is not None:
                return found[0], Why(f"{whose}-words", found[1])
            if self.by_code or self.remote:
                return None
        return None

    def _by_the_rest(self) -> tuple[str, Why] | None:
        if self.by_code:
            return self.by_code, Why("code", self.code)
        if self.one.stage in (Stage.CONNECT, Stage.MAIL) and self.one.reply[:1] == "5":
            return self._about_us(), Why("stage", self.one.stage)
        if (reason := REPLIES.get(self.one.reply)) is not None:
            return reason, Why("reply", self.one.reply)
        found = self._first(PLAIN, self.report)
        return found and (found[0], Why("report-words", found[1]))

    def _first(self, rules: tuple[Rule, ...], said: str) -> tuple[str, str] | None:
        """The reason of the first rule that fits, and the words in which it was found."""
        if not said:
            return None
        for rule in rules:
            if rule.stages and self.one.stage not in rule.stages:
                continue
            if (found := rule.pattern.search(said)) is not None:
                return rule.reason, found[0].strip()[:60]
        return None

    def _witnessed(self, reason: str, why: Why) -> tuple[str, Why]:
        """A hard reason only with its second witness."""
        if reason not in HARD:
            return reason, why
        if self.one.stage in (Stage.CONNECT, Stage.MAIL):
            return self._about_us(), replace(why, witness="about-us")
        if reason != "unknown-user":
            return reason, why
        witness, stands = self._second_witness(why.rule)
        return (reason if stands else "filtered"), replace(why, witness=witness)

    def _second_witness(self, rule: str) -> tuple[str, bool]:
        """Its name, and whether it says the same."""
        if NEVER_A_FILTER.search(f"{self.remote} {self.report}"):
            return "sure-words", True
        if self.one.stage is Stage.DATA and (rule == "report-words" or self.subject != "1.1"):
            return "after-data", False
        if self.one.stage is Stage.RCPT:
            return "rcpt", True
        if self.subject.startswith("7."):
            return "other-code", False
        if self.subject in ADDRESS_CODES:
            return "address-code", True
        if self.one.formal:
            return "formal", True
        if self.one.recipient and self.one.reply in NO_MAILBOX:
            return "reply", True
        return ("last-server", True) if self.one.local and not self.one.reply else ("alone", False)

    def _about_us(self) -> str:
        return "blocked" if self.one.stage is Stage.CONNECT else "sender"


def _speaks(words: str) -> bool:
    """Whether a server said anything in words."""
    return len(re.findall(r"[^\W\d_]{3,}", _CODE.sub(" ", words))) >= 2
