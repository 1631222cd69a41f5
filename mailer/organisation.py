"""Who sends what to whom: the organisation's own names and choices, as values.

`settings.py` reads them from postduif.toml; the pure rooms receive them and never know where they came from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Channel(StrEnum):
    EMAIL = "email"
    POST = "post"


class Cadence(StrEnum):
    WEEKLY = "weekly"
    TWO_WEEKLY = "two-weekly"
    MONTHLY = "monthly"
    IRREGULAR = "irregular"


@dataclass(frozen=True)
class Sender:
    """Whose name stands above a mailing. Addresses are bare addr-specs (RFC 5322)."""

    name: Mapping[str, str]
    address: str
    reply_to: str


@dataclass(frozen=True)
class Look:
    """Colours as #rrggbb for light and dark; `logo` is a file in the content folder."""

    accent: str = "#0b5f58"
    accent_dark: str = "#7fd6cd"
    logo: str | None = None


@dataclass(frozen=True)
class Organisation:
    name: str
    postal_address: tuple[str, ...]
    return_address: str
    """One line, neutral, for the back or the window of an envelope."""
    website: str
    helpline: str | None = None
    look: Look = field(default_factory=Look)


@dataclass(frozen=True)
class LocaleSettings:
    """A language of the organisation. `formats` is the CLDR locale that writes its dates and numbers ("ar_MA")."""

    code: str
    name: str
    formats: str
    direction: str
    reviewer_may_be_author: bool = False
    ended: bool = False
    """True: no audience is offered it any more; what was made in it stays readable."""


class Months(StrEnum):
    """Names of months in Arabic. A date is often a deadline, so an audience chooses those that its readers know."""

    MOROCCAN = "moroccan"
    ALGERIAN = "algerian"
    LEVANTINE = "levantine"
    EGYPTIAN = "egyptian"
    NUMBERED = "numbered"
    """The Egyptian name, known everywhere from news and football, with the number of the month behind it."""


@dataclass(frozen=True)
class Audience:
    """A named group of readers. A reader whose own language is not among `locales` gets `fallback`."""

    key: str
    title: Mapping[str, str]
    locales: tuple[str, ...]
    fallback: str
    channel: Channel
    formats: Mapping[str, str] = field(default_factory=dict)
    months: Months | None = None
    """For its Arabic editions; None: those of `formats`."""
    ended: bool = False
    """True: no one can choose it and no newsletter goes to it; its readers and what they got stay."""

    def locale_for(self, preferred: str) -> str:
        return preferred if preferred in self.locales else self.fallback


class Paper(StrEnum):
    """What readers by post get of a correction."""

    RUN = "run"
    """The whole booklet anew, in a print run of its own."""
    LEAF = "leaf"
    """One sheet that says what was wrong."""
    NONE = "none"


class Copies(StrEnum):
    """How many e-mails of one issue a reader of several of its audiences gets."""

    ONE = "one"
    """That of the first audience, in the order of the publication."""
    EACH = "each"
    """One for each audience."""


class Showing(StrEnum):
    """When an issue comes into the archive on the web."""

    ON_SEND = "on-send"
    """With the first mail of its mailing. Only then a mail may have links to its page."""
    BY_HAND = "by-hand"
    """When a person says so, or its front matter, after it was mailed."""
    NEVER = "never"


@dataclass(frozen=True)
class Publication:
    """A newsletter as a series; an issue's slug is `<key>-<number>`."""

    key: str
    title: Mapping[str, str]
    cadence: Cadence
    sender: Sender
    audiences: tuple[str, ...]
    personal_stories: bool = False
    """True: `check` warns of full names in its text (a detention story must not identify anyone)."""
    hyphenation: bool = True
    """False: on paper no word of running text is divided, for readers to whom the language is new."""
    read_on: bool = False
    """True: in an e-mail of 80 KB or more the longest sections end in a link to the archive. Only with `ON_SEND`, or
    the links would lead nowhere."""
    on_show: Showing = Showing.BY_HAND
    ended: bool = False
    """True: no new issue is begun and no one can choose it; its issues, readers and archive stay."""


@dataclass(frozen=True)
class House:
    """All of it together, as steps 1–5 receive it."""

    organisation: Organisation
    base_url: str
    source_locale: str
    time_zone: str
    locales: Mapping[str, LocaleSettings]
    audiences: Mapping[str, Audience]
    publications: Mapping[str, Publication]
    protected: tuple[str, ...]
    """Strings, such as the helpline's number, that must stand in a translation exactly as in the source."""

    def running(self) -> list[Publication]:
        """The newsletters that have not ended."""
        return [one for one in self.publications.values() if not one.ended]
