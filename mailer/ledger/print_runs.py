"""The ledger's tables of the postal desk: print runs, their pieces, their sealed files, and who did what when."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base, UtcDateTime, new_id, now
from database.declared import CONSENT, DUTY, impersonal, personal
from database.sealed import BlindIndex, Sealed, SealedText
from mailer.ledger.print_states import PieceState, RunState
from wording import _

_PIECE = personal(_("weten welke brief onderweg of teruggekomen is"), DUTY, _("13 maanden, onder pseudoniem"))
_FILE = personal(
    _("etiketten en brieven afdrukken"), CONSENT, _("7 dagen na het posten; uiterlijk 14 dagen na het maken")
)
_STEP = personal(_("kunnen nagaan wie een printopdracht deed"), DUTY, _("13 maanden, onder pseudoniem"))


class PrintRun(Base):
    """The PDFs, letters and labels of one mailing for the postal desk."""

    __tablename__ = "print_run"
    __table_args__ = ({"info": impersonal()},)

    id: Mapped[int] = mapped_column(primary_key=True)
    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default=RunState.ORDERED)
    options: Mapped[dict[str, Any]] = mapped_column(JSON)
    """`PrintOptions` as plain values: the run can be made again, byte for byte."""
    ordered_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    posted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it is void, in a sentence for the desk; it names pieces by number."""


class PrintPiece(Base):
    """One envelope of a run. Its number is on the label, the pick list and the sheet; no name is here."""

    __tablename__ = "print_piece"
    __table_args__ = (UniqueConstraint("run_id", "number"), {"info": _PIECE})

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("print_run.id"), index=True)
    number: Mapped[int]
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), index=True)
    reader: Mapped[UUID]
    """The addressee; who that is, only `subscribers` knows."""
    address_index: Mapped[str] = mapped_column(BlindIndex)
    """Keyed hash of the lines of the envelope: shows whether an address changed, and nothing else."""
    first: Mapped[bool]
    """The first issue for this addressee: the explanation of what is kept goes with it."""
    state: Mapped[str] = mapped_column(String(10), default=PieceState.IN_RUN)
    because: Mapped[str | None] = mapped_column(String(20))
    """Why it came back or was set aside."""
    filled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the desk ticked it: its envelope holds what it must hold."""
    has_stopped: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Its coming back is why the addressee gets no post: undone, the post goes on."""


class PrintedFile(Base):
    """A file of a run, sealed; `data` is empty once it was erased."""

    __tablename__ = "print_file"
    __table_args__ = (UniqueConstraint("run_id", "name"), {"info": _FILE})

    uid: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    run_id: Mapped[int] = mapped_column(ForeignKey("print_run.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    copies: Mapped[int]
    personal: Mapped[bool]
    """It names people."""
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    """Bytes of the PDF."""
    data: Mapped[Sealed | None] = mapped_column(SealedText)
    """The PDF in base64, because what is sealed is text."""


class PrintStep(Base):
    """Something a person did with a run or a piece. Append-only."""

    __tablename__ = "print_step"
    __table_args__ = ({"info": _STEP},)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("print_run.id"), index=True)
    number: Mapped[int | None]
    """The piece; empty when it concerns the whole run."""
    step: Mapped[str] = mapped_column(String(20))
    person: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
