"""Which brokers there are, and what the transport of each needs to know."""

from __future__ import annotations

from typing import Any

from wording import Text, _

KNOWN = ("memory", "redis", "rediss", "redis+socket", "sentinel", "amqp", "amqps")
"""Schemes of a URL that kombu carries bells over. It takes others, such as redis+cluster, in silence and then fails."""
SENTINEL = "sentinel"

WRITE_QUEUE = "write"
QUEUES = ("send", "print", "mail", WRITE_QUEUE)
"""A long mailing must hold up neither a confirmation mail nor a print run, so each has workers of its own; what is done
in the content folder is served only where that is."""


def scheme_of(url: str) -> str:
    """Before "://"; "" where there is none."""
    scheme, there, _rest = url.partition("://")
    return scheme.casefold() if there else ""


def transport(broker: str, master: str = "") -> dict[str, Any]:
    """What the broker's transport needs to know; `master` is the name by which a Sentinel knows it."""
    if broker.startswith("memory"):
        # The default of 1 s means eight tasks a second, and a sender waits as long between two batches; a look every
        # 5 ms takes three hundredths of a processor.
        return {"polling_interval": 0.005}
    options: dict[str, Any] = {
        # Far longer than a batch takes: after it the broker hands the message to a second worker, too.
        "visibility_timeout": 3600,
        # Look for such messages every second: the default finds them after about 100 s.
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
        # A broker that hangs must not hang a web page.
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        # Whoever rings tries twice and goes on: the row is written, and the sweep will find it.
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.2,
    }
    if scheme_of(broker) == SENTINEL:
        # Which of its servers is the master now is asked of the Sentinel; a Sentinel that hangs is passed over.
        options |= {"master_name": master, "sentinel_kwargs": {"socket_timeout": 2, "socket_connect_timeout": 2}}
    return options


def mistake_in(broker: str, master: str) -> tuple[str, Text] | None:
    """Which setting of storage is wrong, and why; None when the two fit together."""
    if scheme_of(broker) not in KNOWN:
        known = ", ".join(f"{scheme}://" for scheme in KNOWN)
        return "storage.broker", _("‘{scheme}’ is onbekend; bekend zijn {known}", scheme=scheme_of(broker), known=known)
    if scheme_of(broker) == SENTINEL and not master:
        return "storage.broker_master", _("een Sentinel moet weten hoe de server heet, zoals in `sentinel monitor`")
    if scheme_of(broker) != SENTINEL and master:
        return "storage.broker_master", _("die naam hoort bij een broker die met sentinel:// begint")
    return None
