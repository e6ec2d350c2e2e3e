"""Sellers that cancel what they should refuse: no order, no number, no order of theirs, no order of the buyer's."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from string import ascii_letters
from typing import ClassVar

from countermand.provider.family import family
from countermand.provider.opensrs.deviants.base import besides, imagined
from countermand.provider.opensrs.message import Message, parse
from countermand.provider.opensrs.orders import Order, Reseller, State
from countermand.provider.opensrs.seller import Seller
from countermand.provider.opensrs.trust import Answer, Reason, RefusedError

#: Both follow from it: there is no failure to be told of, and an empty order_id tells no more than none.
UNNAMED = besides(not_applicable="CMD-04 REQ-02")


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


class Rounding(Seller):
    """Reads an order_id that is no number as the digits in it, and cancels that order, or says so."""

    breaks = "OSRS-REQ-03"
    slug = "reads-digits-of-order-id-no-number"

    def not_a_number(self, number: str, reseller: Reseller) -> Order:
        """Find the order by the digits alone."""
        digits = "".join(character for character in number if character in "0123456789")
        return self.orders.get(digits, imagined(number, reseller))


class Pythonic(Seller):
    """Reads underscores between the digits of an order_id as Python does, and cancels that order."""

    breaks = "OSRS-REQ-03"
    slug = "reads-order-id-without-underscores"

    def not_a_number(self, number: str, reseller: Reseller) -> Order:
        """Find the order by the number that is meant."""
        order = self.orders.get(number.replace("_", "")) if number.isascii() else None
        return order if order and "_" in number else super().not_a_number(number, reseller)


class Wrapping(Seller):
    """Reads an order_id as a number of 64 bits, which one beyond them wraps round to, and cancels that order."""

    breaks = "OSRS-REQ-04"
    slug = "reads-order-id-in-64-bits"

    def unknown(self, number: str, reseller: Reseller) -> Order:
        """Find the order by what is left of the number."""
        kept = str(int(number) % 2**64) if len(number) == len(str(2**64)) else ""
        order = next((order for order in self.owned(reseller) if order.number == kept), None)
        return order or super().unknown(number, reseller)


class Coercing(Seller):
    """Reads an order_id up to its first letter, as programs do that make a number of it, and cancels that order."""

    breaks = "OSRS-REQ-03"
    slug = "reads-order-id-up-to-first-letter"

    def not_a_number(self, number: str, reseller: Reseller) -> Order:
        """Find the order by the digits in front, and refuse what begins with a letter."""
        digits = number.rstrip(ascii_letters)
        return (
            self.find(digits, reseller)
            if digits.isascii() and digits.isdigit()
            else super().not_a_number(number, reseller)
        )


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


class Padded(Seller):
    """Looks for the owner of an order by its number as text, and for the order by the number."""

    breaks = "OSRS-REQ-05"
    slug = "cancels-foreign-order-by-number-with-zeros"
    also = besides(departs="REQ-07")  # it is told of it as well

    def unknown(self, number: str, reseller: Reseller) -> Order:
        """Find an order whatever zeros stand before its number, and nobody's for its owner."""
        return self.orders.get(number.lstrip("0")) or super().unknown(number, reseller)


