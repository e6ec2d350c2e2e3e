"""Sellers that give a complete cancellation an undocumented outcome, or are wrong about its second, or its reseller.

A seller whose taking up cannot be recognised never proves that it serves the buyer,
so that its refusals prove nothing either.
"""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from countermand.provider.ala.decision import Answer, Decision
from countermand.provider.ala.deviants.faults import HTML, JSON, TEXT, XML
from countermand.provider.ala.markup import Element
from countermand.provider.ala.orders import Order
from countermand.provider.ala.request import RESELLER, Cancellation
from countermand.provider.ala.seller import RefusalError, Seller
from countermand.provider.http import Response

_REFUSALS = (
    "CAN-04",
    "ORD-01",
    "ORD-02",
    "ORD-03",
    "ORD-04",
    "ORD-05",
    "HTTP-01",
    "HTTP-02",
    "HTTP-04",
    "FLT-06",
    "FLT-07",
    "FLT-08",
)
UNPROVEN = {
    **{f"ALA-REQ-{number:02d}": "inconclusive" for number in range(1, 17)},
    **{f"ALA-{clause}": "inconclusive" for clause in _REFUSALS},
    **{f"ALA-XML-{number:02d}": "inconclusive" for number in range(1, 15)},
}
#: Nor can its taking up be told with a reseller or without, or its reply be traced.
UNCLEAR = {
    **UNPROVEN,
    **{f"ALA-{clause}": "inconclusive" for clause in ("CAN-02", "CAN-03", "TRC-01", "TRC-02", "TRC-03")},
}
#: Where a fault comes in its place, that is traced.
FAULTED = {clause: verdict for clause, verdict in UNCLEAR.items() if "-TRC-" not in clause}


class Hasty(Seller):
    """Says that the order is cancelled, at once."""

    breaks = "ALA-CAN-01"
    slug = "says-cancelled-at-once"

    def word(self, answer: Answer) -> str:
        """Leave nothing pending."""
        return "Cancelled" if answer.decision is Decision.PENDING else super().word(answer)


class Improvising(Seller):
    """Answers a cancellation it takes up with something else, the same every time."""

    status: ClassVar[int] = 200
    label: ClassVar[str] = XML
    body: ClassVar[bytes] = b""
    headers: ClassVar[tuple[tuple[str, str], ...]] = ()

    def answer(self, asked: Cancellation, answer: Answer) -> Response:
        """Improvise where the cancellation is taken up."""
        if answer.decision is not Decision.PENDING:
            return super().answer(asked, answer)
        return Response(self.status, self.body, (("Content-Type", self.label), *self.headers))


class Modern(Improvising):
    """Takes a cancellation up in JSON."""

    breaks = "ALA-CAN-01"
    slug = "takes-up-in-json"
    also: ClassVar = {"ALA-HTTP-03": "departs", **UNCLEAR}
    label, body = JSON, b'{"status": "Pending"}'


class Ornate(Improvising):
    """Takes a cancellation up with a page."""

    breaks = "ALA-CAN-01"
    slug = "takes-up-with-page"
    also: ClassVar = {"ALA-HTTP-03": "departs", **UNCLEAR}
    label, body = HTML, b"<!DOCTYPE html><html><head><title>Thank you</title></head><body><p>Pending<br></body></html>"


class Terse(Improvising):
    """Takes a cancellation up with a word."""

    breaks = "ALA-CAN-01"
    slug = "takes-up-with-bare-word"
    also: ClassVar = {"ALA-HTTP-03": "departs", **UNCLEAR}
    label, body = TEXT, b"Pending"


class Truncating(Improvising):
    """Breaks off in the middle of its reply."""

    breaks = "ALA-CAN-01"
    slug = "breaks-off-mid-reply"
    also: ClassVar = {"ALA-HTTP-03": "departs", **UNCLEAR}
    body = b"<cancelOrderResponse><status>Pending</status>"


class Lost(Improvising):
    """Takes a cancellation up, and says that it found nothing."""

    breaks = "ALA-CAN-01"
    slug = "takes-up-with-404"
    also: ClassVar = FAULTED
    status, body = 404, b"<fault><faultcode>Client</faultcode><faultmessage>Not found.</faultmessage></fault>"


class Quarrelsome(Improvising):
    """Takes a cancellation up, and calls it a conflict."""

    breaks = "ALA-CAN-01"
    slug = "takes-up-with-409"
    also: ClassVar = FAULTED
    status, body = 409, b"<fault><faultcode>Client</faultcode><faultmessage>Conflict.</faultmessage></fault>"


