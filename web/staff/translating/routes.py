"""The pages of translators, for the one table of staff pages."""

from __future__ import annotations

from staff.permissions import Permission
from web.staff.routes import KIB, Route
from web.staff.translating import desk, files, questions, review, words

BOTH = ("GET", "POST")
BOX = 1024 * KIB
"""A text that is far too long for one message is refused in a sentence, and stands on the page still."""
FILE = 2500 * KIB
"""A PO file, which the gate refuses in a sentence past two megabytes."""
_MAY = Permission.TRANSLATE
_DESK, _REVIEW = "/issues/<slug>/translate/<locale>", "/issues/<slug>/review/<locale>"
_SLUG = "/issues/meldpunt-2026-3"
_AR = f"{_SLUG}/translate/ar"

ROUTES: tuple[Route, ...] = (
    Route(_DESK, "desk", desk.at_desk, _MAY, BOTH, body=BOX, example=_AR),
    Route(f"{_DESK}/draft", "desk_draft", desk.draft, _MAY, ("POST",), body=BOX, example=f"{_AR}/draft"),
    Route(f"{_DESK}/file", "desk_file", files.file, _MAY, BOTH, body=FILE, example=f"{_AR}/file"),
    Route(f"{_DESK}/po", "desk_po", files.download, _MAY, example=f"{_AR}/po"),
    Route(f"{_DESK}/po/<int:until>/<proof>", "desk_link", files.by_link, _MAY),
    Route(_REVIEW, "translation_review", review.review, _MAY, BOTH, body=BOX, example=f"{_SLUG}/review/ar"),
    Route(
        "/issues/<slug>/questions",
        "questions",
        questions.questions,
        _MAY,
        BOTH,
        posts=Permission.ASSIGN_TRANSLATORS,
        example=f"{_SLUG}/questions",
    ),
    Route("/words/<locale>", "words", words.agreed, _MAY, BOTH, example="/words/ar"),
)
