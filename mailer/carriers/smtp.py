"""Hand letters to one relay over a few connections at once, in rounds.

A round reads the replies that have come, lets the desk write outcomes and intents in one transaction, and writes the
bodies that may go. So at most one message per connection is ever in doubt.
"""

from __future__ import annotations

import selectors
import time
from collections import deque

from mailer.carriers.carrier import Answer, Deferred, Desk, Letter, Outcome, Refused, RelayFault, Standing
from mailer.carriers.conversation import Conversation
from mailer.carriers.greeting import OpeningError, open_connection
from mailer.carriers.mailbox import deliverable
from mailer.carriers.relay import Relay
from mailer.carriers.replies import NonsenseError

_LOSSES = 5
"""Connections lost in a row without one accepted message between them: the relay is at fault, not the letters."""
_STALE = 20.0
"""Seconds a connection may rest between two batches; many relays hang up after 30."""
_REST = {False: 120.0, True: 900.0}
"""Seconds in which a relay that failed is passed over if there is another, by whether the fault lasts: with a wrong
password every two minutes we would be locked out."""
_GATHER = 0.002
"""Seconds a round waits, once one connection has its answer, until half of them have: one commit then serves more.
Not for all: the relay should have something to do meanwhile. A commit on a disk takes about a tenth of this."""


