"""Sellers that look into a cancellation only where it comes as most do, and serve one in another form unseen."""

from __future__ import annotations

import re
from typing import ClassVar

from countermand.provider.ala.orders import Order
from countermand.provider.ala.request import Cancellation
from countermand.provider.ala.seller import Seller
from countermand.provider.family import family
from countermand.provider.http import Peer, Request, Response


class _Overlooking(Seller):
    """Knows a form in which it does not look at something."""

    form: ClassVar[bytes]  # what is found in the headers or the body of a cancellation in that form
    unseen: bool = False

    def serve(self, request: Request) -> Response:
        """Answer one request, whose form is seen first."""
        headers = "".join(f"{name}: {value}\n" for name, value in request.headers.items())
        self.unseen = re.search(self.form, headers.encode() + request.body, re.DOTALL) is not None
        return super().serve(request)


class Unvouched(_Overlooking):
    """Lets a buyer speak for another in a form in which it does not look for the buyer."""

    def check_buyer(self, peer: Peer | None, asked: Cancellation) -> None:
        """Check only what it has seen."""
        if not self.unseen:
            super().check_buyer(peer, asked)


class Unowned(_Overlooking):
    """Takes up the cancellation of another buyer's order in a form in which it does not look for the owner."""

    def is_owner(self, order: Order, asked: Cancellation) -> bool:
        """Let everybody own what was not seen."""
        return self.unseen or super().is_owner(order, asked)


class Unfilled(_Overlooking):
    """Takes up an incomplete cancellation in a form in which it does not look for its fields."""

    def check_complete(self, asked: Cancellation) -> None:
        """Check only what it has seen."""
        if not self.unseen:
            super().check_complete(asked)


#: How each form is told from all others.
CHUNKS = rb"(?i:transfer-encoding: chunked)"
WIDE = rb"\xff\xfe|\xfe\xff"
SECTIONS = rb"<buyerIdentifier><!\[CDATA\["
PREFIXES = rb"<(?!soap(env)?:)[\w.-]+:Envelope"
BARE = rb"\A(?!.*\x00)(?!.*Envelope).*<cancelOrderRequest"
TEXT = rb"content-type: text/xml"
OTHER = rb"content-type: application/octet-stream"

unvouched = family(__name__, Unvouched, "form")
unowned = family(__name__, Unowned, "form")
unfilled = family(__name__, Unfilled, "form")

Streaming = unvouched(
    "Streaming",
    "ALA-SEC-04",
    "lets-buyer-speak-for-another-in-chunks",
    "Lets a buyer speak for another in a cancellation that comes in chunks.",
    CHUNKS,
)
Widening = unvouched(
    "Widening",
    "ALA-SEC-04",
    "lets-buyer-speak-for-another-in-utf-16",
    "Lets a buyer speak for another in a cancellation in UTF-16.",
    WIDE,
)
Sectioning = unvouched(
    "Sectioning",
    "ALA-SEC-04",
    "lets-buyer-speak-for-another-in-cdata",
    "Lets a buyer speak for another whose name stands in a CDATA section.",
    SECTIONS,
)
Nicknaming = unvouched(
    "Nicknaming",
    "ALA-SEC-04",
    "lets-buyer-speak-for-another-with-prefixes",
    "Lets a buyer speak for another in a cancellation whose envelope has an unusual prefix.",
    PREFIXES,
)
Baring = unvouched(
    "Baring",
    "ALA-SEC-04",
    "lets-buyer-speak-for-another-without-envelope",
    "Lets a buyer speak for another in a cancellation that is in no envelope.",
    BARE,
)
Texting = unvouched(
    "Texting",
    "ALA-SEC-04",
    "lets-buyer-speak-for-another-labelled-as-text",
    "Lets a buyer speak for another in a cancellation that is labelled as text/xml.",
    TEXT,
)
Byteing = unvouched(
    "Byteing",
    "ALA-SEC-04",
    "lets-buyer-speak-for-another-with-other-label",
    "Lets a buyer speak for another in a cancellation that is labelled as bytes.",
    OTHER,
)
Streamed = unowned(
    "Streamed",
    "ALA-ORD-04",
    "takes-up-foreign-order-in-chunks",
    "Takes up the cancellation of another buyer's order that comes in chunks.",
    CHUNKS,
)
Broadened = unowned(
    "Broadened",
    "ALA-ORD-04",
    "takes-up-foreign-order-in-utf-16",
    "Takes up the cancellation of another buyer's order in UTF-16.",
    WIDE,
)
Parcelled = unowned(
    "Parcelled",
    "ALA-ORD-04",
    "takes-up-foreign-order-in-cdata",
    "Takes up the cancellation of another buyer's order whose values stand in CDATA sections.",
    SECTIONS,
)
Aliased = unowned(
    "Aliased",
    "ALA-ORD-04",
    "takes-up-foreign-order-with-prefixes",
    "Takes up the cancellation of another buyer's order in an envelope with an unusual prefix.",
    PREFIXES,
)
Bared = unowned(
    "Bared",
    "ALA-ORD-04",
    "takes-up-foreign-order-without-envelope",
    "Takes up the cancellation of another buyer's order that is in no envelope.",
    BARE,
)
Texted = unowned(
    "Texted",
    "ALA-ORD-04",
    "takes-up-foreign-order-labelled-as-text",
    "Takes up the cancellation of another buyer's order that is labelled as text/xml.",
    TEXT,
)
Relabelled = unowned(
    "Relabelled",
    "ALA-ORD-04",
    "takes-up-foreign-order-with-other-label",
    "Takes up the cancellation of another buyer's order that is labelled as bytes.",
    OTHER,
)
Lacking = unfilled(
    "Lacking",
    "ALA-REQ-08",
    "requires-no-reason-in-chunks",
    "Takes up an incomplete cancellation that comes in chunks.",
    CHUNKS,
)
Lacunal = unfilled(
    "Lacunal",
    "ALA-REQ-08",
    "requires-no-reason-in-utf-16",
    "Takes up an incomplete cancellation in UTF-16.",
    WIDE,
)
Gaping = unfilled(
    "Gaping",
    "ALA-REQ-08",
    "requires-no-reason-without-envelope",
    "Takes up an incomplete cancellation that is in no envelope.",
    BARE,
)
Cavernous = unfilled(
    "Cavernous",
    "ALA-REQ-08",
    "requires-no-reason-labelled-as-text",
    "Takes up an incomplete cancellation that is labelled as text/xml.",
    TEXT,
)
Voided = unfilled(
    "Voided",
    "ALA-REQ-08",
    "requires-no-reason-with-other-label",
    "Takes up an incomplete cancellation that is labelled as bytes.",
    OTHER,
)
