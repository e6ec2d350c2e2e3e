"""Orders that runs have made through the API, and have not cancelled."""

from __future__ import annotations

from countermand.orders.ledger import Entry, Ledger


def leftovers(ledger: Ledger, seller: str, run: str) -> list[Entry]:
    """Return the orders to clear away: those this run has registered, and those of runs that have ended without doing so."""
    made = [one for one in ledger.entries(seller) if one.source == "register" and one.ended is None]
    return [one for one in made if one.maker == run or not ledger.presence.alive(one.maker or "")]
