"""The sections of postduif.toml, each with what it may say and what holds when it does not."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, IPvAnyAddress, SecretStr

from mailer.artefacts.paper.postage import Rate
from mailer.carriers.carrier import Limit

Count = Annotated[int, Field(ge=0)]
Several = Annotated[int, Field(ge=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limited(_Part):
    """At most so many messages handed over in any second, minute, hour or day; 0 is no limit."""

    per_second: Count = 0
    per_minute: Count = 0
    per_hour: Count = 0
    per_day: Count = 0

    @property
    def limits(self) -> tuple[Limit, ...]:
        windows = {1: self.per_second, 60: self.per_minute, 3600: self.per_hour, 86_400: self.per_day}
        return tuple(Limit(most, seconds) for seconds, most in windows.items() if most)


class Smtp(Limited):
    """A relay that hands mail on. `security` "starttls" and "tls" verify the certificate; `ca_file` is a PEM file of
    another authority than the system's. Of several relays one with `weight` 3 gets three times as many batches. What
    `doctor` asks DNS about: its `dkim_selectors`, with which it signs, and `outgoing`, from where it sends."""

    host: str = "localhost"
    port: int = 25
    security: Literal["none", "starttls", "tls"] = "none"
    ca_file: Path | None = None
    user: str = ""
    password: SecretStr = SecretStr("")
    connections: Several = 4
    weight: Several = 1
    dkim_selectors: tuple[str, ...] = ()
    outgoing: tuple[IPvAnyAddress, ...] = ()


class DomainLimit(Limited):
    """Receiving domains that count together, such as all of one large provider."""

    domains: tuple[str, ...]


class Quiet(_Part):
    """From `start` until `end` (by the clock of `time_zone`) no newsletter is handed over; over midnight too."""

    start: time
    end: time


class Returns(_Part):
    """The mailbox where bounces, complaints and unsubscriptions by mail arrive: a Maildir here, or an IMAP server."""

    maildir: Path | None = None
    host: str = ""
    port: int = 993
    security: Literal["none", "starttls", "tls"] = "tls"
    user: str = ""
    password: SecretStr = SecretStr("")
    folder: str = "INBOX"
    authserv: str = ""
    """The name under which the mail server of this mailbox writes Authentication-Results (RFC 8601)."""
    feedback_loops: tuple[str, ...] = ()
    """Domains of providers that send us complaints because we signed up for them."""


class Web(_Part):
    """`hosts`: names the pages answer to beside that of base_url. `proxies`: how many reverse proxies of ours stand
    before them; only then is X-Forwarded-For believed."""

    hosts: tuple[str, ...] = ()
    proxies: int = 0


class Storage(_Part):
    """Where things are kept; folders are relative to the content folder."""

    database: str = ""
    """An SQLAlchemy URL; empty is SQLite in the data folder."""
    broker: str = "memory://"
    broker_master: str = ""
    data: Path = Path("var")
    keys: Path | None = None
    """Empty: outside the content folder (`mailer.places`)."""
    witness: Path | None = None
    """Where this machine keeps how far the database is; the same for all who run commands. Empty: beside the keys."""
    sweeps: bool = True
    """Of several machines on one database only that with the content folder sweeps and keeps the witness."""


class Backup(_Part):
    """`recipients`: the public keys (age1…) of the people who can open a backup, two at least. Backups go to `folder`,
    relative to the content folder, and are kept for `days`."""

    recipients: tuple[str, ...] = ()
    folder: Path = Path("var/backups")
    days: Several = 30


class Approval(_Part):
    """`four_eyes`: who approves is not who publishes. An organisation of one can waive it; that is logged."""

    four_eyes: bool = True


class Print(_Part):
    """Labels or address letters, and where the window of the envelope is. Offsets in millimetres."""

    address: Literal["labels", "window"] = "labels"
    labels: Literal["L7163", "L7160"] = "L7163"
    offset_x: float = 0.0
    offset_y: float = 0.0
    window: Literal["left", "right"] = "right"
    flip: Literal["long", "short"] = "short"
    creep: float = 0.0
    """How far the pages of each inner sheet move towards the fold, in millimetres."""
    return_line: bool = True
    """Whether the organisation's neutral return address stands above the address in a window."""
    rates: tuple[Rate, ...] = ()
    """What a stamp costs, and from which day: `[[print.rates]]` with `valid_from` and `stamp` ("1.40")."""
