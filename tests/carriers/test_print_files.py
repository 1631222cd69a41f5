"""The files of a print run, on both databases: sealed, refused when altered, and gone in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from database.base import now
from database.keys import KeysError
from database.sealed import Sealed
from mailer.ledger import printing
from mailer.ledger.tables import FrozenEdition
from mailer.services.post import pieces, runs
from tests.support.desk_people import POSTAL
from tests.support.print_desk import Desk
from wording.errors import ConflictError


def test_names_are_sealed_in_the_ledger_and_on_disk(desk: Desk) -> None:
    run = desk.prepared()
    with desk.store.reading() as session:
        names = [file for file in printing.files(session, run) if file.personal]
        assert len(names) == 2
        assert all(file.data is not None and b"%PDF" not in file.data.data for file in names)
        tables = ("print_run", "print_piece", "print_step", "audit", "delivery")
        dump = " ".join(repr(session.execute(text(f"SELECT * FROM {table}")).all()) for table in tables)  # noqa: S608
    for name in ("Voorbeeld", "Verzonnen", "Specimen", "Mithal", "Duinrand"):
        assert name not in dump


def test_files_are_gone_seven_days_after_posting_and_fourteen_after_ordering(desk: Desk) -> None:
    run, at = desk.on_paper(), now()
    runs.posted(desk.at(at), POSTAL, run)
    assert runs.erase_old_files(desk.at(at + timedelta(days=6, hours=23))) == 0
    assert runs.erase_old_files(desk.at(at + timedelta(days=7))) > 0
    assert runs.erase_old_files(desk.at(at + timedelta(days=30))) == 0
    with pytest.raises(ConflictError, match="geen bestanden"):
        runs.files(desk.work, POSTAL, run)


def test_files_of_a_run_that_was_never_posted_are_gone_after_fourteen_days(desk: Desk) -> None:
    run = desk.prepared()
    assert runs.erase_old_files(desk.at(now() + timedelta(days=13))) == 0
    assert runs.erase_old_files(desk.at(now() + timedelta(days=14))) > 0
    with pytest.raises(ConflictError, match="geen bestanden"):
        runs.files(desk.work, POSTAL, run)


@pytest.mark.promise("P11", "F14")
@pytest.mark.parametrize("spoiled", ["flipped", "one octet short", "six octets short", "half"])
def test_a_file_that_was_altered_or_cut_in_the_database_is_neither_served_nor_printed(desk: Desk, spoiled: str) -> None:
    """F14: it might still open in a viewer, so only the seal and the hash decide."""

    def spoil(data: bytes) -> bytes:
        middle = len(data) // 2
        flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
        cuts = {"flipped": flipped, "one octet short": data[:-1], "six octets short": data[:-6], "half": data[:middle]}
        return cuts[spoiled]

    run = desk.prepared()
    with desk.store.transaction() as session:
        file = next(file for file in printing.files(session, run) if file.name == "paklijst.pdf")
        assert file.data is not None
        file.data = Sealed(spoil(file.data.data))
    with pytest.raises(KeysError, match="gaat niet open"):
        runs.files(desk.work, POSTAL, run)
    with desk.store.transaction() as session:
        frozen = session.scalars(select(FrozenEdition).where(FrozenEdition.locale == "ar")).one()
        assert frozen.pdf is not None
        frozen.pdf = spoil(frozen.pdf)
    with pytest.raises(ConflictError, match="niet meer wat er is goedgekeurd"):
        pieces.reprint(desk.work, POSTAL, run, 1)
