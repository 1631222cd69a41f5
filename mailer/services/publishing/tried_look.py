"""Another look of the organisation, to be seen before it is kept: nothing of it is written down but the picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256

from database.audit import Event, record
from mailer.artefacts.archive.pages import STYLE, style
from mailer.artefacts.colours import corrections, is_colour
from mailer.artefacts.email.artefact import LOGO_WIDTH
from mailer.artefacts.email.images import NO_IMAGE, TOO_LARGE, ImageUnusableError
from mailer.content import Content
from mailer.darkroom.darkroom import develop_one
from mailer.document.images import ImageState
from mailer.files import write_whole
from mailer.kept import Kept
from mailer.organisation import Channel, Look
from mailer.services.office import Office, deed, look
from mailer.services.publishing import archive
from mailer.services.writing import previews
from staff.people import Person
from staff.permissions import Permission, require
from wording import Text, _
from wording.errors import ContentError, InvalidInputError, NotFoundError, ServiceError
from wording.interface import interface

FOLDER = "look"
"""In the content folder: the pictures that were tried as a logo."""


@dataclass(frozen=True)
class Tried:
    """`said`: what readers would get otherwise than it was chosen, because no one could read it."""

    office: Office
    said: tuple[Text, ...]


def with_look(office: Office, person: Person, chosen: Look) -> Tried:
    """The office as it would be with this look.

    Raises InvalidInputError for what is not a colour, ContentError for a logo that cannot be used.
    """
    require(person, Permission.CHANGE_SETTINGS)
    with look(office, person, Permission.CHANGE_SETTINGS):
        pass
    if not is_colour(chosen.accent) or not is_colour(chosen.accent_dark):
        raise InvalidInputError(_("Een kleur is een # met zes cijfers of letters, zoals #0b5f58."))
    house = replace(office.house, organisation=replace(office.house.organisation, look=chosen))
    content = Content(office.content.folder, house)
    if chosen.logo is not None:
        content.logo(chosen.logo)
    tried = replace(office, house=house, content=content, archived=Kept(1))
    return Tried(tried, tuple(one.text for one in corrections(chosen)))


def keep_picture(office: Office, person: Person, data: bytes) -> str:
    """Put a picture in the content folder, decoded and encoded anew; returns what the settings call it.

    No process goes by it before the settings name it, and one that is there is never replaced. Raises
    ImageUnusableError for what is no picture, or one that is too large once it is decoded; DarkroomError.
    """
    require(person, Permission.CHANGE_SETTINGS)
    with look(office, person, Permission.CHANGE_SETTINGS):
        pass
    developed = develop_one(data, LOGO_WIDTH)
    if (picture := developed.picture) is None:
        raise ImageUnusableError(TOO_LARGE if developed.fact.state is ImageState.TOO_LARGE else NO_IMAGE)
    suffix = "jpg" if picture.subtype == "jpeg" else picture.subtype
    name = f"{FOLDER}/logo-{sha256(picture.data).hexdigest()[:12]}.{suffix}"
    with deed(office, person, Permission.CHANGE_SETTINGS) as session:
        record(session, Event.CONFIG, person.uid, detail={"logo": name})
        session.flush()
        try:
            write_whole(office.content.require_inside(office.content.folder / name), picture.data)
        except OSError as error:
            raise ServiceError(_("Er is niets bewaard: {why}.", why=error.strerror or error)) from error
    return name


def mail(office: Office, person: Person, chosen: Look) -> bytes:
    """The newest issue by e-mail with this look, as a page by itself. Raises NotFoundError when there is none."""
    require(person, Permission.CHANGE_SETTINGS)
    return _first(with_look(office, person, chosen).office, Channel.EMAIL)


def paper(office: Office, person: Person, chosen: Look) -> bytes:
    """The newest booklet with this look, as PDF. Raises NotFoundError when there is none."""
    require(person, Permission.CHANGE_SETTINGS)
    return _first(with_look(office, person, chosen).office, Channel.POST)


def shelf(office: Office, person: Person, chosen: Look) -> bytes:
    """The list of the archive with this look, as a page by itself."""
    require(person, Permission.CHANGE_SETTINGS)
    tried = with_look(office, person, chosen).office
    locale = tried.house.source_locale
    sheet = style(tried.house, interface(locale))
    linked = f'<link rel="stylesheet" href="{tried.house.base_url}/{STYLE}">'.encode()
    return archive.shelf(tried, locale).replace(linked, b"<style>" + sheet + b"</style>", 1)


def _first(office: Office, channel: Channel) -> bytes:
    draw = previews.html if channel is Channel.EMAIL else previews.pdf
    for slug, audience, locale in _editions(office, channel):
        try:
            return draw(office, slug, audience, locale)
        except (ContentError, NotFoundError):  # it is still being written
            continue
    raise NotFoundError(_("Er is nog geen nummer om het op te laten zien."))


def _editions(office: Office, channel: Channel) -> Iterator[tuple[str, str, str]]:
    """The first edition of each issue on this channel, the newest issue first."""
    issues = (one for slug in office.content.slugs() if (one := office.content.read(slug).issue) is not None)
    for issue in sorted(issues, key=lambda one: (one.day, one.slug), reverse=True):
        own = (office.house.audiences[key] for key in issue.audiences)
        if (first := next((one for one in own if one.channel is channel), None)) is not None:
            locale = office.house.source_locale
            yield issue.slug, first.key, locale if locale in first.locales else first.locales[0]
