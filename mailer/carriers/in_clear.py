"""Passwords that anyone on the way could read: to which hosts they never go without TLS, and what a person is told."""

from __future__ import annotations

from ipaddress import ip_address

from wording import Text, _


def is_here(host: str) -> bool:
    """Whether a host is this machine, so that nobody on the way can read along."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def mailbox_in_clear(host: str) -> Text:
    """What a person is told of the password of a mailbox at `host`."""
    return _(
        'het wachtwoord van de mailbox zou onversleuteld naar {host} gaan; kies security = "tls" of "starttls"',
        host=host,
    )


def relay_in_clear(host: str) -> Text:
    """What a person is told of the password of a mail server at `host`."""
    return _(
        'het wachtwoord van de mailserver zou onversleuteld naar {host} gaan; kies security = "tls" of "starttls"',
        host=host,
    )
