"""Null sellers: they answer everything alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, TypeAlias

from countermand.provider import sellers
from countermand.provider.http import Request, Response

_XML = (("Content-Type", "application/xml; charset=utf-8"),)
_HTML = (("Content-Type", "text/html; charset=utf-8"),)
_PAGE = b"<!DOCTYPE html><html><head><title>Welcome</title></head><body><p>It works!<br></p></body></html>"
_UNRELATED = b'<?xml version="1.0" encoding="utf-8"?><weather><place>Crewe</place><sky>overcast</sky></weather>'


class Null:
    """Answers every request alike; by itself with 200 and nothing."""

    always: ClassVar[Response] = Response(200)

    def handle(self, request: Request) -> Response:  # noqa: ARG002  that is what makes it null
        """Answer."""
        return self.always


class Empty(Null):
    """Answers always 200, with no body."""


class Faultless(Null):
    """Answers always 400, with no fault."""

    always = Response(400)


class Faulting(Null):
    """Answers always 400, with a valid fault."""


class Failing(Null):
    """Answers always 500, with no body."""

    always = Response(500)


class Succeeding(Null):
    """Answers always with the same valid success."""


class Rejecting(Null):
    """Answers always 200, with the same valid rejection."""


class Echoing(Null):
    """Answers always 200, with the body of the request."""

    def handle(self, request: Request) -> Response:
        """Send it back."""
        return Response(200, request.body, (("Content-Type", request.headers.get("content-type", "application/xml")),))


class Closing(Null):
    """Closes every connection without an answer."""

    always = Response(200, silent=True)


class Silent(Null):
    """Never answers."""

    always = Response(200, hang=True)


class Web(Null):
    """Answers always with a page."""

    always = Response(200, _PAGE, _HTML)


class Unrelated(Null):
    """Answers always with an XML document about something else."""

    always = Response(200, _UNRELATED, _XML)


Samples: TypeAlias = Mapping[type[Null], Response]

KINDS = (Empty, Faultless, Faulting, Failing, Succeeding, Rejecting, Echoing, Closing, Silent, Web, Unrelated)


def nulls(api: str) -> dict[str, type]:
    """Give the null sellers of an API by name.

    Each has its reference seller's door, orders and target file, with null answers.
    """
    reference, samples = sellers.made(api, "seller", "Seller"), sellers.made(api, "samples", "samples")()
    return {kind.__name__: _null(kind, reference, samples.get(kind)) for kind in KINDS}


def _null(kind: type[Null], reference: type, always: Response | None) -> type:
    """Put null answers in front of a reference seller."""
    made: dict[str, object] = {"__doc__": kind.__doc__, "__module__": __name__}
    return type(kind.__name__, (kind, reference), made if always is None else made | {"always": always})
