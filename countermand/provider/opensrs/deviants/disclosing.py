"""Sellers that tell of another reseller's order."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import ClassVar

from countermand.provider.family import family
from countermand.provider.http import Response
from countermand.provider.opensrs.deviants.base import besides
from countermand.provider.opensrs.message import Message
from countermand.provider.opensrs.orders import Order, Reseller
from countermand.provider.opensrs.seller import Seller
from countermand.provider.opensrs.trust import Answer, Reason, RefusedError


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


class Candid(Seller):
    """Tells any reseller of any order, where it is asked for it."""

    breaks = "OSRS-REQ-07"
    slug = "tells-of-foreign-order-when-asked"

    def get_order_info(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Tell how an order stands, whosever it is."""
        order = self.orders.get(message.attribute("order_id") or "")
        return super().get_order_info(message, reseller) if order is None else self.info_attributes(order)


class _Meaning(Seller):
    """A seller that tells a reseller of another one's order by its number written otherwise, as nobody owns that."""

    read_number: ClassVar[Callable[[str], str]]

    def get_order_info(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Tell how an order stands, whosever it is, where its number is not written as it was given."""
        number = message.attribute("order_id") or ""
        meant = type(self).read_number(number)
        order = None if meant == number else self.orders.get(meant)
        return super().get_order_info(message, reseller) if order is None else self.info_attributes(order)


meaning = family(__name__, _Meaning, "read_number")
Unpadding = meaning(
    "Unpadding",
    "OSRS-REQ-07",
    "tells-of-foreign-order-by-number-with-zeros",
    "Tells a reseller of another one's order by its number with zeros before it, as nobody owns that.",
    lambda number: number.lstrip("0"),
)
Plussed = meaning(
    "Plussed",
    "OSRS-REQ-07",
    "tells-of-foreign-order-by-number-with-plus",
    "Tells a reseller of another one's order by its number with a plus before it, as nobody owns that.",
    lambda number: number.removeprefix("+"),
)
Sixteenfold = meaning(
    "Sixteenfold",
    "OSRS-REQ-07",
    "tells-of-foreign-order-by-number-in-hexadecimal",
    "Tells a reseller of another one's order by its number in hexadecimal, as nobody owns that.",
    lambda number: str(int(number, 16)) if re.fullmatch("0x[0-9a-f]+", number) else number,
)


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


class _Talkative(Seller):
    """A seller that talks of another reseller's order where it refuses to cancel it."""

    also = besides(departs="REQ-07")  # it is as talkative where the order is looked up

    def foreign(self, order: Order) -> Order:
        """Refuse, in words of its own."""
        raise self.refusal(Reason.FOREIGN, detail=self.of(order))

    def of(self, order: Order) -> str:
        """Say what it knows."""
        raise NotImplementedError


class Advertising(_Talkative):
    """Says for which domain another reseller's order is."""

    breaks = "OSRS-REQ-06"
    slug = "says-domain-of-foreign-order"

    def of(self, order: Order) -> str:
        """Say it."""
        return f"{order.domain} is not yours"


class Broadcasting(_Talkative):
    """Says in words how another reseller's order stands."""

    breaks = "OSRS-REQ-06"
    slug = "text-tells-state-of-foreign-order"

    def of(self, order: Order) -> str:
        """Say it."""
        return f"the order is {order.state}, and not yours"


class Attributing(_Talkative):
    """Says whose an order is."""

    breaks = "OSRS-REQ-06"
    slug = "tells-owner-of-foreign-order"

    def of(self, order: Order) -> str:
        """Say it."""
        return f"it belongs to {order.owner}"


class Annotating(Seller):
    """Says in a header for which domain another reseller's order is."""

    breaks = "OSRS-REQ-06"
    slug = "header-tells-domain-of-foreign-order"
    also = besides(departs="REQ-07")

    def __init__(self) -> None:
        super().__init__()
        self.refused: Order | None = None

    def foreign(self, order: Order) -> Order:
        """Refuse, and remember whose order it was."""
        self.refused = order
        return super().foreign(order)

    def response(self, answer: Answer, status: int = 200) -> Response:
        """Put an answer on the wire, and a header with it."""
        response, order, self.refused = super().response(answer, status), self.refused, None
        return replace(response, headers=(*response.headers, ("X-Order", order.domain))) if order else response
