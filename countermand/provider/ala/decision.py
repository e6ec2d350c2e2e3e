"""How an ALA seller decides about cancellations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from countermand.provider.ala.orders import Order, State, stock
from countermand.provider.ala.request import Cancellation
from countermand.provider.ala.style import Names, Second, Style


class Decision(StrEnum):
    """What a seller decides about a cancellation."""

    PENDING = "pending"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Answer:
    """A decision, and why where it is a rejection."""

    decision: Decision
    code: str = ""
    message: str = ""


class Decisions:
    """Knows the orders and decides about them; every method is one habit that a deviant may change."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.orders = {order.seller_reference: order for order in stock()}
        self.taken_up: dict[str, Answer] = {}

    def memory(self) -> dict[str, Any]:
        """Give what a seller that is started again must know: its orders, and what it has taken up."""
        return {"orders": [asdict(order) for order in self.orders.values()], "taken up": list(self.taken_up)}

    def recall(self, memory: Mapping[str, Any]) -> None:
        """Go on where a seller with that memory ended; raises KeyError, TypeError, ValueError where it is none."""
        orders = [Order(**{**row, "state": State(row["state"])}) for row in memory["orders"]]
        self.orders = {order.seller_reference: order for order in orders}
        self.taken_up = {reference: Answer(Decision.PENDING) for reference in memory["taken up"]}

    def find(self, asked: Cancellation) -> Order | None:
        """Find the order by the seller's reference, or by the buyer's where that is all there is."""
        reference = asked["targetSellerOrderReference"]
        if reference:
            return self.orders.get(reference)
        named = asked["orderReferences.buyerOrderReference"]
        return next((order for order in self.orders.values() if order.buyer_reference == named), None)

    def decide(self, asked: Cancellation) -> Answer:
        """Decide about a cancellation, and remember it where it is taken up."""
        order = self.find(asked)
        if order is None or not self.is_owner(order, asked):
            return self.unknown(order)
        if not self.names_fit(order, asked) or self.style.reason_code not in {
            "",
            asked["cancellationReason.cancellationReasonCode"],
        }:
            return Answer(Decision.REJECTED, "102", "The order cannot be cancelled so.")
        return self.decide_about(order)

    def is_owner(self, order: Order, asked: Cancellation) -> bool:
        """Tell whether the buyer who asks owns the order."""
        return order.owner == (asked["buyer.buyerIdentifier"] or order.owner)

    def unknown(self, order: Order | None) -> Answer:
        """Reject an order which this buyer does not have; nothing but a code may tell that another has it."""
        return Answer(Decision.REJECTED, (self.style.foreign_code if order else "") or "100", "There is no such order.")

    def names_fit(self, order: Order, asked: Cancellation) -> bool:
        """Tell whether buyerOrderReference names what this seller wants it to name."""
        original = asked["orderReferences.buyerOrderReference"] == order.buyer_reference
        return {Names.ANY: True, Names.ORIGINAL: original, Names.FRESH: not original}[self.style.buyer_reference]

    def decide_about(self, order: Order) -> Answer:
        """Decide about an order of the buyer's, by its state."""
        before = self.taken_up.get(order.seller_reference)
        if before and self.style.second is not Second.REJECTED:
            return before
        if order.state is not State.IN_FLIGHT or not self.style.takes_up:
            return Answer(Decision.REJECTED, "101", "The order is not in flight.")
        return self.take_up(order)

    def take_up(self, order: Order) -> Answer:
        """Take the cancellation of an order up."""
        order.state = State.PENDING_CANCELLATION
        return self.taken_up.setdefault(order.seller_reference, Answer(Decision.PENDING))
