"""Whether names can stand on an envelope, asked at their import: later, one name holds up a whole run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from mailer.artefacts.paper.addresses import AddressError, address_lines
from mailer.artefacts.paper.job import Typeset
from mailer.artefacts.paper.labels import AddressBlock
from mailer.artefacts.paper.pieces import PrintOptions
from mailer.artefacts.paper.run_files import addressing
from mailer.typesetting.typesetter import UnprintableAddressError
from subscribers.addressee import Addressee, Centre
from subscribers.postal import NewAddressee

NO_ONE = UUID(int=0)


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
    while blocks:
        try:
            typeset(addressing(blocks, options, day))
        except UnprintableAddressError as error:
            found += error.numbers
            blocks = [block for block in blocks if block.number not in error.numbers]
        else:
            break
    return sorted(found)


def _someone(new: NewAddressee, centre: Centre) -> Addressee:
    return Addressee(NO_ONE, new.name, centre, new.registration, new.locale, new.large_print)
