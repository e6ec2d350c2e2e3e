"""Sellers that tell somebody else what they have told the buyer before, or take somebody for the buyer by that."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import ClassVar

from countermand.provider.ala.decision import Answer, Decision
from countermand.provider.ala.orders import Order, State
from countermand.provider.ala.request import Cancellation
from countermand.provider.ala.seller import Seller
from countermand.provider.ala.style import Style
from countermand.provider.http import Peer, Request, Response


class Sessional(Seller):
    """Gives whoever has shown a certificate a cookie, by which it is known later without one."""

    breaks = "ALA-SEC-01"
    slug = "serves-by-cookie-without-certificate"

    def __init__(self, style: Style | None = None) -> None:
        super().__init__(style)
        self.sessions: dict[str, Peer] = {}

    def serve(self, request: Request) -> Response:
        """Answer one request, and begin a session."""
        known = self.sessions.get(request.headers.get("cookie", ""))
        response = super().serve(replace(request, peer=request.peer or known))
        if request.peer is None:
            return response
        cookie = f"JSESSIONID={secrets.token_hex(16)}"
        self.sessions[cookie] = request.peer
        return replace(response, headers=(*response.headers, ("Set-Cookie", f"{cookie}; Path=/; Secure; HttpOnly")))


class Regaling(Seller):
    """Answers a cancellation that it has taken up as before, whichever buyer asks for it."""

    breaks = "ALA-ORD-04"
    slug = "tells-pending-again-to-another-buyer"

    def decide(self, asked: Cancellation) -> Answer:
        """Say to others what was said before, where something was."""
        order = self.find(asked)
        before = None if order is None or self.is_owner(order, asked) else self.taken_up.get(order.seller_reference)
        return before or super().decide(asked)


class Archiving(Seller):
    """Takes up the cancellation of a completed order from any buyer but its own."""

    breaks = "ALA-ORD-04"
    slug = "takes-up-completed-order-of-another-buyer"

    def decide(self, asked: Cancellation) -> Answer:
        """Look for the owner of an order that is over, and not at what it is."""
        order = self.find(asked)
        foreign = order is not None and order.state is State.COMPLETED and not self.is_owner(order, asked)
        return Answer(Decision.PENDING) if foreign else super().decide(asked)


class Presuming(Seller):
    """Says of an order that was called off that it is so before it looks whose it is."""

    breaks = "ALA-ORD-05"
    slug = "says-called-off-before-it-looks-for-owner"

    def unknown(self, order: Order | None) -> Answer:
        """Say what everybody is told of what is not in flight."""
        called_off = order is not None and order.seller_reference in self.taken_up
        return Answer(Decision.REJECTED, "101", "The order is not in flight.") if called_off else super().unknown(order)


class Relenting(Seller):
    """Takes up the cancellation of an order that does not exist where it is asked for once more."""

    breaks = "ALA-ORD-01"
    slug = "takes-up-unknown-order-at-second-request"
    state: ClassVar[State | None] = None  # that of the orders, where there are any

    def __init__(self, style: Style | None = None) -> None:
        super().__init__(style)
        self.asked_for: set[str] = set()

    def decide(self, asked: Cancellation) -> Answer:
        """Give way to whoever insists."""
        order, number = self.find(asked), asked["targetSellerOrderReference"]
        if (None if order is None else order.state) is not self.state:
            return super().decide(asked)
        if number in self.asked_for:
            return Answer(Decision.PENDING)
        self.asked_for.add(number)
        return super().decide(asked)


class Reconsidering(Relenting):
    """Takes up the cancellation of a completed order where it is asked for once more."""

    breaks = "ALA-ORD-02"
    slug = "takes-up-completed-order-at-second-request"
    also: ClassVar = {"ALA-ORD-04": "not applicable"}  # one that is named beside it tells nothing
    state: ClassVar[State | None] = State.COMPLETED


class Repenting(Relenting):
    """Takes up the cancellation of a cancelled order where it is asked for once more."""

    breaks = "ALA-ORD-03"
    slug = "takes-up-cancelled-order-at-second-request"
    state: ClassVar[State | None] = State.CANCELLED


class Indexing(Seller):
    """Keeps what it takes up by the buyer's reference, and says it again of a number that is no order's."""

    breaks = "ALA-ORD-01"
    slug = "tells-pending-of-unknown-order-by-reference"
    state: ClassVar[State | None] = None

    def __init__(self, style: Style | None = None) -> None:
        super().__init__(style)
        self.by_reference: dict[str, Answer] = {}

    def decide(self, asked: Cancellation) -> Answer:
        """Look for what was said of the reference before."""
        order, reference = self.find(asked), asked["orderReferences.buyerOrderReference"]
        own = order is None or self.is_owner(order, asked)
        if own and (None if order is None else order.state) is self.state and reference in self.by_reference:
            return self.by_reference[reference]
        answer = super().decide(asked)
        if answer.decision is Decision.PENDING:
            self.by_reference[reference] = answer
        return answer


class Cataloguing(Indexing):
    """Keeps what it takes up by the buyer's reference, and says it again of a completed order."""

    breaks = "ALA-ORD-02"
    slug = "tells-pending-of-completed-order-by-reference"
    state: ClassVar[State | None] = State.COMPLETED
