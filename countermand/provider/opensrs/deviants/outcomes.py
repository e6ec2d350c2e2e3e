"""Sellers that do not say what became of a complete cancellation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from countermand.provider.http import Response
from countermand.provider.opensrs.deviants.base import PARAMETERS, Slip, besides, slips
from countermand.provider.opensrs.orders import Order
from countermand.provider.opensrs.seller import Seller
from countermand.provider.opensrs.trust import Answer, Reason

PAGE = b"<!DOCTYPE html><html><head><title>Thank you</title></head><body><p>Thank you for your order.<br></body></html>"
# No refusal proves anything where no cancellation is ever seen to be taken up.
CLAUSES = {"ATT": range(1, 6), "REQ": range(1, 8), "CMD": range(1, 5), "XML": range(1, 16), "HTTP": (1, 2, 5)}
UNPROVEN = " ".join(f"{topic}-{number:02}" for topic, numbers in CLAUSES.items() for number in numbers)
AFTERMATH = besides(
    fails=f"ENV-02 ENV-03 {PARAMETERS}",
    departs="ENV-01 RPL-01 SCH-01 SCH-02",
    inconclusive=UNPROVEN,
    not_applicable="RPL-08 CMD-05",
)


class _Elsewhere(Seller):
    """A seller that answers a cancellation with something else."""

    also: ClassVar[Mapping[str, str]] = AFTERMATH | besides(
        departs="HTTP-03", inconclusive="STA-02 STA-03 STA-04", not_applicable="STA-01"
    )
    instead: ClassVar[Response]

    def response(self, answer: Answer, status: int = 200) -> Response:
        """Put an answer on the wire, or something else."""
        return self.instead if self.is_elsewhere(answer) else super().response(answer, status)

    def is_elsewhere(self, answer: Answer) -> bool:
        """Tell whether something else is said than this."""
        return slips(answer, Slip.SUCCESSES)


class Storefront(_Elsewhere):
    """Answers a cancellation with an HTML page."""

    breaks = "OSRS-CAN-01"
    slug = "answers-with-html-page"
    instead = Response(200, PAGE, (("Content-Type", "text/html"),))


class Modern(_Elsewhere):
    """Answers a cancellation with JSON."""

    breaks = "OSRS-CAN-01"
    slug = "answers-in-json"
    instead = Response(
        200, b'{"is_success": 1, "response_code": 200, "state": "cancelled"}', (("Content-Type", "application/json"),)
    )


class Lost(_Elsewhere):
    """Answers a cancellation with 404 and a page."""

    breaks = "OSRS-CAN-01"
    slug = "answers-with-404-page"
    also = _Elsewhere.also | besides(not_applicable="STA-06")  # orders are called off beside others
    instead = Response(404, PAGE, (("Content-Type", "text/html"),))


class Crashing(_Elsewhere):
    """Answers a cancellation with 500 and a page, though it was carried out."""

    breaks = "OSRS-CAN-01"
    slug = "answers-done-with-500-page"
    also = _Elsewhere.also | besides(not_applicable="STA-06")  # orders are called off beside others
    instead = Response(500, PAGE, (("Content-Type", "text/html"),))


class Tiring(_Elsewhere):
    """Answers one cancellation as it should, and every other with 500 and a page, though it was carried out."""

    breaks = "OSRS-CAN-01"
    slug = "answers-second-cancellation-with-500-page"
    also = besides(
        fails=f"ENV-02 ENV-03 {PARAMETERS}",
        departs="CMD-04 ENV-01 HTTP-03 RPL-01 SCH-01 SCH-02",
        not_applicable="STA-06",
    )
    instead = Response(500, PAGE, (("Content-Type", "text/html"),))
    successes = 0

    def is_elsewhere(self, answer: Answer) -> bool:
        """Begin once there has been a success."""
        elsewhere = super().is_elsewhere(answer)
        self.successes += elsewhere
        return elsewhere and self.successes > 1


class Denying(Seller):
    """Says of every order that its state prohibits cancellation, and cancels it where it can be."""

    breaks = "OSRS-CAN-01"
    slug = "cancels-though-it-says-state-prohibits-it"
    also = besides(inconclusive=f"{UNPROVEN} STA-02 STA-03 STA-04", not_applicable="STA-01 CMD-05 RPL-08")

    def cancel(self, order: Order) -> Order:
        """Cancel an order, and deny it."""
        super().cancel(order)
        raise self.refusal(Reason.STATE)
