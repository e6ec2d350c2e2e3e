"""Sellers that take an order into a state that cannot follow, or tell different states of one order."""

from __future__ import annotations

from collections.abc import Mapping

from countermand.provider.family import family
from countermand.provider.opensrs.deviants.base import Moving, besides, change
from countermand.provider.opensrs.message import Message
from countermand.provider.opensrs.orders import Order, Reseller, State
from countermand.provider.opensrs.seller import Seller
from countermand.provider.opensrs.trust import Reason


class Hasty(Moving):
    """Completes a pending order instead of cancelling it."""

    breaks = "OSRS-STA-02"
    slug = "completes-pending-order"
    before, after = State.PENDING, State.COMPLETED


class Procrastinating(Moving):
    """Says that it cancelled a pending order, which stays pending."""

    breaks = "OSRS-STA-02"
    slug = "pending-order-stays-pending"
    before, after = State.PENDING, State.PENDING


class Submitting(Moving):
    """Submits a pending order instead of cancelling it."""

    breaks = "OSRS-STA-02"
    slug = "submits-pending-order"
    before, after = State.PENDING, State.IN_PROGRESS


class Pressing(Moving):
    """Completes an order in progress instead of cancelling it."""

    breaks = "OSRS-STA-02"
    slug = "completes-order-in-progress"
    before, after = State.IN_PROGRESS, State.COMPLETED


class Unmoved(Moving):
    """Says that it cancelled an order in progress, which stays so."""

    breaks = "OSRS-STA-02"
    slug = "order-in-progress-stays-so"
    before, after = State.IN_PROGRESS, State.IN_PROGRESS


class Regressing(Moving):
    """Takes an order in progress back to pending."""

    breaks = "OSRS-STA-02"
    slug = "takes-order-in-progress-to-pending"
    before, after = State.IN_PROGRESS, State.PENDING


class Approving(Moving):
    """Approves an order that awaits approval instead of cancelling it."""

    breaks = "OSRS-STA-02"
    slug = "approves-awaiting-order"
    before, after = State.AWAITING_APPROVAL, State.APPROVER_CONFIRMED


class Waiting(Moving):
    """Says that it cancelled an order that awaits approval, which goes on waiting."""

    breaks = "OSRS-STA-02"
    slug = "awaiting-order-stays-so"
    before, after = State.AWAITING_APPROVAL, State.AWAITING_APPROVAL


class Finishing(Moving):
    """Completes a confirmed order instead of cancelling it."""

    breaks = "OSRS-STA-02"
    slug = "completes-confirmed-order"
    before, after = State.APPROVER_CONFIRMED, State.COMPLETED


class Confirming(Moving):
    """Says that it cancelled a confirmed order, which stays confirmed."""

    breaks = "OSRS-STA-02"
    slug = "confirmed-order-stays-confirmed"
    before, after = State.APPROVER_CONFIRMED, State.APPROVER_CONFIRMED


class Revoking(Moving):
    """Cancels a completed order, which could only be revoked."""

    breaks = "OSRS-STA-02"
    slug = "cancels-completed-order"
    before, after = State.COMPLETED, State.CANCELLED


class Reopening(Moving):
    """Takes a completed order back into progress."""

    breaks = "OSRS-STA-02"
    slug = "takes-completed-order-to-in-progress"
    before, after = State.COMPLETED, State.IN_PROGRESS


class Reviving(Moving):
    """Takes a cancelled order back to pending."""

    breaks = "OSRS-STA-02"
    slug = "takes-cancelled-order-to-pending"
    before, after = State.CANCELLED, State.PENDING


class Perverse(Moving):
    """Completes a cancelled order when it is cancelled again."""

    breaks = "OSRS-STA-02"
    slug = "completes-cancelled-order"
    before, after = State.CANCELLED, State.COMPLETED


class Relenting(Moving):
    """Completes a declined order when it is cancelled."""

    breaks = "OSRS-STA-02"
    slug = "completes-declined-order"
    before, after = State.DECLINED, State.COMPLETED


class Resuming(Moving):
    """Takes a declined order back to pending."""

    breaks = "OSRS-STA-02"
    slug = "takes-declined-order-to-pending"
    before, after = State.DECLINED, State.PENDING


class Forgetful(Seller):
    """Says that it cancelled an order, and forgets to."""

    breaks = "OSRS-STA-03"
    slug = "says-cancelled-and-forgets"

    def cancel(self, order: Order) -> Order:
        """Cancel an order, and keep it as it was."""
        after = super().cancel(order)
        self.keep(order)
        return after


