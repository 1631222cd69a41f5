"""Open an SMTP connection: connect, banner, EHLO, TLS, AUTH. Blocking, each stage within its time."""

from __future__ import annotations

import base64
import re
import socket
import ssl
import time
from dataclasses import dataclass

from mailer.carriers.carrier import Answer, RelayFault
from mailer.carriers.relay import Relay, Security
from mailer.carriers.replies import NonsenseError, Replies, Reply, legible

_SIZE = re.compile(r"[0-9]{1,20}")
"""RFC 1870 §3."""
_TOO_OLD = "it speaks only a TLS older than 1.2, which keeps no secret any more"
_REASONS = {
    "TLSV1_ALERT_PROTOCOL_VERSION": _TOO_OLD,
    "UNSUPPORTED_PROTOCOL": _TOO_OLD,
    "WRONG_VERSION_NUMBER": "what it speaks here is not TLS",
}
"""OpenSSL's reasons in words."""


class OpeningError(Exception):
    """The relay cannot be used now, or not at all."""

    def __init__(self, fault: RelayFault) -> None:
        super().__init__(f"{fault.answer.stage}: {fault.answer.code} {fault.answer.words}")
        self.fault = fault


@dataclass(frozen=True)
class Offer:
    """What the relay offers (EHLO keywords in capitals, with their parameters)."""

    keywords: dict[str, str]

    @property
    def pipelining(self) -> bool:
        return "PIPELINING" in self.keywords

    @property
    def most_octets(self) -> int:
        """RFC 1870: 0 means that there is no fixed limit."""
        said = self.keywords.get("SIZE", "")
        return int(said) if _SIZE.fullmatch(said) else 0


def open_connection(relay: Relay) -> tuple[socket.socket, Offer]:
    """A connection on which MAIL may follow. Raises OpeningError; nothing stays open then."""
    talk = _Talk(relay)
    try:
        offer = talk.greet()
        if relay.user:
            _authenticate(talk, offer)
    except BaseException:
        talk.close()
        raise
    return talk.socket, offer


class _Talk:
    """Question and answer on a blocking socket."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self._replies = Replies()
        try:
            self.socket: socket.socket = socket.create_connection((relay.host, relay.port), relay.seconds["connect"])
        except OSError as error:
            raise _passing("connect", error) from error
        except UnicodeError as error:  # Python's word for an empty label, or one of more than 63 octets
            raise _lasting("connect", f"{relay.host} can be no name of a server") from error
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        self.socket.close()

    def greet(self) -> Offer:
        if self.relay.security is Security.TLS:
            self._secure()
        self.expect(self._answer("banner"), 220, "banner")
        offer = self._ehlo()
        if self.relay.security is not Security.STARTTLS:
            return offer
        if "STARTTLS" not in offer.keywords:
            # Whoever sits between us and the relay may have taken the word out: never go on in the clear.
            raise _lasting("starttls", "the relay offers no STARTTLS")
        self.expect(self.ask("STARTTLS", "starttls"), 220, "starttls", lasting=True)
        if self._replies.pending:
            # RFC 3207 and CVE-2011-0411: what was sent before the handshake must not count after it.
            raise _lasting("starttls", "bytes before the handshake")
        self._secure()
        return self._ehlo()

    def ask(self, command: str, stage: str) -> Reply:
        try:
            self.socket.settimeout(self.relay.seconds[stage])
            self.socket.sendall(command.encode("ascii") + b"\r\n")
        except OSError as error:
            raise _passing(stage, error) from error
        return self._answer(stage)

    def _answer(self, stage: str) -> Reply:
        deadline = time.monotonic() + self.relay.seconds[stage]
        try:
            while (reply := self._replies.take()) is None:
                # The time is for the whole answer: a relay that drips a byte a second gets no more of it.
                if (left := deadline - time.monotonic()) <= 0:
                    raise TimeoutError
                self.socket.settimeout(left)
                data = self.socket.recv(8192)
                if not data:
                    raise ConnectionResetError("the relay closed the connection")
                self._replies.feed(data)
        except (OSError, NonsenseError) as error:
            raise _passing(stage, error) from error
        return reply

    def _ehlo(self) -> Offer:
        reply = self.expect(self.ask(f"EHLO {self.relay.helo}", "ehlo"), 250, "ehlo")
        words = [line.partition(" ") for line in reply.lines[1:]]
        return Offer({keyword.upper(): parameters for keyword, _, parameters in words})

    def _secure(self) -> None:
        context = self._context()
        try:
            self.socket.settimeout(self.relay.seconds["starttls"])
            self.socket = context.wrap_socket(self.socket, server_hostname=self.relay.host)
        except ssl.SSLEOFError as error:
            raise _passing("starttls", ConnectionResetError("the relay closed the connection")) from error
        except ssl.SSLError as error:
            raise _lasting("starttls", _why(error)) from error
        except OSError as error:
            raise _passing("starttls", error) from error

    def _context(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.relay.ca_file)
        except OSError as error:
            raise _lasting("starttls", f"ca_file {self.relay.ca_file} has no certificates: {error.strerror}") from error

    @staticmethod
    def expect(reply: Reply, code: int, stage: str, *, lasting: bool = False) -> Reply:
        if reply.code != code:
            answer = Answer(stage, reply.code, reply.enhanced, reply.words)
            raise OpeningError(RelayFault(answer, lasting=lasting and reply.code >= 500))
        return reply


def _passing(stage: str, error: OSError | NonsenseError) -> OpeningError:
    """A fault that may be over in a minute."""
    words = "no answer in time" if isinstance(error, TimeoutError) else str(error)
    return OpeningError(RelayFault(Answer(stage, words=words)))


def _lasting(stage: str, words: str) -> OpeningError:
    """A fault that a person must mend."""
    return OpeningError(RelayFault(Answer(stage, words=words), lasting=True))


def _why(error: ssl.SSLError) -> str:
    """What is wrong with the TLS of the relay, for somebody who runs one."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate cannot be trusted: {error.verify_message}"
    reason = error.reason or "UNKNOWN"
    return _REASONS.get(reason, f"no TLS with it: {reason.replace('_', ' ').lower()}")


def _authenticate(talk: _Talk, offer: Offer) -> None:
    """AUTH PLAIN, or LOGIN for a relay that has only that (RFC 4954, RFC 4616)."""
    if talk.relay.security is Security.NONE and talk.relay.host not in ("localhost", "127.0.0.1", "::1"):
        raise _lasting("auth", "a password never goes out in the clear")
    methods = offer.keywords.get("AUTH", "").upper().split()
    user, password = talk.relay.user, talk.relay.password
    if "PLAIN" in methods:
        reply = talk.ask(f"AUTH PLAIN {_coded(f'{chr(0)}{user}{chr(0)}{password}')}", "auth")
    elif "LOGIN" in methods:
        reply = talk.ask("AUTH LOGIN", "auth")
        for word in (user, password):
            if reply.code == 334:
                reply = talk.ask(_coded(word), "auth")
    else:
        raise _lasting("auth", legible(f"the relay offers neither PLAIN nor LOGIN: {' '.join(methods)}"))
    talk.expect(reply, 235, "auth", lasting=True)


def _coded(word: str) -> str:
    return base64.b64encode(word.encode()).decode("ascii")
