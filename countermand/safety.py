"""What keeps a run from doing harm: on one side the targets and the command line, on the other every request before it leaves."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from filelock import FileLock

from countermand.exchange import Request
from countermand.target import Target
from countermand.targetfile import TargetError


class Misdirected(RuntimeError):  # noqa: N818 - what the request is
    """A request of ours that names another host than its target's: it is never sent."""


def agree(targets: Iterable[Target], production: Iterable[str]) -> None:
    """See that production was agreed to by name, and that no order would be made there; raises TargetError before anything is sent."""
    named = set(production)
    for target in targets:
        if not target.production:
            continue
        why = (
            'environment = "production"' if target.environment == "production" else f"{urlsplit(target.url).hostname} is a production host"
        )
        if target.name not in named:
            said = f" (not {', '.join(sorted(named))})" if named else ""
            raise TargetError(
                f"{target.source}: {why}: its orders are real, and a cancellation is final; nothing was sent; "
                f"to go on all the same, say --production {target.name}{said}"
            )
        if target.orders.register is not None:
            raise TargetError(f"{target.source}: {why}: no order is ever made on production; take out [orders.register]")


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
        """Wait for the next moment at which a request may be sent; the clock is the machine's, the same for every process."""
        with self._lock:
            last = float(self._path.read_text(encoding="ascii")) if self._path.exists() else 0.0
            now = time.monotonic()
            moment = max(now, last + self._interval) if self._path.exists() else now
            self._path.write_text(repr(moment), encoding="ascii")
        time.sleep(max(0.0, moment - time.monotonic()))
