"""How close to the limit of the wire mail is handed over, beside peers in the same run: 60 KB messages, smtp-sink.

    .venv/bin/python -m benchmarks.sending [--quick]

Everything is interleaved and the median is shown. `ours` is end to end: claim, consent, letter, intent before the dot,
outcome, through Celery and the ledger, over 4 connections. smtp-source (Postfix, C) sends one and the same message.
PostgreSQL commits to the disk (fsync), as SQLite does. `ours` sends one mailing first that is not measured, and the
time is the ledger's own, from start to finish. On two cores every other process weighs: run it on a quiet machine. The
last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from benchmarks import sending_parts, sending_peers
from benchmarks.sending_readers import new_database
from devtools import servers
from devtools.certificates import self_signed
from devtools.fault_server import Plan, fault_process, fault_server
from devtools.mailings import relay
from devtools.tray import Tray, letters
from mailer.carriers.relay import Security
from mailer.carriers.smtp import SmtpCarrier

EXPECTED = {
    "e2e_sqlite_vs_smtp_source": (">=", 0.70),
    "e2e_postgres_vs_smtp_source": (">=", 0.55),
    "vs_nodemailer": (">=", 5.0),
    "vs_smtplib": (">=", 12.0),
    "slots_vs_emailmessage": (">=", 50.0),
    "pipelined_vs_lockstep": ("<=", 0.30),
    "rss_mb_10000": ("<=", 80.0),
    "rss_mb_1000000": ("<=", 80.0),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="under 50 s: fewer messages, 3 rounds, no million readers")
    chosen = parser.parse_args()
    for program, package in (("smtp-sink", "postfix"), ("smtp-source", "postfix"), ("npm", "npm")):
        if shutil.which(program) is None:
            sys.exit(f"{program} is missing; install it with: apt-get install {package}")
    with tempfile.TemporaryDirectory(prefix="postduif-benchmark-") as folder, ExitStack() as stack:
        port = stack.enter_context(sending_parts.smtp_sink(servers.free_port()))
        rates = compare(Path(folder), stack, port, quick=chosen.quick)
        measured = ratios(rates)
        measured |= {"slots_vs_emailmessage": slots(), "pipelined_vs_lockstep": pipelining()}
        measured |= memory(Path(folder), port, quick=chosen.quick)
        measured |= {"tls_vs_plain": encryption(Path(folder))}
    show(rates, measured)
    print(json.dumps({key: round(value, 3) for key, value in measured.items()}))


def compare(folder: Path, stack: ExitStack, port: int, *, quick: bool) -> dict[str, list[float]]:
    """Messages per second of each sender in each round."""
    readers, rounds = (1500, 3) if quick else (4000, 5)
    postgres = stack.enter_context(servers.postgres_server())
    postgres.stop()
    # The tests' server trusts the machine not to lose power; what is measured here must be as durable as SQLite's.
    postgres.start("-c", "fsync=on")
    urls = {"sqlite": f"sqlite:///{folder}/ledger.sqlite", "postgres": postgres.url}
    keys = folder / "keys"
    for url in urls.values():
        new_database(url, keys, readers)
    script = sending_peers.install_nodemailer(folder)
    senders: dict[str, Callable[[], float]] = {
        "smtp-source s=10": lambda: sending_peers.smtp_source(port, readers),
        "ours, SQLite": lambda: sending_parts.in_child("ours", urls["sqlite"], str(keys), port)["rate"],
        "ours, PostgreSQL": lambda: sending_parts.in_child("ours", urls["postgres"], str(keys), port)["rate"],
        "nodemailer pool 5": lambda: sending_peers.nodemailer(script, port, 100 if quick else 400),
        "smtplib, EmailMessage": lambda: sending_peers.naive(port, 40 if quick else 200),
    }
    rates: dict[str, list[float]] = defaultdict(list)
    for _round in range(rounds):
        for name, sender in senders.items():
            rates[name].append(sender())
    return rates


def ratios(rates: dict[str, list[float]]) -> dict[str, float]:
    """Ratios within each round, so that a busy minute of the machine weighs on both sides; then the median."""

    def ratio(one: str, other: str) -> float:
        return statistics.median(a / b for a, b in zip(rates[one], rates[other], strict=True))

    return {
        "e2e_sqlite_vs_smtp_source": ratio("ours, SQLite", "smtp-source s=10"),
        "e2e_postgres_vs_smtp_source": ratio("ours, PostgreSQL", "smtp-source s=10"),
        "vs_nodemailer": ratio("ours, SQLite", "nodemailer pool 5"),
        "vs_smtplib": ratio("ours, SQLite", "smtplib, EmailMessage"),
    }


def slots() -> float:
    """Seconds to build a personal message: the standard library's over ours."""
    html, message = sending_parts.html_of(), sending_parts.message()
    values = {
        "to": "lezer@lezers.example",
        "message_id": "<1@post.example>",
        "date": "Thu, 26 Nov 2026 09:00:00 +0100",
        "greeting": "Beste lezer,",
        "unsubscribe_url": "https://post.example/u/1",
        "unsubscribe_mailto": "mailto:afmelden@post.example?subject=1",
        "preferences_url": "https://post.example/p/1",
    }
    sizes = len(message.fill(values)), len(sending_peers.email_message(html, 1).as_bytes()), sending_parts.SIZE
    print("octets of a message: ours {:,}, EmailMessage {:,}, smtp-source {:,} and a header".format(*sizes))
    by_library = per_call(lambda: sending_peers.email_message(html, 1).as_bytes(), 10)
    return by_library / per_call(lambda: message.pieces(values), 500)


