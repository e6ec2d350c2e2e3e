"""Keep a folder for one run, so that no other writes there and whoever reads it can tell that one is at work."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

#: The folders that runs of this process have claimed.
CLAIMED = set[Path]()


class TakenError(Exception):
    """Another run is writing to a folder."""


def claim(folder: Path) -> Callable[[], None]:
    """Keep a folder for a run of this process, and return what ends that; raises TakenError where another run has it.

    The folder itself is locked, where the system can:
    nothing is left in it, and nobody is kept out by a run that was killed.
    """
    try:
        import fcntl  # noqa: PLC0415 - not where Windows is

        held = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        return lambda: None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(held)
        if isinstance(error, BlockingIOError):
            raise TakenError from None
        return lambda: None  # a file system without locks
    CLAIMED.add(folder.resolve())

    def give_back() -> None:
        CLAIMED.discard(folder.resolve())
        os.close(held)

    return give_back


def is_taken(folder: Path) -> bool:
    """Say whether another run is writing to a folder."""
    if folder.resolve() in CLAIMED:
        return False
    try:
        claim(folder)()
    except TakenError:
        return True
    return False