class Picky(Improvising):
    """Takes a cancellation up, and says that it cannot process it."""

    breaks = "ALA-CAN-01"
    slug = "takes-up-with-422"
    also: ClassVar = FAULTED
    status, body = 422, b"<fault><faultcode>Client</faultcode><faultmessage>Unprocessable.</faultmessage></fault>"


class Fragile(Improvising):
    """Fails over a complete cancellation."""

    breaks = "ALA-CAN-01"
    slug = "fails-on-complete-cancellation"
    also: ClassVar = FAULTED
    status, body = (
        500,
        b"<fault><faultcode>Server</faultcode><faultmessage>Something went wrong.</faultmessage></fault>",
    )


class Tiring(Fragile):
    """Takes up one complete cancellation as it should, and fails over every other."""

    breaks = "ALA-CAN-01"
    slug = "fails-on-second-complete-cancellation"
    also: ClassVar = {"ALA-CAN-02": "inconclusive"}

    def answer(self, asked: Cancellation, answer: Answer) -> Response:
        """Improvise once an order has been taken up."""
        return super().answer(asked, answer) if len(self.taken_up) > 1 else Seller.answer(self, asked, answer)


class Settling(Seller):
    """Says of every order but the first that it is cancelled at once."""

    breaks = "ALA-CAN-01"
    slug = "says-cancelled-at-once-but-for-first-order"

    def word(self, answer: Answer) -> str:
        """Leave but one pending."""
        hasty = answer.decision is Decision.PENDING and len(self.taken_up) > 1
        return "Cancelled" if hasty else super().word(answer)


class Prejudiced(Seller):
    """Refuses a cancellation that names no reseller."""

    breaks = "ALA-CAN-02"
    slug = "refuses-without-reseller"
    required = Seller.required | {RESELLER}


class Snobbish(Seller):
    """Refuses a cancellation because it names a reseller."""

    breaks = "ALA-CAN-03"
    slug = "refuses-for-naming-reseller"

    def check_complete(self, asked: Cancellation) -> None:
        """Refuse what is too complete."""
        if RESELLER in asked:
            raise RefusalError(400, "Client.Reseller", "Resellers are not served.")
        super().check_complete(asked)


class Dismissive(Seller):
    """Rejects a cancellation up front because it names a reseller."""

    breaks = "ALA-CAN-03"
    slug = "rejects-for-naming-reseller"

    def decide(self, asked: Cancellation) -> Answer:
        """Reject what comes by a reseller."""
        return (
            Answer(Decision.REJECTED, "103", "Resellers are not served.")
            if RESELLER in asked
            else super().decide(asked)
        )


class Forgetful(Seller):
    """Takes the same order's cancellation up again, by another reference each time."""

    breaks = "ALA-CAN-04"
    slug = "takes-same-order-up-again"

    def decide_about(self, order: Order) -> Answer:
        """Forget what was taken up."""
        return self.taken_up.get(order.seller_reference) or super().decide_about(order)

    def decision(self, answer: Answer) -> tuple[Element, ...]:
        """Number what is taken up."""
        status, *rest = super().decision(answer)
        number = (Element("cancellationReference", str(uuid4())),) if answer.decision is Decision.PENDING else ()
        return status, *number, *rest


class Impatient(Seller):
    """Says at a second cancellation that the order is cancelled."""

    breaks = "ALA-CAN-04"
    slug = "says-cancelled-at-second-cancellation"

    def decide_about(self, order: Order) -> Answer:
        """Call a second cancellation its end."""
        return (
            Answer(Decision.PENDING, "200") if order.seller_reference in self.taken_up else super().decide_about(order)
        )

    def decision(self, answer: Answer) -> tuple[Element, ...]:
        """Say so."""
        return (Element("status", "Cancelled"),) if answer.code == "200" else super().decision(answer)


class Presentable(Improvising):
    """Takes a cancellation up with a page that is well-formed."""

    breaks = "ALA-CAN-01"
    slug = "takes-up-with-well-formed-page"
    also: ClassVar = {
        "ALA-HTTP-03": "departs",
        "ALA-SCH-02": "does not conform",
        **FAULTED,
        **{f"ALA-TRC-0{number}": "departs" for number in (1, 2, 3)},
    }
    label, body = HTML, b"<html><head><title>Thank you</title></head><body><p>Pending</p></body></html>"
