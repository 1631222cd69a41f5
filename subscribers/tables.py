"""The tables of readers. Every column that identifies somebody is sealed; every table says why it is kept."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Integer, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base, UtcDateTime
from database.declared import CONSENT, DUTY, INTEREST, impersonal, personal
from database.sealed import BlindIndex, Sealed, SealedText
from wording import _

_READER = personal(_("de nieuwsbrief mailen"), CONSENT, _("tot de lezer zich afmeldt; onbevestigd 72 uur"))
_LIST = personal(
    _("een lijst bekijken voordat zij ingelezen wordt"), CONSENT, _("het bestand tot het inlezen; de rest een dag")
)
_BY_POST = personal(
    _("de nieuwsbrief per post sturen aan wie vastzit en erom vroeg"), CONSENT, _("90 dagen na de laatste bevestiging")
)
_EVIDENCE = personal(_("kunnen aantonen dat er toestemming was"), DUTY, _("vijf jaar, onder pseudoniem"))
_NEVER_AGAIN = personal(
    _("nooit meer mailen aan wie dat niet wil"), INTEREST, _("zonder einde; na een onbestelbaar adres een jaar")
)


class SubscriberState(StrEnum):
    """PENDING: has not pressed the button in the confirmation mail. LEFT: the address is gone, the evidence stays."""

    PENDING = "pending"
    ACTIVE = "active"
    LEFT = "left"


class Subscriber(Base):
    """A reader by e-mail. The address is sealed; whoever left has none."""

    __tablename__ = "subscriber"
    __table_args__ = ({"info": _READER},)

    uid: Mapped[UUID] = mapped_column(primary_key=True)
    address: Mapped[Sealed | None] = mapped_column(SealedText)
    address_index: Mapped[str] = mapped_column(BlindIndex, unique=True)
    state: Mapped[str] = mapped_column(String(10), index=True)
    locale: Mapped[str] = mapped_column(String(20))
    region: Mapped[str | None] = mapped_column(String(40))
    """A code of the organisation's own, for rules of audiences; most readers have none."""
    role: Mapped[str | None] = mapped_column(String(40))
    paused_until: Mapped[date | None]
    """Nothing is sent before this day."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    bounce_score: Mapped[float] = mapped_column(default=0.0)
    bouncing: Mapped[bool] = mapped_column(default=False)
    """Suspended by the bounce policy: the address exists no longer, or its mailbox stays full."""


class MergedReader(Base):
    """An id by which one reader was known too, before two readers of one mailbox became one: links bear it for ever."""

    __tablename__ = "merged_reader"
    __table_args__ = ({"info": _READER},)

    was: Mapped[UUID] = mapped_column(primary_key=True)
    reader: Mapped[UUID] = mapped_column(ForeignKey("subscriber.uid", ondelete="CASCADE"), index=True)


class MembershipState(StrEnum):
    """LEFT is remembered: no import makes somebody a member again who walked out."""

    PENDING = "pending"
    ACTIVE = "active"
    LEFT = "left"


class Membership(Base):
    """One reader in one audience."""

    __tablename__ = "membership"
    __table_args__ = ({"info": _READER},)

    subscriber: Mapped[UUID] = mapped_column(ForeignKey("subscriber.uid", ondelete="CASCADE"), primary_key=True)
    audience: Mapped[str] = mapped_column(String(60), primary_key=True, index=True)
    state: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    only_parity: Mapped[int | None] = mapped_column(SmallInteger)
    """0: only issues with an even number, 1: only odd ones; empty: every issue. See `subscribers.rules.skips`."""


class Wording(Base):
    """A sentence somebody agreed to, word for word, known by its hash. Never changed, never deleted."""

    __tablename__ = "wording"
    __table_args__ = ({"info": impersonal()},)

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[str] = mapped_column(String(20))
    locale: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)


class ConsentEvent(Base):
    """One thing a reader said about being written to. Append-only (triggers); it outlives the reader's row."""

    __tablename__ = "consent_event"
    __table_args__ = ({"info": _EVIDENCE},)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    subject: Mapped[UUID] = mapped_column(index=True)
    """The subscriber; no foreign key, because the evidence stays when the row goes."""
    event: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    audiences: Mapped[list[str]] = mapped_column(JSON)
    locale: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(120))
    """Where it was said: the form, a link in a mail, an import with its file's date. No IP address, no browser."""
    wording: Mapped[str | None] = mapped_column(ForeignKey("wording.hash"))


