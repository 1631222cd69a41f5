"""The same pages are typeset once, however often an issue is looked at, approved and sent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mailer.artefacts.paper.job import PrintJob
from mailer.services.publishing import approval
from mailer.services.publishing.publish import publish
from mailer.services.translating import messages
from tests.support.office import office

SLUG = "meldpunt-2026-3"


def test_pages_that_were_looked_at_are_not_typeset_again_to_be_approved_or_sent(tmp_path: Path) -> None:
    with office(tmp_path / "content", f"sqlite:///{tmp_path}/postduif.sqlite") as here:
        asked: list[int] = []

        def typeset(jobs: Sequence[PrintJob]) -> list[bytes]:
            asked.append(len(jobs))
            return here.office.typeset(jobs)

        desk = replace(here.office, typeset=typeset)
        here.add_addressee("Adam Aalders", "nl")
        messages.approve_issue(desk, here.editor, SLUG)
        seen = approval.proposal(desk, here.editor, SLUG).digest
        assert approval.approve(desk, here.approver, SLUG, seen=seen)
        assert publish(desk, here.editor, SLUG, approved=seen).deliveries == 1
        whole = 2 * len(desk.house.audiences["detention"].locales)
        assert asked == [whole], "in letters of two sizes"

        path = here.parts.content.folder / "issues" / SLUG / "issue.md"
        path.write_text(re.sub(r"(?m)^date: .*$", "date: 2026-12-31", path.read_text()))
        assert approval.proposal(desk, here.editor, SLUG).digest != seen
        assert asked == [whole, whole], "other pages are"
