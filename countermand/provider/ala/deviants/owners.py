"""Sellers that take up cancellations of orders which are not the buyer's, or talk about them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import ClassVar

from lxml import etree

from countermand.provider.ala.decision import Answer
from countermand.provider.ala.markup import Element
from countermand.provider.ala.orders import Order
from countermand.provider.ala.request import Cancellation, twins, with_header
from countermand.provider.ala.seller import Seller
from countermand.provider.certificates import ANOTHER_BUYER
from countermand.provider.http import Request, Response


class Disloyal(Seller):
    """Takes up the cancellation of another buyer's order."""

    breaks = "ALA-ORD-04"
    slug = "takes-up-foreign-order"
    also: ClassVar = {"ALA-ORD-05": "departs"}  # others are told that it was called off

    def is_owner(self, order: Order, asked: Cancellation) -> bool:  # noqa: ARG002  as in the base class
        """Let everybody own everything."""
        return True


class Trimming(Seller):
    """Looks for the owner of an order by its reference as it is written, and for the order without the blanks."""

    breaks = "ALA-ORD-04"
    slug = "takes-up-foreign-order-by-number-with-blanks"

    def is_owner(self, order: Order, asked: Cancellation) -> bool:
        """Let everybody own what is written otherwise."""
        return asked.fields.get("targetSellerOrderReference") != order.seller_reference or super().is_owner(
            order, asked
        )


class Caseblind(Seller):
    """Looks for the owner of an order by its reference as it is written, and for the order whatever the case."""

    breaks = "ALA-ORD-04"
    slug = "takes-up-foreign-order-by-number-in-other-case"

    def find(self, asked: Cancellation) -> Order | None:
        """Find the order, or that of the reference in capital letters."""
        return super().find(asked) or self.orders.get(asked["targetSellerOrderReference"].upper())

    def is_owner(self, order: Order, asked: Cancellation) -> bool:
        """Let everybody own what is written otherwise."""
        return asked["targetSellerOrderReference"] not in {"", order.seller_reference} or super().is_owner(order, asked)


class Typographic(Caseblind):
    """Looks for the owner of an order by its reference as it is written, and for the order whatever the width."""

    breaks = "ALA-ORD-04"
    slug = "takes-up-foreign-order-by-number-in-full-width"

    def find(self, asked: Cancellation) -> Order | None:
        """Find the order as many databases do."""
        return self.orders.get(unicodedata.normalize("NFKC", asked["targetSellerOrderReference"]))


class Remarked(Seller):
    """Looks for the owner of an order by its reference up to a comment, and for the order behind that as well."""

    breaks = "ALA-ORD-04"
    slug = "takes-up-foreign-order-by-number-with-comment"

    def read(self, request: Request) -> Cancellation:
        """Read a cancellation, and whether a comment stands within the reference."""
        asked = super().read(request)
        in_parts = re.search(rb"targetSellerOrderReference>[^<]*<!--", request.body)
        return replace(asked, fields={**asked.fields, "in parts": "yes"}) if in_parts else asked

    def is_owner(self, order: Order, asked: Cancellation) -> bool:
        """Let everybody own what is named in parts."""
        return "in parts" in asked.fields or super().is_owner(order, asked)


class Prefacing(Seller):
    """Looks for the owner of the first order that is named, and takes the cancellation of the last one up."""

    breaks = "ALA-ORD-04"
    slug = "looks-for-owner-of-first-order-and-takes-up-last"
    owned: ClassVar[int] = 0
    apart: ClassVar[bool] = False  # where the two are in different namespaces, or else in one

    def parse_xml(self, body: bytes) -> etree._Element:
        """Leave out the one whose owner is looked for."""
        root = super().parse_xml(body)
        named = list(root.iter("{*}targetSellerOrderReference"))
        self.vouched = ""
        if twins(named, apart=self.apart) and (parent := named[self.owned].getparent()) is not None:
            self.vouched = (named[self.owned].text or "").strip()
            parent.remove(named[self.owned])
        return root

    def is_owner(self, order: Order, asked: Cancellation) -> bool:
        """Look for the owner of that one."""
        return super().is_owner(self.orders.get(self.vouched, order), asked)


