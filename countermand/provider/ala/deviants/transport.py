"""Sellers that are wrong about HTTP: the method, the path, the label of a body."""

from __future__ import annotations

import re
from dataclasses import replace
from http import HTTPStatus
from typing import ClassVar

from countermand.provider.ala.decision import Answer, Decision
from countermand.provider.ala.deviants.faults import HTML
from countermand.provider.ala.markup import Element
from countermand.provider.ala.request import Cancellation
from countermand.provider.ala.seller import PATH, Seller
from countermand.provider.family import family
from countermand.provider.http import Request, Response


class Lax(Seller):
    """Takes a cancellation up that comes by GET."""

    breaks = "ALA-HTTP-01"
    slug = "takes-up-by-get"

    def serve(self, request: Request) -> Response:
        """Look at the path alone."""
        if request.method == "GET" and request.peer and request.path.startswith(PATH):
            return self.answer(Cancellation({}), Answer(Decision.PENDING))
        return super().serve(request)


class _Methodical(Seller):
    """Takes a cancellation up that comes by another method."""

    method: ClassVar[str]

    def check_method(self, method: str) -> None:
        """Refuse every method but these two."""
        super().check_method("POST" if method == self.method else method)


class Replacing(_Methodical):
    """Takes a cancellation up that comes by PUT."""

    breaks = "ALA-HTTP-04"
    slug = "takes-up-by-put"
    method = "PUT"


class Patching(_Methodical):
    """Takes a cancellation up that comes by PATCH."""

    breaks = "ALA-HTTP-04"
    slug = "takes-up-by-patch"
    method = "PATCH"


class Deleting(_Methodical):
    """Takes a cancellation up that comes by DELETE."""

    breaks = "ALA-HTTP-04"
    slug = "takes-up-by-delete"
    method = "DELETE"


class Embodied(_Methodical):
    """Takes a cancellation up that comes by GET in its body."""

    breaks = "ALA-HTTP-01"
    slug = "takes-up-body-of-get"
    method = "GET"


class Overruled(Seller):
    """Takes a cancellation up that comes by GET where a header says that it is a POST."""

    breaks = "ALA-HTTP-01"
    slug = "takes-up-get-that-headers-make-post"

    def serve(self, request: Request) -> Response:
        """Look at the header first."""
        method = request.headers.get("x-http-method-override", request.method)
        return super().serve(replace(request, method=method) if request.method == "GET" else request)


class Wandering(Seller):
    """Serves every path."""

    breaks = "ALA-HTTP-02"
    slug = "serves-any-path"

    def check_path(self, path: str) -> None:
        """Look at no path."""


class Labelling(Seller):
    """Labels every reply, faults too, as something else."""

    label: ClassVar[str]

    def content_type(self, status: int) -> str:  # noqa: ARG002  as in the base class
        """Give the wrong label."""
        return self.label


class Webby(Labelling):
    """Labels XML as a page."""

    breaks = "ALA-HTTP-03"
    slug = "labels-xml-as-html"
    label = "text/html; charset=utf-8"


class Ambiguous(Seller):
    """Labels XML as what it is, and in a second header as a page."""

    breaks = "ALA-HTTP-03"
    slug = "labels-xml-as-html-as-well"

    def handle(self, request: Request) -> Response:
        """Add a label."""
        response = super().handle(request)
        return replace(response, headers=(*response.headers, ("Content-Type", "text/html")))


class Plaintive(Labelling):
    """Labels XML as plain text."""

    breaks = "ALA-HTTP-03"
    slug = "labels-xml-as-text"
    label = "text/plain; charset=utf-8"


class Scripted(Labelling):
    """Labels XML as JSON."""

    breaks = "ALA-HTTP-03"
    slug = "labels-xml-as-json"
    label = "application/json"


class Mystifying(Labelling):
    """Labels XML as bytes."""

    breaks = "ALA-HTTP-03"
    slug = "labels-xml-as-octet-stream"
    label = "application/octet-stream"


class Mislabelling(Labelling):
    """Labels UTF-8 as UTF-16."""

    breaks = "ALA-HTTP-03"
    slug = "labels-utf-8-as-utf-16"
    label = "application/xml; charset=utf-16"


class Outlandish(Labelling):
    """Labels UTF-8 as a charset that does not exist."""

    breaks = "ALA-HTTP-03"
    slug = "labels-unknown-charset"
    label = "application/xml; charset=utf-42"


class Unlabelling(Seller):
    """Labels nothing."""

    breaks = "ALA-HTTP-03"
    slug = "no-content-type"

    def respond(self, status: int, body: bytes, headers: tuple[tuple[str, str], ...] = ()) -> Response:
        """Leave the label out."""
        made = super().respond(status, body, headers)
        return Response(made.status, made.body, tuple(header for header in made.headers if header[0] != "Content-Type"))


class Faultlabelling(Seller):
    """Labels its faults, and only those, as a page."""

    breaks = "ALA-HTTP-03"
    slug = "labels-faults-as-html"

    def content_type(self, status: int) -> str:
        """Give the wrong label to a fault."""
        return super().content_type(status) if status < HTTPStatus.BAD_REQUEST else HTML


class Replylabelling(Seller):
    """Labels its business replies, and only those, as a page."""

    breaks = "ALA-HTTP-03"
    slug = "labels-business-replies-as-html"

    def content_type(self, status: int) -> str:
        """Give the wrong label to a reply."""
        return HTML if status < HTTPStatus.BAD_REQUEST else super().content_type(status)


class Unescaping(Seller):
    """Writes an ampersand that it repeats as it is, so that its reply is no document."""

    breaks = "ALA-HTTP-03"
    slug = "repeats-ampersand-bare"

    def document(self, payload: Element, *, bare: bool = False) -> bytes:
        """Write a payload by putting texts together."""
        return super().document(payload, bare=bare).replace(b"&amp;", b"&")


class Halfescaping(Seller):
    """Writes a less-than sign that it repeats as it is, and escapes ampersands alone."""

    breaks = "ALA-HTTP-03"
    slug = "repeats-less-than-sign-bare"

    def document(self, payload: Element, *, bare: bool = False) -> bytes:
        """Write a payload by putting texts together."""
        return super().document(payload, bare=bare).replace(b"&lt;", b"<")


class _Unescaping(Seller):
    """Repeats a field of the request with its ampersands as they are."""

    field: ClassVar[bytes]

    def document(self, payload: Element, *, bare: bool = False) -> bytes:
        """Write a document, and undo what was done for that field."""
        name = self.field
        within = re.compile(rb"<(?:\w+:)?%s>[^<]*</" % name)
        return within.sub(lambda said: said[0].replace(b"&amp;", b"&"), super().document(payload, bare=bare))


unescaping = family(__name__, _Unescaping, "field")
DEVIANTS = (
    unescaping(
        "Referential",
        "ALA-HTTP-03",
        "repeats-ampersand-of-buyer-reference-bare",
        "Repeats an ampersand in the buyer's reference as it is.",
        b"buyerOrderReference",
    ),
    unescaping(
        "Correlative",
        "ALA-HTTP-03",
        "repeats-ampersand-of-correlation-id-bare",
        "Repeats an ampersand in the correlation id as it is.",
        b"correlationId",
    ),
)
