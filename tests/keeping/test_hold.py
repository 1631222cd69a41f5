"""A copy of the database that is put back mails, prints and begins nothing before a person has looked."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from database import audit
from database.base import now
from database.session import Store
from devtools.fault_server import FaultServer, Plan, fault_server
from devtools.mailings import HASTY, Through, desk, open_mailing, relay, states
from mailer.artefacts.paper.pieces import PrintOptions
from mailer.ledger import installation, mailings, notices
from mailer.ledger.installation import Seen
from mailer.ledger.notices import Notice
from mailer.ledger.states import DeliveryState, MailingState
from mailer.ledger.tables import Delivery, Slot
from mailer.services.held import HeldError
from mailer.services.keeping import holding
from mailer.services.keeping.relay_log import taken_in
from mailer.services.office import Silence
from mailer.services.post import runs
from mailer.services.readers import rights
from mailer.services.readers.erased import keep_erased
from mailer.services.sending import orders
from mailer.services.sending.delivering import SWEEP, SendingOffice
from mailer.services.sending.holding import ANOTHER, LOOK_FIRST, hold_another, hold_if_behind
from mailer.services.sending.letters import delivery_mark, public_mark, signing_key
from mailer.services.sending.rules import Desk
from mailer.services.sending.witness import Kept, Witness, is_put_back
from mailer.services.writing.drafts import open_drafts
from subscribers import rights as erasing
from tests.support.desk_people import ADMIN, EDITOR, POSTAL
from tests.support.office import office_of
from tests.support.people import BAS, reader
from wording.errors import ConflictError, InvalidInputError, NotAllowedError

UID = UUID(int=5)
READERS = 40


def at_work(store: Store, **changes: object) -> Desk:
    """A desk whose letters bear the marks of this installation."""
    assert store.keys is not None
    plain = desk(store, None, rules=HASTY, **changes)
    return replace(plain, letters=replace(plain.letters, key=signing_key(store.keys)))


def started(store: Store, port: int, folder: Path, **changes: object) -> SendingOffice:
    """A worker that has just started, on a machine that keeps its witness in `folder`."""
    return SendingOffice(at_work(store, **changes), Through(relay(port)), Silence(), witness=Witness(Kept(folder)))


def copied(store: Store, to: Path) -> Path:
    """A copy of a SQLite database as it is now."""
    with closing(sqlite3.connect(_file(store))) as connection:
        connection.execute("VACUUM INTO ?", (str(to),))
    return to


def put_back(copy: Path, store: Store) -> None:
    """By hand, as somebody does who knows nothing of it: the file in the place of the file."""
    store.close()
    for end in ("-wal", "-shm"):
        Path(f"{_file(store)}{end}").unlink(missing_ok=True)
    Path(_file(store)).write_bytes(copy.read_bytes())


def _file(store: Store) -> str:
    return store.url.removeprefix("sqlite:///")


def held(store: Store) -> bool:
    with store.reading() as session:
        return installation.held(session) is not None


def state_of(store: Store, mailing_id: int) -> MailingState:
    with store.reading() as session:
        return mailings.mailing_of(session, mailing_id).state


def relay_log(server: FaultServer, file: Path) -> Path:
    """What the log of a relay says of what it took, and of something that it did not."""
    ids = [re.search(rb"(?im)^Message-ID: (\S+)", message) for message in server.messages]
    lines = [f"Nov 28 10:00:00 mx postfix/cleanup[7]: 4F1: message-id={one[1].decode()}\n" for one in ids if one]
    file.write_text("".join(lines), "utf-8")
    return file


def half_sent(store: Store, port: int, folder: Path, halfway: Callable[[], object]) -> int:
    """A mailing that went to its end; `halfway` was called in the middle. Returns its id."""
    mailing_id = open_mailing(store, READERS)
    begun: list[str] = []

    def reached(failpoint: str) -> None:
        begun.append(failpoint)
        if begun.count("after_outcome") == 5 and failpoint == "after_outcome":
            halfway()

    worker = started(store, port, folder, reached=reached)
    worker.sweep()
    worker.deliver_now(mailing_id)
    return mailing_id


def test_a_database_was_put_back_when_it_is_behind_or_was_counted_elsewhere() -> None:
    new, known = Seen(UID, 0), Seen(UID, 7, witnessed=True)
    assert [is_put_back(new, None), is_put_back(replace(known, witnessed=False), None)] == [False, False]
    assert is_put_back(known, None), "another machine counted, and this one never saw it"
    assert [is_put_back(known, one) for one in (6, 7, 8)] == [False, False, True]


def test_what_a_machine_knows_never_goes_back_and_a_damaged_file_knows_nothing(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "witness")
    assert kept.all() == {}
    for swept in (3, 9, 4):
        kept.keep(UID, swept)
    assert kept.all() == {UID: 9}
    (tmp_path / "witness" / f"{UID}.swept").write_text("?", "ascii")
    (tmp_path / "witness" / "notes.swept").write_text("7", "ascii")
    assert kept.all() == {}


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(days=7)])
@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_copy_put_back_by_hand_mails_nobody_twice_and_with_the_log_loses_nobody(
    plain_store: Store, tmp_path: Path, ago: timedelta, elsewhere: bool
) -> None:
    """A minute or a week after it was made, on this machine or on another; the mailing went on to its end meanwhile."""
    store, copy, witness = plain_store, tmp_path / "copy", tmp_path / "witness"
    with fault_server(Plan()) as (server, port):
        mailing_id = half_sent(store, port, witness, lambda: copied(store, copy))
        assert len(server.received) == READERS
        put_back(copy, store)
        with store.transaction() as session:
            for slot in session.scalars(select(Slot).where(Slot.job == SWEEP)):
                slot.at, slot.taken_at = slot.at - ago, slot.taken_at - ago
        assert Counter(states(store, mailing_id).values())[DeliveryState.ACCEPTED] < READERS

        here = tmp_path / "another" if elsewhere else witness
        worker, office = started(store, port, here), office_of(store)
        worker.deliver_batch(mailing_id, 1)
        worker.sweep()
        worker.deliver_now(mailing_id)
        assert len(server.received) == READERS, "nobody is mailed before a person looked"
        assert (held(store), state_of(store, mailing_id)) == (True, MailingState.PAUSED)
        with store.reading() as session:
            assert list(session.scalars(select(audit.AuditRow.event))).count(ANOTHER) == 1
        with pytest.raises(HeldError, match="postduif hold lift"):
            orders.resume(office, EDITOR, mailing_id)

        log = relay_log(server, tmp_path / "mail.log")
        shown = holding.show(office, EDITOR, [log])
        assert shown is not None
        [going] = shown.mailings
        assert (going.mailing, going.waiting + going.uncertain) == (mailing_id, shown.taken)
        with pytest.raises(ConflictError, match="subject replay"):
            holding.lift(office, ADMIN, worker.witness, [log])
        rights.replay(office, ADMIN, [])
        lifted = holding.lift(office, ADMIN, worker.witness, [log])
        assert (lifted.settled, lifted.waiting) == (shown.taken, 0)
        assert state_of(store, mailing_id) is MailingState.DONE
        again = started(store, port, here)
        again.deliver_now(mailing_id)
        assert Counter(server.received) == Counter(set(server.received))
        fresh = open_mailing(store, 3, slug="noo-2026-11")
        again.deliver_now(fresh)
        assert len(server.received) == READERS + 3
        assert len({re.search(rb"(?im)^Message-ID: (\S+)", one) for one in server.messages}) == READERS + 3
    assert not held(store)


def test_without_the_log_each_mailing_waits_for_a_person(plain_store: Store, tmp_path: Path) -> None:
    """Also one that stood still when the copy was made, and one that was planned for later."""
    paused, planned = (open_mailing(plain_store, 2, slug=slug) for slug in ("los-2026-24", "noo-2026-11"))
    office = office_of(plain_store)
    orders.pause(office, EDITOR, paused, "de mailserver")
    with plain_store.transaction() as session:
        mailing = mailings.mailing_of(session, planned)
        mailing.state, mailing.scheduled_at = MailingState.SCHEDULED, now() + timedelta(days=1)
        installation.hold(session, LOOK_FIRST, now())
    lifted = holding.lift(office, ADMIN, Witness(Kept(tmp_path)), nobody_erased=True)
    assert (lifted.settled, lifted.waiting) == (0, 2)
    with plain_store.reading() as session:
        found = [mailings.mailing_of(session, one) for one in (paused, planned)]
        assert {one.state for one in found} == {MailingState.PAUSED}
        assert all("een oudere versie" in str(one.why) for one in found)
    assert orders.resume(office, EDITOR, planned) is not None


def test_a_kill_between_database_and_witness_is_no_sign_of_anything(plain_store: Store, tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    with fault_server(Plan()) as (server, port):
        worker = started(plain_store, port, witness)
        worker.look()
        with plain_store.transaction() as session:
            installation.swept(session)  # and killed here: the file does not know
        mailing_id = open_mailing(plain_store, 2)
        started(plain_store, port, witness).deliver_batch(mailing_id, 1)
        assert len(server.received) == 2
    assert not held(plain_store)
    [swept] = Kept(witness).all().values()
    assert swept == 1


def test_an_installation_of_before_the_witness_goes_on(plain_store: Store, tmp_path: Path) -> None:
    with plain_store.transaction() as session:
        installation.swept(session)
    with fault_server(Plan()) as (_server, port):
        started(plain_store, port, tmp_path / "witness").sweep()
    assert not held(plain_store)
    assert list(Kept(tmp_path / "witness").all().values()) == [2]


def test_a_machine_that_does_not_sweep_waits_for_the_one_that_does(plain_store: Store, tmp_path: Path) -> None:
    """It begins nothing before the other has looked, and holds back what it sees go back."""
    with fault_server(Plan()) as (server, port):
        mailing_id = open_mailing(plain_store, 2)
        other = SendingOffice(at_work(plain_store), Through(relay(port)), Silence(), witness=Witness(sweeps=False))
        other.deliver_batch(mailing_id, 1)
        assert (other.sweep(), server.received) == (None, [])
        owner = started(plain_store, port, tmp_path / "witness")
        owner.sweep()
        other.deliver_batch(mailing_id, 1)
        assert len(server.received) == 2
        with plain_store.transaction() as session:
            session.get_one(installation.Installation, 1).swept = 0
        other.deliver_batch(mailing_id, 1)
        assert held(plain_store)
        with pytest.raises(ConflictError, match="machine met de inhoudsmap"):
            holding.lift(office_of(plain_store), ADMIN, other.witness, nobody_erased=True)


def test_what_is_no_other_database_when_its_row_is_locked_is_not_held(plain_store: Store) -> None:
    hold_another(plain_store, now(), lambda _found: False)
    assert not held(plain_store)
    hold_another(plain_store, now(), lambda _found: True)
    assert held(plain_store)


def test_a_lift_and_a_look_at_once_leave_it_lifted(plain_store: Store, tmp_path: Path) -> None:
    """The look that found it behind asks again when it has the row: by then a person has put it right."""
    kept = Kept(tmp_path / "witness")
    with plain_store.transaction() as session:
        installation.witness(session, 3)
        found = installation.seen(session)
        assert found is not None
    kept.keep(found.uid, 9)
    hold_if_behind(plain_store, kept, now())
    assert held(plain_store)
    with plain_store.reading() as session:
        first = installation.held(session)
    hold_if_behind(plain_store, kept, now())
    with plain_store.reading() as session:
        assert installation.held(session) == first, "what is held already is not held anew"

    def lifted_meanwhile(is_another: Callable[[Seen | None], bool]) -> None:
        holding.lift(office_of(plain_store), ADMIN, Witness(kept), nobody_erased=True)
        with plain_store.transaction() as session:
            assert not is_another(installation.seen(session, lock=True))

    Witness(kept).look(plain_store, lifted_meanwhile)
    hold_if_behind(plain_store, kept, now())
    assert not held(plain_store)


def test_a_letter_that_is_next_does_not_leave_once_everything_is_held_back(store: Store) -> None:
    """Asked where a letter leaves, on both databases and in both ways of writing it down."""
    for rules in (HASTY, replace(HASTY, lease=timedelta(seconds=0))):  # a lease that is late is renewed the long way
        mailing_id = open_mailing(store, READERS, slug=f"los-{uuid4().hex[:6]}")
        with fault_server(Plan()) as (server, port):

            def hold(failpoint: str, server: FaultServer = server) -> None:
                if failpoint == "after_outcome" and len(server.received) > 5 and not held(store):
                    with store.transaction() as session:
                        installation.hold(session, LOOK_FIRST, now())

            at_desk = replace(at_work(store, reached=hold), rules=rules)
            SendingOffice(at_desk, Through(relay(port)), Silence()).deliver_now(mailing_id)
            assert 5 < len(server.received) < READERS
            went = len(server.received)
            left = Counter(states(store, mailing_id).values())
            assert left == {DeliveryState.ACCEPTED: went, DeliveryState.PENDING: READERS - went}
        with store.transaction() as session:
            installation.lift(session)


def notice(to: str, kind: str = "sign_in") -> Notice:
    return Notice(kind, "nl", to, "Kom binnen", "Met deze link.")


def test_single_mail_of_before_waits_and_that_of_after_leaves(store: Store) -> None:
    old, new = notice("noor@redactie.example", "confirm"), notice("kim@redactie.example")
    with store.transaction() as session:
        notices.write(session, old)
        found = notices.due(session, now() + timedelta(minutes=1))
        installation.hold(session, LOOK_FIRST, now() - timedelta(days=1))  # by a clock that is a day wrong
        notices.write(session, new)
        assert [one.uid for one in notices.due(session, now() + timedelta(minutes=1))] == [new.uid]
        assert notices.claim(session, found, now()) == {}, "one that was read before the hold does not leave either"
        assert notices.held_back(session) == {"confirm": 1}
        installation.lift(session)
        assert {one.uid for one in notices.due(session, now() + timedelta(minutes=1))} == {old.uid, new.uid}


def test_single_mail_that_a_relay_took_is_settled_from_its_log(plain_store: Store, tmp_path: Path) -> None:
    taken, waits = notice("noor@redactie.example"), notice("kim@redactie.example")
    with plain_store.transaction() as session:
        for one in (taken, waits):
            notices.write(session, one)
        installation.hold(session, LOOK_FIRST, now())
    log = tmp_path / "mail.log"
    log.write_text(f"postfix/cleanup[7]: 4F1: message-id=<{taken.uid.hex}@los.example>\n", "utf-8")
    office = office_of(plain_store)
    shown = holding.show(office, ADMIN, [log])
    assert shown is not None
    assert (dict(shown.notices), shown.taken_notices) == ({"sign_in": 2}, 1)
    assert holding.lift(office, ADMIN, Witness(Kept(tmp_path)), [log], nobody_erased=True).notices == 1
    with plain_store.reading() as session:
        assert [one.uid for one in notices.due(session, now() + timedelta(minutes=1))] == [waits.uid]


def test_the_log_of_a_relay_is_believed_where_the_mark_is_ours(tmp_path: Path) -> None:
    key, log = b"k" * 32, tmp_path / "mail.log"
    lines = [
        f"qmgr[1]: 4F1: from=<bounce+{delivery_mark(key, 1)}@los.example>, size=4000, nrcpt=1 (queue active)",
        f"cleanup[2]: 4F2: message-id=<{public_mark(key, 2).upper()}@los.example>",
        f"smtpd[3]: NOQUEUE: reject: RCPT from x: 450 4.2.0; from=<bounce+{delivery_mark(key, 3)}@los.example>",
        f"cleanup[2]: 4F4: message-id=<{public_mark(b'x' * 32, 4)}@los.example>",  # somebody made it up
        f"cleanup[2]: 4F5: message-id=<{'0' * 12}.{'0' * 32}@los.example>",
        "\udcff" * 5,
        "x" * 200_000,
    ]
    log.write_bytes("\n".join(lines).encode("utf-8", "surrogateescape"))
    assert taken_in([log], key).deliveries == {1, 2}
    assert taken_in([], key).deliveries == set()
    with pytest.raises(InvalidInputError, match=r"weg\.log"):
        taken_in([tmp_path / "weg.log"], key)


def test_those_who_were_erased_stay_erased_and_one_who_confirmed_since_stays(
    plain_store: Store, tmp_path: Path
) -> None:
    uid = reader(plain_store, BAS)
    copy = copied(plain_store, tmp_path / "copy")
    with plain_store.transaction() as session:
        erasing.erase_subscriber(session, uid, "command")
        stones = erasing.tombstones(session)
    put_back(copy, plain_store)
    with plain_store.transaction() as session:
        installation.hold(session, LOOK_FIRST, now())
    office = office_of(plain_store)
    count, _waiting = rights.replay(office, ADMIN, stones)
    assert count == 1
    shown = holding.show(office, ADMIN)
    assert shown is not None
    assert shown.replayed
    holding.lift(office, ADMIN, Witness(Kept(tmp_path / "witness")))
    with plain_store.reading() as session:
        assert erasing.tombstones(session)[0]["subject"] == str(uid)


def test_who_was_erased_is_kept_where_no_copy_of_the_database_has_it(plain_store: Store, tmp_path: Path) -> None:
    """A database that was put back takes nobody off the list, and the list is what replaying reads."""
    uid = reader(plain_store, BAS)
    copy, folder = copied(plain_store, tmp_path / "copy"), tmp_path / "witness"
    assert keep_erased(plain_store, folder) == 0
    with plain_store.transaction() as session:
        erasing.erase_subscriber(session, uid, "command")
    assert keep_erased(plain_store, folder) == 1
    put_back(copy, plain_store)
    assert keep_erased(plain_store, folder) == 1, "what is put back does not know it, and the list stays"
    with plain_store.transaction() as session:
        installation.hold(session, LOOK_FIRST, now())
    assert keep_erased(plain_store, folder) == 0
    [path] = folder.glob("*.erased.json")
    stones = json.loads(path.read_text("utf-8"))
    assert BAS not in path.read_text("utf-8")
    assert rights.replay(office_of(plain_store), ADMIN, stones)[0] == 1
    assert Kept(folder).all() == {}


def test_nothing_is_begun_and_only_who_may_lifts_it(plain_store: Store, tmp_path: Path) -> None:
    office = office_of(plain_store)
    assert holding.show(office, EDITOR) is None
    with pytest.raises(ConflictError, match="Er staat niets stil"):
        holding.lift(office, ADMIN, Witness(Kept(tmp_path)), nobody_erased=True)
    with plain_store.transaction() as session:
        installation.hold(session, LOOK_FIRST, now())
    assert open_drafts(replace(office, clock=lambda: now() + timedelta(days=40))) == []
    with pytest.raises(NotAllowedError):
        holding.lift(office, EDITOR, Witness(Kept(tmp_path)), nobody_erased=True)
    with pytest.raises(HeldError):
        runs.order(office, POSTAL, "meldpunt-2026-3", PrintOptions())


def test_deliveries_after_a_lift_have_numbers_that_were_never_given_out(store: Store, tmp_path: Path) -> None:
    before = open_mailing(store, 3)
    with store.transaction() as session:
        installation.hold(session, LOOK_FIRST, now())
    holding.lift(office_of(store), ADMIN, Witness(Kept(tmp_path)), nobody_erased=True)
    lowest = [
        _lowest(store, before),
        *(_lowest(store, open_mailing(store, 700, slug=one)) for one in ("noo-2", "noo-3")),
    ]
    assert lowest[1] >= lowest[0] + 10_000_000
    assert lowest[1] + 700 <= lowest[2] < lowest[1] + 2_000, "and then one after the other again"


def _lowest(store: Store, mailing_id: int) -> int:
    with store.reading() as session:
        return session.scalar(select(func.min(Delivery.id)).where(Delivery.mailing_id == mailing_id)) or 0
