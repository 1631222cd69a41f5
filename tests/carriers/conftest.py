"""What the tests of carriers share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from database.keys import KeyRing
from database.session import Store
from devtools.certificates import self_signed
from devtools.print_editions import DAY, LOCALES, edition, house, photograph
from mailer.artefacts.paper.job import PrintJob
from mailer.artefacts.paper.tree import print_tree_from
from mailer.ledger import opening
from mailer.ledger.opening import EditionToFreeze
from mailer.ledger.states import MailingState
from mailer.organisation import Channel
from mailer.typesetting.typesetter import Typesetter
from subscribers.examples import example_addressees, insert_addressees
from subscribers.repository import addressees_of
from tests.support.desk_people import SLUG
from tests.support.office import office_of
from tests.support.print_desk import Desk
from tests.support.returned import Returns
from wording.interface import interface


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The key and certificate of a relay at 127.0.0.1."""
    return self_signed(tmp_path_factory.mktemp("tls") / "relay.pem")


@pytest.fixture
def returns(migrated_file: Path, tmp_path: Path) -> Iterator[Returns]:
    keys = KeyRing.generated()
    store = Store(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'postduif.sqlite')}", keys)
    for part in ("new", "cur", "tmp"):
        (tmp_path / "returns" / part).mkdir(parents=True)
    yield Returns(store, keys, tmp_path / "returns")
    store.close()


@pytest.fixture(scope="session")
def pdfs() -> dict[tuple[str, bool], bytes]:
    keys = [(locale, large) for locale in LOCALES for large in (False, True)]
    jobs = [
        PrintJob(
            "newsletter",
            print_tree_from(edition(locale), house(), interface(locale), large=large),
            DAY,
            {"photo.jpg": photograph()},
        )
        for locale, large in keys
    ]
    return dict(zip(keys, Typesetter().pdfs(jobs), strict=True))


@pytest.fixture
def desk(store: Store, pdfs: dict[tuple[str, bool], bytes]) -> Desk:
    with store.transaction() as session:
        insert_addressees(session, example_addressees(LOCALES, "detention", 12), DAY)
        mailing = opening.open_mailing(session, slug=SLUG, publication="meldpunt", content_hash="0" * 64)
        mailing.state = MailingState.SENDING
        refs = addressees_of(session, "detention")
        for locale in LOCALES:
            pdf, large = pdfs[locale, False], pdfs[locale, True]
            frozen = opening.freeze(
                session,
                mailing,
                EditionToFreeze("detention", locale, Channel.POST, "Nieuws", pdf=pdf, large_pdf=large),
            )
            opening.add_deliveries(session, mailing, frozen, [ref.uid for ref in refs if ref.locale == locale])
    return Desk(store, office_of(store, house=house()), mailing.id)
