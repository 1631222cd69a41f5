"""What the pages of the first run ask of the process that serves them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from mailer.services.administration.mail_server import MailServer
from mailer.services.administration.starting import Start, Step


@dataclass(frozen=True)
class FirstPerson:
    """The first administrator, who also writes."""

    name: str = field(repr=False)
    email: str = field(repr=False)


class FirstRun(Protocol):
    """The first run of one installation, as far as it is."""

    @property
    def pages(self) -> str:
        """The address at which the pages are reached, without a slash at its end."""

    @property
    def token(self) -> str:
        """The secret in the link that was printed; it lives as long as the process."""

    @property
    def organisation(self) -> str:
        """Its name; "" while there are no settings."""

    @property
    def sender(self) -> str:
        """The address that newsletters come from; "" while it is the example's."""

    def step(self) -> Step | None:
        """What is to be done now; None when it is over."""

    def found(self, start: Start, person: FirstPerson) -> None:
        """Write the folder, keys and database, and the first person in it. Raises ConflictError for who was later."""

    def paper(self) -> list[str]:
        """The keys as lines to print."""

    def on_paper(self, line: str) -> bool:
        """Whether the line was typed over from the paper well; then the next step is there."""

    def choose_mail(self, server: MailServer) -> None:
        """Try a mail server and keep it."""

    def after_mail(self) -> None:
        """Go on from the mail server, chosen or not."""

    def end(self) -> str:
        """Open all pages; returns the address at which the first person comes in, at the first issue."""
