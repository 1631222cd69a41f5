"""An address as a QR code for paper: rows of black and white modules in, which the template draws as shapes.

Model 2 of ISO/IEC 18004, with the error correction (M, 15 %) that survives a fold and an office copier.
"""

from __future__ import annotations

from itertools import groupby

import segno

Run = tuple[int, int, int]
"""Row, first column and number of black modules beside each other."""


def qr_code(address: str) -> tuple[int, list[Run]]:
    """How many modules wide and high, and where it is black. Raises ValueError for what does not fit in any code."""
    matrix = segno.make(address, error="m", micro=False, boost_error=False).matrix
    return len(matrix), [run for row, modules in enumerate(matrix) for run in _runs(row, modules)]


def _runs(row: int, modules: bytearray) -> list[Run]:
    runs, column = [], 0
    for black, beside in groupby(modules):
        count = len(list(beside))
        if black:
            runs.append((row, column, count))
        column += count
    return runs
