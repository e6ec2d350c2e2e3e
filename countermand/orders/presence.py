"""Which runs are still alive, so that nobody touches what they have."""

from __future__ import annotations

import contextlib
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from countermand.model.verdict import Inconclusive


class Presence:
    """Locks that the operating system lets go of when their process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock: BaseFileLock | None = None

    def enter(self, run: str, worker: str) -> None:
        """Be there, until this process leaves or dies."""
        if self._lock is None:
            self._folder.mkdir(exist_ok=True)
            self._lock = FileLock(self._folder / f"{run}.{worker}.lock", timeout=0)
            try:
                self._lock.acquire()
            except Timeout:
                raise Inconclusive(f"{self._lock.lock_file}: a run of the same name, {run}, is under way") from None

    def leave(self) -> None:
        """Be there no longer."""
        if self._lock is not None:
            self._lock.release()
            Path(self._lock.lock_file).unlink(missing_ok=True)
            self._lock = None
            with contextlib.suppress(OSError):  # others are still there
                self._folder.rmdir()

    def alive(self, run: str) -> bool:
        """Say whether any process of a run is still there."""
        return any(_is_held(path) for path in self._folder.glob(f"{run}.*.lock"))


def _is_held(path: Path) -> bool:
    try:
        with FileLock(path, timeout=0):
            pass
    except Timeout:
        return True
    path.unlink(missing_ok=True)  # of a process that died
    return False
