"""Renew what is kept of the standing of issues: after a save, and in the sweep where a file changed outside.

Only here an issue is rendered for its standing. The hashes of its editions are kept with what they were made from.
"""

from __future__ import annotations

from contextlib import suppress

from mailer.darkroom.darkroom import DarkroomError
from mailer.ledger import standing as ledger
from mailer.services.office import Office
from mailer.services.publishing.rendering import Finished, hashes_of, rendered
from mailer.services.publishing.standing import Standing, everything, one, rendered_key, standing
from mailer.services.publishing.steps import Step
from mailer.services.translating.release import NotReadyError
from mailer.services.writing.keys import FileKeys
from mailer.services.writing.looking import look_again, read_files
from staff.people import Person
from staff.permissions import Permission, require
from wording.errors import ContentError, ServiceError

AT_ONCE = 3
"""Issues that are rendered in one turn of the sweep: after an update of the program all are, and mail must not wait."""


def renewed(office: Office, person: Person, slug: str) -> Standing:
    """Where an issue stands, rendered when it was not since its last change: the caller waits. Raises NotFoundError."""
    require(person, Permission.SEE_ISSUES)
    found = standing(office, person, slug)
    if found.is_rendered or not found.can_be_rendered:
        return found
    renew(office, slug)
    return standing(office, person, slug)


def renew(office: Office, slug: str) -> None:
    """Look at one issue, and render it if it is ready for that. For the worker, and after a save."""
    read_files(office, slug)
    found = one(office, slug)
    if found.can_be_rendered and not found.is_rendered:
        try:
            rendered_and_kept(office, slug)
        except ContentError:  # what is wrong with it is kept, or waits for translators
            return


def renew_changed(office: Office) -> list[str]:
    """Look at every issue of which a file changed, and render the newest of those that wait for it; returns these."""
    for each in everything(office):
        if not each.is_current:
            look_again(office, each.slug)
    waiting = [each.slug for each in everything(office) if each.next is Step.WAIT][:AT_ONCE]
    for slug in waiting:
        with suppress(ServiceError):  # kept as what cannot be rendered, until a file changes or someone approves it
            renew(office, slug)
    return waiting


def rendered_and_kept(office: Office, slug: str) -> Finished:
    """`rendered`, and the hashes of the editions are kept, unless a file or a decision changed meanwhile.

    That it cannot be rendered is kept too: it would be tried again and again. That a picture could not be looked at is
    not: it says nothing of the issue.

    Raises what `rendered` raises.
    """
    before = _made_from(office, slug)
    try:
        finished = rendered(office, slug)
    except (NotReadyError, DarkroomError):
        raise
    except (ContentError, ServiceError):
        _keep(office, slug, before, {})
        raise
    _keep(office, slug, before, hashes_of(finished.editions))
    return finished


def rendered_to_look_at(office: Office, slug: str) -> Finished:
    """`rendered_and_kept`, from the memory of this process while nothing that it is made from changed.

    Only to show: what is approved or sent is rendered anew. Raises what `rendered` raises.
    """
    before = _made_from(office, slug)
    key = " ".join((slug, *before))
    found = one(office, slug)
    if found.is_rendered and found.can_be_rendered and key in office.shown:
        kept: Finished = office.shown.get(key, lambda: rendered_and_kept(office, slug))
        return kept
    finished = rendered_and_kept(office, slug)
    if _made_from(office, slug) == before:
        office.shown.put(key, finished)
    return finished


def _made_from(office: Office, slug: str) -> tuple[str, str]:
    """The key of the files, and that of the editions that are made from them."""
    key = FileKeys(office.content).of(slug)
    with office.store.reading() as session:
        decided = ledger.decisions(session, [slug]).get(slug, [])
    return key, rendered_key(key, decided)


def _keep(office: Office, slug: str, before: tuple[str, str], editions: dict[str, str]) -> None:
    if office.content.has(slug) and _made_from(office, slug) == before:
        read_files(office, slug)
        with office.store.transaction() as session:
            ledger.keep_editions(session, slug, *before, editions)