class Suppression(Base):
    """An address that must not be written to, as a keyed hash: it survives erasure, and shows nobody."""

    __tablename__ = "suppression"
    __table_args__ = ({"info": _NEVER_AGAIN},)

    address_index: Mapped[str] = mapped_column(BlindIndex, primary_key=True)
    reason: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Asked(Base):
    """A confirmation mail that was sent, for the limits. Keyed hashes only; deleted after 30 days."""

    __tablename__ = "asked"
    __table_args__ = (
        {"info": personal(_("niemand met bevestigingsmails laten bestoken"), INTEREST, _("30 dagen, alleen als code"))},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    mailbox_index: Mapped[str] = mapped_column(BlindIndex, index=True)
    network_index: Mapped[str] = mapped_column(BlindIndex, index=True)
    site_index: Mapped[str | None] = mapped_column(BlindIndex, index=True)
    """What a network lies in that one customer has: a /48 of IPv6. Empty in rows of before it was counted."""
    side_index: Mapped[str | None] = mapped_column(BlindIndex)
    """What that lies in: a /32 of IPv6, a /16 of IPv4."""
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Bounce(Base):
    """The worst that came back from one reader about one issue. Counted for the policy of `subscribers.bouncing`."""

    __tablename__ = "bounce"
    __table_args__ = (
        {"info": personal(_("stoppen met mailen naar een adres dat niet meer werkt"), CONSENT, _("90 dagen"))},
    )

    subscriber: Mapped[UUID] = mapped_column(ForeignKey("subscriber.uid", ondelete="CASCADE"), primary_key=True)
    issue_slug: Mapped[str] = mapped_column(String(100), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class AudienceRule(Base):
    """Who belongs to an audience, where that is more than its members."""

    __tablename__ = "audience_rule"
    __table_args__ = ({"info": impersonal()},)

    audience: Mapped[str] = mapped_column(String(60), primary_key=True)
    rule: Mapped[dict[str, list[str]]] = mapped_column(JSON)


class AudienceOffer(Base):
    """What readers see of an audience, by language; without a row it is what the settings say."""

    __tablename__ = "audience_offer"
    __table_args__ = ({"info": impersonal()},)

    audience: Mapped[str] = mapped_column(String(60), primary_key=True)
    is_public: Mapped[bool]
    """Whether the page to subscribe shows it."""
    titles: Mapped[dict[str, str]] = mapped_column(JSON)
    descriptions: Mapped[dict[str, str]] = mapped_column(JSON)
    rhythms: Mapped[dict[str, str]] = mapped_column(JSON)
    version: Mapped[int]
    """Goes up with each change, so that two people do not undo each other's."""
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PrivacyWords(Base):
    """What the organisation says of its readers' privacy in its own words, in one language. Plain text."""

    __tablename__ = "privacy_words"
    __table_args__ = ({"info": impersonal()},)

    locale: Mapped[str] = mapped_column(String(20), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Pick(Base):
    """One reader who gets, or does not get, one issue, whatever the rule says."""

    __tablename__ = "pick"
    __table_args__ = ({"info": _READER},)

    issue_slug: Mapped[str] = mapped_column(String(100), primary_key=True)
    audience: Mapped[str] = mapped_column(String(60), primary_key=True)
    subscriber: Mapped[UUID] = mapped_column(ForeignKey("subscriber.uid", ondelete="CASCADE"), primary_key=True)
    included: Mapped[bool]


class CentreRow(Base):
    """A detention centre's postal address."""

    __tablename__ = "centre"
    __table_args__ = ({"info": impersonal()},)

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    postal_lines: Mapped[list[str]] = mapped_column(JSON)
    asks_registration: Mapped[bool]
    checked_on: Mapped[date]
    phone: Mapped[str] = mapped_column(String(40), default="", server_default="")
    rules: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    closed_on: Mapped[date | None]


class AddresseeState(StrEnum):
    """SUSPENDED: not printed, because nobody confirmed in time or the post came back."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class AddresseeRow(Base):
    """A reader by post. Everything about the person is sealed; the dates are what the retention needs."""

    __tablename__ = "addressee"
    __table_args__ = ({"info": _BY_POST},)

    uid: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[Sealed] = mapped_column(SealedText)
    registration: Mapped[Sealed | None] = mapped_column(SealedText)
    """Only where the centre asks for it. Never a V-number (UAVG art. 46)."""
    centre: Mapped[Sealed] = mapped_column(SealedText)
    locale: Mapped[Sealed] = mapped_column(SealedText)
    large_print: Mapped[Sealed] = mapped_column(SealedText)
    source: Mapped[Sealed] = mapped_column(SealedText)
    """How the person asked for the letters, as a code: evidence of consent (GDPR art. 7)."""
    audience: Mapped[str] = mapped_column(String(60), index=True)
    state: Mapped[str] = mapped_column(String(10))
    confirmed_on: Mapped[date]
    """The last day on which it was known that the person is there and wants the letters."""
    suspended_on: Mapped[date | None]
    suspended_because: Mapped[str | None] = mapped_column(String(20))


class ImportDraft(Base):
    """A list that is being read in, between two steps of the person who brought it; then its report, for a day."""

    __tablename__ = "import_draft"
    __table_args__ = ({"info": _LIST},)

    uid: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    """Which import it is of."""
    person: Mapped[UUID]
    """Who brought it, and alone may see it."""
    data: Mapped[Sealed] = mapped_column(SealedText)
    """The file in base64; once it was taken, the rows that were set aside."""
    said: Mapped[Sealed] = mapped_column(SealedText)
    """JSON: the name of the file, what its columns mean, what was answered, and the report."""
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Tombstone(Base):
    """Someone was erased: what a restored backup must erase again. A random id, no name."""

    __tablename__ = "tombstone"
    __table_args__ = ({"info": personal(_("een teruggezette back-up weer schoonmaken"), DUTY, _("13 maanden"))},)

    subject: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    address_index: Mapped[str | None] = mapped_column(BlindIndex)
    """Of a reader by e-mail: it bars the address again in a backup that did not know of the suppression."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
