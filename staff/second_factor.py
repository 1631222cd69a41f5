"""The second step: an app that counts (TOTP, RFC 6238), a passkey (WebAuthn), or a code from paper.

Someone who may send or see addressees needs one. A secret is sealed, a paper code is kept as a keyed hash, and each
code works once.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import pyotp
from sqlalchemy import ForeignKey, LargeBinary, String, delete, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import InvalidJSONStructure, WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from database.base import Base, UtcDateTime, new_id, now
from database.declared import WORK, personal
from database.keys import keys_of
from database.sealed import Sealed, SealedText, blind_index, blind_indexes, open_sealed, seal
from staff.people import Person
from staff.signing_in import CODE_LETTERS, tidy
from wording import _

PAPER_CODES = 8
_PAPER_LENGTH = 8
_STEP = 30
"""Seconds that one code of an app lasts (RFC 6238, 5.2)."""
_KEPT = personal(_("medewerkers laten inloggen"), WORK, _("tot iemand vertrekt of een andere tweede stap kiest"))


class Authenticator(Base):
    """The app of one person."""

    __tablename__ = "staff_authenticator"
    __table_args__ = ({"info": _KEPT},)

    uid: Mapped[UUID] = mapped_column(ForeignKey("person.uid"), primary_key=True)
    secret: Mapped[Sealed | None] = mapped_column(SealedText)
    """Of the app that counts; None until the first code of one was right."""
    proposed: Mapped[Sealed | None] = mapped_column(SealedText)
    """Of an app that is being set up: it takes the other's place with its first right code."""
    last_step: Mapped[int] = mapped_column(default=0)
    """Of the last code that was accepted: it and earlier ones no longer work."""


class Passkey(Base):
    """A key in a phone, a computer or on a stick."""

    __tablename__ = "staff_passkey"
    __table_args__ = ({"info": _KEPT},)

    uid: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[UUID] = mapped_column(ForeignKey("person.uid"), index=True)
    credential: Mapped[str] = mapped_column(String(1400), unique=True)
    """In base64url; at most 1,023 octets (WebAuthn Level 3, 4)."""
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int]
    name: Mapped[str] = mapped_column(String(60))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PaperCode(Base):
    """A code on paper that was not used yet."""

    __tablename__ = "staff_paper_code"
    __table_args__ = ({"info": _KEPT},)

    index: Mapped[str] = mapped_column(String(80), primary_key=True)
    person: Mapped[UUID] = mapped_column(ForeignKey("person.uid"), index=True)


@dataclass(frozen=True)
class Key:
    """A passkey as its owner sees it."""

    uid: UUID
    name: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class Factors:
    """What a person can prove themselves with."""

    app: bool
    passkeys: tuple[Key, ...]
    paper_left: int

    @property
    def any(self) -> bool:
        """True when a second step can be asked. Paper alone counts: it is what is left when a phone is lost."""
        return self.app or bool(self.passkeys) or self.paper_left > 0


