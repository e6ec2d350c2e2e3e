"""A conforming seller behind something that turns callers away as real servers do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lxml import etree

from countermand.provider.ala import seller as ala
from countermand.provider.door import Door
from countermand.provider.http import Request, Response
from countermand.provider.opensrs import seller as opensrs
from countermand.provider.opensrs.trust import RefusedError
from countermand.provider.serving import Application
from countermand.provider.toml import Table

HTML, JSON, XML = (("Content-Type", label) for label in ("text/html", "application/json", "text/xml"))
NGINX = (
    b"<html>\r\n<head><title>%s</title></head>\r\n<body>\r\n<center><h1>%s</h1></center>\r\n"
    b"<hr><center>nginx/1.24.0</center>\r\n"
)
APACHE = b"""<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">
<html><head><title>403 Forbidden</title></head><body><h1>Forbidden</h1>
<p>You don't have permission to access this resource.</p>\
<hr><address>Apache/2.4.57 (Debian) Server at localhost</address></body></html>"""


def page(status: int, body: bytes = b"<!DOCTYPE html><html><title>No</title><p>No.</html>") -> Response:
    """Make a page for people."""
    return Response(status, body, (HTML,))


def nginx(status: int, words: bytes) -> Response:
    """Make one of nginx's own pages."""
    return page(status, NGINX % (words, words))


PORTAL = Response(302, b"", (("Location", "https://portal.example/login?back=%2F"),))
UNROUTED = Response(403, b'{"message": "Missing Authentication Token"}', (JSON,))
#: As a web application firewall blocks: with status 200.
BLOCKED = page(
    200, b"<html><body>The requested URL was rejected. Please consult with your administrator.</body></html>"
)
EMPTY = Response(401)
CLOSED = Response(0, silent=True)
BUSY = Response(
    503, b"<html><body><h1>503 Service Unavailable</h1>\nNo server is available.\n</body></html>\n", (HTML,)
)


@dataclass
class Front:
    """A seller and what answers for it.

    It does so to strangers, other methods, other paths, documents that declare entities, what is no document, and
    documents in UTF-16 or with processing instructions, and values in them that may be meant to inject something.
    """

    seller: Application
    strangers: Response | None = None
    methods: Response | None = None
    paths: Response | None = None
    hostile: Response | None = None
    unreadable: Response | None = None
    encoded: Response | None = None
    instructed: Response | None = None
    odd: Response | None = None
    everything: Response | None = None
    wrapped: Callable[[Response], Response] = field(default=lambda response: response)

    @property
    def door(self) -> Door:
        return self.seller.door

    def target(self) -> Mapping[str, Table]:
        return self.seller.target()

    def files(self) -> Mapping[str, str]:
        return self.seller.files()

    def handle(self, request: Request) -> Response:
        reasons = {
            "everything": True,
            "strangers": not self.knows(request),
            "methods": request.method != "POST",
            "paths": request.path not in {"/", ala.PATH},
            "hostile": b"<!ENTITY" in request.body,
            "unreadable": not is_document(request.body),
            "encoded": b"\0" in request.body,
            "odd": has_odd_value(request.body),
            "instructed": re.search(rb"<\?(?!xml\s)", request.body) is not None,
        }
        noes: list[Response] = [
            getattr(self, name) for name, holds in reasons.items() if holds and getattr(self, name) is not None
        ]
        return noes[0] if noes else self.wrapped(self.seller.handle(request))

    def knows(self, request: Request) -> bool:
        if not isinstance(self.seller, opensrs.Seller):
            return request.peer is not None
        try:
            self.seller.authenticate(request)
        except RefusedError:
            return False
        return True


def is_document(body: bytes) -> bool:
    """Read XML, as a filter does that knows nothing else of it."""
    try:
        etree.fromstring(body, etree.XMLParser(resolve_entities=False))
    except (etree.XMLSyntaxError, ValueError):
        return False
    return True


def has_odd_value(body: bytes) -> bool:
    """Look for what injects something, as filters do: quotation marks, markup, bytes beyond ASCII, and length."""
    if not is_document(body):
        return False
    texts = [str(text) for text in etree.fromstring(body, etree.XMLParser(resolve_entities=False)).itertext()]
    return any(re.search(r"""['"<&]|[^\x00-\x7f]""", text) or len(text) > 300 for text in texts)


def told(code: str, text: str, *, success: str = "0") -> Response:
    """Make a bare reply of OPS, which names neither object nor action."""
    items = {"protocol": "XCP", "response_text": text, "response_code": code, "is_success": success}
    listed = "".join(f'<item key="{key}">{value}</item>' for key, value in items.items())
    body = (
        "<OPS_envelope><header><version>0.9</version></header><body><data_block>"
        f"<dt_assoc>{listed}</dt_assoc></data_block></body>"
    )
    return Response(
        200, f"<?xml version='1.0' encoding='UTF-8' standalone='no' ?>{body}</OPS_envelope>".encode(), (XML,)
    )


def packed(response: Response) -> Response:
    """Put a reply into a package, as Java stacks do that have attachments switched on."""
    head = (
        b'--part-7f1c\r\nContent-Type: application/xop+xml; charset=UTF-8; type="text/xml"\r\n'
        b"Content-ID: <root@seller.example>\r\n\r\n"
    )
    label = (
        'multipart/related; type="application/xop+xml"; boundary="part-7f1c"; '
        'start="<root@seller.example>"; start-info="text/xml"'
    )
    return Response(response.status, head + response.body + b"\r\n--part-7f1c--\r\n", (("Content-Type", label),))
