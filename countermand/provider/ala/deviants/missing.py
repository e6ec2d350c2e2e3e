"""Sellers that do without a required field."""

from __future__ import annotations

from typing import ClassVar

from countermand.provider.ala.request import REQUIRED
from countermand.provider.ala.seller import Seller

NOT_400 = {"ALA-FLT-06": "not applicable"}  # that what is taken up is not answered with 400 follows from it
EVEN_EMPTY = {**NOT_400, "ALA-REQ-15": "not applicable"}  # so does that a field that is not missed may say nothing


class Offhand(Seller):
    """Takes up a cancellation that carries no meta-data."""

    breaks = "ALA-REQ-01"
    slug = "takes-up-without-message"
    also: ClassVar = NOT_400
    required = REQUIRED - {"message"}


class Indiscriminate(Seller):
    """Takes up a cancellation whose message has no identity."""

    breaks = "ALA-REQ-02"
    slug = "takes-up-without-message-id"
    also: ClassVar = EVEN_EMPTY
    required = REQUIRED - {"message.messageId"}


class Disconnected(Seller):
    """Takes up a cancellation that belongs to no chain of events."""

    breaks = "ALA-REQ-03"
    slug = "takes-up-without-correlation-id"
    also: ClassVar = EVEN_EMPTY
    required = REQUIRED - {"message.correlationId"}


class Timeless(Seller):
    """Takes up a cancellation that does not say when it was sent."""

    breaks = "ALA-REQ-04"
    slug = "takes-up-without-sent-at"
    also: ClassVar = EVEN_EMPTY
    required = REQUIRED - {"message.sentAt"}


class Impersonal(Seller):
    """Takes up a cancellation that carries no buyer."""

    breaks = "ALA-REQ-05"
    slug = "takes-up-without-buyer"
    also: ClassVar = NOT_400
    required = REQUIRED - {"buyer"}


class Hospitable(Seller):
    """Takes up a cancellation that does not say who its buyer is."""

    breaks = "ALA-REQ-06"
    slug = "takes-up-without-buyer-identifier"
    also: ClassVar = EVEN_EMPTY
    required = REQUIRED - {"buyer.buyerIdentifier"}


class Careless(Seller):
    """Takes up a cancellation that does not say which order it means."""

    breaks = "ALA-REQ-07"
    slug = "takes-up-without-order-reference"
    also: ClassVar = EVEN_EMPTY
    required = REQUIRED - {"targetSellerOrderReference"}


class Unquestioning(Seller):
    """Takes up a cancellation that carries no reason."""

    breaks = "ALA-REQ-08"
    slug = "takes-up-without-reason"
    also: ClassVar = NOT_400
    required = REQUIRED - {"cancellationReason"}


class Uncategorical(Seller):
    """Takes up a cancellation whose reason has no code."""

    breaks = "ALA-REQ-09"
    slug = "takes-up-without-reason-code"
    also: ClassVar = EVEN_EMPTY
    required = REQUIRED - {"cancellationReason.cancellationReasonCode"}


class Laconic(Seller):
    """Takes up a cancellation whose reason is not said in words."""

    breaks = "ALA-REQ-10"
    slug = "takes-up-without-reason-message"
    also: ClassVar = EVEN_EMPTY
    required = REQUIRED - {"cancellationReason.cancellationReasonMessage"}


class Selfless(Seller):
    """Takes up a cancellation that carries no seller."""

    breaks = "ALA-REQ-11"
    slug = "takes-up-without-seller"
    also: ClassVar = NOT_400
    required = REQUIRED - {"seller"}


class Presumptuous(Seller):
    """Takes up a cancellation that does not say which seller it is for."""

    breaks = "ALA-REQ-12"
    slug = "takes-up-without-seller-identifier"
    also: ClassVar = EVEN_EMPTY
    required = REQUIRED - {"seller.sellerIdentifier"}


class Unreferenced(Seller):
    """Takes up a cancellation that carries no references of the buyer's."""

    breaks = "ALA-REQ-13"
    slug = "takes-up-without-order-references"
    also: ClassVar = NOT_400
    required = REQUIRED - {"orderReferences"}


class OneSided(Seller):
    """Takes up a cancellation that does not name the buyer's reference."""

    breaks = "ALA-REQ-14"
    slug = "takes-up-without-buyer-order-reference"
    also: ClassVar = EVEN_EMPTY
    required = REQUIRED - {"orderReferences.buyerOrderReference"}
