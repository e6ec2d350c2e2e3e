"""The end of a run's own orders: on one side the ledger's account of what was registered, on the other its cancellation."""

from __future__ import annotations

from collections.abc import Iterator

from countermand.ledger import LedgerError
from countermand.opensrs import OpensrsSeller
from countermand.orders import seller_key
from countermand.registering import clear, leftovers
from countermand.run import Run
from countermand.scene import Scene
from countermand.speaking import speak
from countermand.target import Target

#: What the record calls a cancellation that belongs to no scenario.
SCENARIO = "the end of the run"


def tidy(run: Run, target: Target) -> Iterator[str]:
    """Cancel the orders that this run, or one that ended before it could, has registered and not cancelled; say what came of each.

    Where the ledger cannot be read any more that is said, too: it stops no report. Nothing is ever cancelled on production.
    """
    try:
        yield from _tidy(run, target)
    except LedgerError as trouble:
        yield f"orders made with sw_register could not be looked for: {trouble}"


def _tidy(run: Run, target: Target) -> Iterator[str]:
    ledger = run.ledger(target)
    if target.production or not leftovers(ledger, seller_key(target), run.id):
        return
    seller = speak(Scene(run, target, SCENARIO, "", target.veil()))
    if isinstance(seller, OpensrsSeller):
        yield from clear(seller, ledger, run.id)
