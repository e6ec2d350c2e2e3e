"""Requests of the doctor that harm nothing: written in each API's words, and sent by the doctor itself."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from countermand.model.apis import APIS
from countermand.model.draw import Draw
from countermand.model.exchange import Request
from countermand.model.target import Target
from countermand.protocols.carrier import Desk, Unsent
from countermand.protocols.registry import PROTOCOLS
from countermand.protocols.variation import Variation


class RequestError(ValueError):
    """A request that cannot be written with what the target file says; says why."""


def written(make: Callable[[Target], Request], target: Target) -> Request:
    """Return a request that can be sent; raises RequestError, where a value is none that XML or HTTP can carry."""
    try:
        request = make(target)
    except ValueError as error:
        raise RequestError(f"no request can be written: {error}") from None
    request = request.bearing(target.headers)
    for name, value in request.headers:
        if not (value.isascii() and value.isprintable()):  # RFC 9110, 5.5
            raise RequestError(f"the header {name} cannot be sent: it has letters that are not ASCII, or line ends")
    return request


def incomplete(target: Target) -> Request:
    """Write a cancellation that nobody could take up.

    It lacks a required field, and names an order that does not exist, or none.
    """
    seller = PROTOCOLS[target.api](target, Desk(Draw(secrets.token_hex(8), "doctor")))
    return seller.request(seller.unknown(), Variation(without=(APIS[target.api].omitted,)), target.identities["buyer"])


def harmless(target: Target) -> Request:
    """Write a complete request that changes nothing.

    It is a look-up, or where there is none a cancellation, of an order that does not exist.
    """
    seller = PROTOCOLS[target.api](target, Desk(Draw(secrets.token_hex(8), "doctor")))
    try:
        seller.greet(seller.unknown())
    except Unsent as kept:
        return kept.request
    raise AssertionError("a greeting that asks nothing")
