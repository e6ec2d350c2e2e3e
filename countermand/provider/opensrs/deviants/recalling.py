"""Sellers that tell somebody else what they have told the buyer before, or take somebody for the buyer by that."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace

from countermand.provider.http import Request, Response
from countermand.provider.opensrs.deviants.leaking import Updating
from countermand.provider.opensrs.message import Message
from countermand.provider.opensrs.orders import IN_FLIGHT, Order, Reseller, State
from countermand.provider.opensrs.seller import Seller
from countermand.provider.opensrs.trust import Answer, Reason


class Sessional(Seller):
    """Gives whoever has signed once a cookie, by which it is known later without a user or a signature."""

    breaks = "OSRS-SIG-02"
    slug = "serves-by-cookie-without-signature"

    def __init__(self) -> None:
        super().__init__()
        self.sessions: dict[str, Reseller] = {}

    def handle(self, request: Request) -> Response:
        """Answer one HTTP request, and begin a session."""
        response = super().handle(request)
        reseller = self.resellers.get(request.headers.get("x-username", ""))
        if reseller is None or not super().signed(request, reseller):
            return response
        cookie = f"session={secrets.token_hex(16)}"
        self.sessions[cookie] = reseller
        return replace(response, headers=(*response.headers, ("Set-Cookie", f"{cookie}; Path=/; Secure; HttpOnly")))

    def authenticate(self, request: Request) -> Reseller:
        """Find the reseller by the session, if there is one and nothing else to go by."""
        known = self.sessions.get(request.headers.get("cookie", ""))
        return known if known and "x-signature" not in request.headers else super().authenticate(request)


class Regaling(Seller):
    """Answers a cancellation that was carried out with its success again, whichever reseller asks for it."""

    breaks = "OSRS-REQ-05"
    slug = "tells-success-again-to-another-reseller"

    def __init__(self) -> None:
        super().__init__()
        self.carried_out: dict[str, Answer] = {}

    def carry_out(self, name: str, message: Message, reseller: Reseller) -> Answer:
        """Carry out a command of the trust service, a cancellation once."""
        number = message.attribute("order_id") or ""
        if name == "cancel_order" and number in self.carried_out:
            return self.carried_out[number]
        answer = super().carry_out(name, message, reseller)
        if name == "cancel_order":
            self.carried_out[number] = answer
        return answer


class Prejudging(Seller):
    """Says of an order that was called off that it is so before it looks whose it is."""

    breaks = "OSRS-REQ-06"
    slug = "says-called-off-before-it-looks-for-owner"

    def cancel_order(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Cancel an order, unless that was done before."""
        order = self.orders.get(message.attribute("order_id") or "")
        if order is not None and order.state in {State.CANCELLED, State.DECLINED}:
            raise self.refusal(Reason.STATE, detail=f"the order is already {order.state}")
        return super().cancel_order(message, reseller)


class Recollecting(Updating):
    """Tells a caller whose signature is wrong how an order stands that was called off before."""

    breaks = "OSRS-SIG-09"
    slug = "tells-wrong-signer-that-order-was-called-off"

    def of(self, order: Order) -> str:
        """Say it of what is over."""
        return "" if order.state in IN_FLIGHT else super().of(order)


class _Archiving(Seller):
    """A seller that keeps some orders where it does not look whose they are."""

    kept: frozenset[State]

    def get_order_info(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Tell how an order stands, whosever it is where it is kept apart."""
        order = self.orders.get(message.attribute("order_id") or "")
        apart = order is not None and order.state in self.kept
        return self.info_attributes(order) if order and apart else super().get_order_info(message, reseller)


class Archiving(_Archiving):
    """Tells any reseller of an order that is completed."""

    breaks = "OSRS-REQ-07"
    slug = "tells-any-reseller-of-completed-order"
    kept = frozenset({State.COMPLETED})


class Obituary(_Archiving):
    """Tells any reseller of an order that was called off."""

    breaks = "OSRS-REQ-07"
    slug = "tells-any-reseller-of-order-called-off"
    kept = frozenset({State.CANCELLED, State.DECLINED})