class _Converting(Seller):
    """A seller that looks for the owner of an order by its number as text, and for the order by what that means."""

    read_number: ClassVar[Callable[[str], str]]

    def cancel_order(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Cancel an order, whosever it is, where its number is written otherwise."""
        number = message.attribute("order_id") or ""
        meant = type(self).read_number(number)
        order = None if meant == number else self.orders.get(meant)
        return self.success_attributes(self.cancel(order)) if order else super().cancel_order(message, reseller)


converting = family(__name__, _Converting, "read_number")
Widthblind = converting(
    "Widthblind",
    "OSRS-REQ-05",
    "cancels-foreign-order-by-number-in-full-width",
    "Looks for the owner of an order by its number as text, and for the order whatever the width of its digits.",
    lambda number: unicodedata.normalize("NFKC", number),
)
Signed = converting(
    "Signed",
    "OSRS-REQ-05",
    "cancels-foreign-order-by-number-with-plus",
    "Looks for the owner of an order by its number as text, and for the order whatever its sign.",
    lambda number: number.removeprefix("+"),
)
Hexing = converting(
    "Hexing",
    "OSRS-REQ-05",
    "cancels-foreign-order-by-number-in-hexadecimal",
    "Looks for the owner of an order by its number as text, and for the order by the number, in hexadecimal too.",
    lambda number: str(int(number, 16)) if re.fullmatch("0x[0-9a-f]+", number) else number,
)


class Spaced(Seller):
    """Looks for the owner of an order by its number as it is written, and for the order without the blanks."""

    breaks = "OSRS-REQ-05"
    slug = "cancels-foreign-order-by-number-with-blanks"

    def read(self, body: bytes) -> Message:
        """Read a request, and how the number is written in it."""
        message = super().read(body)
        written = ("".join(map(str, item.itertext())) for item in parse(body).iterfind(".//item[@key='order_id']"))
        return Message({**message.items, "written": next(written, "")})

    def cancel_order(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Cancel an order, whosever it is, where its number is written otherwise."""
        number, order = message.text("written") or "", self.orders.get(message.text("written") or "")
        if order is None or message.items["written"] == number:
            return super().cancel_order(message, reseller)
        return self.success_attributes(self.cancel(order))


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


class _Gossiping(Seller):
    """A seller whose refusal of another reseller's order says what it knows of it."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: Order | None = None  # the lock is held from here until the answer is arranged

    def foreign(self, order: Order) -> Order:
        """Refuse, and remember whose order it was."""
        self.refused = order
        return super().foreign(order)

    def tells(self, order: Order) -> Mapping[str, str]:
        """Say what it tells."""
        raise NotImplementedError

    def carry_out(self, name: str, message: Message, reseller: Reseller) -> Answer:
        """Carry out a command, and add what is known to the refusal."""
        self.refused = None
        try:
            return super().carry_out(name, message, reseller)
        except RefusedError as refusal:
            if self.refused is None or name != "cancel_order":
                raise
            known = self.tells(self.refused)
            return Answer(
                success=False,
                code=refusal.code,
                text=refusal.text,
                attributes=known,
                action="CANCEL_ORDER:REPLY",
                command=name,
            )


class Gossiping(_Gossiping):
    """Tells all it knows of another reseller's order where it refuses to cancel it."""

    breaks = "OSRS-REQ-06"
    slug = "tells-all-of-foreign-order"

    def tells(self, order: Order) -> Mapping[str, str]:
        """Tell all."""
        return {"domain": order.domain, "order_id": order.number, "state": order.state}


class Hinting(_Gossiping):
    """Tells the domain of another reseller's order where it refuses to cancel it."""

    breaks = "OSRS-REQ-06"
    slug = "tells-domain-of-foreign-order"

    def tells(self, order: Order) -> Mapping[str, str]:
        """Tell the domain."""
        return {"domain": order.domain}


class Reporting(_Gossiping):
    """Tells the state of another reseller's order where it refuses to cancel it."""

    breaks = "OSRS-REQ-06"
    slug = "tells-state-of-foreign-order"

    def tells(self, order: Order) -> Mapping[str, str]:
        """Tell the state."""
        return {"state": order.state}


class Beginning(Seller):
    """Finds an order by the beginning of the number it is asked for, as a column does that is too short."""

    breaks = "OSRS-REQ-04"
    slug = "finds-order-by-beginning-of-number"

    def unknown(self, number: str, reseller: Reseller) -> Order:
        """Find an order with which the number begins."""
        alike = (order for order in self.owned(reseller) if number.startswith(order.number))
        return next(alike, None) or super().unknown(number, reseller)


class Ending(Seller):
    """Finds an order by the last digits of the number it is asked for."""

    breaks = "OSRS-REQ-04"
    slug = "finds-order-by-end-of-number"

    def unknown(self, number: str, reseller: Reseller) -> Order:
        """Find an order with which the number ends."""
        alike = (order for order in self.owned(reseller) if number.endswith(order.number))
        return next(alike, None) or super().unknown(number, reseller)


class Winded(Seller):
    """Reads a number up to the first comment in it, and so another than the one that was sent."""

    breaks = "OSRS-REQ-04"
    slug = "reads-order-id-up-to-comment"
    commented = rb"<!--[^<]*?--\s*>[^<]*(?=</item>)"

    def read(self, body: bytes) -> Message:
        """Leave out what stands behind a comment, or before it."""
        return super().read(re.sub(self.commented, b"", body))


class Startled(Winded):
    """Reads a number from the last comment in it on, and so another than the one that was sent."""

    breaks = "OSRS-REQ-04"
    slug = "reads-order-id-from-comment-on"
    commented = rb"(?<=>)[^<>]*<!--[^<]*?--\s*>(?=[^<]*</item>)"


class Instructed(Winded):
    """Reads a number up to the first processing instruction in it, and so another than the one that was sent."""

    breaks = "OSRS-REQ-04"
    slug = "reads-order-id-up-to-instruction"
    commented = rb"<\?[^<]*?\?>[^<]*(?=</item>)"


class Favouring(Seller):
    """Lets one reseller cancel the orders of the other, which may not cancel those of the first."""

    breaks = "OSRS-REQ-05"
    slug = "lets-another-reseller-cancel-the-buyers-order"

    def foreign(self, order: Order) -> Order:
        """Keep strangers off the orders of one of them."""
        return order if order.owner == self.buyer.username else super().foreign(order)


class Flooring(Seller):
    """Reads an order_id with a fraction behind it without that, and cancels that order."""

    breaks = "OSRS-REQ-03"
    slug = "reads-order-id-without-its-fraction"

    def not_a_number(self, number: str, reseller: Reseller) -> Order:
        """Make a whole number of one that is not."""
        whole, point, fraction = number.partition(".")
        is_number = whole.isdecimal() and point and fraction.isdecimal()
        return self.find(whole, reseller) if is_number else super().not_a_number(number, reseller)


class Exponential(Seller):
    """Reads an order_id in scientific notation, as programs do that compare loosely, and cancels that order."""

    breaks = "OSRS-REQ-03"
    slug = "reads-order-id-as-power-of-ten"

    def not_a_number(self, number: str, reseller: Reseller) -> Order:
        """Multiply a number by the power behind it."""
        whole, e, power = number.partition("e")
        is_number = whole.isdecimal() and e and power == "0"
        return self.find(whole, reseller) if is_number else super().not_a_number(number, reseller)


class Candid(Seller):
    """Tells any reseller of any order, where it is asked for it."""

    breaks = "OSRS-REQ-07"
    slug = "tells-of-foreign-order-when-asked"

    def get_order_info(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Tell how an order stands, whosever it is."""
        order = self.orders.get(message.attribute("order_id") or "")
        return super().get_order_info(message, reseller) if order is None else self.info_attributes(order)


class Unpadding(Seller):
    """Tells a reseller of another one's order by its number with zeros before it, as nobody owns that."""

    breaks = "OSRS-REQ-07"
    slug = "tells-of-foreign-order-by-number-with-zeros"

    def get_order_info(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Tell how an order stands, whosever it is, where its number is not written as it was given."""
        number = message.attribute("order_id") or ""
        order = self.orders.get(number.lstrip("0")) if number.startswith("0") else None
        return super().get_order_info(message, reseller) if order is None else self.info_attributes(order)


class Apologetic(Seller):
    """Refuses to tell of another reseller's order, and says why in words that tell how it stands."""

    breaks = "OSRS-REQ-07"
    slug = "refusal-to-tell-names-state-of-foreign-order"

    def get_order_info(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Say how it stands, and whose it is not."""
        order = self.orders.get(message.attribute("order_id") or "")
        if order is not None and order.owner != reseller.username:
            raise self.refusal(Reason.FOREIGN, detail=f"the order is {order.state}")
        return super().get_order_info(message, reseller)
