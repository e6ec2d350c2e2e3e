"""Sellers that do without a required field."""

from __future__ import annotations

from countermand.provider.ala.request import REQUIRED
from countermand.provider.ala.seller import Seller
from countermand.provider.family import family

NOT_400 = {"ALA-FLT-06": "not applicable"}  # that what is taken up is not answered with 400 follows from it
EVEN_EMPTY = {**NOT_400, "ALA-REQ-15": "not applicable"}  # so does that a field that is not missed may say nothing


parentless = family(__name__, Seller, "required", also=NOT_400)
fieldless = family(__name__, Seller, "required", also=EVEN_EMPTY)

DEVIANTS = (
    parentless(
        "Offhand",
        "ALA-REQ-01",
        "takes-up-without-message",
        "Takes up a cancellation that carries no meta-data.",
        REQUIRED - {"message"},
    ),
    fieldless(
        "Indiscriminate",
        "ALA-REQ-02",
        "takes-up-without-message-id",
        "Takes up a cancellation whose message has no identity.",
        REQUIRED - {"message.messageId"},
    ),
    fieldless(
        "Disconnected",
        "ALA-REQ-03",
        "takes-up-without-correlation-id",
        "Takes up a cancellation that belongs to no chain of events.",
        REQUIRED - {"message.correlationId"},
    ),
    fieldless(
        "Timeless",
        "ALA-REQ-04",
        "takes-up-without-sent-at",
        "Takes up a cancellation that does not say when it was sent.",
        REQUIRED - {"message.sentAt"},
    ),
    parentless(
        "Impersonal",
        "ALA-REQ-05",
        "takes-up-without-buyer",
        "Takes up a cancellation that carries no buyer.",
        REQUIRED - {"buyer"},
    ),
    fieldless(
        "Hospitable",
        "ALA-REQ-06",
        "takes-up-without-buyer-identifier",
        "Takes up a cancellation that does not say who its buyer is.",
        REQUIRED - {"buyer.buyerIdentifier"},
    ),
    fieldless(
        "Careless",
        "ALA-REQ-07",
        "takes-up-without-order-reference",
        "Takes up a cancellation that does not say which order it means.",
        REQUIRED - {"targetSellerOrderReference"},
    ),
    parentless(
        "Unquestioning",
        "ALA-REQ-08",
        "takes-up-without-reason",
        "Takes up a cancellation that carries no reason.",
        REQUIRED - {"cancellationReason"},
    ),
    fieldless(
        "Uncategorical",
        "ALA-REQ-09",
        "takes-up-without-reason-code",
        "Takes up a cancellation whose reason has no code.",
        REQUIRED - {"cancellationReason.cancellationReasonCode"},
    ),
    fieldless(
        "Laconic",
        "ALA-REQ-10",
        "takes-up-without-reason-message",
        "Takes up a cancellation whose reason is not said in words.",
        REQUIRED - {"cancellationReason.cancellationReasonMessage"},
    ),
    parentless(
        "Selfless",
        "ALA-REQ-11",
        "takes-up-without-seller",
        "Takes up a cancellation that carries no seller.",
        REQUIRED - {"seller"},
    ),
    fieldless(
        "Presumptuous",
        "ALA-REQ-12",
        "takes-up-without-seller-identifier",
        "Takes up a cancellation that does not say which seller it is for.",
        REQUIRED - {"seller.sellerIdentifier"},
    ),
    parentless(
        "Unreferenced",
        "ALA-REQ-13",
        "takes-up-without-order-references",
        "Takes up a cancellation that carries no references of the buyer's.",
        REQUIRED - {"orderReferences"},
    ),
    fieldless(
        "OneSided",
        "ALA-REQ-14",
        "takes-up-without-buyer-order-reference",
        "Takes up a cancellation that does not name the buyer's reference.",
        REQUIRED - {"orderReferences.buyerOrderReference"},
    ),
)
