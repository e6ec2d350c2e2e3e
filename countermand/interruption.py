"""What ends a command before its time, and how it is heard: each signal as the key that a person presses."""

from __future__ import annotations

import signal
import threading
import time
from types import FrameType

#: Seconds within which a second signal is the first one: a terminal sends it to all processes, and so do we.
SAME = 0.3
#: What ends a run: a key, how CI services, containers and clusters end a job, and a terminal that is gone.
SIGNALS = (signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else []))


def listen() -> list[float]:
    """Raise KeyboardInterrupt at each of them, and note when it came.

    Where a module in C imports another, it becomes an ImportError. What whoever started us had us ignore, as nohup
    does, or hears himself, is left to him.
    """
    heard = list[float]()

    def note(number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if not heard or now - heard[-1] >= SAME:
            heard.append(now)
            signal.default_int_handler(number, frame)

    if threading.current_thread() is threading.main_thread():
        for number in SIGNALS:
            if signal.getsignal(number) in {signal.default_int_handler, signal.SIG_DFL}:
                signal.signal(number, note)
    return heard


def ignore() -> None:
    """Hear none any more: one more is the same, and would end us without our exit code."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
