"""A text from Word or the web, for an issue: read, looked at, and put in. Nothing is kept before it is put in."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mailer.artefacts.email.images import ImageUnusableError
from mailer.darkroom.darkroom import develop_one
from mailer.document.images import ImageState
from mailer.document.sections import cut
from mailer.intake.kinds import Kind
from mailer.intake.losses import Loss, Lost
from mailer.intake.reading import Taken, take
from mailer.services.office import Office, look
from mailer.services.writing.issues import new_issue
from mailer.services.writing.saving import PRINT_WIDTH, now_saved, save, save_picture
from staff.people import Person
from staff.permissions import Permission, require

MOST_PICTURES, MOST_OCTETS = 40, 10_000_000
"""Of one text; octets as they are kept, all pictures together."""
PICTURE_SECONDS = 10.0
"""After which no further picture is begun: a page that is waited for."""

_NAME = re.compile(r"\]\(([\w.-]{1,100})\)")


@dataclass(frozen=True)
class Along:
    """A picture that came along, encoded anew; `name` is what the Markdown calls it."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Brought:
    """What became of a text. `markdown` is accepted by the parser of an issue; `title` is "" where it had none."""

    markdown: str
    title: str
    losses: tuple[Loss, ...]
    pictures: tuple[Along, ...] = ()


def bring(office: Office, person: Person, data: bytes, kind: Kind, name: str = "") -> Brought:
    """Read a file (`name` is its own) or a clipboard. Nothing is kept.

    Raises UnreadableTextError with the remedy, IntakeError, DarkroomError.
    """
    with look(office, person, Permission.EDIT_ISSUES):
        pass  # no transaction is open while the text is read
    taken = take(data, kind, name)
    pictures, lost = _developed(taken)
    text = _without(taken.markdown, [one for one in lost if one])
    told = [Loss(Lost.PICTURE, len(lost), words=tuple(lost[:3]))] if lost else []
    return Brought(text, taken.title, (*told, *taken.losses), tuple(pictures))


def with_pictures(office: Office, person: Person, slug: str, text: str, pictures: Sequence[Along]) -> str:
    """Put the pictures of a text beside an issue; returns the text with the names they have there.

    One that cannot be used is left out of the text. Raises NotFoundError, DarkroomError.
    """
    with look(office, person, Permission.EDIT_ISSUES):
        pass
    names = dict[str, str]()
    for one in pictures:
        if f"]({one.name})" not in text:
            continue
        try:
            names[one.name] = save_picture(office, person, slug, one.name, one.data)
        except ImageUnusableError:
            text = _without(text, [one.name])
    return _NAME.sub(lambda found: f"]({names.get(found[1], found[1])})", text)


def issue_from(
    office: Office, person: Person, publication: str, brought: Brought, *, slug: str = "", day: date | None = None
) -> str:
    """Begin an issue with a text that was brought; returns its slug. What is not given is proposed.

    Raises as `new_issue` does.
    """
    require(person, Permission.EDIT_ISSUES)
    slug = new_issue(office, person, publication, slug=slug, day=day, body=brought.markdown, title=brought.title)
    text = with_pictures(office, person, slug, brought.markdown, brought.pictures)
    if text != brought.markdown:
        opened = now_saved(office, slug)
        save(office, person, slug, f"{cut(opened.text).front}\n{text}", opened.hash)
    return slug


def _developed(taken: Taken) -> tuple[list[Along], list[str]]:
    """The pictures that can be used, and the names of the others."""
    made, lost, room = list[Along](), list[str](), MOST_OCTETS
    ends = time.monotonic() + PICTURE_SECONDS
    for number, (name, data) in enumerate(taken.pictures):
        if number >= MOST_PICTURES or (number and time.monotonic() > ends):
            lost.append(name)
            continue
        developed = develop_one(data, PRINT_WIDTH)
        picture = developed.picture
        if developed.fact.state is not ImageState.FINE or picture is None or len(picture.data) > room:
            lost.append(name)
            continue
        made.append(Along(name, picture.data))
        room -= len(picture.data)
    return made, lost


def _without(text: str, names: Sequence[str]) -> str:
    """Without the figures with these names, each of which stands in a paragraph by itself."""
    for name in names:
        kept = [one for one in text.split("\n") if not (one.startswith("![") and one.endswith(f"]({name})"))]
        text = "\n".join(kept)
    while "\n\n\n" in text and names:
        text = text.replace("\n\n\n", "\n\n")
    return text
