"""Sellers that break a schema, and nothing that another clause says."""

from __future__ import annotations

from dataclasses import replace

from countermand.provider.ala.decision import Answer
from countermand.provider.ala.markup import Element
from countermand.provider.ala.request import Cancellation
from countermand.provider.ala.seller import Seller


class Inventive(Seller):
    """Adds an element to its faults."""

    breaks = "ALA-SCH-01"
    slug = "fault-with-unknown-element"

    def fault_content(self, status: int, code: str, message: str) -> tuple[Element, ...]:
        """Name a culprit."""
        return (*super().fault_content(status, code, message), Element("faultactor", "buyer"))


class Elaborate(Seller):
    """Puts elements into the detail of its faults, where a string belongs."""

    breaks = "ALA-SCH-01"
    slug = "elements-in-fault-detail"

    def fault_content(self, status: int, code: str, message: str) -> tuple[Element, ...]:
        """Go into the detail."""
        return (*super().fault_content(status, code, message), Element("detail", (Element("reason", message),)))


class Unbound(Seller):
    """Leaves the seller out of its replies."""

    breaks = "ALA-SCH-02"
    slug = "reply-without-seller"

    def reply_element(self, asked: Cancellation, answer: Answer) -> Element:
        """Leave one block out."""
        reply = super().reply_element(asked, answer)
        return replace(
            reply,
            content=tuple(child for child in reply.content if isinstance(child, Element) and child.name != "seller"),
        )


class Effusive(Seller):
    """Adds an element to its replies that its own schema does not know."""

    breaks = "ALA-SCH-02"
    slug = "reply-with-unknown-element"

    def decision(self, answer: Answer) -> tuple[Element, ...]:
        """Thank the buyer."""
        return (*super().decision(answer), Element("thanks", "Thank you for your order."))


class Disorderly(Seller):
    """Puts the blocks of its replies in another order than its own schema."""

    breaks = "ALA-SCH-02"
    slug = "reply-blocks-out-of-order"

    def reply_element(self, asked: Cancellation, answer: Answer) -> Element:
        """Turn them round."""
        reply = super().reply_element(asked, answer)
        return reply if isinstance(reply.content, str) else replace(reply, content=tuple(reversed(reply.content)))
