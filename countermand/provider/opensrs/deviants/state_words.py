"""Sellers that tell a state by a word that is not one of the seven, for each state a cancellation may begin in."""

from __future__ import annotations

from collections.abc import Mapping

from countermand.provider.family import family
from countermand.provider.opensrs.deviants.base import Misnaming, besides
from countermand.provider.opensrs.orders import Order, State
from countermand.provider.opensrs.seller import Seller


class Faltering(Seller):
    """Tells the state of the first order it ever cancels by a word of its own, and of all others by the right one."""

    breaks = "OSRS-STA-01"
    slug = "own-state-word-for-first-order"
    also = besides(departs="STA-02")

    def __init__(self) -> None:
        super().__init__()
        self.first = ""

    def cancel(self, order: Order) -> Order:
        """Cancel an order, and remember which was the first."""
        done = super().cancel(order)
        self.first = self.first or order.number
        return done

    def success_attributes(self, order: Order) -> Mapping[str, str]:
        """Tell how a cancelled order stands."""
        return self.worded(order, super().success_attributes(order))

    def info_attributes(self, order: Order) -> Mapping[str, str]:
        """Tell the same when asked."""
        return self.worded(order, super().info_attributes(order))

    def worded(self, order: Order, attributes: Mapping[str, str]) -> Mapping[str, str]:
        """Misname the state of the first."""
        return {**attributes, "state": "gone"} if order.number == self.first else attributes


misnaming = family(__name__, Misnaming, "begun", "word", also=besides(departs="STA-02"))

DEVIANTS = (
    misnaming(
        "American", "OSRS-STA-01", "spells-state-canceled", "Spells cancelled with one l.", State.PENDING, "canceled"
    ),
    misnaming(
        "Capital",
        "OSRS-STA-01",
        "writes-state-cancelled-capitalized",
        "Writes Cancelled with a capital letter.",
        State.PENDING,
        "Cancelled",
    ),
    misnaming(
        "Shouting",
        "OSRS-STA-01",
        "writes-state-in-capitals",
        "Writes CANCELLED in capital letters.",
        State.PENDING,
        "CANCELLED",
    ),
    misnaming(
        "Inventive", "OSRS-STA-01", "calls-cancelled-order-void", "Calls a cancelled order void.", State.PENDING, "void"
    ),
    misnaming("Numeric", "OSRS-STA-01", "numeric-state", "Gives a number for the state.", State.PENDING, "3"),
    misnaming(
        "Underscoring",
        "OSRS-STA-01",
        "writes-state-with-underscore",
        "Tells a cancellation under way by a word with an underscore.",
        State.IN_PROGRESS,
        "in_progress",
    ),
    misnaming(
        "Cancelling",
        "OSRS-STA-01",
        "says-cancelling-for-in-progress",
        "Says of an order in progress that it is being cancelled.",
        State.IN_PROGRESS,
        "cancelling",
    ),
    misnaming(
        "Refusing",
        "OSRS-STA-01",
        "says-refused-for-awaiting-approval",
        "Calls an order that awaited approval refused.",
        State.AWAITING_APPROVAL,
        "refused",
    ),
    misnaming(
        "Spacing",
        "OSRS-STA-01",
        "writes-awaiting-approval-as-two-words",
        "Writes awaiting approval as two words.",
        State.AWAITING_APPROVAL,
        "awaiting approval",
    ),
    misnaming(
        "Declining",
        "OSRS-STA-01",
        "writes-state-declined-capitalized",
        "Writes Declined with a capital letter for a confirmed order.",
        State.APPROVER_CONFIRMED,
        "Declined",
    ),
    misnaming(
        "Concluding",
        "OSRS-STA-01",
        "says-complete-for-completed-order",
        "Answers the cancellation of a completed order with success, and calls it complete.",
        State.COMPLETED,
        "complete",
    ),
    misnaming(
        "Repeating",
        "OSRS-STA-01",
        "says-already-cancelled",
        "Answers the cancellation of a cancelled order with success, and calls it already-cancelled.",
        State.CANCELLED,
        "already-cancelled",
    ),
    misnaming(
        "Rejecting",
        "OSRS-STA-01",
        "says-rejected-for-declined-order",
        "Answers the cancellation of a declined order with success, and calls it rejected.",
        State.DECLINED,
        "rejected",
    ),
)