@dataclass(frozen=True)
class NewApp:
    """What an app needs: its secret, and the address that a QR code holds."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


@dataclass(frozen=True)
class Site:
    """The place that a passkey is bound to."""

    host: str
    origin: str
    name: str


def factors(session: Session, who: UUID) -> Factors:
    """Everything a person has set up."""
    app = session.get(Authenticator, who)
    keys = session.scalars(select(Passkey).where(Passkey.person == who).order_by(Passkey.added_at))
    paper = session.scalar(select(func.count()).select_from(PaperCode).where(PaperCode.person == who)) or 0
    return Factors(
        app is not None and app.secret is not None,
        tuple(Key(one.uid, one.name, one.added_at, one.used_at) for one in keys),
        paper,
    )


@dataclass(frozen=True)
class Has:
    """How many of each kind of second step a person has."""

    app: bool = False
    passkeys: int = 0
    paper: int = 0


def everyones(session: Session) -> dict[UUID, Has]:
    """The second steps of everyone who has one."""
    apps = set(session.scalars(select(Authenticator.uid).where(Authenticator.secret.is_not(None))))
    keys, paper = _counted(session, Passkey.person), _counted(session, PaperCode.person)
    return {one: Has(one in apps, keys.get(one, 0), paper.get(one, 0)) for one in {*apps, *keys, *paper}}


def _counted(session: Session, of: InstrumentedAttribute[UUID]) -> dict[UUID, int]:
    return dict(session.execute(select(of, func.count()).group_by(of)).all())


def forget_all(session: Session, who: UUID) -> None:
    """Take every second step away from a person, who sets up a new one when they come in next."""
    session.execute(delete(Authenticator).where(Authenticator.uid == who))
    session.execute(delete(Passkey).where(Passkey.person == who))
    session.execute(delete(PaperCode).where(PaperCode.person == who))


# ── the app ───────────────────────────────────────────────────────────────────────────────────────────────────────


def propose_app(session: Session, who: Person, organisation: str) -> NewApp:
    """A secret for a (new) app. It counts from its first right code; until then the same one is proposed."""
    keys, row = keys_of(session), session.get(Authenticator, who.uid)
    if row is None:
        row = Authenticator(uid=who.uid)
        session.add(row)
    if row.proposed is None:
        row.proposed = seal(keys, Authenticator.proposed, who.uid, pyotp.random_base32())
    session.flush()
    secret = open_sealed(keys, Authenticator.proposed, who.uid, row.proposed)
    return NewApp(secret, pyotp.TOTP(secret).provisioning_uri(name=who.email, issuer_name=organisation))


def check_app(session: Session, who: UUID, code: str, at: datetime | None = None, *, new: bool = False) -> bool:
    """Whether this is the app's code of now, or of half a minute before or after. Each works once.

    With `new` a right code of the app that is being set up makes it the one that counts. Elsewhere such a code proves
    nothing: its secret stood on a page.
    """
    row = session.get(Authenticator, who, with_for_update=True)
    if row is None:
        return False
    keys, step = keys_of(session), int((at or now()).timestamp()) // _STEP
    if row.secret is not None:
        known = _step_of(open_sealed(keys, Authenticator.secret, who, row.secret), code, step)
        if known > row.last_step:
            row.last_step = known
            session.flush()
            return True
    if new and row.proposed is not None:
        secret = open_sealed(keys, Authenticator.proposed, who, row.proposed)
        if known := _step_of(secret, code, step):
            row.secret, row.proposed, row.last_step = seal(keys, Authenticator.secret, who, secret), None, known
            session.flush()
            return True
    return False


def _step_of(secret: str, code: str, step: int) -> int:
    """The half minute that a code is of, one before and one after `step` included; 0 when of none of them."""
    typed = "".join(sign for sign in code if sign.isascii() and sign.isdigit())
    totp = pyotp.TOTP(secret)
    return next((one for one in (step, step - 1, step + 1) if secrets.compare_digest(totp.generate_otp(one), typed)), 0)


# ── paper ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def new_paper(session: Session, who: UUID) -> Sequence[str]:
    """Eight new codes, shown once; the ones before stop working."""
    keys = keys_of(session)
    session.execute(delete(PaperCode).where(PaperCode.person == who))
    codes = ["".join(secrets.choice(CODE_LETTERS) for _each in range(_PAPER_LENGTH)) for _code in range(PAPER_CODES)]
    session.add_all(PaperCode(index=blind_index(keys, f"paper\0{who.hex}", code), person=who) for code in codes)
    session.flush()
    return codes


def check_paper(session: Session, who: UUID, code: str) -> bool:
    """Use a code from paper up."""
    indexes = blind_indexes(keys_of(session), f"paper\0{who.hex}", tidy(code))
    mine = delete(PaperCode).where(PaperCode.person == who, PaperCode.index.in_(indexes)).returning(PaperCode.index)
    return session.execute(mine).first() is not None


# ── passkeys ──────────────────────────────────────────────────────────────────────────────────────────────────────


def ask_for_new_passkey(session: Session, who: Person, site: Site) -> tuple[str, str]:
    """What the browser is to make a passkey from, as JSON, and the challenge to keep."""
    known = session.scalars(select(Passkey.credential).where(Passkey.person == who.uid))
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_id=who.uid.bytes,
        user_name=who.email,
        user_display_name=who.name,
        exclude_credentials=[PublicKeyCredentialDescriptor(base64url_to_bytes(one)) for one in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )
    return options_to_json(options), bytes_to_base64url(options.challenge)


def add_passkey(session: Session, who: UUID, answer: str, challenge: str, site: Site, *, name: str) -> bool:
    """Keep the passkey that the browser made. False when its answer does not fit the challenge."""
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
        )
    except (WebAuthnException, InvalidJSONStructure, json.JSONDecodeError, ValueError):
        return False
    session.add(
        Passkey(
            uid=new_id(),
            person=who,
            credential=bytes_to_base64url(made.credential_id),
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=name[:60],
            added_at=now(),
        )
    )
    session.flush()
    return True


def ask_for_passkey(session: Session, who: UUID, site: Site) -> tuple[str, str]:
    """What the browser is to sign, as JSON, and the challenge to keep."""
    known = session.scalars(select(Passkey.credential).where(Passkey.person == who))
    options = generate_authentication_options(
        rp_id=site.host,
        allow_credentials=[PublicKeyCredentialDescriptor(base64url_to_bytes(one)) for one in known],
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return options_to_json(options), bytes_to_base64url(options.challenge)


def check_passkey(session: Session, who: UUID, answer: str, challenge: str, site: Site) -> bool:
    """Whether this person's passkey signed this challenge for this site."""
    try:
        credential = str(json.loads(answer)["id"])
        row = session.scalar(select(Passkey).where(Passkey.person == who, Passkey.credential == credential))
        if row is None or not challenge:
            return False
        done = verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
        )
    except (WebAuthnException, InvalidJSONStructure, json.JSONDecodeError, KeyError, TypeError, ValueError):
        return False
    session.execute(update(Passkey).where(Passkey.uid == row.uid).values(sign_count=done.new_sign_count, used_at=now()))
    return True


def remove_passkey(session: Session, who: UUID, uid: UUID) -> bool:
    """Take one passkey away; False when it is not theirs."""
    gone = delete(Passkey).where(Passkey.uid == uid, Passkey.person == who).returning(Passkey.uid)
    return session.execute(gone).first() is not None
