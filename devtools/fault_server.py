"""A small SMTP server that goes wrong on purpose: at any stage, in any way, and it remembers who got what.

As a process: `python -m devtools.fault_server '{"faults": {"rcpt": {"drop": 0.1}}, "log": "file", …}'` prints its port.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import reduce
from pathlib import Path
from urllib.parse import quote

from devtools.waiting import PATIENCE

STAGES = ("banner", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "body", "dot")
TOO_MUCH = ("endless", "long line", "many lines")
ACTIONS = (
    *("drop", "421", "4xx", "5xx", "slow", "drop_after_commit", "nonsense", "endless", "drip", "hang", "5.7.1"),
    *TOO_MUCH[1:],
)
"""Besides, `drop_when_told` waits for `told` of the server. Anything that begins with a code is said as it is; a lone
surrogate in it is a byte (PEP 383). `{to}` is the recipient, `{TO}` in capitals, `{%to}` as in a link."""


@dataclass
class Plan:
    """What goes wrong: per stage the chance of each action. `only_first`: each action at each stage happens once."""

    faults: dict[str, dict[str, float]] = field(default_factory=dict)
    log: str = ""
    """A file to which each recipient is appended, before the answer to the dot is written."""
    seed: int = 1
    slow: float = 0.2
    """Seconds of a slow answer."""
    delay: float = 0.0
    """Seconds before every answer to a dot."""
    each: float = 0.0
    """Seconds before every answer."""
    latency: float = 0.0
    """Seconds that an answer is under way; meanwhile the server goes on."""
    only_first: bool = False
    only_for: str = ""
    """Only for recipients that contain this."""
    pipelining: bool = True
    size: int | str = 50_000_000
    lenient: bool = False
    """Say 354 to DATA although no recipient was taken (RFC 2920 §3.1 lets a server)."""
    most_open: int = 1000
    """Connections that are served at once; the next one hears 421."""
    starttls: bool = False
    tls: bool = False
    auth: str = ""
    """AUTH methods to offer; user "bode", password "geheim"."""
    certificate: str = ""
    port: int = 0


class _DropError(Exception):
    pass


class FaultServer:
    """Runs in an event loop; `received` are recipients in the order of their dots."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.received: list[str] = []
        self.messages: list[bytes] = []
        self.told, self.hung_up = threading.Event(), threading.Event()
        """For `drop_when_told`: set the one, and wait for the other."""
        self.commands: Counter[str] = Counter()
        self.in_the_clear: Counter[str] = Counter()
        """Commands that came before TLS."""
        self.happened: Counter[str] = Counter()
        self.times: list[float] = []
        self.open = self.connections = 0
        self.turns = 0
        """How often a client said something, after an answer or at once; in lockstep that is each command."""
        self._random = random.Random(plan.seed)
        self._log = os.open(plan.log, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o644) if plan.log else -1

    async def listen(self) -> asyncio.Server:
        context = self._context() if self.plan.tls else None
        return await asyncio.start_server(
            self._handle, "127.0.0.1", self.plan.port, limit=1 << 20, ssl=context, backlog=500
        )

    def _context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.load_cert_chain(self.plan.certificate)
        return context

    def _pick(self, stage: str, recipient: str = "") -> str:
        chance = self._random.random()
        for action, share in self.plan.faults.get(stage, {}).items():
            if chance < share and self.plan.only_for in recipient:
                if self.plan.only_first and self.happened[f"{stage}:{action}"]:
                    return ""
                self.happened[f"{stage}:{action}"] += 1
                return action
            chance -= share
        return ""

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.connections += 1
        self._count_turns(reader)
        try:
            await _Session(self, reader, writer).run()
        except (_DropError, ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            pass
        except asyncio.CancelledError:
            return  # the test is over
        finally:
            self.open -= 1
            with contextlib.suppress(Exception):
                writer.transport.abort()

    def _count_turns(self, reader: asyncio.StreamReader) -> None:
        feed = reader.feed_data

        def counted(data: bytes) -> None:
            self.turns += 1
            feed(data)

        reader.feed_data = counted  # type: ignore[method-assign,assignment]

    def commit(self, recipients: list[str], message: bytes) -> None:
        if self._log >= 0:
            os.write(self._log, "".join(f"{recipient}\n" for recipient in recipients).encode())
        else:
            self.messages.append(message)
        self.received += recipients
        self.times.append(time.time())


class _Session:
    def __init__(self, server: FaultServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server, self.plan = server, server.plan
        self.reader, self.writer = reader, writer
        self.recipients: list[str] = []
        self.mail = False
        self.recipient = ""

    async def run(self) -> None:
        if self.server.open > self.plan.most_open:
            self._write("421 4.7.0 too many connections")
            await self.writer.drain()
            return
        if not await self._say("banner", "220 fault ESMTP"):
            return
        while line := (await self.reader.readline()).decode("latin-1"):
            verb = line[:4].strip().upper()
            self.server.commands[verb] += 1
            self.server.in_the_clear[verb] += self.writer.get_extra_info("ssl_object") is None
            handler = getattr(self, f"_on_{verb.lower()}", None)
            if handler is None:
                self._write("500 5.5.1 what")
            elif await handler(line):
                return
            await self.writer.drain()

    def _write(self, text: str) -> None:
        data = text.encode("utf-8", "surrogateescape") + b"\r\n"
        if self.plan.latency:
            asyncio.get_running_loop().call_later(self.plan.latency, self.writer.write, data)
        else:
            self.writer.write(data)

    async def _say(self, stage: str, good: str, picked: str | None = None) -> bool:
        if self.plan.each:
            await asyncio.sleep(self.plan.each)
        action = self.server._pick(stage, self.recipient) if picked is None else picked
        if action in ("drop", "drop_after_commit"):
            if action == "drop_after_commit":
                self._write(good)
                await self.writer.drain()
            raise _DropError
        if action == "drop_when_told":
            self._write(good)
            await self.writer.drain()
            await asyncio.get_running_loop().run_in_executor(None, self.server.told.wait, PATIENCE)
            self.writer.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
            self.server.hung_up.set()
            raise _DropError
        if action == "hang":
            await asyncio.sleep(3600)
        if action == "421":
            self._write("421 4.3.2 going away")
            await self.writer.drain()
            raise _DropError
        if action == "slow":
            await asyncio.sleep(self.plan.slow)
        if action == "nonsense":
            self._write("hallo daar")
            return False
        if action in TOO_MUCH:
            await self._too_much(action)
        if action == "drip":
            await self._drip(good)
        if action[:3].isdigit() and len(action) > 3:
            mine = {"{to}": self.recipient, "{TO}": self.recipient.upper(), "{%to}": quote(self.recipient, safe="")}
            self._write(reduce(lambda said, name: said.replace(name, mine[name]), mine, action))
            return action[0] in "23"
        words = {"4xx": "451 4.3.0 try later", "5xx": f"550 5.1.1 no such user <{self.recipient}>"}
        words["5.7.1"] = "554 5.7.1 blocked by policy"
        self._write(words.get(action, good))
        return action not in words

    async def _too_much(self, action: str) -> None:
        if action == "long line":
            self.writer.write(b"250 " + b"x" * 1_000_000)
        if action == "many lines":
            self.writer.write(b"250-regel\r\n" * 10_000)
        while action == "endless" and not self.writer.is_closing():
            self.writer.write(b"250-" + b"x" * 1000 + b"\r\n")
            await self.writer.drain()
            await asyncio.sleep(0)
        await self.writer.drain()

    async def _drip(self, good: str) -> None:
        for letter in good:
            self.writer.write(letter.encode())
            await asyncio.sleep(0.1)

    async def _on_ehlo(self, _line: str) -> bool:
        lines = ["fault", "ENHANCEDSTATUSCODES", f"SIZE {self.plan.size}"]
        lines += ["PIPELINING"] if self.plan.pipelining else []
        lines += ["STARTTLS"] if self.plan.starttls else []
        lines += [f"AUTH {self.plan.auth}"] if self.plan.auth else []
        separators = ["-"] * (len(lines) - 1) + [" "]
        await self._say("ehlo", "\r\n".join(f"250{s}{line}" for s, line in zip(separators, lines, strict=True)))
        return False

    async def _on_star(self, _line: str) -> bool:
        if await self._say("starttls", "220 go ahead"):
            await self.writer.drain()
            await self.writer.start_tls(self.server._context())
        return False

    async def _on_auth(self, line: str) -> bool:
        words = line.split()
        given = words[2:]
        if words[1].upper() == "LOGIN":
            for prompt in ("VXNlcm5hbWU6", "UGFzc3dvcmQ6"):
                self._write(f"334 {prompt}")
                given.append((await self.reader.readline()).decode().strip())
        good = given in (["AGJvZGUAZ2VoZWlt"], ["Ym9kZQ==", "Z2VoZWlt"])
        await self._say("auth", "235 2.7.0 welcome" if good else "535 5.7.8 wrong password")
        return False

    async def _on_mail(self, _line: str) -> bool:
        self.recipients, self.recipient = [], ""
        self.mail = await self._say("mail", "250 2.1.0 ok")
        return False

    async def _on_rcpt(self, line: str) -> bool:
        self.recipient = line[line.index("<") + 1 : line.rindex(">")]
        if not self.mail:
            self._write("503 5.5.1 need MAIL")
        elif await self._say("rcpt", "250 2.1.5 ok"):
            self.recipients.append(self.recipient)
        return False

    async def _on_data(self, _line: str) -> bool:
        if not self.recipients and not self.plan.lenient:
            self._write("554 5.5.1 no valid recipients")
            return False
        if await self._say("data", "354 go on"):
            await self.writer.drain()
            await self._body()
        return False

    async def _body(self) -> None:
        if self.server._pick("body", self.recipient):
            await self.reader.read(2000)
            raise _DropError
        message = bytearray()
        while (line := await self.reader.readuntil(b"\r\n")) != b".\r\n":
            message += line[1:] if line.startswith(b".") else line
        action = self.server._pick("dot", self.recipient)
        if action == "drop_after_commit":
            self.server.commit(self.recipients, bytes(message))
            raise _DropError
        good = action[:1] == "2" or action in ("", "slow", "drip", "nonsense", "hang", *TOO_MUCH)
        if good:
            self.server.commit(self.recipients, bytes(message))
        await asyncio.sleep(self.plan.delay)
        await self._say("dot", "250 2.0.0 Ok: queued as A1B2", action)

    async def _on_rset(self, _line: str) -> bool:
        self._write("250 2.0.0 ok")
        return False

    async def _on_quit(self, _line: str) -> bool:
        self._write("221 2.0.0 bye")
        await self.writer.drain()
        return True


@contextmanager
def fault_server(plan: Plan) -> Iterator[tuple[FaultServer, int]]:
    """The server in a thread of this process, and its port."""
    server, loop = FaultServer(plan), asyncio.new_event_loop()
    # The loop runs in its own thread from the start: a browser test may have left one running in this thread.
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    listening = asyncio.run_coroutine_threadsafe(server.listen(), loop).result(5)
    try:
        yield server, listening.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_stop(listening), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def _stop(listening: asyncio.Server) -> None:
    listening.close()
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@dataclass
class ServerProcess:
    port: int
    process: subprocess.Popen[bytes]

    def hurry(self) -> None:
        """From now on it answers without delay."""
        self.process.send_signal(signal.SIGUSR1)


@contextmanager
def fault_process(plan: Plan) -> Iterator[ServerProcess]:
    """The server as a process of its own (killed senders must not take it along), and its port."""
    command = [sys.executable, "-m", "devtools.fault_server", json.dumps(asdict(plan))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent) as process:
        try:
            assert process.stdout is not None
            yield ServerProcess(int(process.stdout.readline()), process)
        finally:
            process.terminate()


async def _serve(plan: Plan) -> None:
    listening = await FaultServer(plan).listen()
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    loop.add_signal_handler(signal.SIGUSR1, lambda: setattr(plan, "delay", 0.0))
    sys.stdout.write(f"{listening.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await stopped.wait()
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(_serve(Plan(**json.loads(sys.argv[1]))))
