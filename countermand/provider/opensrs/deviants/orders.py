"""Sellers that cancel what they should refuse: no order, no number, no order of theirs, no order of the buyer's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from countermand.provider.family import family
from countermand.provider.opensrs.deviants.base import besides, imagined
from countermand.provider.opensrs.message import Message, parse
from countermand.provider.opensrs.orders import Order, Reseller, State
from countermand.provider.opensrs.seller import Seller

#: Both follow from it: there is no failure to be told of, and an empty order_id tells no more than none.
UNNAMED = besides(not_applicable="CMD-04 REQ-02", departs="REQ-03")  # nor is an array an order_id


class Careless(Seller):
    """Says that it cancelled, though no order_id says which order."""

    breaks = "OSRS-REQ-01"
    slug = "says-cancelled-without-order-id"
    also = UNNAMED

    def unnamed(self, number: str | None, reseller: Reseller) -> Order:
        """Make an order up where none is named."""
        return imagined("0", reseller) if number is None else super().unnamed(number, reseller)


class Guessing(Seller):
    """Cancels the buyer's oldest pending order where no order_id says which."""

    breaks = "OSRS-REQ-01"
    slug = "cancels-oldest-order-without-order-id"
    also = UNNAMED

    def unnamed(self, number: str | None, reseller: Reseller) -> Order:
        """Take the first where none is named."""
        if number is not None:
            return super().unnamed(number, reseller)
        pending = (order for order in self.owned(reseller) if order.state is State.PENDING)
        return next(pending, imagined("0", reseller))


