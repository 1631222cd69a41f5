"""The process that reads returned mail: `python -m mailer.carriers.returns_child [AUTHSERV]`.

In come the length of a mail on a line and its octets; out comes a line of JSON (`mailer.returns.reading`), and so on.
The kernel ends it when one mail takes too much; it opens no file and no connection.
"""

from __future__ import annotations

import resource
import signal
import sys

from mailer.returns.reading import as_json, reading_of

SECONDS = 1.0
"""Of processor for one mail: sixty times what the worst known one takes."""
OCTETS = 64 * 1024 * 1024
"""Of address space, the interpreter included: twice what the worst known mail takes."""


def limit() -> None:
    """From here on this process cannot use more."""
    resource.setrlimit(resource.RLIMIT_AS, (OCTETS, OCTETS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # by default it ends the process, whatever that is doing


def main(authserv: str) -> None:
    """Read mails until there are no more."""
    while size := sys.stdin.buffer.readline():
        raw = sys.stdin.buffer.read(int(size))
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        answer = as_json(reading_of(raw, authserv))
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    limit()
    main(*sys.argv[1:2] or [""])
