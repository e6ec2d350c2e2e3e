"""What work costs, told in additions and not in seconds: machines differ, and one with other work is slow."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

#: A quiet machine makes them in a tenth of a second.
ADDITIONS = 2_000_000


@contextlib.contextmanager
def at_most(times: float) -> Iterator[None]:
    """Hold what is done within to the processor time of so many times two million additions, made before and after."""
    before, began = _additions(), time.process_time()
    yield
    spent = time.process_time() - began
    assert spent < times * max(before, _additions())


def _additions() -> float:
    began, total = time.process_time(), 0
    while total < ADDITIONS:
        total += 1
    return time.process_time() - began
