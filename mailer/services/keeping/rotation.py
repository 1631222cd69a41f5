"""Replace a key while everything runs: prepare it, let every process read it, make it active, retire the old one.

Each step is refused while a process is behind. Killed after any of them, the same step is given again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from database import audit
from database import rotation as sealed
from database.epoch import alone
from database.fit import require_fit
from database.keys import write_key
from database.session import Store
from mailer.ledger import heartbeats, installation
from mailer.ledger.heartbeats import Beat
from mailer.services.office import Office, deed
from mailer.services.post.reindexing import reindex_envelopes
from staff.people import Person
from staff.permissions import Permission, require
from subscribers.reindex import reindex as reindex_readers
from wording import _
from wording.errors import ConflictError

Done = Callable[[int], None]


def reindex(store: Store, done: Done) -> int:
    """Make every keyed hash anew under the newest key for indexes, of readers and of envelopes; how many."""
    return reindex_readers(store, done) + reindex_envelopes(store)


RENEWED: Mapping[str, Callable[[Store, Done], int]] = MappingProxyType({"data": sealed.reseal, "index": reindex})
"""What is made anew after a key of this root was replaced; `done` hears of each batch of rows."""
PATIENCE = 20
"""Seconds in which every process reads its keys anew: four beats of a heart."""


def prepare(office: Office, person: Person, folder: Path, root: str) -> int:
    """Write a new key into the folder, which nobody uses yet; returns its id. One that is prepared already is kept.

    The one in use is named in the database first: a process that starts at this moment must not take the newest.
    """
    with deed(office, person, Permission.KEEP_KEYS) as session:
        alone(session)
        current, newest = office.keys.current(root), office.keys.newest(root)
        installation.activate(session, root, current)
        audit.record(session, audit.Event.KEY, person.uid, detail={"root": root, "step": "prepared"})
    if newest == current:
        newest = current + 1
        write_key(folder, root, newest)
    _let_all_read(office.store)
    return newest


def activate(office: Office, person: Person, root: str) -> int:
    """Let the key that was prepared seal and sign from now on; returns its id.

    Raises ConflictError when none was prepared, or while a process does not have it.
    """
    with deed(office, person, Permission.KEEP_KEYS) as session:
        alone(session)
        kid = office.keys.newest(root)
        if kid == office.keys.current(root):
            raise ConflictError(_("Er is geen nieuwe sleutel voor {root} klaargezet.", root=root))
        _require_none([one for one in heartbeats.beats(session) if f"{root}.{kid}" not in one.keys], root, kid)
        installation.activate(session, root, kid)
        audit.record(session, audit.Event.KEY, person.uid, detail={"root": root, "key": kid})
    _notice(office.store)
    return kid


def activate_when_all_have_it(
    office: Office, person: Person, root: str, *, wait: Callable[[float], object] = time.sleep
) -> int:
    """As `activate`, after a while in which the processes that run read their keys anew."""
    require(person, Permission.KEEP_KEYS)
    for _try in range(PATIENCE):
        try:
            return activate(office, person, root)
        except ConflictError:
            if office.keys.newest(root) == office.keys.current(root):
                raise
            wait(1.0)
    return activate(office, person, root)


def retire(office: Office, person: Person, folder: Path, root: str, kid: int) -> None:
    """Do away with an old key that nothing needs. Raises KeysError while something does, and ConflictError while a
    process has not noticed that another key is in use: it may still write under this one."""
    with deed(office, person, Permission.KEEP_KEYS) as session:
        epoch = installation.epoch(session)
        _require_none([one for one in heartbeats.beats(session) if one.epoch < epoch], root, office.keys.current(root))
        sealed.retire(session, root, kid)
        installation.next_epoch(session)
        audit.record(session, audit.Event.KEY, person.uid, detail={"root": root, "retired": str(kid)})
    (folder / f"{root}.{kid}").unlink(missing_ok=True)


def _let_all_read(store: Store) -> None:
    """Every process reads its keys anew, this one at once; the database knows the new one from now on."""
    with store.transaction() as session:
        installation.next_epoch(session)
    with store.transaction() as session:  # at its begin the ring was read
        require_fit(session)


def _notice(store: Store) -> None:
    """The ring of this process is the one that is in use now."""
    with store.transaction():
        pass


def _require_none(behind: list[Beat], root: str, kid: int) -> None:
    if behind:
        listed = ", ".join(f"{one.who.host}/{one.who.pid} ({one.who.kind})" for one in behind)
        raise ConflictError(
            _(
                "Nog niet alles wat draait heeft sleutel {root}.{kid}: {processes}. Zet het bestand op die machine, of "
                "herstart wat daar draait.",
                root=root,
                kid=kid,
                processes=listed,
            )
        )
