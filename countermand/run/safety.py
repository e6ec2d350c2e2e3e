"""What is looked at before a request leaves.

That it goes to its own target, not to production unawares, and not too soon.
"""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import urlsplit

from filelock import FileLock

from countermand.model import place
from countermand.model.exchange import Request
from countermand.model.target import Target, is_production


class Misdirected(RuntimeError):  # noqa: N818 - what the request is
    """A request of ours that names another host than its target's: it is never sent."""


def hold_off(target: Target, address: str) -> None:
    """See that a connection has not led to production unawares, whatever its name was a moment ago.

    Raises Misdirected.
    """
    reached = place.host(address)
    if is_production(reached) and not target.production:
        raise Misdirected(
            f"{target.url} has led to {reached}, which is published as production: nothing was sent there"
        )


def hold_home(target: Target, request: Request) -> None:
    """See that a request goes to its target and nowhere else; raises Misdirected."""
    home, there = urlsplit(target.url), urlsplit(request.url)
    if (home.scheme, home.netloc) != (there.scheme, there.netloc):
        raise Misdirected(f"a request for {there.scheme}://{there.netloc} is none for {target.url}: it was not sent")


class Pace:
    """Keeps all processes of a run to the rate the target's owner set."""

    def __init__(self, folder: Path, name: str, rate: float) -> None:
        self._path, self._interval = folder / f"pace-{name}", 1 / rate
        self._lock = FileLock(folder / f"pace-{name}.lock")

    def wait(self) -> None:
        """Wait for the next moment at which a request may be sent.

        The clock is the machine's, the same for every process.
        """
        with self._lock:
            # It is empty where a process ended as it wrote.
            text = self._path.read_text(encoding="ascii") if self._path.exists() else ""
            now = time.monotonic()
            moment = max(now, float(text) + self._interval) if text else now
            self._path.write_text(repr(moment), encoding="ascii")
        time.sleep(max(0.0, moment - time.monotonic()))
