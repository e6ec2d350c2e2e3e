"""Sellers that are at a loss with what a cancellation may say as well, or find its fields where they do not belong."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from lxml import etree

from countermand.provider.ala.decision import Answer, Decision
from countermand.provider.ala.deviants import proxies
from countermand.provider.ala.deviants.forms import Broadminded
from countermand.provider.ala.deviants.traces import Says
from countermand.provider.ala.markup import SOAP, Element
from countermand.provider.ala.request import TIMESTAMP, Cancellation
from countermand.provider.ala.seller import RefusalError, Seller
from countermand.provider.ala.style import Style
from countermand.provider.family import family
from countermand.provider.http import Peer, Request, Response

PAGE = b"<!DOCTYPE html><html><head><title>500</title></head><body><h1>Internal Server Error</h1></body></html>"


class _Failing(Seller):
    """Answers some complete cancellations with its server's own page."""

    fails_on: ClassVar[re.Pattern[str]]

    def serve(self, request: Request) -> Response:
        """Fail where the document has what was not thought of."""
        text = request.body.decode("utf-8", "replace")
        if request.peer and type(self).fails_on.search(text):
            return Response(500, PAGE, (("Content-Type", "text/html"),))
        return super().serve(request)


#: Nor is that page what a reply is to be.
PAGED = {"ALA-HTTP-03": "departs", "ALA-SCH-02": "does not conform"}
failing = family(__name__, _Failing, "fails_on", also=PAGED)
Columned = failing(
    "Columned",
    "ALA-CAN-01",
    "fails-on-long-reason",
    "Fails where the reason is longer than its column.",
    re.compile(r"<cancellationReasonMessage>[^<]{256}"),
)
Planar = failing(
    "Planar",
    "ALA-CAN-01",
    "fails-on-letters-beyond-the-first-plane",
    "Fails where the reason has a letter of four bytes.",
    re.compile(r"<cancellationReasonMessage>[^<]*[\U00010000-\U0010ffff]"),
)
Fractional = failing(
    "Fractional",
    "ALA-CAN-01",
    "fails-on-fraction-of-second",
    "Fails where the time it was sent has a fraction and an offset.",
    re.compile(r"<sentAt>[^<]*\.\d+[+-]"),
)
Uniform = failing(
    "Uniform",
    "ALA-CAN-01",
    "fails-on-id-that-is-no-uuid",
    "Fails where the id of a message is no UUID.",
    re.compile(r"<messageId>\s*MSG"),
)
Headless = failing(
    "Headless",
    "ALA-CAN-01",
    "fails-on-header-of-envelope",
    "Fails where the envelope has a header.",
    re.compile(r"<(\w+:)?Header\b"),
)


class _Echoing(Seller):
    """Changes a correlation id that is none of its own kind."""

    says: ClassVar[Says]

    def answer(self, asked: Cancellation, answer: Answer) -> Response:
        """Answer with what it has made of the correlation id."""
        said = type(self).says(asked["message.correlationId"], asked) or ""
        return super().answer(replace(asked, fields={**asked.fields, "message.correlationId": said}), answer)


echoing = family(__name__, _Echoing, "says")
Columnar = echoing(
    "Columnar",
    "ALA-TRC-01",
    "correlation-id-cut-at-36",
    "Keeps 36 characters of a correlation id.",
    lambda text, _asked: text[:36],
)
Lowering = echoing(
    "Lowering",
    "ALA-TRC-01",
    "correlation-id-in-lower-case",
    "Writes a correlation id in lower case.",
    lambda text, _asked: text.lower(),
)
Garbling = echoing(
    "Garbling",
    "ALA-TRC-01",
    "correlation-id-in-another-charset",
    "Reads a correlation id in one charset, and writes it in another.",
    lambda text, _asked: text.encode().decode("latin-1"),
)


class _Quoting(Seller):
    """Repeats in a fault what it has not understood, with its ampersands as they are."""

    def document(self, payload: Element, *, bare: bool = False) -> bytes:
        """Write a document, and undo what was done for its words."""
        within = re.compile(rb"<(?:\w+:)?faultmessage>[^<]*</")
        return within.sub(lambda said: said[0].replace(b"&amp;", b"&"), super().document(payload, bare=bare))


class Dating(_Quoting):
    """Repeats a time that is none in a fault, with its ampersands as they are."""

    breaks = "ALA-HTTP-03"
    slug = "repeats-ampersand-of-sent-at-bare"

    def check_time(self, asked: Cancellation) -> None:
        """Say which time it is."""
        try:
            super().check_time(asked)
        except RefusalError as refusal:
            raise RefusalError(refusal.status, refusal.code, f"No timestamp: {asked['message.sentAt']}") from refusal


class Naming(_Quoting):
    """Repeats the name of a buyer in whose name another speaks, with its ampersands as they are."""

    breaks = "ALA-HTTP-03"
    slug = "repeats-ampersand-of-buyer-bare"

    def check_buyer(self, peer: Peer | None, asked: Cancellation) -> None:
        """Say who it is."""
        try:
            super().check_buyer(peer, asked)
        except RefusalError as refusal:
            words = f"The certificate is not that of {asked['buyer.buyerIdentifier']}."
            raise RefusalError(refusal.status, refusal.code, words) from refusal


