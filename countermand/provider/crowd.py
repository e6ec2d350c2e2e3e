"""Who is connected at the same time: what a program keeps in one place for all of them, and should keep for each."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import Generic, TypeVar

Kept = TypeVar("Kept")

#: Seconds for which somebody may still connect, and the pause between two looks.
MOMENT, PAUSE = 0.04, 0.005


class Crowd(Generic[Kept]):
    """What was kept of the last request on each open connection, of which each has a thread of its own."""

    def __init__(self) -> None:
        self._kept: dict[threading.Thread, tuple[str, Kept]] = {}
        self._lock = threading.Lock()

    def note(self, caller: str, kept: Kept) -> None:
        """Keep something of a caller's request."""
        with self._lock:
            self._kept[threading.current_thread()] = caller, kept

    def other(self, seconds: float = MOMENT) -> Kept | None:
        """Return what is kept of another connection of a caller who has several, or soon has."""
        last = time.monotonic() + seconds
        while (kept := self._of_other()) is None and time.monotonic() < last:
            time.sleep(PAUSE)
        return kept

    def _of_other(self) -> Kept | None:
        with self._lock:
            self._kept = {thread: kept for thread, kept in self._kept.items() if thread.is_alive()}
            connections = Counter(caller for caller, _ in self._kept.values())
            others = (
                kept
                for thread, (caller, kept) in self._kept.items()
                if connections[caller] > 1 and thread is not threading.current_thread()
            )
            return next(others, None)
