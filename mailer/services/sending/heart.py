"""The heart of a process: it counts on every few seconds, and sees which others no longer do.

What a process that is dead had claimed goes on at once. On the same machine the kernel says whether it is there; of
another machine it is dead when it did not count on for a while in which this one did, and saw the database.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from threading import Event, Thread
from uuid import UUID, uuid4

from database.base import now
from database.keys import ROOTS, KeyRing
from database.session import Store
from mailer.ledger import heartbeats, installation
from mailer.ledger.heartbeats import Beat, Who

log = logging.getLogger(__name__)

EVERY = 5.0
"""Seconds."""
SILENT = 15.0
"""Seconds without counting on, of a process on another machine: three beats."""
Ring = Callable[[int, int], object]


def _who(kind: str, queues: str, uid: UUID) -> Who:
    pid = os.getpid()
    born = _born(pid)
    return Who(
        uid, socket.gethostname()[:100], _place() if born else "", pid, born or 0, kind, queues, version("postduif")
    )


@dataclass
class Watch:
    """What one process saw of the others: how far each had counted, and since when. `seconds` only goes forward."""

    seconds: Callable[[], float] = time.monotonic
    silent: float = SILENT
    every: float = EVERY
    _seen: dict[UUID, tuple[int, float]] = field(default_factory=dict)
    _last: float = float("-inf")

    def dead(self, beats: list[Beat], me: Who) -> list[Beat]:
        """Those that are dead. After a pause of our own everyone is watched anew: the others may have paused too."""
        at = self.seconds()
        if at - self._last > 3 * self.every:
            self._seen.clear()
        self._last = at
        known = {one.who.uid: self._seen.get(one.who.uid) for one in beats}
        self._seen = {
            one.who.uid: before if (before := known[one.who.uid]) and before[0] == one.beat else (one.beat, at)
            for one in beats
        }
        others = [one for one in beats if one.who.uid != me.uid]
        return [one for one in others if _is_gone(one.who, me) or at - self._seen[one.who.uid][1] >= self.silent]

    def forget(self) -> None:
        """The database was away: whoever did not count on could not."""
        self._seen.clear()


class Heart:
    """Begun once in each process that works; `ring` lets somebody go on with a batch."""

    def __init__(
        self,
        store: Store,
        ring: Ring,
        *,
        kind: str = "worker",
        every: float = EVERY,
        clock: Callable[[], datetime] = now,
        watch: Watch | None = None,
    ) -> None:
        self.process = uuid4()
        self._store, self._ring, self._clock = store, ring, clock
        self._kind, self._queues, self._every = kind, "", every
        self._watch = watch or Watch(every=every)
        self._stopped = Event()
        self._thread: Thread | None = None
        self._who: Who | None = None

    def begin(self, queues: str = "") -> None:
        """Count once, look once, and go on in a thread. For the process that calls it, not one that forked it; `queues`
        are those it listens to, "print,mail"."""
        self._queues = queues
        self._who = _who(self._kind, self._queues, self.process)
        self.beat()
        self._thread = Thread(target=self._run, name="postduif-heart", daemon=True)
        self._thread.start()

    def beat(self) -> None:
        """Count on, and let go on what the dead had claimed. Raises nothing: a worker works without a heart too."""
        me = self._who or _who(self._kind, self._queues, self.process)
        self._who = me
        try:
            with self._store.transaction() as session:
                heartbeats.beat(session, me, keys_in(self._store.keys), installation.epoch(session), self._clock())
            with self._store.reading() as session:
                found = heartbeats.beats(session)
            for one in self._watch.dead(found, me):
                self._bury(one)
        except Exception:
            self._watch.forget()
            log.exception("the heart of this process could not beat")

    def stop(self) -> None:
        """This process ends by itself; it has let go of what it held."""
        self._stopped.set()
        if self._thread is None:
            return
        self._thread.join()
        with suppress(Exception), self._store.transaction() as session:
            heartbeats.leave(session, self.process)

    def _bury(self, dead: Beat) -> None:
        with self._store.transaction() as session:
            batches = heartbeats.bury(session, dead, self._clock())
        log.warning("process %s on %s is dead", dead.who.pid, dead.who.host)
        for mailing_id, batch in batches:
            self._ring(mailing_id, batch)

    def _run(self) -> None:
        while not self._stopped.wait(self._every):
            self.beat()


@contextmanager
def beating(store: Store, ring: Ring) -> Iterator[None]:
    """The heart of a process that shows pages and sends nothing, while the block lasts."""
    heart = Heart(store, ring, kind="web")
    heart.begin()
    try:
        yield
    finally:
        heart.stop()


def keys_in(ring: KeyRing | None) -> list[str]:
    """The names of keys, such as "data.1"."""
    return [f"{root}.{kid}" for root in ROOTS for kid in ring.ids(root)] if ring is not None else []


def _is_gone(other: Who, me: Who) -> bool:
    """Where the kernel of this process knows the other: whether it has ended."""
    return bool(me.place) and other.place == me.place and _born(other.pid) != other.born


def _place() -> str:
    """The boot of this machine and the namespace of its processes; numbers of processes mean nothing elsewhere."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"[:100]
    except OSError:
        return ""


def _born(pid: int) -> int | None:
    """When a process began (proc_pid_stat(5), field 22); None when there is none, or it only waits to be buried."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if stat[0] in {"Z", "X"} else int(stat[19])
