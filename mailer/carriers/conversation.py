"""One open SMTP connection as a state machine: envelopes out, replies in, never two dots without an answer.

With pipelining (RFC 2920) a message costs one round trip: `body . MAIL RCPT DATA` leaves in one write. Without it the
same commands wait for each other's replies.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections import deque
from collections.abc import Mapping
from itertools import islice

from mailer.carriers.carrier import Accepted, Answer, Deferred, Letter, Outcome, Refused, Uncertain
from mailer.carriers.replies import NonsenseError, Replies, Reply

_ENVELOPE = {"mail": 2, "rcpt": 2, "data": 3}
"""The stages of an envelope, with the first digit of the reply that lets it go on (RFC 5321 §4.2.1)."""
_TOO_MANY = frozenset({"", "5.0.0", "5.5.0", "5.5.3"})
"""With a 552 at RCPT: too many recipients, which passes (RFC 5321 §4.5.3.1.10). Other codes name another reason."""
_IOV = 512
"""Buffers for one sendmsg; POSIX guarantees 16, Linux takes 1024."""


class Conversation:
    """`letter` is on its envelope or ready; `doubtful` is the one whose dot is out and unanswered."""

    def __init__(self, link: socket.socket, *, pipelining: bool, seconds: Mapping[str, float]) -> None:
        link.setblocking(False)
        self.link = link
        self.letter: Letter | None = None
        self.doubtful: Letter | None = None
        self.ready = False
        """The relay said 354 to `letter`: the body may follow once its intent is committed."""
        self.ended: list[tuple[Letter, Outcome]] = []
        self.proven = False
        """It has carried a message: losing it now says nothing about the letter on its envelope."""
        self.deadline = float("inf")
        self._pipelining = pipelining
        self._seconds = seconds
        self._replies = Replies()
        self._commands: deque[tuple[str, bytes]] = deque()
        self._awaited: deque[str] = deque()
        self._failed: Answer | None = None
        self._dirty = False
        self._outgoing: deque[memoryview | bytes] = deque()
        self._until_dot = 0
        self._secure = isinstance(link, ssl.SSLSocket)

    @property
    def idle(self) -> bool:
        """It can take another letter's envelope now."""
        return self.letter is None and (self._pipelining or self.doubtful is None)

    @property
    def waiting(self) -> bool:
        """The relay owes us an answer, or we owe it bytes."""
        return bool(self._awaited or self._outgoing)

    @property
    def writing(self) -> bool:
        return bool(self._outgoing)

    def envelope(self, letter: Letter) -> None:
        """Queue MAIL, RCPT and DATA for a letter whose addresses are deliverable (nothing in them can end a line)."""
        self.letter = letter
        self._failed = None
        if self._dirty:
            self._commands.append(("rset", b"RSET\r\n"))
            self._dirty = False
        self._commands.append(("mail", b"MAIL FROM:<%b>\r\n" % letter.sender.encode("ascii")))
        self._commands.append(("rcpt", b"RCPT TO:<%b>\r\n" % letter.recipient.encode("ascii")))
        self._commands.append(("data", b"DATA\r\n"))

    def body(self) -> None:
        """Queue the message and its final dot; the intent has been committed."""
        letter = self.letter
        if letter is None or not self.ready:
            raise RuntimeError("no letter is ready for its body")
        self._outgoing.extend(letter.pieces)
        self._outgoing.append(b".\r\n")
        self._until_dot = sum(map(len, self._outgoing))
        self._await("dot")
        self.doubtful, self.letter, self.ready = letter, None, False

    def flush(self) -> None:
        """Write what may be written now. Raises OSError when the connection is lost."""
        while self._commands and (self._pipelining or not self._awaited):
            stage, command = self._commands.popleft()
            self._outgoing.append(command)
            self._await(stage)
        while self._outgoing:
            sent = self._send()
            if sent is None:
                return
            self._forget(sent)

    def receive(self) -> None:
        """Read what has arrived. Raises OSError or NonsenseError when the connection is of no more use."""
        while True:
            try:
                data = self.link.recv(16_384)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return
            if not data:
                raise ConnectionResetError("the relay closed the connection")
            self._replies.feed(data)
            while (reply := self._replies.take()) is not None:
                self._heard(reply)
            if not self._secure:
                return

    def lost(self, words: str) -> Letter | None:
        """The connection is gone: settle what was under way. Returns a letter that certainly did not leave."""
        self.link.close()
        stage = self._awaited[0] if self._awaited else "data"
        if self.doubtful is not None:
            before_dot = self._until_dot >= len(b".\r\n")
            answer = Answer("body" if before_dot else "dot", words=words)
            self.ended.append((self.doubtful, Deferred(answer) if before_dot else Uncertain(answer)))
            self.doubtful = None
            return self.letter
        letter, self.letter = self.letter, None
        if letter is not None and not self.proven:
            self.ended.append((letter, Deferred(Answer(stage, words=words))))
            return None
        return letter

    def quit(self) -> None:
        """Say QUIT and close, without waiting for the answer: nothing depends on it."""
        try:
            self.link.send(b"QUIT\r\n")
        except OSError:
            pass
        finally:
            self.link.close()

    def _await(self, stage: str) -> None:
        self._awaited.append(stage)
        if len(self._awaited) == 1:
            self._set_deadline()

    def _set_deadline(self) -> None:
        if not self._awaited:
            self.deadline = float("inf")
            return
        stage = self._awaited[0]
        extra = self._seconds["body"] if stage == "dot" else 0.0
        self.deadline = time.monotonic() + self._seconds[stage] + extra

    def _heard(self, reply: Reply) -> None:
        if not self._awaited:
            raise ConnectionResetError(f"the relay spoke unasked: {reply.code} {reply.words}")
        stage = self._awaited[0]
        if reply.code // 100 not in (_ENVELOPE.get(stage, 2), 4, 5):
            # A yes in the wrong place: we and the relay no longer speak of the same command.
            raise NonsenseError(f"{reply.code} {reply.words}")
        self._awaited.popleft()
        self._set_deadline()
        if stage == "dot":
            self._dot_answered(Answer(stage, reply.code, reply.enhanced, reply.words))
        elif stage in _ENVELOPE:
            self._envelope_answered(stage, reply)
        if reply.code == 421:
            raise ConnectionAbortedError(reply.words)

    def _dot_answered(self, answer: Answer) -> None:
        letter, self.doubtful = self.doubtful, None
        self.proven = True
        if letter is not None:
            self.ended.append((letter, outcome(answer)))

    def _envelope_answered(self, stage: str, reply: Reply) -> None:
        if reply.code // 100 != _ENVELOPE[stage] and self._failed is None:
            self._failed = Answer(stage, reply.code, reply.enhanced, reply.words)
        if self._failed is None:
            self.ready = stage == "data"
        elif stage == "data" or not self._pipelining or reply.code == 421:
            self._give_up(self._failed, empty=stage == "data" and reply.code == 354)

    def _give_up(self, failed: Answer, *, empty: bool) -> None:
        letter, self.letter = self.letter, None
        self._commands.clear()
        self._dirty = True
        if empty:
            # RFC 2920 §3.1: DATA was taken although nobody was; end it with nothing in it, and RSET what it said.
            self._commands.append(("rset", b".\r\n"))
        if letter is not None:
            self.ended.append((letter, outcome(failed)))

    def _send(self) -> int | None:
        try:
            if self._secure:
                return self.link.send(b"".join(islice(self._outgoing, _IOV)))
            return self.link.sendmsg(list(islice(self._outgoing, _IOV)))
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return None

    def _forget(self, sent: int) -> None:
        self._until_dot = max(self._until_dot - sent, 0)
        queue = self._outgoing
        while queue and sent >= len(queue[0]):
            sent -= len(queue.popleft())
        if sent:
            queue[0] = memoryview(queue[0])[sent:]


def outcome(answer: Answer) -> Outcome:
    """What a reply means: 2xx accepted, 5xx refused, everything else may be tried again."""
    kind = (answer.code or 0) // 100
    if (answer.stage, answer.code) == ("rcpt", 552) and answer.enhanced in _TOO_MANY:
        kind = 4
    return Accepted(answer) if kind == 2 else Refused(answer) if kind == 5 else Deferred(answer)
