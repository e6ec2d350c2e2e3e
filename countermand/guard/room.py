"""Whether there is room to write, seen before anything is lost by it."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

#: Bytes that are written at once: other ones each time, or a file system that packs what it is given would hold more.
_PIECE = 2**20


def must_be_had(folder: Path, size: int) -> None:
    """Write so many bytes into a folder, and take them away again; raises OSError where they find no room there."""
    piece = os.urandom(min(size, _PIECE))
    with tempfile.TemporaryFile(dir=folder) as trial:
        for _ in range(0, size, _PIECE):
            trial.write(piece)  # an empty file fits on a disk that is full
        trial.flush()


def wanting(folder: Path, size: int) -> str:
    """Say how much is wanted of a folder and how much is free there; nothing where there is enough."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return ""
    return f": {free / 2**20:.1f} MiB are free, and {size / 2**20:.0f} MiB are wanted" if free < size else ""
