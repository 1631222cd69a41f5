"""How much of something a test asks for: enough to show it in `make test`, all that was promised in `make slow`."""

from __future__ import annotations

import os

WHOLE = "POSTDUIF_WHOLE_LOADS"
"""In the environment when everything is asked for (`make slow`)."""


def load(whole: int, usual: int) -> int:
    """`whole` under `make slow`, else `usual`: large enough that what the test counts could go wrong."""
    return whole if os.environ.get(WHOLE) else usual
