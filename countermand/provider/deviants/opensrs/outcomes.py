"""Sellers that do not say what became of a complete cancellation."""

from __future__ import annotations

from typing import ClassVar

from countermand.provider.deviants.opensrs.base import Slip, Slipping
from countermand.provider.http import Response
from countermand.provider.opensrs_trust import Answer

PAGE = b"<!DOCTYPE html><html><head><title>Thank you</title></head><body><p>Thank you for your order.<br></body></html>"


class _Elsewhere(Slipping):
    """A seller that answers a cancellation with something else."""

    slips_on = Slip.SUCCESSES
    instead: ClassVar[Response]

    def response(self, answer: Answer, status: int = 200) -> Response:
        """Put an answer on the wire, or something else."""
        return self.instead if self.slips(answer) else super().response(answer, status)


class Storefront(_Elsewhere):
    """Answers a cancellation with an HTML page."""

    breaks = "OSRS-CAN-01"
    instead = Response(200, PAGE, (("Content-Type", "text/html"),))


class Modern(_Elsewhere):
    """Answers a cancellation with JSON."""

    breaks = "OSRS-CAN-01"
    instead = Response(200, b'{"is_success": 1, "response_code": 200, "state": "cancelled"}', (("Content-Type", "application/json"),))


class Elusive(_Elsewhere):
    """Answers a cancellation with a redirection."""

    breaks = "OSRS-CAN-01"
    instead = Response(302, b"", (("Location", "/elsewhere"),))


class Lost(_Elsewhere):
    """Answers a cancellation with 404 and a page."""

    breaks = "OSRS-CAN-01"
    instead = Response(404, PAGE, (("Content-Type", "text/html"),))


class Crashing(_Elsewhere):
    """Answers a cancellation with 500 and a page, though it was carried out."""

    breaks = "OSRS-CAN-01"
    instead = Response(500, PAGE, (("Content-Type", "text/html"),))
