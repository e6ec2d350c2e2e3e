"""Sellers whose refusals tell what only the owner of an order knows."""

from __future__ import annotations

from dataclasses import replace

from lxml import etree

from countermand.provider.ala.decision import Answer
from countermand.provider.ala.orders import Order
from countermand.provider.ala.request import Cancellation
from countermand.provider.ala.seller import RefusalError, Seller
from countermand.provider.http import Peer, Request, Response


class _Talkative(Seller):
    """A seller that adds to its refusals of another buyer's order what it knows of it."""

    def answer(self, asked: Cancellation, answer: Answer) -> Response:
        """Answer, and talk of somebody else's order."""
        response, order = super().answer(asked, answer), self.find(asked)
        return response if order is None or self.is_owner(order, asked) else self.talk(response, order)

    def talk(self, response: Response, order: Order) -> Response:
        """Say what it knows."""
        raise NotImplementedError


class Labelling(_Talkative):
    """Says in a header whose an order is."""

    breaks = "ALA-ORD-05"
    slug = "header-tells-owner-of-foreign-order"

    def talk(self, response: Response, order: Order) -> Response:
        """Say it."""
        return replace(response, headers=(*response.headers, ("X-Buyer", order.owner)))


class Tagging(_Talkative):
    """Says in a header how another buyer's order stands."""

    breaks = "ALA-ORD-05"
    slug = "header-tells-state-of-foreign-order"

    def talk(self, response: Response, order: Order) -> Response:
        """Say it."""
        return replace(response, headers=(*response.headers, ("X-Order-State", order.state)))


class Baking(_Talkative):
    """Says in a cookie whose an order is."""

    breaks = "ALA-ORD-05"
    slug = "cookie-tells-owner-of-foreign-order"

    def talk(self, response: Response, order: Order) -> Response:
        """Say it."""
        return replace(response, headers=(*response.headers, ("Set-Cookie", f"buyer={order.owner}; Path=/")))


class Postponing(_Talkative):
    """Says in a header of HTTP when to come again for another buyer's order, and of no order that does not exist."""

    breaks = "ALA-ORD-05"
    slug = "header-of-http-tells-that-foreign-order-exists"

    def talk(self, response: Response, order: Order) -> Response:  # noqa: ARG002 - of whichever order there is
        """Say it."""
        return replace(response, headers=(*response.headers, ("Retry-After", "3600")))


class Forewording(_Talkative):
    """Says before the document that another buyer's order was there."""

    breaks = "ALA-ORD-05"
    slug = "instruction-tells-that-foreign-order-exists"

    def talk(self, response: Response, order: Order) -> Response:  # noqa: ARG002 - of whichever order there is
        """Say it."""
        return replace(response, body=response.body.replace(b"?>", b"?><?cache hit?>", 1))


class Footnoting(_Talkative):
    """Says in a comment whose an order is."""

    breaks = "ALA-ORD-05"
    slug = "comment-tells-owner-of-foreign-order"

    def talk(self, response: Response, order: Order) -> Response:
        """Say it."""
        return replace(response, body=response.body + f"<!-- {order.owner} -->".encode())


class Codifying(Seller):
    """Says in the code of a rejection how another buyer's order stands."""

    breaks = "ALA-ORD-05"
    slug = "code-tells-state-of-foreign-order"

    def unknown(self, order: Order | None) -> Answer:
        """Reject, by a code of its own."""
        answer = super().unknown(order)
        return replace(answer, code="ORDER_" + order.state.upper().replace(" ", "_")) if order else answer


class Forthcoming(Seller):
    """Tells a caller without a certificate how the order stands."""

    breaks = "ALA-SEC-05"
    slug = "tells-stranger-state-of-order"

    def serve(self, request: Request) -> Response:
        """Turn the caller away, with more words than needed."""
        try:
            return super().serve(request)
        except RefusalError as refusal:
            if request.peer is None and (order := self.meant(request)) is not None:
                raise RefusalError(refusal.status, refusal.code, self.words(refusal, order)) from None
            raise

    def words(self, refusal: RefusalError, order: Order) -> str:
        """Say what it knows."""
        return f"{refusal} The order is {order.state}."

    def meant(self, request: Request) -> Order | None:
        """Find the order a request is about, if it can be read."""
        try:
            return self.find(self.read(request))
        except (RefusalError, etree.XMLSyntaxError):
            return None


class Apologetic(Seller):
    """Tells a buyer who speaks for another how the order stands that is not its own."""

    breaks = "ALA-SEC-05"
    slug = "tells-another-buyer-state-of-order"

    def check_buyer(self, peer: Peer | None, asked: Cancellation) -> None:
        """Refuse, and say what it knows."""
        try:
            super().check_buyer(peer, asked)
        except RefusalError as refusal:
            if (order := self.find(asked)) is None:
                raise
            raise RefusalError(refusal.status, refusal.code, f"The order is {order.state}.") from None


class Admitting(Forthcoming):
    """Tells a caller without a certificate that there is such an order."""

    breaks = "ALA-SEC-05"
    slug = "tells-stranger-that-order-exists"

    def words(self, refusal: RefusalError, order: Order) -> str:  # noqa: ARG002 - of whichever order there is
        """Say so, and no more."""
        return "This order needs a client certificate."


class Confessing(Seller):
    """Tells a buyer who speaks for another, by a code, that there is such an order."""

    breaks = "ALA-SEC-05"
    slug = "code-tells-another-buyer-that-order-exists"

    def check_buyer(self, peer: Peer | None, asked: Cancellation) -> None:
        """Refuse, and say by the code what it knows."""
        try:
            super().check_buyer(peer, asked)
        except RefusalError as refusal:
            if self.find(asked) is None:
                raise
            raise RefusalError(refusal.status, "Client.Owner", str(refusal)) from None


class Reticent(Seller):
    """Says of another buyer's order less than of one that does not exist."""

    breaks = "ALA-ORD-05"
    slug = "says-less-of-foreign-order"

    def unknown(self, order: Order | None) -> Answer:
        """Reject, in fewer words."""
        answer = super().unknown(order)
        return replace(answer, message="No.") if order else answer
