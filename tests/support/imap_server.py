"""A real IMAP server (Dovecot) as a private process on a free port, with one account over a Maildir."""

from __future__ import annotations

import grp
import os
import pwd
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from devtools.servers import ServerMissingError, program
from devtools.waiting import wait_for
from mailer.carriers.inbox import ImapAccount

PASSWORD = "geheim"

CONFIGURATION = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{home}/mail
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Mailbox:
    """The account, and the folder behind it."""

    account: ImapAccount
    folder: Path

    def drop(self, name: str, message: bytes) -> None:
        """Deliver a message, as a mail server would."""
        part = self.folder / "tmp" / name
        part.write_bytes(message)
        part.rename(self.folder / "new" / name)


@contextmanager
def dovecot() -> Iterator[Mailbox]:
    """A running server with an empty mailbox. Raises ServerMissingError."""
    with tempfile.TemporaryDirectory(prefix="postduif-imap-") as folder:
        home = Path(folder)
        for part in ("mail/new", "mail/cur", "mail/tmp", "run", "state"):
            (home / part).mkdir(parents=True)
        port = _free_port()
        configuration = home / "dovecot.conf"
        account = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())  # root is refused
        for path in (home, *home.rglob("*")):
            os.chown(path, account.pw_uid, account.pw_gid)
        group = grp.getgrgid(account.pw_gid).gr_name
        values = {"home": home, "user": account.pw_name, "group": group}
        values |= {"uid": account.pw_uid, "gid": account.pw_gid}
        configuration.write_text(CONFIGURATION.format(**values, port=port, password=PASSWORD), "utf-8")
        server = subprocess.Popen([program("dovecot", "dovecot-imapd"), "-F", "-c", str(configuration)])
        try:
            _wait_for(port, server, home / "log")
            yield Mailbox(ImapAccount("127.0.0.1", port, "retour", PASSWORD, "none"), home / "mail")
        finally:
            server.terminate()
            server.wait(20)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    def answers() -> bool:
        if server.poll() is not None:
            words = log.read_text("utf-8") if log.exists() else ""
            raise ServerMissingError(f"dovecot did not start: {words[-2000:]}")
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port)).close()
            return True
        return False

    wait_for(answers)