class SmtpCarrier:
    """A relay with its open connections. One caller at a time."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self.name = relay.name
        self.limits = relay.limits
        self._open: list[Conversation] = []
        self._used_at = 0.0
        self._fault: RelayFault | None = None
        self._most_octets = 0

    def hand_over(self, desk: Desk) -> RelayFault | None:
        """Send until the desk has no more letters. Letters without an outcome were certainly not sent."""
        if time.monotonic() - self._used_at > _STALE:
            self.close()
        fault = _Rounds(self, desk).run()
        self._used_at = time.monotonic()
        if fault is not None or self._open:
            self._fault = fault
        return fault

    @property
    def standing(self) -> Standing:
        """What it was at the end of the last conversation, for a while."""
        if self._fault is None or time.monotonic() - self._used_at > _REST[self._fault.lasting]:
            return Standing.WELL
        return Standing.BROKEN if self._fault.lasting else Standing.AWAY

    def close(self) -> None:
        for conversation in self._open:
            conversation.quit()
        self._open.clear()

    def connect(self) -> Conversation:
        """One more connection. Raises OpeningError."""
        link, offer = open_connection(self.relay)
        self._most_octets = offer.most_octets
        pipelining = offer.pipelining and self.relay.pipelining
        conversation = Conversation(link, pipelining=pipelining, seconds=self.relay.seconds)
        self._open.append(conversation)
        return conversation

    def impossible(self, letter: Letter) -> Outcome | None:
        """Why a letter cannot go to this relay, known before a word is said."""
        if not (deliverable(letter.recipient) and deliverable(letter.sender)):
            return Refused(Answer("address", 553, "5.1.3", "not an address that can be written to"))
        if 0 < self._most_octets < letter.size:
            return Refused(Answer("size", 552, "5.3.4", f"{letter.size} octets; the relay takes {self._most_octets}"))
        return None

    @property
    def open(self) -> list[Conversation]:
        return self._open


class _Rounds:
    """One `hand_over`: what is under way on each connection, and what the desk must still hear."""

    def __init__(self, carrier: SmtpCarrier, desk: Desk) -> None:
        self._carrier = carrier
        self._desk = desk
        self._again: deque[Letter] = deque()
        self._outcomes: list[tuple[int, Outcome]] = []
        self._fault: RelayFault | None = None
        self._empty = False
        self._losses = 0
        self._most_open = carrier.relay.connections
        self._going: list[Conversation] = []
        """Their letters may go, and go as soon as there is nothing to write down, or while that is written down."""
        self._selector = selectors.PollSelector()

    def run(self) -> RelayFault | None:
        try:
            for conversation in self._carrier.open:
                self._selector.register(conversation.link, selectors.EVENT_READ, conversation)
            while self._fill() or self._outcomes:
                self._wait()
                self._turn()
                while self._others_can_go_on():
                    self._turn()
                self._go()
            return self._fault
        finally:
            self._selector.close()

    def _fill(self) -> bool:
        """Give every idle connection a letter; True while anything is under way."""
        for conversation in list(self._carrier.open):
            self._start(conversation)
        while len(self._carrier.open) < self._most_open and (letter := self._next()) is not None:
            self._again.appendleft(letter)
            if (opened := self._connect()) is None:
                break
            self._start(opened)
        return any(conversation.waiting or conversation.ready for conversation in self._carrier.open)

    def _connect(self) -> Conversation | None:
        try:
            conversation = self._carrier.connect()
        except OpeningError as error:
            if self._carrier.open and not error.fault.lasting:
                # Many relays take only so many connections from one sender: go on with those that are open.
                self._most_open = 1
            else:
                self._fault = self._fault or error.fault
            return None
        self._selector.register(conversation.link, selectors.EVENT_READ, conversation)
        return conversation

    def _start(self, conversation: Conversation) -> None:
        if conversation.idle and (letter := self._next()) is not None:
            conversation.envelope(letter)
            self._flush(conversation)

    def _next(self) -> Letter | None:
        """The next possible letter. None for good once the relay has failed or the desk is empty."""
        while self._fault is None:
            if self._again:
                return self._again.popleft()
            letter = None if self._empty else self._desk.next_letter()
            if letter is None:
                self._empty = True
                return None
            impossible = self._carrier.impossible(letter)
            if impossible is None:
                return letter
            self._outcomes.append((letter.key, impossible))
        return None

    def _flush(self, conversation: Conversation) -> None:
        try:
            conversation.flush()
        except OSError as error:
            self._lose(conversation, str(error))
            return
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if conversation.writing else 0)
        if self._selector.get_key(conversation.link).events != wanted:
            self._selector.modify(conversation.link, wanted, conversation)

    def _wait(self) -> None:
        """Until something was heard, and half of the connections can go on."""
        self._desk.prepare(self._carrier.relay.connections)
        self._listen(float("inf"))
        until = time.monotonic() + _GATHER
        while self._too_few() and time.monotonic() < until:
            self._listen(until)

    def _too_few(self) -> bool:
        """Less than half can go on, and more may come."""
        waiting = sum(c.waiting and not c.ready for c in self._carrier.open)
        return waiting > len(self._carrier.open) / 2

    def _listen(self, until: float) -> None:
        """Until something can be read or written, a connection has kept us waiting too long, or it is `until`."""
        busy = [conversation for conversation in self._carrier.open if conversation.waiting]
        if not busy:
            return
        first = min(until, *(conversation.deadline for conversation in busy))
        for key, events in self._selector.select(max(first - time.monotonic(), 0.0)):
            if events & selectors.EVENT_WRITE:
                self._flush(key.data)
            if events & selectors.EVENT_READ and key.data in self._carrier.open:
                self._receive(key.data)
        for conversation in busy:
            if conversation.deadline < time.monotonic() and conversation in self._carrier.open:
                self._lose(conversation, "no answer in time")

    def _receive(self, conversation: Conversation) -> None:
        try:
            conversation.receive()
        except (OSError, NonsenseError) as error:
            self._lose(conversation, str(error))
        else:
            self._collect(conversation)
            self._flush(conversation)

    def _collect(self, conversation: Conversation) -> None:
        for letter, outcome in conversation.ended:
            self._outcomes.append((letter.key, outcome))
            self._losses = 0 if outcome.answer.code is not None else self._losses
        conversation.ended.clear()

    def _lose(self, conversation: Conversation, words: str) -> None:
        self._selector.unregister(conversation.link)
        self._carrier.open.remove(conversation)
        unsent = conversation.lost(words)
        self._collect(conversation)
        if unsent is not None and conversation in self._going:
            # Its intent is in the ledger, so it cannot go over another connection before that has an outcome.
            self._outcomes.append((unsent.key, Deferred(Answer("data", words=words))))
        elif unsent is not None:
            self._again.append(unsent)
        self._going = [one for one in self._going if one is not conversation]
        self._losses += 1
        if self._losses >= _LOSSES:
            self._fault = self._fault or RelayFault(Answer("connection", words=words))

    def _turn(self) -> None:
        """One transaction for all connections, then the bodies that may go."""
        ready = {c.letter.key: c for c in self._others() if c.ready and c.letter is not None}
        if not ready and not self._outcomes:
            return
        outcomes, self._outcomes = self._outcomes, []
        allowed = self._desk.turn(outcomes, list(ready), self._go)
        self._go()
        for key, conversation in ready.items():
            if key in allowed:
                self._going.append(conversation)
            else:
                self._drop(conversation)

    def _others(self) -> list[Conversation]:
        return [conversation for conversation in self._carrier.open if conversation not in self._going]

    def _others_can_go_on(self) -> bool:
        """As many as make a round have their answer by now: the bodies that may go are written during that round."""
        if not self._going:
            return False
        self._listen(0.0)
        return sum(conversation.ready for conversation in self._others()) >= len(self._carrier.open) / 2

    def _go(self) -> None:
        """Write the bodies that may go."""
        while self._going:
            self._hand_over(self._going.pop(0))

    def _hand_over(self, conversation: Conversation) -> None:
        conversation.body()
        if conversation.idle and (letter := self._next()) is not None:
            conversation.envelope(letter)
        self._flush(conversation)

    def _drop(self, conversation: Conversation) -> None:
        """The desk holds this letter back after 354: without a dot the relay throws it away (RFC 5321 §4.1.1.4)."""
        self._selector.unregister(conversation.link)
        self._carrier.open.remove(conversation)
        conversation.link.close()