class Trailing(Prefacing):
    """Looks for the owner of the last order that is named, and takes the cancellation of the first one up."""

    breaks = "ALA-ORD-04"
    slug = "looks-for-owner-of-last-order-and-takes-up-first"
    owned: ClassVar[int] = -1


class Nameblind(Trailing):
    """Looks for the owner of the order named in the message's namespace, and takes up one of another namespace."""

    breaks = "ALA-ORD-04"
    slug = "takes-up-foreign-order-in-another-namespace"
    apart: ClassVar[bool] = True


class Referring(Seller):
    """Looks for the owner of the order that the buyer's reference names, and takes up the one of the seller's."""

    breaks = "ALA-ORD-04"
    slug = "looks-for-owner-by-buyers-reference"

    def is_owner(self, order: Order, asked: Cancellation) -> bool:
        """Let whoever has an order of that reference own whichever the other names."""
        mine = asked["orderReferences.buyerOrderReference"]
        referred = [other for other in self.orders.values() if other.buyer_reference == mine]
        return any(super(Referring, self).is_owner(other, asked) for other in (*referred, order))


class Captioned(Seller):
    """Looks for the owner of the order that the message names, and takes up one in the envelope's header."""

    breaks = "ALA-ORD-04"
    slug = "takes-up-order-in-header-of-envelope"

    def read(self, request: Request) -> Cancellation:
        """Read a cancellation, and which order the header names."""
        return with_header(super().read(request), self.parse(request.body), "targetSellerOrderReference")

    def find(self, asked: Cancellation) -> Order | None:
        """Find the order of the header."""
        return self.orders.get(asked["header"]) if "header" in asked else super().find(asked)

    def is_owner(self, order: Order, asked: Cancellation) -> bool:
        """Look for the owner of the message's."""
        return super().is_owner(self.orders.get(asked["targetSellerOrderReference"], order), asked)


class Gossiping(Seller):
    """Says of another buyer's order that it is another buyer's."""

    breaks = "ALA-ORD-05"
    slug = "says-order-is-foreign"

    def unknown(self, order: Order | None) -> Answer:
        """Say whose it is."""
        answer = super().unknown(order)
        return replace(answer, message="The order belongs to another buyer.") if order else answer


class Loudmouthed(Seller):
    """Refuses another buyer's order with a status of its own."""

    breaks = "ALA-ORD-05"
    slug = "own-status-for-foreign-order"

    def answer(self, asked: Cancellation, answer: Answer) -> Response:
        """Forbid, where an unknown order is rejected."""
        order = self.find(asked)
        if order and not self.is_owner(order, asked):
            return self.fault(403, "Client.Authorization", answer.message)
        return super().answer(asked, answer)


class Indiscreet(Seller):
    """Tells the state of another buyer's order."""

    breaks = "ALA-ORD-05"
    slug = "tells-state-of-foreign-order"

    def unknown(self, order: Order | None) -> Answer:
        """Say how it stands."""
        answer = super().unknown(order)
        return replace(answer, message=f"The order is {order.state}.") if order else answer


class Revealing(Seller):
    """Shows the references of another buyer's order."""

    breaks = "ALA-ORD-05"
    slug = "shows-references-of-foreign-order"

    def reply_element(self, asked: Cancellation, answer: Answer) -> Element:
        """Put the order's reference after the decision."""
        reply = super().reply_element(asked, answer)
        order = self.find(asked)
        if order is None or self.is_owner(order, asked) or isinstance(reply.content, str):
            return reply
        shown = Element("cancellationReference", f"{order.owner} {order.buyer_reference}")
        status = next(place for place, child in enumerate(reply.content, 1) if child.name == "status")
        return replace(reply, content=(*reply.content[:status], shown, *reply.content[status:]))


class Favouring(Seller):
    """Lets one buyer cancel the orders of the other, which may not cancel those of the first."""

    breaks = "ALA-ORD-04"
    slug = "lets-another-buyer-cancel-the-buyers-order"
    also: ClassVar = {"ALA-ORD-05": "departs"}  # it is told that one was called off

    def is_owner(self, order: Order, asked: Cancellation) -> bool:
        """Let one of them own everything."""
        return asked["buyer.buyerIdentifier"] == ANOTHER_BUYER or super().is_owner(order, asked)