def per_call(call: Callable[[], object], times: int) -> float:
    """Seconds, the best of five series."""
    best = float("inf")
    for _series in range(5):
        started = time.perf_counter()
        for _call in range(times):
            call()
        best = min(best, (time.perf_counter() - started) / times)
    return best


def pipelining() -> float:
    """Time with pipelining over time without, when every answer is 20 ms away."""
    seconds = {}
    for pipelined in (True, False):
        with fault_server(Plan(latency=0.02)) as (_server, port):
            carrier = SmtpCarrier(relay(port, pipelining=pipelined, connections=1))
            carrier.hand_over(Tray(letters(1)))
            started = time.perf_counter()
            carrier.hand_over(Tray(letters(40, size=sending_parts.SIZE)))
            seconds[pipelined] = time.perf_counter() - started
            carrier.close()
    return seconds[True] / seconds[False]


def encryption(folder: Path) -> float:
    """Messages per second with TLS over those without, to the same server (in Python, so the server is the limit)."""
    certificate = self_signed(folder / "relay.pem")
    seconds = {}
    for security in (Security.NONE, Security.TLS):
        with fault_process(Plan(tls=security is Security.TLS, certificate=certificate)) as server:
            carrier = SmtpCarrier(relay(server.port, security=security, ca_file=certificate))
            carrier.hand_over(Tray(letters(1)))
            started = time.perf_counter()
            carrier.hand_over(Tray(letters(800, size=sending_parts.SIZE)))
            seconds[security] = time.perf_counter() - started
            carrier.close()
    print(f"with TLS {800 / seconds[Security.TLS]:,.0f}/s, without {800 / seconds[Security.NONE]:,.0f}/s, same server")
    return seconds[Security.NONE] / seconds[Security.TLS]


def memory(folder: Path, port: int, *, quick: bool) -> dict[str, float]:
    """Resident memory of the sending process, for mailings of two sizes; of each a few thousand are sent."""
    found = {}
    for readers in (10_000,) if quick else (10_000, 1_000_000):
        url = f"sqlite:///{folder}/scale-{readers}.sqlite"
        new_database(url, folder / "keys", 0)
        scaled = sending_parts.in_child("scale", url, str(folder / "keys"), port, readers, 2000 if quick else 5000)
        found[f"rss_mb_{readers}"] = scaled["rss_mb"]
        print(
            f"{readers:>9,} readers: planned {scaled['plan_per_s']:,.0f}/s, due batches found in "
            f"{scaled['due_s'] * 1000:.0f} ms, sent {scaled['rate']:,.0f}/s, {scaled['rss_mb']:.0f} MB"
        )
    return found


def show(rates: dict[str, list[float]], measured: dict[str, float]) -> None:
    for name, found in rates.items():
        print(f"{name:<24}{statistics.median(found):>10,.0f} messages/s  ({min(found):,.0f} to {max(found):,.0f})")
    for key, value in measured.items():
        sign, bound = EXPECTED.get(key, ("stated", 0.0))
        good = sign == "stated" or (value >= bound if sign == ">=" else value <= bound)
        wanted = "stated" if sign == "stated" else f"expected {sign} {bound}"
        print(f"{key:<30}{value:>9.2f}   {wanted}{'' if good else '   NOT MET'}")


if __name__ == "__main__":
    main()
