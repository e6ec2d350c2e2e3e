"""The end of a run's own orders: what was registered, as the ledger has it, is cancelled."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

from countermand.model.ownership import seller_key
from countermand.model.target import Order, Target
from countermand.model.verdict import Inconclusive
from countermand.orders.ledger import Entry, Ledger
from countermand.orders.ledger_file import LedgerError
from countermand.orders.supply import ENDED
from countermand.protocols.registry import registering, speak
from countermand.protocols.seller import Seller
from countermand.run.run import Run
from countermand.run.scene import Scene
from countermand.run.throttle import Throttle

#: What the record calls a cancellation that belongs to no scenario.
SCENARIO = "the end of the run"
AGAIN = "countermand orders --clean tries again"


def tidy(run: Run, target: Target, seconds: float | None = None) -> Iterator[str]:
    """Cancel the orders that this run, or one that ended before it could, has registered and not cancelled.

    Say what came of each. It takes so many seconds, if they are given, or not much longer. Where the ledger cannot be
    read any more that is said, too: it stops no report. Nothing is ever cancelled on production.
    """
    try:
        yield from _tidy(run, target, seconds)
    except LedgerError as trouble:
        yield f"orders that were made on the spot could not be looked for: {trouble}"


def _tidy(run: Run, target: Target, seconds: float | None) -> Iterator[str]:
    ledger = run.ledger(target)
    if target.production or not leftovers(ledger, seller_key(target), run.id):
        return
    if seconds is None:
        yield from _cleared(run, target, None)
        return
    left = max(seconds, 0.001)
    quick = replace(
        target,
        limits=replace(target.limits, connect=min(left, target.limits.connect), total=min(left, target.limits.total)),
    )
    hurried = Throttle(run.folder, f"{target.api}-hurried", serial=True, longest=left)
    apart = replace(run, _wires={}, _throttles={target.api: hurried})  # those of the run wait for longer
    try:
        yield from _cleared(apart, quick, time.monotonic() + seconds)
    finally:
        for wire in apart._wires.values():  # noqa: SLF001 - made above
            wire.close()


def _cleared(run: Run, target: Target, deadline: float | None) -> Iterator[str]:
    seller = speak(Scene(run, target, SCENARIO, "", target.masker()))
    yield from clear(seller, run.ledger(target), run.id, deadline)


def leftovers(ledger: Ledger, seller: str, run: str) -> list[Entry]:
    """Return the orders to clear away.

    They are those this run has registered, and those of runs that have ended without doing so.
    """
    made = [entry for entry in ledger.entries(seller) if entry.source == "register" and entry.ended is None]
    return [entry for entry in made if entry.maker == run or not ledger.presence.alive(entry.maker or "")]


def clear(seller: Seller, ledger: Ledger, run: str, deadline: float | None = None) -> Iterator[str]:
    """Cancel what was registered and not cancelled, and say what came of each order.

    From a moment on the rest is only named.
    """
    maker = registering(seller)
    if maker is None:
        return
    key = seller_key(seller.target)
    for entry in leftovers(ledger, key, run):
        if deadline is not None and time.monotonic() >= deadline and not entry.is_placeholder:
            yield (
                f"the order {entry.number}, made with {maker.operation}, "
                f"was not cancelled, since the run was ended; {AGAIN}"
            )
            continue
        if entry.is_placeholder:
            ledger.end(key, entry.number, "its number was never told")
            yield (
                f"{maker.operation} may have made an order that is {entry.state} in {entry.scenario}, "
                "and its number was never told"
            )
            continue
        try:
            over, words = maker.end(Order(entry.state, entry.number), used=entry.outcome not in {None, ENDED})
        except Inconclusive as trouble:
            yield f"the order {entry.number}, made with {maker.operation}, could not be cancelled: {trouble}; {AGAIN}"
            return
        if over:
            ledger.end(key, entry.number, words)
        advice = "" if over else f"; {AGAIN}"
        yield f"the order {entry.number}, made with {maker.operation}, {words}{advice}"
