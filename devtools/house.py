"""The example organisation of this repository, as the pure rooms receive it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from mailer.organisation import House
from mailer.settings import settings_from

ROOT = Path(__file__).resolve().parents[1]


@cache
def house() -> House:
    return settings_from(ROOT).house()
