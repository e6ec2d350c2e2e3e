"""Ways for an OpenSRS seller to do later what it has said no to."""

from __future__ import annotations

import re
from collections.abc import Mapping

from countermand.provider.http import Request
from countermand.provider.opensrs.message import Message
from countermand.provider.opensrs.orders import IN_FLIGHT, Reseller, State
from countermand.provider.opensrs.seller import Seller
from countermand.provider.opensrs.trust import Answer, RefusedError


class _Belated(Seller):
    """A seller that puts what it refuses in a queue all the same, and carries it out once the order was looked up."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: dict[str, int] = {}  # how often each order was looked up since

    def put_off(self, number: str | None) -> None:
        """Put the cancellation of an order in the queue."""
        if number in self.orders:
            self.queue.setdefault(number, 0)

    def get_order_info(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Tell how an order stands, and what is in the queue for it from the second time on."""
        number = message.attribute("order_id") or ""
        if number in self.queue:
            self.queue[number] += 1
            order = self.orders[number]
            if self.queue[number] > 1 and order.state in IN_FLIGHT:
                self.keep(order.become(State.CANCELLED))
        return super().get_order_info(message, reseller)


class Queueing(_Belated):
    """Refuses a command it does not know, and calls the order off when it is looked up for the second time."""

    breaks = "OSRS-STA-06"
    slug = "calls-order-off-after-unknown-command"

    def command(self, message: Message, reseller: Reseller) -> Answer:
        """Carry out the command a message names, or put it off."""
        try:
            return super().command(message, reseller)
        except RefusedError:
            self.put_off(message.attribute("order_id"))
            raise


class Retrying(_Belated):
    """Refuses a request without a signature, and calls the order off when it is looked up for the second time."""

    breaks = "OSRS-STA-06"
    slug = "calls-order-off-after-missing-signature"

    def authenticate(self, request: Request) -> Reseller:
        """Find the reseller who signed a request, or put it off."""
        try:
            return super().authenticate(request)
        except RefusedError:
            if not request.headers.get("x-signature") and b"cancel_order" in request.body:
                number = re.search(rb"order_id[^>]*>(\d+)<", request.body)
                self.put_off(number[1].decode() if number else None)
            raise
