"""Any two use cases that change one reader, at the same moment: both end well, and what is kept agrees with itself.

200 pairs in `make test`; more with `PAIRS=2000 python -m pytest -s tests/whole/test_two_at_once.py`.
"""

from __future__ import annotations

import os
import random
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import combinations_with_replacement
from pathlib import Path
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from database import audit, onetime
from database.base import now
from database.onetime import OneTime
from database.session import Store
from mailer.ledger.notices import NoticeRow
from mailer.services.notices import letters
from mailer.services.office import Office
from mailer.services.readers import choices, imports, joining, own_data, people, rights
from mailer.services.readers.choices import Chosen
from mailer.services.readers.imports import ReaderFile
from mailer.services.readers.joining import SignUp
from subscribers import bouncing, managing, services, tidying
from subscribers.address import address_from
from subscribers.bouncing import BounceKind, Returned
from subscribers.consent import Choice, ConsentKind
from subscribers.locking import lock_reader
from subscribers.repository import address_of, may_receive, memberships, subscriber_with
from subscribers.retention import RULES
from subscribers.rights import tombstones
from subscribers.suppression import reason_for
from subscribers.tables import Asked, ConsentEvent, MembershipState, Subscriber, SubscriberState, Suppression, Tombstone
from subscribers.tokens import Purpose, token_for
from tests.support.desk_people import ADMIN
from tests.support.office import office_of
from tests.support.people import FORM
from wording.errors import InvalidInputError, NotAllowedError, PostduifError

PAIRS = int(os.environ.get("PAIRS", "200"))
"""Over both databases together."""
LEAVES = {ConsentKind.LEFT, ConsentKind.COMPLAINED, ConsentKind.ERASED}


@dataclass
class Somebody:
    """A reader with every link that they could have been mailed, made anew for each pair."""

    office: Office
    folder: Path
    number: int
    uid: UUID
    links: dict[str, str] = field(default_factory=dict)
    left_before: bool = False
    """Left, and asked again since: that link is to work."""

    @property
    def address(self) -> str:
        return f"iemand{self.number}@lezers.example"

    @property
    def elsewhere(self) -> str:
        return f"elders{self.number}@lezers.example"

    def signed(self, purpose: Purpose) -> str:
        return token_for(self.office.keys, purpose, self.uid, "los")


def confirm(who: Somebody) -> None:
    joining.confirm(who.office, who.links["confirm"])


def subscribe(who: Somebody) -> None:
    joining.subscribe(who.office, SignUp(who.address, ("womens-orgs",), "nl", "nl", f"198.51.100.{who.number % 250}"))


def change(who: Somebody) -> None:
    choices.choose(who.office, who.signed(Purpose.PREFERENCES), Chosen(("womens-orgs",), "nl"))


def pause(who: Somebody) -> None:
    until = who.office.today() + timedelta(days=30)
    choices.choose(who.office, who.signed(Purpose.PREFERENCES), Chosen(("legal-aid",), "nl", until))


def leave(who: Somebody) -> None:
    choices.leave(who.office, who.signed(Purpose.UNSUBSCRIBE), source="one-click", everything=True)


def ask_for_link(who: Somebody) -> None:
    choices.mail_link(who.office, who.signed(Purpose.PREFERENCES))


def move(who: Somebody) -> None:
    own_data.move(who.office, who.links["move"])


def ask_to_move(who: Somebody) -> None:
    own_data.ask_to_move(who.office, who.links["manage"], f"anders{who.number}@lezers.example", "nl")


def erase_oneself(who: Somebody) -> None:
    own_data.erase(who.office, who.links["manage"])


def suppress(who: Somebody) -> None:
    people.suppress(who.office, ADMIN, who.address)


def erase(who: Somebody) -> None:
    rights.erase_reader(who.office, ADMIN, who.address)


def bounce(who: Somebody) -> None:
    with who.office.store.transaction() as session:
        sent = {"los-1": now() - timedelta(days=8), "los-2": now()}
        for issue in sent:
            bouncing.bounced(session, who.uid, Returned(issue, BounceKind.HARD, "5.1.1"), sent)


def bring(who: Somebody) -> None:
    file = who.folder / f"{who.number}-{random.getrandbits(40)}.csv"
    file.write_text(f"email,since\n{who.address},2026-01-02\n", "utf-8")
    imports.apply(who.office, ADMIN, ReaderFile(file, "list of 2026-01-02", ("womens-orgs",), wording="Ja, mail mij."))


def retain(who: Somebody) -> None:
    tidying.apply(who.office.store, now(), [rule for rule in RULES if rule.name in {"unconfirmed", "links"}])


def replay(who: Somebody) -> None:
    with who.office.store.reading() as session:
        stones = tombstones(session)[-3:]
    rights.replay(who.office, ADMIN, stones)


def erase_again(who: Somebody) -> None:
    """A backup brought back somebody who was erased an hour ago."""
    stone = {"subject": str(who.uid), "kind": "subscriber", "at": now().isoformat(), "index": ""}
    rights.replay(who.office, ADMIN, [stone])


DEEDS: tuple[Callable[[Somebody], None], ...] = (
    confirm, subscribe, change, pause, leave, ask_for_link, move, ask_to_move, erase_oneself, suppress, erase, bounce,
    bring, retain, replay, erase_again,
)  # fmt: skip


