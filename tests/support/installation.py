"""An installation of an earlier commit (`tests/fixtures/`), copied, and opened with the code of today."""

from __future__ import annotations

import json
import mailbox
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from typer.testing import CliRunner, Result

from commands.__main__ import app
from commands.local_mail import maildir_server
from commands.words import say
from devtools.servers import program
from mailer.bootstrap import Parts, wire
from mailer.services.office import Office, Silence
from mailer.services.sending.delivering import SendingOffice
from staff.people import Person, people
from wording.errors import PostduifError

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
RELEASES = tuple(sorted(one.name for one in FIXTURES.iterdir() if (one / "make.py").is_file()))
"""Each commit or release of which there is an installation: what is put there is upgraded by every test that asks."""
PARTS = ("content", "keys", "make.py", "postduif.sql", "postduif.sqlite", "postgresql.json", "sqlite.json")
"""What a folder of a release has."""


@dataclass
class Installation:
    """A content folder with keys, a database, and a mail server that files what it takes into a Maildir."""

    folder: Path
    url: str
    maildir: Path
    known: dict[str, Any]
    """What the script that made the fixture says must be found again."""
    workers: list[SendingOffice] = field(default_factory=list)

    def run(self, *words: str) -> str:
        """A command as its user types it; what it says."""
        result = self._invoked(words)
        assert result.exit_code == 0, f"{result.output}{result.exception}"
        return result.stdout

    def refused(self, *words: str) -> str:
        """Why a command is refused, and what its user can do; empty when it is not, and then it is done."""
        result = self._invoked(words)
        if result.exit_code == 0:
            return ""
        assert isinstance(result.exception, PostduifError), result.exception
        return "\n".join(map(say, [result.exception.text, *(one.text for one in result.exception.problems)]))

    def _invoked(self, words: Sequence[str]) -> Result:
        assert self.is_upgraded
        return self._given(words)

    def _given(self, words: Sequence[str]) -> Result:
        options = ["--content", str(self.folder), "--database", self.url]
        return CliRunner().invoke(app, [*options, *words], env={"LANGUAGE": "nl"})

    def shown(self, *words: str) -> Any:
        """What a command shows as JSON."""
        return json.loads(self.run(*words, "--json"))

    @cached_property
    def is_upgraded(self) -> bool:
        """By the command that each operator gives after a new version, once."""
        return self._given(["upgrade"]).exit_code == 0

    @cached_property
    def parts(self) -> Parts:
        """Today's parts, after the upgrade that they need."""
        assert self.is_upgraded
        return wire(self.folder, self.url)

    def office(self, at: datetime) -> Office:
        """What use cases work with when it is `at`; the bell is silent."""
        return replace(self.parts.office(Silence()), clock=lambda: at)

    def staff(self, name: str) -> Person:
        with self.parts.store.reading() as session:
            [found] = [one for one in people(session) if one.name == name]
        return found

    def worker(self, at: datetime) -> SendingOffice:
        """A worker of today, for whom it is `at`."""
        sending = self.parts.worker_office(Silence()).sending
        self.workers.append(sending)
        return replace(sending, desk=replace(sending.desk, clock=lambda: at))

    def mailed(self) -> Counter[str]:
        """How many messages each address got since the fixture was opened."""
        return Counter(str(one["Delivered-To"]) for one in mailbox.Maildir(self.maildir, create=False))

    def rows(self) -> dict[str, int]:
        """How many rows each table has, asked of the database as it stands."""
        engine = create_engine(self.url.replace("postgresql://", "postgresql+psycopg://"))
        with engine.connect() as connection:
            found = {name: _count(connection, name) for name in self.known["rows"]}
        engine.dispose()
        return found

    def close(self) -> None:
        for worker in self.workers:
            worker.close()
        if "parts" in self.__dict__:
            self.parts.store.close()


def _count(connection: Any, table: str) -> int:
    return int(connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one())  # noqa: S608  our own names


@contextmanager
def installation(commit: str, database: str, folder: Path, url: str) -> Iterator[Installation]:
    """A copy of the fixture in `folder`; `database` is sqlite or postgresql, and `url` where it has been restored."""
    source, content = FIXTURES / commit, folder / "content"
    shutil.copytree(source / "content", content)
    shutil.copytree(source / "keys", content / "var" / "keys")
    for key in (content / "var" / "keys").iterdir():
        key.chmod(0o400)  # git keeps no such mode
    settings = content / "postduif.toml"
    known = json.loads((source / f"{database}.json").read_text("utf-8"))
    with maildir_server(folder / "Maildir") as port:
        settings.write_text(settings.read_text("utf-8").replace("port = 25", f"port = {port}"), "utf-8")
        opened = Installation(content, url, folder / "Maildir", known)
        yield opened
        opened.close()


def restore(dump: Path, url: str) -> None:
    """Read a plain-SQL dump into an empty PostgreSQL database."""
    psql = [program("psql", "postgresql-client"), "--quiet", "--set=ON_ERROR_STOP=1", f"--file={dump}", url]
    subprocess.run(psql, check=True, capture_output=True)
