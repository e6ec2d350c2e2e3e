"""Toy shops that are wrong in one thing."""

from __future__ import annotations

from typing import ClassVar

from countermand.provider.http import Response
from countermand_toy.provider.seller import Seller


class Muttering(Seller):
    """Says neither done nor refused to a complete cancellation."""

    breaks = "TOY3-CAN-01"
    slug = "says-neither-yes-nor-no"
    also: ClassVar = {"TOY3-REQ-01": "inconclusive", "TOY3-STK-01": "inconclusive"}

    def done(self) -> Response:
        return self.said(200, "<hm/>")


class Careless(Seller):
    """Says done where no order is named."""

    breaks = "TOY3-REQ-01"
    slug = "takes-up-without-order"

    def cancelled(self, user: str, number: str) -> Response:
        return super().cancelled(user, number) if number else self.done()


class Stingy(Seller):
    """Gives no sticker."""

    breaks = "TOY3-STK-01"
    slug = "gives-no-sticker"

    def done(self) -> Response:
        return self.said(200, "<done/>")
