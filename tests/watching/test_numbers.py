"""Health and numbers for who watches: right, cheap, and without anyone in them."""

from __future__ import annotations

import json
import re
import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from sqlalchemy.orm import Session

from commands.watching import address
from database.base import now
from database.fit import require_fit
from database.session import Store
from devtools.mailings import open_mailing
from devtools.servers import free_port, program
from mailer.ledger.gauges import OUTCOMES
from mailer.ledger.states import OPEN, MailingState
from mailer.organisation import Channel
from mailer.services.administration.watching import JOBS, Numbers, why_not_ready
from subscribers.tidying import RetentionState
from tests.support.house import ROOT
from tests.support.standby import read_only
from web.health import Health, answering
from wording.errors import InvalidInputError

RULES = ROOT / "deploy" / "prometheus"


def samples(numbers: Numbers) -> dict[str, dict[tuple[str, ...], float]]:
    """The values of each family, by the values of their labels."""
    return {
        family.name: {tuple(one.labels.values()): one.value for one in family.samples}
        for family in text_string_to_metric_families(numbers.text().decode())
    }


def test_the_numbers_are_those_of_the_ledger_and_are_read_once_a_while(plain_store: Store) -> None:
    mailing = open_mailing(plain_store, 3)
    at = now()
    with plain_store.transaction() as session:
        session.add(RetentionState(rule="clock", ran_at=at))
        session.execute(text("INSERT INTO slot (job, at, taken_at) VALUES ('sweep', :at, :at)"), {"at": str(at)[:26]})
        session.execute(
            text("INSERT INTO slot (job, at, taken_at) VALUES ('alarm jan@lezer.example', :at, :at)"),
            {"at": str(at)[:26]},
        )
        session.execute(
            text(
                "INSERT INTO attempt (delivery_id, relay, handed_at, ended_at, outcome, stage, enhanced, words) "
                "SELECT id, 'eigen', :at, :at, 'refuse', 'rcpt', '5.7.1', 'jan' FROM delivery"
            ),
            {"at": str(at)[:26]},
        )
    numbers = Numbers(plain_store, ["eigen"], "1.0", lambda _session: at, clock=lambda: at + timedelta(seconds=20))
    found = samples(numbers)
    assert found["postduif_up"] == {("1.0",): 1.0}
    assert found["postduif_mailings"][("sending",)] == 1.0
    assert found["postduif_deliveries_open"][("email", "pending")] == 3.0
    assert found["postduif_tries"][("policy", "eigen")] == 3.0
    assert found["postduif_sweep_age_seconds"][()] == 20.0
    assert found["postduif_backup_last_success_timestamp_seconds"][()] == pytest.approx(at.timestamp())
    assert ("alarm jan@lezer.example",) not in found["postduif_job_last_timestamp_seconds"]
    with plain_store.transaction() as session:
        session.execute(text("UPDATE mailing SET state = 'paused' WHERE id = :id"), {"id": mailing})
    assert samples(numbers) == found
    assert samples(Numbers(plain_store, ["eigen"]))["postduif_mailings"][("paused",)] == 1.0


@given(words=st.lists(st.emails() | st.text(min_size=1), min_size=4, max_size=4))
def test_no_label_ever_holds_what_people_wrote(words: list[str], migrated_file: Any) -> None:
    """Whatever stands in the columns that hold words, labels are of closed sets."""
    closed = {*MailingState, *Channel, *OPEN, *OUTCOMES, *JOBS, "eigen", "1.0"}
    store = Store(f"sqlite:///{migrated_file}")
    with store.reading() as session:
        connection = session.connection()
        marks = {"slug": words[0], "job": words[1][:100], "relay": words[2], "words": words[3], "at": str(now())[:26]}
        connection.exec_driver_sql("CREATE TEMP TABLE slot AS SELECT ? AS job, ? AS at, ? AS taken_at",
                                   (marks["job"], marks["at"], marks["at"]))  # fmt: skip
        connection.exec_driver_sql(
            "CREATE TEMP TABLE attempt AS SELECT 1 AS id, 1 AS delivery_id, ? AS relay, ? AS bucket, ? AS handed_at, "
            "? AS outcome, ? AS enhanced, ? AS words",
            (marks["relay"], marks["words"], marks["at"], "accept", marks["words"][:11], marks["words"]),
        )
        numbers = Numbers(_On(connection), ["eigen"], "1.0")  # type: ignore[arg-type]
        labels = {value for family in numbers.collect() for one in family.samples for value in one.labels.values()}
    store.close()
    assert labels <= closed


