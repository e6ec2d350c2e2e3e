"""Keep a folder for one run, so that no other writes there and whoever reads it can tell that one is at work."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

#: The folders that runs of this process have claimed.
CLAIMED = set[Path]()
#: Seconds to wait where a folder is taken: whoever only looks whether it is has it for a moment.
PAUSES = (0.02, 0.05)


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
    for wait in (*PAUSES, None):
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if wait is None:
                os.close(held)
                raise TakenError from None
            time.sleep(wait)
        except OSError:
            os.close(held)
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
