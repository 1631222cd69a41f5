"""What is written in postduif.toml holds in every process that runs, at its next page, letter and task."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from database.keys import KeyRing
from database.session import Store
from mailer.bootstrap import Parts, letters
from mailer.content import Content
from mailer.services.administration import own_house
from mailer.services.office import Silence
from mailer.settings import settings_from
from mailer.typesetting.typesetter import Typesetter
from tests.support.house import content_in
from web.app import create_app
from web.front import Front, Renewed


@pytest.fixture
def running(migrated_file: Path, tmp_path: Path) -> Iterator[Parts]:
    """A process that began before anything was changed."""
    folder = tmp_path / "content"
    content_in(folder)
    settings = settings_from(folder)
    smtp = settings.smtp.model_copy(update={"port": 2525})  # as the demo does: its own server, not that of the file
    house = settings.house()
    store = Store(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'postduif.sqlite')}", KeyRing.generated())
    content, keys = Content(folder, house), store.keys
    assert keys is not None
    yield Parts(settings.model_copy(update={"smtp": smtp}), house, content, store, keys, Typesetter())
    store.close()


def change(parts: Parts, *changes: tuple[str, str]) -> None:
    """By hand, as an editor of text does it."""
    path = parts.content.folder / "postduif.toml"
    text = path.read_text("utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path.write_text(text, "utf-8")


def test_pages_worker_and_letters_of_a_process_that_runs_go_by_what_is_written_now(running: Parts) -> None:
    made = Renewed(running.living, lambda now: create_app(now.office(Silence()), public=True))
    front, worker, personal = Front(), running.worker_office(Silence()), letters(running)
    front.follow(made)
    edition = _Edition("los")
    before, sending = made(), worker.sending
    assert personal.envelope_sender(edition, "x").endswith("@voorbeeld.example")  # type: ignore[arg-type]
    assert made() is before
    assert worker.sending is sending
    change(
        running,
        ('helpline = "010-000 0199"', 'helpline = "010-000 0177"'),
        ("nieuwsbrief@voorbeeld.example", "nieuwsbrief@post.voorbeeld.example"),
        (
            '[locales.en]\nname = "English"',
            '[locales.fr]\nname = "Français"\nformats = "fr_FR"\n\n[locales.en]\nname = "English"',
        ),
    )
    assert personal.envelope_sender(edition, "x").endswith("@post.voorbeeld.example")  # type: ignore[arg-type]
    assert worker.office.house.organisation.helpline == "010-000 0177"
    assert worker.office.content.house is worker.office.house
    assert worker.sending.desk is sending.desk  # its connections and its pace stay
    assert front.body_limit("GET", "/fr/privacy") > 0
    assert made().test_client().get("/fr/privacy", base_url="https://nieuws.voorbeeld.example").status_code == 200
    assert before.test_client().get("/fr/privacy", base_url="https://nieuws.voorbeeld.example").status_code == 404


def test_what_is_of_the_machine_stays_as_the_process_began_with_it(running: Parts) -> None:
    change(running, ('host = "localhost"', 'host = "mail.elders.example"'), ('"Onder dak"', '"Onder een dak"'))
    now = running.living()
    assert now.house.publications["noo"].title["nl"] == "Onder een dak"
    assert (now.settings.smtp.host, now.settings.smtp.port) == ("localhost", 2525)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("[approval]", "[approval", "TOML"),
        ('source_locale = "nl"', 'source_locale = "xx"', "xx"),
        ('cadence = "monthly"', 'cadence = "soms"', "cadence"),
    ],
)
def test_while_the_file_is_wrong_the_last_good_one_holds_and_is_told(
    running: Parts, before: str, after: str, said: str
) -> None:
    change(running, ('helpline = "010-000 0199"', 'helpline = "010-000 0177"'))
    office = running.office(Silence())
    good = running.living()
    assert office.policy.wrong() is None
    change(running, (before, after), ("010-000 0177", "010-000 0166"))
    assert running.living() is good
    found = office.policy.wrong()
    assert found is not None
    assert said in str([str(one.text) for one in found.problems])
    change(running, (after, before))
    assert office.policy.wrong() is None
    assert running.living().house.organisation.helpline == "010-000 0166"


def test_a_machine_without_the_folder_goes_by_what_the_other_keeps_and_by_its_own_for_the_rest(
    running: Parts, tmp_path: Path
) -> None:
    """Another folder that holds only a postduif.toml of its own, as senders have it."""
    folder = tmp_path / "elders"
    folder.mkdir()
    own = (running.content.folder / "postduif.toml").read_text("utf-8").replace('host = "localhost"', 'host = "relay"')
    (folder / "postduif.toml").write_text(own, "utf-8")
    settings = settings_from(folder)
    settings = settings.model_copy(update={"storage": settings.storage.model_copy(update={"sweeps": False})})
    far = replace(running, settings=settings, content=Content(folder, running.house))
    assert far.living() is far  # nothing is kept yet: its own file holds
    change(running, ('helpline = "010-000 0199"', 'helpline = "010-000 0177"'))
    own_house.publish(running.living().office(Silence()))
    now = far.living()
    assert now.house.organisation.helpline == "010-000 0177"
    assert (now.settings.smtp.host, now.settings.storage.sweeps) == ("relay", False)
    assert now.settings.print.rates == settings.print.rates
    assert far.living() is now
    change(running, ("[approval]", "[approval"))
    own_house.publish(running.living().office(Silence()))
    assert far.living() is now
    assert far.worker_office(Silence()).office.house is now.house


class _Edition:
    """As much of an edition as the envelope's sender asks for."""

    def __init__(self, publication: str) -> None:
        self.publication = publication