def somebody(office: Office, folder: Path, number: int, chance: random.Random) -> Somebody:
    """Waiting for the button, a reader, a reader who asked again, or one who left and asked again."""
    with office.store.transaction() as session:
        session.execute(delete(Asked))  # the limits have tests of their own
        address, choice = address_from(f"iemand{number}@lezers.example"), Choice(("legal-aid",), "nl")
        needed = services.ask(session, address, choice, FORM)
        who = Somebody(office, folder, number, needed.subject, {"confirm": needed.token})
        state = chance.choice(("pending", "active", "active", "again", "left"))
        if state != "pending":
            services.confirm(session, needed.token)
        if state == "left":
            services.leave(session, who.uid, "one-click")
        who.left_before = state == "left"
        if state in {"again", "left"}:
            who.links["confirm"] = services.ask(session, address, Choice(("womens-orgs",), "nl"), FORM).token
        if state == "pending" and chance.random() < 0.5:
            late = update(Subscriber).where(Subscriber.uid == who.uid)
            session.execute(late.values(created_at=now() - timedelta(hours=73)))
            session.execute(update(OneTime).where(OneTime.subject == who.uid).values(expires_at=now()))
        who.links |= {"move": "none", "manage": "none"}
        if state in {"active", "again"}:
            mail_links(session, who, still_allowed=chance.random() < 0.5)
    return who


def mail_links(session: Session, who: Somebody, *, still_allowed: bool) -> None:
    """To move and to see what is kept; `still_allowed`: the second is used up, so that one may ask for another."""
    payload = {"address": who.elsewhere}
    who.links["move"] = onetime.issue(session, managing.MOVE, who.uid, timedelta(hours=1), payload)
    who.links["manage"] = onetime.issue(session, managing.MANAGE, who.uid, timedelta(minutes=15), {})
    letters.send_manage_link(session, who.office.house, "nl", who.address, who.links["manage"])
    if still_allowed:
        session.execute(delete(OneTime).where(OneTime.subject == who.uid, OneTime.purpose == managing.MANAGE))


def at_once(who: Somebody, pair: tuple[Callable[[Somebody], None], ...]) -> None:
    """Both begin at the same moment, over connections of their own; what is not a sentence for a person is raised."""
    gate, said = Barrier(len(pair)), list[str]()

    def begin(deed: Callable[[Somebody], None]) -> None:
        gate.wait()
        try:
            deed(who)
        except (NotAllowedError, InvalidInputError):
            raise  # the test itself is wrong
        except PostduifError as error:
            said.append(str(error.text))

    with ThreadPoolExecutor(len(pair)) as pool:
        list(pool.map(begin, pair))
    assert all(said)


def check(who: Somebody, *, asked: bool) -> None:
    """What must hold whatever came first. `asked`: a sign-up may have come last."""
    with who.office.store.reading() as session:
        row = session.get(Subscriber, who.uid)
        links = session.scalars(select(OneTime).where(OneTime.subject == who.uid, OneTime.used_at.is_(None))).all()
        said = session.scalars(select(ConsentEvent).where(ConsentEvent.subject == who.uid).order_by(ConsentEvent.id))
        events = [one.event for one in said]
        receives = may_receive(session, [who.uid], "legal-aid") | may_receive(session, [who.uid], "womens-orgs")
        assert len([one for one in links if one.purpose == managing.MANAGE]) <= 1
        lost = select(func.count()).select_from(NoticeRow).where(NoticeRow.link.is_(None))
        assert session.scalar(lost) == 0
        if row is None:
            if ConsentKind.ERASED in events:
                assert not links
                assert session.get(Tombstone, who.uid) is not None
                assert session.scalars(select(Suppression.reason)).all()
            return
        of_audiences = set(memberships(session, who.uid).values())
        if row.state == SubscriberState.LEFT:
            assert row.address is None
            assert session.get(Suppression, row.address_index) is not None
            assert MembershipState.ACTIVE not in of_audiences
            assert {one.purpose for one in links} <= ({"confirm"} if asked else set()), "a link outlived its reader"
            assert [one for one in events if one in LEAVES or one == ConsentKind.CONFIRMED][-1:] != ["confirmed"]
        if row.state == SubscriberState.ACTIVE:
            address = address_from(address_of(session, row) or "")
            assert subscriber_with(session, address) is row
            assert MembershipState.ACTIVE in of_audiences
            assert row.bouncing or reason_for(session, address) is None
        assert bool(receives) <= (row.state == SubscriberState.ACTIVE and not row.bouncing)


def test_any_two_at_the_same_moment_end_well_and_agree(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office = office_of(store)
    chance = random.Random(16)
    every = list(combinations_with_replacement(DEEDS, 2))
    chance.shuffle(every)
    met: Counter[str] = Counter()
    for number in range(PAIRS // 2):
        pair = every[number % len(every)]
        who = somebody(office, tmp_path, number, chance)
        at_once(who, pair)
        check(who, asked=who.left_before or bool({subscribe, bring} & set(pair)))
        met[" + ".join(one.__name__ for one in pair)] += 1
    assert met.total() == PAIRS // 2
    with store.reading() as session:
        assert audit.verify(session).broken_at is None
    with capsys.disabled():
        sys.stdout.write(f"\n{met.total()} pairs of {len(met)} kinds on {store.engine.dialect.name}\n")


def test_sixteen_requests_with_a_forwarded_link_mail_one(store: Store, tmp_path: Path) -> None:
    office = office_of(store)
    who = somebody(office, tmp_path, 1, random.Random(1))
    with store.transaction() as session:
        session.execute(delete(OneTime))
        row = lock_reader(session, who.uid)
        assert row is not None
        if row.state != SubscriberState.ACTIVE:
            services.confirm(
                session, services.ask(session, address_from(who.address), Choice(("legal-aid",), "nl"), FORM).token
            )
    at_once(who, (ask_for_link,) * 16)
    with store.reading() as session:
        assert len(session.scalars(select(NoticeRow)).all()) == 1