class Chaining(Seller):
    """Takes a message with the correlation id of one that it took up for the same message, sent again."""

    breaks = "ALA-ORD-01"
    slug = "takes-up-whatever-follows-in-chain"

    def __init__(self, style: Style | None = None) -> None:
        super().__init__(style)
        self.chains: dict[str, Answer] = {}

    def decide(self, asked: Cancellation) -> Answer:
        """Decide once about each chain of messages."""
        chain = asked["message.correlationId"]
        if chain in self.chains:
            return self.chains[chain]
        answer = super().decide(asked)
        if answer.decision is Decision.PENDING:
            self.chains[chain] = answer
        return answer


class _Searching(Seller):
    """Finds the fields of one object wherever they stand."""

    wherever: ClassVar[str]

    def check_complete(self, asked: Cancellation) -> None:
        """Miss the object only where its fields are nowhere."""
        inside = {f"{self.wherever}.{path}": text for path, text in asked.fields.items() if "." not in path}
        super().check_complete(replace(asked, fields={**inside, self.wherever: "", **asked.fields}))


def _searching(name: str, clause: str, path: str) -> type:
    slug = re.sub("([A-Z])", lambda match: f"-{match[1].lower()}", path)
    does = f"Finds the fields of {path} where they stand by themselves."
    return family(__name__, _Searching, "wherever")(name, clause, f"finds-fields-without-{slug}", does, path)


SEARCHING = tuple(
    _searching(name, f"ALA-REQ-{clause}", path)
    for name, clause, path in (
        ("Rummaging", "01", "message"),
        ("Ransacking", "05", "buyer"),
        ("Combing", "08", "cancellationReason"),
        ("Scouring", "11", "seller"),
        ("Sifting", "13", "orderReferences"),
    )
)


class Prefixing(Seller):
    """Takes any message whose name begins like that of a cancellation for one."""

    breaks = "ALA-XML-06"
    slug = "takes-message-whose-name-begins-alike"

    def check_root(self, message: etree._Element) -> None:
        """Look at the beginning of the name."""
        if etree.QName(message).localname.startswith("cancelOrder"):
            message.tag = self.style.request_root
        super().check_root(message)


class Versioned(Broadminded):
    """Opens any envelope but that of the version it knows that it does not know."""

    breaks = "ALA-XML-09"
    slug = "opens-envelope-of-nobodys"

    def payload(self, root: etree._Element) -> etree._Element:
        """Refuse one namespace, and look at none."""
        known = etree.QName(root).namespace in {SOAP, "http://www.w3.org/2003/05/soap-envelope"}
        return Seller.payload(self, root) if known else super().payload(root)


class Patterned(Seller):
    """Takes for a time whatever looks like one."""

    breaks = "ALA-REQ-16"
    slug = "takes-day-there-is-not-as-sent-at"

    def check_time(self, asked: Cancellation) -> None:
        """Look at the digits alone."""
        if not TIMESTAMP.fullmatch(asked["message.sentAt"]):
            super().check_time(asked)


class _Misreading(Seller):
    """Takes a field for filled that says nothing, in one way."""

    def fills(self, body: bytes, root: etree._Element) -> None:
        """Put a word where there is none."""
        raise NotImplementedError

    def parse_xml(self, body: bytes) -> etree._Element:
        """Read a document, and fill what is taken for filled."""
        root = super().parse_xml(body)
        self.fills(body, root)
        return root


class NilElsewhere(_Misreading):
    """Takes a field that says that it is nil for one that is filled, but for the message's own."""

    breaks = "ALA-REQ-15"
    slug = "takes-up-nil-but-for-message-id"

    def fills(self, body: bytes, root: etree._Element) -> None:  # noqa: ARG002
        """Look at what is nil."""
        for element in root.iter(etree.Element):
            if "{http://www.w3.org/2001/XMLSchema-instance}nil" in element.attrib:
                element.text = element.text or ("" if etree.QName(element).localname == "messageId" else "nil")


class Commentated(_Misreading):
    """Takes a field for filled that holds a comment."""

    breaks = "ALA-REQ-15"
    slug = "takes-comment-for-value"

    def fills(self, body: bytes, root: etree._Element) -> None:
        """Look at what is between the tags, whatever it is."""
        for name in re.findall(rb"<(\w+)><!--[^<>]*--></\1>", body.replace(b"\0", b"")):
            for element in root.iter(f"{{*}}{name.decode()}"):
                element.text = element.text or "comment"


class _Relaying(Seller):
    """Believes a header of a proxy, whoever has a certificate that it knows: to it, that is the proxy."""

    header: ClassVar[str]
    name: ClassVar[Callable[[str], str | None]]

    def serve(self, request: Request) -> Response:
        """Take the header's word for who asks."""
        name = type(self).name(request.headers.get(self.header, ""))
        peer = Peer(name, request.peer.der) if request.peer and name else request.peer
        return super().serve(replace(request, peer=peer))


def _common_name(subject: str) -> str | None:
    match = re.search(r"(?:^|,)CN=([^,]+)", subject)
    return match[1] if match else None


def _of_certificate(value: str) -> str | None:
    return proxies.named(value).name if value else None


relaying = family(__name__, _Relaying, "header", "name")
Relaying = relaying(
    "Relaying",
    "ALA-SEC-04",
    "takes-header-s-dn-over-certificate",
    "Takes every buyer for the proxy before it, and goes by the subject in its header.",
    "x-ssl-client-s-dn",
    _common_name,
)
Meshed = relaying(
    "Meshed",
    "ALA-SEC-04",
    "takes-header-of-envoy-over-certificate",
    "Takes every buyer for the proxy before it, and goes by the certificate in the header of Envoy.",
    "x-forwarded-client-cert",
    _of_certificate,
)
