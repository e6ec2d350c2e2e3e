"""The end of a run before its time: a signal becomes an interruption that loses nothing."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from countermand.interruption import SAME, SIGNALS

#: Seconds to tidy up in, where a run was ended: whoever ends a job kills it some ten seconds later.
HURRY = 3.0


def listen(hear: Callable[[int, FrameType | None], None]) -> dict[signal.Signals, Any]:
    """Have the signals that end a run heard, but for those that whoever started us had us ignore, as nohup does.

    Return who heard.
    """
    return {signum: signal.signal(signum, hear) for signum in SIGNALS if signal.getsignal(signum) is not signal.SIG_IGN}


def unlisten(before: dict[signal.Signals, Any]) -> None:
    """Have the signals heard as before."""
    while before:
        signal.signal(*before.popitem())


@dataclass
class Ending:
    """Turns the first signal into an interruption, as pytest knows it.

    Those that follow interrupt only what may be left out.
    """

    folder: Path  # what the processes of the run share
    worker: str | None = None  # the name of this one, if it is not the one that reports
    signals: int = 0
    closing: bool = False  # all was played, or is over: what is being written down is not interrupted
    _heard: float = 0.0
    _holding: bool = False  # what is done at the moment is done to its end
    _put_off: bool = False  # a signal came meanwhile
    _optional: bool = False  # what is done at the moment may be left out
    _before: dict[signal.Signals, Any] = field(default_factory=dict)

    def begin(self) -> None:
        """Listen, until end().

        A worker hears of a signal from the process that reports, and is told apart by a file with its number.
        """
        if threading.current_thread() is not threading.main_thread():
            return
        if self.worker is not None:
            (self.folder / f"process-{self.worker}").write_text(str(os.getpid()), encoding="ascii")
        self._before = listen(self._hear)

    def end(self) -> None:
        """Listen no longer; to whoever has ended the run there is nothing more to say than its exit code."""
        if self.worker is not None:
            (self.folder / f"process-{self.worker}").unlink(missing_ok=True)
        if self.signals:
            self._before = dict.fromkeys(self._before, signal.SIG_IGN)
        unlisten(self._before)

    def _hear(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - as signal calls it
        if self.signals and time.monotonic() - self._heard < SAME:
            return
        self.signals, self._heard = self.signals + 1, time.monotonic()
        for path in self.folder.glob("process-*") if self.worker is None else ():
            with contextlib.suppress(OSError, ValueError):  # it has ended meanwhile
                os.kill(int(path.read_text(encoding="ascii")), signal.SIGTERM)
        if self._holding:
            self._put_off = True
        elif self._optional or (self.signals == 1 and not self.closing):
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def held_off(self) -> Iterator[None]:
        """Do something to its end; a signal that comes meanwhile interrupts what follows."""
        outermost, self._holding = not self._holding, True
        try:
            yield
        finally:
            self._holding = not outermost
        if outermost and self._put_off:
            self._put_off = False
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def may_be_left_out(self) -> Iterator[None]:
        """Do something that one more signal ends, and nothing else with it."""
        self._optional = True
        try:
            yield
        except KeyboardInterrupt:
            return
        finally:
            self._optional = False

    @property
    def hurry(self) -> float | None:
        """The seconds there are to tidy up in, where the run was ended before its time."""
        if not self.signals:
            return None
        return HURRY if self.signals == 1 else 0.0
