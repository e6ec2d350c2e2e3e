"""The HTTP responses of an ALA seller."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from countermand.provider.ala.markup import SOAP, Element, enveloped, qualified, write
from countermand.provider.ala.style import Place
from countermand.provider.http import Response

if TYPE_CHECKING:
    from countermand.provider.ala.decision import Answer
    from countermand.provider.ala.request import Cancellation
    from countermand.provider.ala.style import Style
    from countermand.provider.http import Request

Headers = tuple[tuple[str, str], ...]


#: How XML may be labelled; clients of SOAP 1.1 take the second alone (SOAP 1.1, 6).
LABEL, OF_SOAP = "application/xml", "text/xml"


def labelled_alike(request: Request, response: Response) -> Response:
    """Label a reply as its request is labelled, which the page leaves to both."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != OF_SOAP:
        return response
    labels = {value: value.replace(LABEL, OF_SOAP) for _, value in response.headers if value.startswith(LABEL)}
    return replace(response, headers=tuple((name, labels.get(value, value)) for name, value in response.headers))


class Replies:
    """Says in a style what was decided; every method is one habit that a deviant may change."""

    style: Style

    def reply(self, asked: Cancellation, answer: Answer) -> Response:
        """Answer with the business reply."""
        return self.respond(self.style.reply_status, self.document(self.reply_element(asked, answer)))

    def reply_element(self, asked: Cancellation, answer: Answer) -> Element:
        """Make the business reply."""
        content = (
            Element("message", self.message(asked)),
            Element("buyer", (Element("buyerIdentifier", asked["buyer.buyerIdentifier"]),)),
            Element("seller", (Element("sellerIdentifier", asked["seller.sellerIdentifier"]),)),
            Element("orderReferences", (Element("buyerOrderReference", asked["orderReferences.buyerOrderReference"]),)),
            Element("targetSellerOrderReference", self.named(asked, answer)),
            *self.decision(answer),
            *((Element("note", "Crème brûlée, €"),) if self.style.extra else ()),
        )
        return self.in_namespace(asked, Element(self.style.reply_root, content))

    def in_namespace(self, asked: Cancellation, reply: Element) -> Element:
        """Put a reply into the namespace of the style, or of the request, as its elements were."""
        if self.style.namespace or asked.qualified or not asked.namespace:
            return qualified(reply, self.style.namespace or asked.namespace, self.style.prefix)
        return replace(reply, prefix="ala", namespace=asked.namespace)

    def named(self, asked: Cancellation, answer: Answer) -> str:  # noqa: ARG002  a deviant's depends on it
        """Name the order that was decided about."""
        return asked["targetSellerOrderReference"]

    def message(self, asked: Cancellation) -> tuple[Element, ...]:
        """Make the meta-data of the reply's own message."""
        correlation = asked["message.correlationId"]
        return (
            Element("messageId", str(uuid4())),
            *((Element("correlationId", correlation),) if correlation else ()),
            Element("sentAt", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")),
        )

    def decision(self, answer: Answer) -> tuple[Element, ...]:
        """Make the elements that say what was decided, and why."""
        word = self.style.padding + self.word(answer) + self.style.padding
        status = Element(self.style.decision_element, word)
        if self.style.decision_parent:
            status = Element(self.style.decision_parent, (status,))
        if not answer.code or not self.style.reason:
            return (status,)
        return status, Element(
            "rejection", (Element("rejectionCode", answer.code), Element("rejectionMessage", answer.message))
        )

    def word(self, answer: Answer) -> str:
        """Say a decision."""
        return {"pending": self.style.pending, "rejected": self.style.rejected}[answer.decision]

    def fault(self, status: int, code: str, message: str, headers: Headers = ()) -> Response:
        """Answer with a fault."""
        element = self.fault_element(status, code, message)
        return self.respond(status, self.document(element, bare=self.style.fault_place is Place.BARE), headers)

    def fault_element(self, status: int, code: str, message: str) -> Element:
        """Make a fault of the documented shape."""
        content = self.fault_content(status, code, message)
        if self.style.fault_place is Place.OF_SOAP:
            return Element("Fault", content, "soap", SOAP)
        fault = Element("fault", content)
        return qualified(fault, self.style.fault_namespace, self.style.fault_prefix)

    def fault_content(self, status: int, code: str, message: str) -> tuple[Element, ...]:
        """Make what a fault holds."""
        detail = (Element("detail", f"The request was answered with {status}."),) if self.style.detail else ()
        return Element("faultcode", code), Element("faultmessage", message), *detail

    def document(self, payload: Element, *, bare: bool = False) -> bytes:
        """Write a payload, in an envelope where the style wants one."""
        return write(payload if bare or not self.style.envelope else enveloped(payload, self.style), self.style)

    def respond(self, status: int, body: bytes, headers: Headers = ()) -> Response:
        """Make the HTTP response."""
        extra = (("X-Request-Id", str(uuid4())), ("Cache-Control", "no-store")) if self.style.extra_headers else ()
        label = ("Content-Type", self.content_type(status))
        return Response(status, body, (label, *headers, *extra), chunked=self.style.chunked, close=self.style.close)

    def content_type(self, status: int) -> str:  # noqa: ARG002  a deviant's may depend on it
        """Label the body."""
        return (
            f"{self.style.content_type}; charset={self.style.charset}"
            if self.style.charset_label
            else self.style.content_type
        )
