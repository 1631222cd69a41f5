"""The certificate of the pages, as a reader's browser sees it from outside: through the server for TLS before them."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 10.0
"""Seconds."""
_EXPIRED = 10
"""X509_V_ERR_CERT_HAS_EXPIRED (openssl-verify(1))."""


@dataclass(frozen=True)
class Site:
    """`until` is when the certificate ends; None when nobody answered, or with one that no browser takes, and then
    `wrong` says why. `has_ended`: that is why."""

    until: datetime | None = None
    wrong: str = ""
    has_ended: bool = False


def site(base_url: str, ca_file: str | None = None) -> Site:
    """Ask the pages at `base_url` for their certificate; `ca_file` vouches for it instead of those browsers know."""
    parts = urlsplit(base_url)
    if parts.scheme != "https" or not parts.hostname:
        return Site()
    context = ssl.create_default_context(cafile=ca_file)
    try:
        with (
            socket.create_connection((parts.hostname, parts.port or 443), PATIENCE) as plain,
            context.wrap_socket(plain, server_hostname=parts.hostname) as link,
        ):
            certificate: Any = link.getpeercert()
    except ssl.SSLCertVerificationError as error:
        return Site(wrong=error.verify_message, has_ended=error.verify_code == _EXPIRED)
    except OSError as error:
        return Site(wrong=error.strerror or type(error).__name__)
    with suppress(KeyError, TypeError):
        return Site(datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC))
    return Site()
