"""The end of a run's own orders: on one side the ledger's account of what was registered, on the other its cancellation."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

from countermand.model.target import Target
from countermand.orders.ledger import LedgerError
from countermand.orders.leftovers import leftovers
from countermand.orders.supply import seller_key
from countermand.protocols.registry import cleared, speak
from countermand.run.run import Run
from countermand.run.scene import Scene
from countermand.run.throttle import Throttle

#: What the record calls a cancellation that belongs to no scenario.
SCENARIO = "the end of the run"


def tidy(run: Run, target: Target, seconds: float | None = None) -> Iterator[str]:
    """Cancel the orders that this run, or one that ended before it could, has registered and not cancelled; say what came of each.

    It takes so many seconds, if they are given, or not much longer.
    Where the ledger cannot be read any more that is said, too: it stops no report. Nothing is ever cancelled on production.
    """
    try:
        yield from _tidy(run, target, seconds)
    except LedgerError as trouble:
        yield f"orders made with sw_register could not be looked for: {trouble}"


def _tidy(run: Run, target: Target, seconds: float | None) -> Iterator[str]:
    ledger = run.ledger(target)
    if target.production or not leftovers(ledger, seller_key(target), run.id):
        return
    if seconds is None:
        yield from _cleared(run, target, None)
        return
    left = max(seconds, 0.001)
    quick = replace(target, limits=replace(target.limits, connect=min(left, target.limits.connect), total=min(left, target.limits.total)))
    hurried = Throttle(run.folder, f"{target.api}-hurried", serial=True, longest=left)
    apart = replace(run, _wires={}, _throttles={target.api: hurried})  # those of the run wait for longer
    try:
        yield from _cleared(apart, quick, time.monotonic() + seconds)
    finally:
        for wire in apart._wires.values():  # noqa: SLF001 - made above
            wire.close()


def _cleared(run: Run, target: Target, deadline: float | None) -> Iterator[str]:
    seller = speak(Scene(run, target, SCENARIO, "", target.veil()))
    yield from cleared(seller, run.ledger(target), run.id, deadline)
