"""What the documentation draws from the code is current."""

from __future__ import annotations

from devtools import drawing, permissions


def test_the_table_of_who_may_do_what_is_that_of_the_map() -> None:
    assert permissions.PAGE.read_text("utf-8") == permissions.page(), "run `make permissions`"


def test_the_drawing_of_imports_is_that_of_the_code() -> None:
    page = drawing.PAGE.read_text("utf-8")
    assert page == drawing.updated(page), "run `make drawing`"
    assert "publishing --> writing" in page
