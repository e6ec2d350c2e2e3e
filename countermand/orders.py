"""The supply of orders in a given state: on one side the target's lists and the ledger, on the other scenarios that need an order."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from countermand.ledger import Ledger
from countermand.target import Order, Target
from countermand.targetfile import order_of
from countermand.verdict import Inconclusive

#: Seconds to wait for an order that another scenario of this run has at the moment.
PATIENCE = 600.0
PAUSE = 0.05

Maker = Callable[[str], Order | None]  # makes an order of a state through the API, where that is allowed


def seller_key(target: Target) -> str:
    """Return whose orders these are: two target files that name the same host share them."""
    return f"{target.api} {urlsplit(target.url).netloc}"


@dataclass
class Held:
    """An order a scenario has, and what came of it so far."""

    order: Order
    outcomes: list[str] = field(default_factory=list)
    spent: bool = False


class Supply:
    """Gives orders to one scenario and takes them back."""

    def __init__(self, target: Target, ledger: Ledger, run: str, scenario: str, maker: Maker | None = None) -> None:
        self._target, self._ledger, self._run, self._scenario = target, ledger, run, scenario
        self._key = seller_key(target)
        self.maker = maker
        self._held: dict[str, Held] = {}

    @property
    def given(self) -> list[dict[str, str]]:
        """What a replay must be given again."""
        return [{"state": held.order.state, "seller": held.order.seller, "buyer": held.order.buyer} for held in self._held.values()]

    def take(self, state: str, spare: int = 0) -> Order:
        """Return an order of that state, recorded as taken; raises Inconclusive naming the state and the number there was."""
        if spare and self._free(state) <= spare:
            raise Inconclusive(f"the last {spare} orders that are {state} are kept for clauses that cannot be judged without one")
        cap = self._target.safety.cancellations
        if self._ledger.used(self._key, self._run) >= cap:
            raise Inconclusive(f"the cap of {cap} orders used up in a run is reached; raise [safety] cancellations")
        order = self._listed(state) or self._made(state)
        if order is None:
            listed = sum(one.state == state for one in self._target.orders.listed)
            were = "none is" if listed == 0 else f"all {listed} listed are used up or in use"
            raise Inconclusive(f"no order that is {state}: {were}; add some to [orders] {state} of {self._target.source.name}")
        self._held[order.seller] = Held(order)
        return order

    def _free(self, state: str) -> int:
        """Count the listed orders of a state that nobody has taken."""
        taken = {entry.number for entry in self._ledger.entries(self._key)}
        return sum(order.state == state and order.seller not in taken for order in self._target.orders.listed)

    def _listed(self, state: str) -> Order | None:
        candidates = {order.seller: order for order in self._target.orders.listed if order.state == state}
        deadline = time.monotonic() + PATIENCE
        while True:
            number = self._ledger.take(self._key, candidates, state, self._run, self._scenario)
            if number is not None:
                return candidates[number]
            mine = self._ledger.held(self._key, state, self._run) - sum(held.order.state == state for held in self._held.values())
            if mine <= 0 or time.monotonic() > deadline:
                return None
            time.sleep(PAUSE)

    def _made(self, state: str) -> Order | None:
        order = _commanded(self._target, state) if self._target.orders.command else None
        order = order or (self.maker(state) if self.maker else None)
        if order is not None:
            self._ledger.made(self._key, order.seller, state, self._run, self._scenario)
        return order

    def note(self, order: Order, outcome: str, *, spent: bool) -> None:
        """Note what came of a request about an order: whether it may have been used up."""
        if held := self._held.get(order.seller):
            held.outcomes.append(outcome)
            held.spent = held.spent or spent

    def settle(self) -> bool:
        """Give back what was not used up, and say whether anything was."""
        for held in self._held.values():
            if held.spent:
                self._ledger.use_up(self._key, held.order.seller, held.outcomes[-1])
            else:
                self._ledger.give_back(self._key, held.order.seller)
        return any(held.spent for held in self._held.values())


class Replayed:
    """Gives a scenario the orders it was given when it was recorded."""

    def __init__(self, given: Iterable[dict[str, str]]) -> None:
        self._given: Iterator[dict[str, str]] = iter(given)
        self.given: list[dict[str, str]] = []

    def take(self, state: str, spare: int = 0) -> Order:  # noqa: ARG002 - the record has settled that
        """Return the next order of the record."""
        row = next(self._given, None)
        if row is None or row["state"] != state:
            raise Inconclusive(f"the record has no order that is {state} here")
        self.given.append(row)
        return Order(**row)

    def note(self, order: Order, outcome: str, *, spent: bool) -> None:
        """Nothing is used up in a replay."""

    def settle(self) -> bool:
        """Nothing was taken."""
        return False


def _commanded(target: Target, state: str) -> Order | None:
    """Run the owner's own command, which prints one order as JSON; raises Inconclusive where it does not."""
    command = [word.replace("{state}", state) for word in target.orders.command]
    try:
        done = subprocess.run(command, capture_output=True, check=True, text=True, timeout=120, cwd=target.source.parent)  # noqa: S603 - the user's own
        row: Any = json.loads(done.stdout)
        return order_of({"seller": row} if isinstance(row, (str, int)) else row, target.api, state)
    except (OSError, subprocess.SubprocessError, ValueError, AttributeError) as error:
        raise Inconclusive(f"[orders] command {command[0]!r} gave no order that is {state}: {error}") from None
