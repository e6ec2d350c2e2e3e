"""A deadline on judging: how long this process may compute for one scenario."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from countermand.model.verdict import Inconclusive

#: Seconds of computing a scenario may take; waiting for a seller does not count, and [limits] total bounds it.
#: It takes milliseconds.
SECONDS = 60.0


@contextmanager
def deadline(seconds: float = SECONDS) -> Iterator[None]:
    """Let whatever is judged end with Inconclusive once it has been computed for so long, where the system can tell."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    passed = Inconclusive(
        f"what the seller answers took more than {seconds:g} s of computing to judge; nothing is said of it"
    )

    def end(_number: int, _frame: FrameType | None) -> None:
        raise passed

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 1.0)  # once more, should somebody have caught the first
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
