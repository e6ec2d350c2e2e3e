"""A deadline over one thing after another, kept by one thread.

To start a thread for each costs more than to send a small request.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Watch:
    """Calls what ends a thing that takes longer than it may; over one at a time."""

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._end: Callable[[], None] | None = None  # of what is watched over now
        self._until = 0.0
        self._used = False  # since the thread last looked
        self._wakes: float | None = None  # when the thread looks next, if there is one

    def over(self, end: Callable[[], None], seconds: float) -> None:
        """Begin to watch over a thing that may take so many seconds."""
        with self._changing:
            self._end, self._until, self._used = end, time.monotonic() + seconds, True
            # A thread that would look too late is left behind, and ends when it looks.
            if self._wakes is None or self._wakes > self._until:
                self._wakes = self._until
                threading.Thread(target=self._look, args=(self._until, seconds), daemon=True).start()

    def done(self) -> None:
        """End watching: the thing was in time."""
        with self._changing:
            self._end = None

    def _look(self, wakes: float, seconds: float) -> None:
        while True:
            time.sleep(max(0.0, wakes - time.monotonic()))
            with self._changing:
                if self._wakes != wakes:
                    return  # another thread looks sooner
                if self._end is not None and self._until <= time.monotonic():
                    end, self._end = self._end, None
                    end()
                if self._end is None and not self._used:
                    self._wakes = None
                    return  # nothing has been watched over for a whole while: the next thing starts a thread again
                wakes = self._wakes = self._until if self._end is not None else time.monotonic() + seconds
                self._used = False
