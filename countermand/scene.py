"""One scenario as it is played: on one side its seller and its orders, on the other the wire, the ledger and the record."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Any

from countermand.draw import Draw
from countermand.exchange import Exchange, Request, Trouble
from countermand.orders import Maker, Replayed, Supply
from countermand.run import Run
from countermand.secret import Veil
from countermand.seller import THROTTLED
from countermand.target import Identity, Order, Target
from countermand.verdict import Inconclusive, NotApplicable, Verdict

#: The longest pause, in seconds, that a throttling seller is given before the next request.
LONGEST_PAUSE = 10.0
#: What counts as no sign of life, from the rightful buyer's side.
LIFELESS = frozenset({Trouble.UNREACHABLE, Trouble.TIMEOUT, Trouble.CLOSED, Trouble.DISTRUST, Trouble.OTHER})


@dataclass
class Scene:
    """Carries, numbers and keeps every exchange of one scenario, and gives it its orders."""

    run: Run
    target: Target
    scenario: str
    clause: str
    veil: Veil
    recorded: dict[str, Any] | None = None  # what a recorded scenario drew, in a replay
    exchanges: list[Exchange] = field(default_factory=list)
    _resume: float = 0.0

    def __post_init__(self) -> None:
        readings = None if self.recorded is None else self.recorded["clock"]
        self.draw = Draw(self.run.seed, self.scenario, readings)
        self.orders: Supply | Replayed
        if self.recorded is None:
            self.orders = Supply(self.target, self.run.ledger(self.target), self.run.id, self.scenario)
        else:
            self.orders = Replayed(self.recorded["orders"])

    def makes_orders_with(self, maker: Maker) -> None:
        """Let the supply make orders through the API where the lists run out."""
        if isinstance(self.orders, Supply):
            self.orders.maker = maker

    @property
    def drawn(self) -> dict[str, Any]:
        """What a replay must be given again."""
        return {"clock": self.draw.readings, "orders": self.orders.given}

    def carry(self, identity: Identity, request: Request, operation: str, *, sound: bool = False) -> Exchange:
        """Send a request and keep what came of it; raises Inconclusive once the seller is thought dead."""
        self._check_alive()
        if (pause := self._resume - time.monotonic()) > 0:
            time.sleep(pause)
        exchange = self.run.wire(self.target).send(identity, request, operation)
        if (
            exchange.trouble is Trouble.UNREACHABLE and self.recorded is None
        ):  # nothing was sent: the one case in which asking again is safe
            time.sleep(0.2)
            exchange = self.run.wire(self.target).send(identity, request, operation)
        exchange = replace(exchange, number=len(self.exchanges) + 1, sound=sound)
        self.exchanges.append(exchange)
        self._note_life(exchange)
        return exchange

    def take(self, state: str, spare: int = 0) -> Order:
        """Return an order of that state, if so many more would be left; orders are money, and a clause once shown to be broken costs no other."""
        if self.run.broken(self.clause):
            raise NotApplicable(f"another scenario has used up an order to show that {self.clause} is broken; no other is used up for it")
        return self.orders.take(state, spare)

    def settle(self, verdict: Verdict | None) -> None:
        """Give orders back, and remember whether a broken clause has cost one."""
        if self.orders.settle() and verdict in {Verdict.DOES_NOT_CONFORM, Verdict.DEPARTS}:
            self.run.note_broken(self.clause)

    def note(self, order: Order, outcome: str, *, spent: bool) -> None:
        """Note what came of a request about an order."""
        self.orders.note(order, outcome, spent=spent)

    def _check_alive(self) -> None:
        if self.run.dead.get(self.target.api, 0) >= self.target.limits.dead:
            raise Inconclusive(
                f"the seller gave no answer {self.target.limits.dead} times in a row: nothing more is sent to it ([limits] dead)"
            )

    def _note_life(self, exchange: Exchange) -> None:
        if exchange.identity == "buyer":
            lifeless = exchange.trouble in LIFELESS
            self.run.dead[self.target.api] = self.run.dead.get(self.target.api, 0) + 1 if lifeless else 0
        if exchange.reply is not None and exchange.reply.status in THROTTLED:
            asked = exchange.reply.header("retry-after") or ""
            self._resume = time.monotonic() + min(float(asked) if asked.isdecimal() else 1.0, LONGEST_PAUSE)
