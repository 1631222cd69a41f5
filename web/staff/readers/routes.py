"""The pages about readers, in the table of staff pages."""

from __future__ import annotations

from staff.permissions import Permission
from web.staff.readers import audience, privacy, reader, readers, returned
from web.staff.readers.import_readers import READERS
from web.staff.routes import KIB, Route

BOTH = ("GET", "POST")
_WORDS_BODY = 256 * KIB
"""Two pages of words in each of some languages; a letter of Arabic takes six octets in a form."""

ROUTES: tuple[Route, ...] = (
    Route("/readers", "readers", readers.readers, Permission.SEE_READERS, BOTH, example="/readers"),
    Route("/readers/export", "export_readers", readers.export, Permission.EXPORT_READERS, ("POST",), fresh=True),
    *READERS.routes(),
    Route("/readers/<reader>", "reader", reader.reader, Permission.SEE_READERS, BOTH),
    Route(
        "/readers/<reader>/address", "reader_address", reader.reveal, Permission.DISCLOSE_READERS, ("POST",), fresh=True
    ),
    Route("/readers/<reader>/data", "reader_data", reader.disclose, Permission.DISCLOSE_READERS, ("POST",), fresh=True),
    Route("/readers/<reader>/erase", "erase_reader", reader.erase, Permission.ERASE_READERS, BOTH, fresh=True),
    Route(
        "/audiences/<audience>",
        "audience",
        audience.audience,
        Permission.SEE_READERS,
        BOTH,
        posts=Permission.CHANGE_AUDIENCES,
        example="/audiences/noo-national",
    ),
    Route("/returned", "returned_mail", returned.returned, Permission.SEE_READERS, BOTH, example="/returned"),
    Route(
        "/privacy",
        "privacy",
        privacy.privacy,
        Permission.CHANGE_SETTINGS,
        BOTH,
        body=_WORDS_BODY,
        example="/privacy",
    ),
)
