"""Connections that stay open when they were answered, each in a thread of its own, as an HTTPS server has them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any


@contextmanager
def held(asks: Sequence[Callable[[], Any]]) -> Iterator[None]:
    """Ask over as many connections, and keep them open meanwhile."""
    over, answered = threading.Event(), threading.Barrier(1 + len(asks))

    def connection(ask: Callable[[], Any]) -> None:
        ask()
        answered.wait(10)
        over.wait(10)

    threads = [threading.Thread(target=connection, args=(ask,)) for ask in asks]
    for thread in threads:
        thread.start()
    answered.wait(10)
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
