"""What ends a command before its time, and how it is heard: each signal as the key that a person presses."""

from __future__ import annotations

import signal
import threading
from types import FrameType

#: What ends a run: a key, how CI services, containers and clusters end a job, and a terminal that is gone.
SIGNALS = (signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else []))


def listen() -> list[int]:
    """Raise KeyboardInterrupt at each of them, and note it besides.

    Where a module in C imports another, it becomes an ImportError. What whoever started us had us ignore, as nohup
    does, or hears himself, is left to him.
    """
    heard = list[int]()

    def note(number: int, frame: FrameType | None) -> None:
        heard.append(number)
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
