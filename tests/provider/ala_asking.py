"""A plain client of an ALA seller, which reads replies by the standard library."""

from __future__ import annotations

import ssl
import time
import tomllib
from dataclasses import dataclass
from http.client import HTTPSConnection
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from countermand.provider.http import Peer, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from countermand.provider.ala.seller import Seller
    from countermand.provider.certificates import Identity
    from countermand.provider.serving import Served

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
# The request fields of the cancelOrder page, version 2.30:
# path, whether required, its example (ours where the page has none).
FIELDS = (
    ("message", True, ""),
    ("message.messageId", True, "b68b2cf4-475e-11e1-a92e-fb2ff6467c99"),
    ("message.correlationId", True, "bac72cfa-475e-11e1-a92e-fb2ff6467c99"),
    ("message.sentAt", True, "2012-01-20T18:30:43Z"),
    ("buyer", True, ""),
    ("buyer.buyerIdentifier", True, "SPDEV1"),
    ("buyer.cfh:resellerId", False, "BAQ"),
    ("seller", True, ""),
    ("seller.sellerIdentifier", True, "CITYFIBRE"),
    ("orderReferences", True, ""),
    ("orderReferences.buyerOrderReference", True, "123e4567-e89b-12d3-a456-426614174000"),
    ("targetSellerOrderReference", True, "S-1"),
    ("cancellationReason", True, ""),
    ("cancellationReason.cancellationReasonCode", True, "300"),
    ("cancellationReason.cancellationReasonMessage", True, "No longer needed"),
)
REQUIRED = [path for path, required, _ in FIELDS if required]
LEAVES = [path for path, required, example in FIELDS if required and example]


def document(
    order: Mapping[str, str],
    *,
    without: Iterable[str] = (),
    root: str = "cancelOrderRequest",
    prefix: str = "soap",
    envelope: str | None = SOAP,
    namespace: str = "",
    **changed: str,
) -> str:
    """Write a cancellation of an order; what is changed is given by the last part of its path."""
    changed = {"targetSellerOrderReference": order["seller"], "buyerOrderReference": order["buyer"], **changed}
    inner = _fields("", set(without), changed)
    own = f' xmlns="{namespace}"' if namespace else ""
    message = f'<{root}{own} xmlns:cfh="http://www.cityfibre.com/ala/ext1">{inner}</{root}>'
    if envelope is None:
        return f'<?xml version="1.0"?>{message}'
    return (
        f'<?xml version="1.0"?><{prefix}:Envelope xmlns:{prefix}="{envelope}">'
        f"<{prefix}:Body>{message}</{prefix}:Body></{prefix}:Envelope>"
    )


def _fields(parent: str, without: set[str], changed: Mapping[str, str]) -> str:
    written = ""
    for path, _, example in FIELDS:
        name = path.removeprefix(f"{parent}.") if parent else path
        if (parent and name == path) or "." in name or path in without:
            continue
        written += f"<{name}>{_fields(path, without, changed) or changed.get(name, example)}</{name}>"
    return written


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def element(self, name: str) -> ET.Element | None:
        """Find the first element of that local name."""
        return next(
            (element for element in ET.fromstring(self.body).iter() if element.tag.rpartition("}")[2] == name), None
        )

    def text(self, name: str) -> str | None:
        """Read the text of the first element of that local name."""
        element = self.element(name)
        return None if element is None else (element.text or "").strip()


def ask_over_tls(
    served: Served,
    identity: Identity | None,
    body: str | bytes = b"",
    *,
    method: str = "POST",
    path: str = "/cancelOrder",
    chunked: bool = False,
) -> Reply:
    """Ask a seller over a connection of its own."""
    context = ssl.create_default_context(cafile=str(served.certificates.ca))
    if identity:
        context.load_cert_chain(identity.certificate, identity.private_key)
    raw = body.encode() if isinstance(body, str) else body
    connection = HTTPSConnection("127.0.0.1", served.server.server_address[1], context=context, timeout=10)
    try:
        sent = iter([raw[:99], raw[99:]]) if chunked else raw
        connection.request(method, path, sent, {"Content-Type": "application/xml"}, encode_chunked=chunked)
        response = connection.getresponse()
        return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
    finally:
        connection.close()


def ask(
    seller: Seller,
    body: str | bytes = b"",
    *,
    peer: str | None = "SPDEV1",
    method: str = "POST",
    path: str = "/cancelOrder",
    borne: Mapping[str, str] | None = None,
    server_name: str = "",
) -> Response:
    """Ask a seller without a wire."""
    raw = body.encode() if isinstance(body, str) else body
    headers = {"content-type": seller.style.request_content_type or "application/xml", **(borne or {})}
    sender = None if peer is None else Peer(peer, b"")
    return seller.handle(Request(method, path, headers, raw, sender, path, server_name))


def reply(response: Response) -> Reply:
    """Read what a seller answered."""
    return Reply(response.status, {name.lower(): value for name, value in response.headers}, response.body)


def refused_in_the_handshake(served: Served) -> bool:
    """Tell whether the seller refused a certificate; the caller may know it first."""
    for _ in range(100):
        if any(isinstance(failure, ssl.SSLCertVerificationError) for failure in served.server.failures):
            return True
        time.sleep(0.01)
    return False


def orders(served: Served) -> dict[str, Any]:
    """Read the orders of the target file."""
    orders: dict[str, Any] = tomllib.loads(served.target.read_text())["orders"]
    return orders
