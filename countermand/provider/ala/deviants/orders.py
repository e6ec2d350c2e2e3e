"""Sellers that take up cancellations of orders that are not in flight, or find another order than is asked for."""

from __future__ import annotations

import re
from typing import ClassVar

from lxml import etree

from countermand.provider.ala.decision import Answer, Decision
from countermand.provider.ala.orders import Order, State
from countermand.provider.ala.request import Cancellation
from countermand.provider.ala.seller import Seller
from countermand.provider.family import family


class Imaginative(Seller):
    """Takes up the cancellation of an order that does not exist."""

    breaks = "ALA-ORD-01"
    slug = "takes-up-unknown-order"
    also: ClassVar = {"ALA-ORD-05": "not applicable"}  # there is no refusal to compare with

    def unknown(self, order: Order | None) -> Answer:
        """Take up what nobody has."""
        return super().unknown(order) if order else Answer(Decision.PENDING)


class Belated(Seller):
    """Takes up the cancellation of a completed order."""

    breaks = "ALA-ORD-02"
    slug = "takes-up-completed-order"
    also: ClassVar = {"ALA-ORD-04": "not applicable"}  # one that is named beside it tells nothing

    def decide_about(self, order: Order) -> Answer:
        """Take up what is finished."""
        return self.take_up(order) if order.state is State.COMPLETED else super().decide_about(order)


class Redundant(Seller):
    """Takes up the cancellation of a cancelled order."""

    breaks = "ALA-ORD-03"
    slug = "takes-up-cancelled-order"

    def decide_about(self, order: Order) -> Answer:
        """Take up what is over."""
        return self.take_up(order) if order.state is State.CANCELLED else super().decide_about(order)


class Beginning(Seller):
    """Finds an order by the beginning of the reference it is asked for, as a column does that is too short."""

    breaks = "ALA-ORD-01"
    slug = "finds-order-by-beginning-of-reference"

    def find(self, asked: Cancellation) -> Order | None:
        """Find the order, or one with whose reference that of the request begins."""
        named = asked["targetSellerOrderReference"]
        alike = (order for reference, order in self.orders.items() if named.startswith(reference))
        return super().find(asked) or next(alike, None)


class Ending(Seller):
    """Finds an order by the end of the reference it is asked for."""

    breaks = "ALA-ORD-01"
    slug = "finds-order-by-end-of-reference"

    def find(self, asked: Cancellation) -> Order | None:
        """Find the order, or one with whose reference that of the request ends."""
        named = asked["targetSellerOrderReference"]
        alike = (order for reference, order in self.orders.items() if named.endswith(reference))
        return super().find(asked) or next(alike, None)


class Breathless(Seller):
    """Reads text up to the first comment in it, and so another reference than the one that was sent."""

    breaks = "ALA-ORD-01"
    slug = "reads-reference-up-to-comment"
    behind: ClassVar[bool] = False
    instructions: ClassVar[bool] = False  # whether it is those it stops at

    def parse_xml(self, body: bytes) -> etree._Element:
        """Leave out what stands behind that, or before it."""
        root = super().parse_xml(body)
        # What a text is behind is known only where that is read.
        whole = etree.fromstring(
            body,
            etree.XMLParser(
                resolve_entities=False,
                load_dtd=False,
                no_network=True,
                remove_comments=self.instructions,
                remove_pis=not self.instructions,
            ),
        )
        for element, commented in zip(root.iter(etree.Element), whole.iter(etree.Element), strict=True):
            if len(element) == 0 and len(commented):
                element.text = commented[-1].tail if self.behind else commented.text
        return root


class Interrupted(Breathless):
    """Reads text from the last comment in it on, and so another reference than the one that was sent."""

    breaks = "ALA-ORD-01"
    slug = "reads-reference-from-comment-on"
    behind: ClassVar[bool] = True


class Instructed(Breathless):
    """Reads text up to the first processing instruction in it, and comments as what they are."""

    breaks = "ALA-ORD-01"
    slug = "reads-reference-up-to-instruction"
    instructions: ClassVar[bool] = True


class Halfway(Beginning):
    """Finds an order by the beginning of the reference it is asked for, if the buyer's reference is that order's."""

    breaks = "ALA-ORD-01"
    slug = "finds-order-by-beginning-and-buyers-reference"

    def find(self, asked: Cancellation) -> Order | None:
        """Compare the buyer's reference."""
        order, mine = super().find(asked), asked["orderReferences.buyerOrderReference"]
        return order if order is None or order.buyer_reference == mine else None


class Backward(Seller):
    """Finds an order by the buyer's reference, whatever the seller's says."""

    breaks = "ALA-ORD-01"
    slug = "finds-order-by-buyers-reference-alone"
    also: ClassVar = {"ALA-ORD-02": "departs"}  # it takes up the order in flight that is named beside a completed one

    def find(self, asked: Cancellation) -> Order | None:
        """Look at the buyer's reference first."""
        named = asked["orderReferences.buyerOrderReference"]
        by_buyer = (order for order in self.orders.values() if named and order.buyer_reference == named)
        return next(by_buyer, None) or super().find(asked)


class Sectioned(Seller):
    """Reads text up to a CDATA section in which it goes on, and so another reference than the one that was sent."""

    breaks = "ALA-ORD-01"
    slug = "reads-reference-up-to-cdata-section"

    def parse_xml(self, body: bytes) -> etree._Element:
        """Leave out what stands in such a section."""
        return super().parse_xml(re.sub(rb"(?<=[^>\s])<!\[CDATA\[[^<]*?\]\]>(?=</)", b"", body))


class Misreferring(Seller):
    """Looks at the state of the order that the buyer's reference names, and takes up a completed one by that."""

    breaks = "ALA-ORD-02"
    slug = "looks-for-state-by-buyers-reference"

    def decide(self, asked: Cancellation) -> Answer:
        """Take up what is finished where the other is in flight."""
        order, reference = self.find(asked), asked["orderReferences.buyerOrderReference"]
        other = next((each for each in self.orders.values() if each.buyer_reference == reference), None)
        over = order is not None and order.state is State.COMPLETED and self.is_owner(order, asked)
        in_flight = other is not None and other.state is State.IN_FLIGHT
        return Answer(Decision.PENDING) if over and in_flight else super().decide(asked)


class Exceeding(Seller):
    """Says of a number that is longer than its column that the cancellation is pending, as its query fails."""

    breaks = "ALA-ORD-01"
    slug = "takes-up-very-long-number"
    odd: ClassVar[str] = ".{256}"

    def decide(self, asked: Cancellation) -> Answer:
        """Take up what cannot be looked for."""
        is_odd = re.search(self.odd, asked["targetSellerOrderReference"]) is not None
        return Answer(Decision.PENDING) if is_odd else super().decide(asked)


odd = family(__name__, Exceeding, "odd")
Foreign = odd(
    "Foreign",
    "ALA-ORD-01",
    "takes-up-number-beyond-ascii",
    "Says of a number beyond ASCII that the cancellation is pending, as its query fails.",
    "\u6f22",
)
Quoted = odd(
    "Quoted",
    "ALA-ORD-01",
    "takes-up-number-with-quotation-mark",
    "Says of a number with a quotation mark that the cancellation is pending, as its query fails.",
    r"\A[^<&]*'\Z",
)
Numeral = odd(
    "Numeral",
    "ALA-ORD-01",
    "takes-up-number-of-digits-alone",
    "Says of a number of digits alone that the cancellation is pending, which it leaves to an older system.",
    r"\A\d+\Z",
)