class Bypassing(Seller):
    """Answers with success, and no attributes, where no order_id says which order."""

    breaks = "OSRS-REQ-01"
    slug = "success-without-attributes-without-order-id"
    also = UNNAMED

    def cancel_order(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Cancel an order, or none."""
        return super().cancel_order(message, reseller) if message.attribute("order_id") is not None else {}


class Unattributed(Seller):
    """Cancels the buyer's oldest pending order where a request has no attributes at all."""

    breaks = "OSRS-REQ-01"
    slug = "cancels-oldest-order-without-attributes"

    def cancel_order(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Cancel an order, or the first."""
        if "attributes" in message.items:
            return super().cancel_order(message, reseller)
        pending = (order for order in self.owned(reseller) if order.state is State.PENDING)
        return self.success_attributes(self.cancel(next(pending, imagined("0", reseller))))


class _Elsewhere(Seller):
    """A seller that finds the number of an order in another place than its own, too."""

    named_at: ClassVar[Callable[[Message], str | None]]

    def cancel_order(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Cancel an order, wherever its number stands."""
        if message.attribute("order_id") is not None:
            return super().cancel_order(message, reseller)
        return self.success_attributes(self.cancel(self.find(type(self).named_at(message), reseller)))


placing = family(__name__, _Elsewhere, "named_at")
Besides = placing(
    "Besides",
    "OSRS-REQ-01",
    "reads-order-id-beside-attributes",
    "Finds the number of an order beside the attributes as well.",
    lambda message: message.text("order_id"),
)
Synonymous = placing(
    "Synonymous",
    "OSRS-REQ-01",
    "reads-order-id-under-id",
    "Finds the number of an order under another name as well.",
    lambda message: message.attribute("id"),
)


class Absentminded(Seller):
    """Says that it cancelled, though the order_id is empty."""

    breaks = "OSRS-REQ-02"
    slug = "says-cancelled-with-empty-order-id"

    def unnamed(self, number: str | None, reseller: Reseller) -> Order:
        """Make an order up where the name is empty."""
        return super().unnamed(number, reseller) if number is None else imagined("0", reseller)


class Illiterate(Seller):
    """Says that it cancelled, though the order_id is no number."""

    breaks = "OSRS-REQ-03"
    slug = "says-cancelled-with-order-id-no-number"

    def not_a_number(self, number: str, reseller: Reseller) -> Order:
        """Make an order up by any name."""
        return imagined(number, reseller)


class Imaginative(Seller):
    """Says that it cancelled an order that does not exist."""

    breaks = "OSRS-REQ-04"
    slug = "says-cancelled-unknown-order"

    def unknown(self, number: str, reseller: Reseller) -> Order:
        """Make an order up by any number."""
        return imagined(number, reseller)


class Shrugging(Seller):
    """Says of an order that does not exist that it is cancelled already."""

    breaks = "OSRS-REQ-04"
    slug = "says-unknown-order-cancelled-already"

    def cancel_order(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Cancel an order, if there is one."""
        number = message.attribute("order_id") or ""
        if not number.isdigit() or number in self.orders:
            return super().cancel_order(message, reseller)
        return self.success_attributes(imagined(number, reseller).become(State.CANCELLED))


class Trespassing(Seller):
    """Cancels another reseller's order."""

    breaks = "OSRS-REQ-05"
    slug = "cancels-foreign-order"
    also = besides(departs="REQ-07", not_applicable="REQ-06")  # what it cancels it tells of

    def foreign(self, order: Order) -> Order:
        """Take the order for the reseller's own."""
        return order


class Poaching(Seller):
    """Says that the buyer may not cancel another reseller's order, and cancels it."""

    breaks = "OSRS-REQ-05"
    slug = "cancels-foreign-order-though-it-says-no"

    def cancel_order(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Cancel an order, whosever it is, and refuse it as it should."""
        order = self.orders.get(message.attribute("order_id") or "")
        if order is not None and order.owner != reseller.username and order.state in self.cancellable:
            self.keep(order.become(self.cancelled_state(order)))
        return super().cancel_order(message, reseller)


class Pretending(Seller):
    """Says that it cancelled another reseller's order, without doing so."""

    breaks = "OSRS-REQ-05"
    slug = "says-cancelled-foreign-order"
    also = besides(departs="REQ-07", not_applicable="REQ-06")  # what it cancels it tells of

    def cancel(self, order: Order) -> Order:
        """Cancel an order of the buyer, and say so of any other's."""
        return super().cancel(order) if order.owner == self.buyer.username else order.become(State.CANCELLED)

    def foreign(self, order: Order) -> Order:
        """Take the order for the reseller's own."""
        return order


class _Splitting(Seller):
    """A seller that looks for the owner of one order, where a request names two, and cancels the other."""

    owned_by: ClassVar[str]  # which of the two
    cancels: ClassVar[str]

    def read(self, body: bytes) -> Message:
        """Read a request, and which orders it names first and last."""
        message = super().read(body)
        numbers = ["".join(item.itertext()) for item in parse(body).iterfind(".//item[@key='order_id']")]
        return Message({**message.items, **({"first": numbers[0], "last": numbers[-1]} if numbers else {})})

    def cancel_order(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Cancel an order, if another is the reseller's."""
        if message.text("first") == message.text("last"):
            return super().cancel_order(message, reseller)
        self.find(message.text(self.owned_by), reseller)
        order = self.orders.get(message.text(self.cancels) or "")
        return self.success_attributes(self.cancel(order or self.unknown("", reseller)))


splitting = family(__name__, _Splitting, "owned_by", "cancels")
Prefacing = splitting(
    "Prefacing",
    "OSRS-REQ-05",
    "looks-for-owner-of-first-order-and-cancels-last",
    "Looks for the owner of the first order that is named, and cancels the last one.",
    "first",
    "last",
)
Trailing = splitting(
    "Trailing",
    "OSRS-REQ-05",
    "looks-for-owner-of-last-order-and-cancels-first",
    "Looks for the owner of the last order that is named, and cancels the first one.",
    "last",
    "first",
)


class Favouring(Seller):
    """Lets one reseller cancel the orders of the other, which may not cancel those of the first."""

    breaks = "OSRS-REQ-05"
    slug = "lets-another-reseller-cancel-the-buyers-order"
    also = besides(departs="REQ-07")  # and look them up

    def foreign(self, order: Order) -> Order:
        """Keep strangers off the orders of one of them."""
        return order if order.owner == self.buyer.username else super().foreign(order)