class Twofaced(Seller):
    """Tells cancelled in one reply and declined in the other."""

    breaks = "OSRS-STA-03"
    slug = "tells-cancelled-then-declined"

    def info_attributes(self, order: Order) -> Mapping[str, str]:
        """Give what get_order_info tells, one word exchanged."""
        exchanged = {State.CANCELLED: State.DECLINED, State.DECLINED: State.CANCELLED}
        touched = order.number in self.touched
        return change(
            super().info_attributes(order), {"state": exchanged.get(order.state, order.state)} if touched else {}
        )

    def __init__(self) -> None:
        super().__init__()
        self.touched: set[str] = set()  # so that an order of the stock is told as it is

    def cancel(self, order: Order) -> Order:
        """Cancel an order, and remember that it did."""
        after = super().cancel(order)
        self.touched.add(order.number)
        return after


class Disremembering(Seller):
    """Tells of an order whose cancellation began in progress that it still is, and of all others how they stand."""

    breaks = "OSRS-STA-03"
    slug = "tells-in-progress-after-cancellation"

    def __init__(self) -> None:
        super().__init__()
        self.overlooked: set[str] = set()

    def cancel(self, order: Order) -> Order:
        """Cancel an order, and overlook that it did where it was in progress."""
        self.overlooked |= {order.number} if order.state is State.IN_PROGRESS else set()
        return super().cancel(order)

    def info_attributes(self, order: Order) -> Mapping[str, str]:
        """Give what get_order_info tells."""
        return change(
            super().info_attributes(order), {"state": "in-progress"} if order.number in self.overlooked else {}
        )


class Lagging(Seller):
    """Tells for one reading more the state before the cancellation."""

    breaks = "OSRS-STA-03"
    slug = "tells-old-state-once-more"

    def __init__(self) -> None:
        super().__init__()
        self.before: dict[str, Order] = {}

    def cancel(self, order: Order) -> Order:
        """Cancel an order, and remember what it was."""
        after = super().cancel(order)
        self.before[order.number] = order
        return after

    def get_order_info(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Tell how an order stands, or stood."""
        order = self.find(message.attribute("order_id"), reseller)
        return self.info_attributes(self.before.pop(order.number, order))


class Sweeping(Seller):
    """Calls the reseller's next order of that state off as well."""

    breaks = "OSRS-STA-04"
    slug = "calls-next-order-off-as-well"
    also = besides(not_applicable="STA-06")

    def cancel(self, order: Order) -> Order:
        """Cancel an order, and the one behind it."""
        alike = [other for other in self.orders.values() if (other.owner, other.state) == (order.owner, order.state)]
        cancelled = super().cancel(order)
        for other in alike[alike.index(order) + 1 :][:1]:
            self.keep(other.become(State.CANCELLED))
        return cancelled


class _Dragging(Seller):
    """A seller that calls one more order off with each."""

    def is_dragged(self, other: Order, order: Order) -> bool:
        """Say whether another order is called off with one."""
        raise NotImplementedError

    def cancel(self, order: Order) -> Order:
        """Cancel an order, and the first of those that go with it."""
        other = next((other for other in self.orders.values() if self.is_dragged(other, order)), None)
        if other is not None:
            self.keep(other.become(State.CANCELLED))
        return super().cancel(order)


class Sprawling(_Dragging):
    """Calls one of the reseller's orders in progress off as well, where a pending one is cancelled."""

    breaks = "OSRS-STA-04"
    slug = "calls-order-in-another-state-off-as-well"
    also = besides(not_applicable="STA-06")

    def is_dragged(self, other: Order, order: Order) -> bool:
        """Take one of the reseller's in progress."""
        return (other.owner, other.state, order.state) == (order.owner, State.IN_PROGRESS, State.PENDING)


class Spreading(_Dragging):
    """Calls an order of another reseller's off as well."""

    breaks = "OSRS-STA-04"
    slug = "calls-foreign-order-off-as-well"
    also = besides(departs="REQ-05", not_applicable="STA-06")  # its owner is told so there as well

    def is_dragged(self, other: Order, order: Order) -> bool:
        """Take one of somebody else's that can be cancelled."""
        return other.owner != order.owner and other.state in self.cancellable


class _Stirring(Moving):
    """A seller that refuses to cancel orders of a state, and takes them into another."""

    def cancel(self, order: Order) -> Order:
        """Cancel an order, or refuse it, after its own fashion."""
        after = super().cancel(order)
        if order.state is self.before:
            raise self.refusal(Reason.STATE)
        return after


stirring = family(__name__, _Stirring, "before", "after")
Stealing = stirring(
    "Stealing",
    "OSRS-STA-05",
    "reopens-completed-order-though-it-says-no",
    "Refuses to cancel a completed order, and takes it back to pending.",
    State.COMPLETED,
    State.PENDING,
)
Burying = stirring(
    "Burying",
    "OSRS-STA-05",
    "reopens-declined-order-though-it-says-no",
    "Refuses to cancel a declined order, and takes it back to pending.",
    State.DECLINED,
    State.PENDING,
)
Haunting = stirring(
    "Haunting",
    "OSRS-STA-05",
    "revives-cancelled-order-though-it-says-no",
    "Refuses to cancel a cancelled order, and takes it back to pending.",
    State.CANCELLED,
    State.PENDING,
)
