"""A file that a command writes: readable by its owner alone, and there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from wording import _
from wording.errors import ServiceError


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """What is written in the block is in the file when it ends; when it raises, the file is as it was.

    Raises ServiceError when the disk refuses.
    """
    try:
        handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                yield file
            Path(unfinished).replace(path)
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise
    except OSError as error:
        reason = error.strerror or str(error)
        text = _("In {folder} kan niet geschreven worden: {reason}.", folder=path.parent, reason=reason)
        raise ServiceError(text) from error