class _On:
    """A store that looks through one connection, with tables of its own before the real ones."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def reading(self) -> Any:
        return Session(self._connection)


def get(port: int, path: str, host: str = "watcher", method: str = "GET") -> tuple[int, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host}, method=method)
    try:
        with urllib.request.urlopen(request) as answered:  # noqa: S310
            return answered.status, answered.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_health_answers_any_host_and_says_why_it_is_not_ready(plain_store: Store) -> None:
    with plain_store.transaction() as session:
        require_fit(session)
    health = Health(lambda: why_not_ready(plain_store), Numbers(plain_store, []).text)
    with answering(health, "127.0.0.1", free_port()) as port:
        assert get(port, "/health/live") == (200, "live\n")
        assert get(port, "/health/ready", host="evil.example")[0] == 200
        assert "postduif_up" in get(port, "/metrics")[1]
        assert [get(port, path)[0] for path in ("/", "/staff/", "/metrics/../etc/passwd")] == [404, 404, 404]
        assert get(port, "/metrics", method="POST")[0] == 405
        with plain_store.transaction() as session:
            session.execute(text("UPDATE key_check SET value = 'other' WHERE root = 'data'"))
        assert json.loads(get(port, "/health/ready")[1]) == {"ready": False, "why": ["keys"]}
        with plain_store.transaction() as session:
            session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        assert get(port, "/health/ready") == (503, '{"ready": false, "why": ["schema"]}\n')
        health.stopping.set()
        assert json.loads(get(port, "/health/ready")[1])["why"] == ["stopping"]
        assert get(port, "/health/live")[0] == 200


def test_a_database_that_is_away_is_not_ready_and_its_numbers_say_so(tmp_path: Any) -> None:
    away = Store(f"postgresql://postduif@/postduif?host={tmp_path}")
    assert why_not_ready(away) == ("database",)
    assert samples(Numbers(away, ["eigen"], "1.0")) == {"postduif_up": {("1.0",): 0.0}}
    away.close()


def test_numbers_of_a_database_that_may_only_be_read(plain_store: Store) -> None:
    with read_only(plain_store):
        assert samples(Numbers(plain_store, []))["postduif_up"] == {("",): 1.0}


@pytest.mark.parametrize("typed", ["8081", "localhost:", ":8081", "localhost:99999", "localhost:acht", "a:b:"])
def test_an_address_without_a_port_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInputError):
        address(typed)


def test_an_address_is_read() -> None:
    assert address("127.0.0.1:8081") == ("127.0.0.1", 8081)
    assert address("[::1]:8081") == ("::1", 8081)


def test_the_alert_rules_sound_when_they_must_and_ask_for_numbers_that_are_there(plain_store: Store) -> None:
    promtool = program("promtool", "prometheus")
    for check in (["check", "rules", "rules.yaml"], ["test", "rules", "rules_test.yaml"]):
        done = subprocess.run([promtool, *check], cwd=RULES, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    at = now()
    with plain_store.transaction() as session:
        session.add(RetentionState(rule="clock", ran_at=at))
        session.execute(text("INSERT INTO slot (job, at, taken_at) VALUES ('sweep', :at, :at)"), {"at": str(at)[:26]})
    told: Mapping[str, Any] = samples(Numbers(plain_store, ["eigen"], "1.0", lambda _session: at))
    rules = (RULES / "rules.yaml").read_text("utf-8")
    asked = set(re.findall(r"postduif_[a-z_]+", rules))
    assert len(asked) > 7
    assert asked <= told.keys()
