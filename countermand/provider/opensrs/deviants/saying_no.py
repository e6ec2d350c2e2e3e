"""Sellers that say no, and cancel the order all the same."""

from __future__ import annotations

from countermand.provider.http import Request
from countermand.provider.opensrs.deviants.base import besides
from countermand.provider.opensrs.message import Message
from countermand.provider.opensrs.orders import Reseller
from countermand.provider.opensrs.seller import Seller
from countermand.provider.opensrs.trust import Answer, RefusedError


class _Twofaced(Seller):
    """A seller that cancels what it refuses to cancel."""

    def cancel_all_the_same(self, message: Message) -> None:
        """Cancel the order that a message names, whosever it is, if it can be cancelled."""
        order = self.orders.get(message.attribute("order_id") or "")
        if order is not None and order.state in self.cancellable:
            self.keep(order.become(self.cancelled_state(order)))

    def cancels(self, message: Message) -> bool:
        """Tell whether a message asks for a cancellation."""
        return (message.text("action") or "").lower() == "cancel_order"


class _Unheeding(_Twofaced):
    """A seller that cancels for callers whom it turns away."""

    def authenticate(self, request: Request) -> Reseller:
        """Find the reseller who signed a request; of whoever has not, do what is asked, and refuse it."""
        try:
            return super().authenticate(request)
        except RefusedError:
            if self.is_about(request) and request.body:
                message = self.read(request.body)
                if self.cancels(message):
                    self.cancel_all_the_same(message)
            raise

    def is_about(self, request: Request) -> bool:
        """Tell whether this caller is one of those."""
        raise NotImplementedError


class Hypocritical(_Unheeding):
    """Tells a caller whose signature is wrong that it is, and cancels the order."""

    breaks = "OSRS-SIG-01"
    slug = "cancels-though-it-says-signature-is-wrong"
    also = besides(fails="SIG-03 SIG-04 SIG-05")

    def is_about(self, request: Request) -> bool:
        """Look for a user it knows and a signature."""
        return request.headers.get("x-username") in self.resellers and bool(request.headers.get("x-signature"))


class Simulating(_Unheeding):
    """Tells a caller that has not signed a request so, and cancels the order."""

    breaks = "OSRS-SIG-02"
    slug = "cancels-though-it-says-signature-is-missing"

    def is_about(self, request: Request) -> bool:
        """Look for a user it knows without a signature."""
        return request.headers.get("x-username") in self.resellers and not request.headers.get("x-signature")


class Feigning(_Unheeding):
    """Tells a user that it does not know it, and cancels the order."""

    breaks = "OSRS-SIG-06"
    slug = "cancels-though-it-says-user-is-unknown"
    also = besides(fails="SIG-03")  # two names together are nobody's

    def is_about(self, request: Request) -> bool:
        """Look for a user it does not know."""
        return request.headers.get("x-username", "") not in {"", *self.resellers}


class Shamming(_Unheeding):
    """Tells a caller that names no user so, and cancels the order."""

    breaks = "OSRS-SIG-07"
    slug = "cancels-though-it-says-user-is-missing"

    def is_about(self, request: Request) -> bool:
        """Look for no user."""
        return not request.headers.get("x-username")


class Dissembling(_Twofaced):
    """Says that there is no such command, and cancels the order."""

    breaks = "OSRS-CMD-01"
    slug = "cancels-though-it-says-action-is-unknown"

    def command(self, message: Message, reseller: Reseller) -> Answer:
        """Carry out the command a message names, or refuse it and cancel."""
        if (message.text("action") or "").lower() not in self.commands:
            self.cancel_all_the_same(message)
        return super().command(message, reseller)
