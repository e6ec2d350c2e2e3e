"""Sellers that tell a state by a word that is not one of the seven, for each state a cancellation may begin in."""

from __future__ import annotations

from collections.abc import Mapping

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

    def worded(self, order: Order, told: Mapping[str, str]) -> Mapping[str, str]:
        """Misname the state of the first."""
        return {**told, "state": "gone"} if order.number == self.first else told


class American(Misnaming):
    """Spells cancelled with one l."""

    breaks = "OSRS-STA-01"
    slug = "spells-state-canceled"
    also = besides(departs="STA-02")
    begun, word = State.PENDING, "canceled"


class Capital(Misnaming):
    """Writes Cancelled with a capital letter."""

    breaks = "OSRS-STA-01"
    slug = "writes-state-cancelled-capitalized"
    also = besides(departs="STA-02")
    begun, word = State.PENDING, "Cancelled"


class Shouting(Misnaming):
    """Writes CANCELLED in capital letters."""

    breaks = "OSRS-STA-01"
    slug = "writes-state-in-capitals"
    also = besides(departs="STA-02")
    begun, word = State.PENDING, "CANCELLED"


class Inventive(Misnaming):
    """Calls a cancelled order void."""

    breaks = "OSRS-STA-01"
    slug = "calls-cancelled-order-void"
    also = besides(departs="STA-02")
    begun, word = State.PENDING, "void"


class Numeric(Misnaming):
    """Gives a number for the state."""

    breaks = "OSRS-STA-01"
    slug = "numeric-state"
    also = besides(departs="STA-02")
    begun, word = State.PENDING, "3"


class Underscoring(Misnaming):
    """Tells a cancellation under way by a word with an underscore."""

    breaks = "OSRS-STA-01"
    slug = "writes-state-with-underscore"
    also = besides(departs="STA-02")
    begun, word = State.IN_PROGRESS, "in_progress"


class Cancelling(Misnaming):
    """Says of an order in progress that it is being cancelled."""

    breaks = "OSRS-STA-01"
    slug = "says-cancelling-for-in-progress"
    also = besides(departs="STA-02")
    begun, word = State.IN_PROGRESS, "cancelling"


class Refusing(Misnaming):
    """Calls an order that awaited approval refused."""

    breaks = "OSRS-STA-01"
    slug = "says-refused-for-awaiting-approval"
    also = besides(departs="STA-02")
    begun, word = State.AWAITING_APPROVAL, "refused"


class Spacing(Misnaming):
    """Writes awaiting approval as two words."""

    breaks = "OSRS-STA-01"
    slug = "writes-awaiting-approval-as-two-words"
    also = besides(departs="STA-02")
    begun, word = State.AWAITING_APPROVAL, "awaiting approval"


class Declining(Misnaming):
    """Writes Declined with a capital letter for a confirmed order."""

    breaks = "OSRS-STA-01"
    slug = "writes-state-declined-capitalized"
    also = besides(departs="STA-02")
    begun, word = State.APPROVER_CONFIRMED, "Declined"


class Concluding(Misnaming):
    """Answers the cancellation of a completed order with success, and calls it complete."""

    breaks = "OSRS-STA-01"
    slug = "says-complete-for-completed-order"
    also = besides(departs="STA-02")
    begun, word = State.COMPLETED, "complete"


class Repeating(Misnaming):
    """Answers the cancellation of a cancelled order with success, and calls it already-cancelled."""

    breaks = "OSRS-STA-01"
    slug = "says-already-cancelled"
    also = besides(departs="STA-02")
    begun, word = State.CANCELLED, "already-cancelled"


class Rejecting(Misnaming):
    """Answers the cancellation of a declined order with success, and calls it rejected."""

    breaks = "OSRS-STA-01"
    slug = "says-rejected-for-declined-order"
    also = besides(departs="STA-02")
    begun, word = State.DECLINED, "rejected"
