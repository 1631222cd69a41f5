"""Whether names can stand on an envelope: asked at their import, and again when the files of a run are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from mailer.artefacts.paper.addresses import AddressError, address_lines
from mailer.artefacts.paper.job import Typeset
from mailer.artefacts.paper.labels import AddressBlock
from mailer.artefacts.paper.pieces import PrintFile, PrintOptions
from mailer.artefacts.paper.run_files import RunPlan, addressing, run_files
from mailer.organisation import House
from mailer.typesetting.typesetter import TypesettingError, UnprintableAddressError
from subscribers.addressee import Addressee, Centre
from subscribers.postal import NewAddressee

NO_ONE = UUID(int=0)


UNPRINTABLE = "unprintable"
"""Why a piece was set aside, as the ledger keeps it."""


def files_of(plan: RunPlan, house: House, typeset: Typeset) -> tuple[list[PrintFile], list[int]]:
    """The files of a run, and the numbers of the pieces whose envelope cannot be written: those are in no file.

    Raises TypesettingError, and AddressError for an edition that is missing.
    """
    aside = {piece.number for piece in plan.pieces if not _has_address(piece.addressee)}
    while left := [piece for piece in plan.pieces if piece.number not in aside]:
        try:
            return list(run_files(replace(plan, pieces=left), house, typeset)), sorted(aside)
        except TypesettingError as error:  # it may have been the pick list that could not write a name
            blocks = [AddressBlock(piece.number, address_lines(piece.addressee)) for piece in left]
            found = _unwritten(blocks, typeset, plan.options, plan.day)
            if not found:
                raise error from None
            aside |= set(found)
    return [], sorted(aside)


def _has_address(addressee: Addressee) -> bool:
    try:
        address_lines(addressee)
    except AddressError:
        return False
    return True


def unprintable(
    typeset: Typeset,
    places: Mapping[str, Centre],
    people: Mapping[int, NewAddressee],
    options: PrintOptions,
    day: date,
) -> list[int]:
    """The numbers, of `people`, whose name no font can write or whose address does not fit as the desk prints now."""
    found, blocks = [], []
    for number, new in people.items():
        try:
            blocks.append(AddressBlock(number, address_lines(_someone(new, places[new.centre]))))
        except AddressError:
            found.append(number)
    return sorted(found + _unwritten(blocks, typeset, options, day))


def _unwritten(blocks: Sequence[AddressBlock], typeset: Typeset, options: PrintOptions, day: date) -> list[int]:
    """The numbers of the addresses that no font can write or that do not fit."""
    found: list[int] = []
    while blocks:
        try:
            typeset(addressing(blocks, options, day))
        except UnprintableAddressError as error:
            found += error.numbers
            blocks = [block for block in blocks if block.number not in error.numbers]
        else:
            break
    return found


def _someone(new: NewAddressee, centre: Centre) -> Addressee:
    return Addressee(NO_ONE, new.name, centre, new.registration, new.locale, new.large_print)
