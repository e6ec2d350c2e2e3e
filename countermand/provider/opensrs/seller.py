"""The embedded OpenSRS seller: signed HTTP requests, handed to the trust service."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from email.utils import formatdate
from hashlib import md5
from typing import ClassVar

from countermand.provider.door import Door
from countermand.provider.http import Request, Response
from countermand.provider.opensrs import message as opensrs_message
from countermand.provider.opensrs import notes
from countermand.provider.opensrs.message import Items, Message, UnreadableError, Value
from countermand.provider.opensrs.orders import Reseller, State
from countermand.provider.opensrs.schema import REPLY_XSD
from countermand.provider.opensrs.trust import Answer, Reason, RefusedError, TrustService


class Seller(TrustService):
    """Takes, tells and cancels orders as the public documents and recorded replies of the service have it."""

    api: ClassVar[str] = "opensrs"
    path: ClassVar[str] = "/"
    door: ClassVar[Door] = Door()

    def target(self) -> Mapping[str, Mapping[str, str | list[str]]]:
        """Give this API's part of the target file that reaches the seller."""
        listed: dict[str, str | list[str]] = {
            state.value: [order.number for order in self.owned(self.buyer) if order.state is state] for state in State
        }
        listed["foreign"] = [order.number for order in self.owned(self.another_buyer)]
        return {
            "buyer": {"username": self.buyer.username, "api_key": self.buyer.key},
            "another_buyer": {"username": self.another_buyer.username, "api_key": self.another_buyer.key},
            "orders": listed,
            "schemas": {"reply": "reply.xsd"},
        }

    def files(self) -> dict[str, str]:
        """Give the texts that the target file names, by file name."""
        return {"reply.xsd": REPLY_XSD}

    # What reaches it, and what leaves it

    def handle(self, request: Request) -> Response:
        """Answer one HTTP request."""
        if request.path.partition("?")[0] != self.path:
            return self.response(Answer(success=False, code=400, text="Invalid Command", thing=""), status=404)
        if request.method != "POST":
            refusal = self.response(Answer(success=False, code=400, text="Invalid Command", thing=""), status=405)
            return Response(refusal.status, refusal.body, (*refusal.headers, ("Allow", "POST")))
        return self.response(self.answer(request))

    def answer(self, request: Request) -> Answer:
        """Carry out the command of a request, if its sender may give it."""
        try:
            reseller = self.authenticate(request)
            return self.command(self.read(request.body), reseller)
        except RefusedError as refusal:
            return Answer(
                success=False, code=refusal.code, text=refusal.text, thing=refusal.thing, action=refusal.action
            )

    def response(self, answer: Answer, status: int = 200) -> Response:
        """Put an answer on the wire; a failure has status 200 too, as every recorded one has."""
        return Response(status, self.envelope(self.items(answer)), self.headers())

    def headers(self) -> tuple[tuple[str, str], ...]:
        """Give the headers the service was recorded with; the server adds Content-Length."""
        return ("Date", formatdate(usegmt=True)), ("Server", "OpenSRS/XML-RSA Server"), ("Content-Type", "text/xml")

    def items(self, answer: Answer) -> Items:
        """Arrange an answer in the order of the recorded replies."""
        items: dict[str, Value] = {"protocol": "XCP"}
        if answer.thing:
            items["object"] = answer.thing
        items |= {"response_text": answer.text, "action": answer.action}
        if answer.attributes is not None:
            items["attributes"] = answer.attributes
        return items | {"response_code": str(answer.code), "is_success": "1" if answer.success else "0"}

    def envelope(self, items: Items) -> bytes:
        """Write a reply."""
        return opensrs_message.write(items)

    # Who may speak

    def authenticate(self, request: Request) -> Reseller:
        """Find the reseller who signed a request."""
        reseller = self.resellers.get(request.headers.get("x-username", ""))
        if reseller is None:
            raise self.refusal(Reason.USER, "AUTHENTICATE")
        if not self.signed(request, reseller):
            raise self.refusal(Reason.SIGNATURE, "AUTHENTICATE")
        return reseller

    def signed(self, request: Request, reseller: Reseller) -> bool:
        """Tell whether a request bears the reseller's signature, in lower case."""
        given = request.headers.get("x-signature", "").encode("utf-8", "surrogateescape")
        return hmac.compare_digest(given, self.signature(request.body, reseller.key).encode())

    def signature(self, body: bytes, key: str) -> str:
        """Sign the exact bytes of a body."""
        inner = md5(body + key.encode()).hexdigest()
        return md5((inner + key).encode()).hexdigest()

    def knows(self, request: Request) -> bool:
        """Tell whether a request is a reseller's."""
        try:
            self.authenticate(request)
        except RefusedError:
            return False
        return True

    # What is asked

    def note(self, request: Request) -> str:
        """Say for the log what a request asks, or what is wrong with its signature."""
        reseller = self.resellers.get(request.headers.get("x-username", ""))
        if reseller is None:
            return ""
        if self.signed(request, reseller):
            return notes.asked(request.body)
        others = [other.key for other in self.resellers.values() if other is not reseller]
        return notes.unsigned(
            request.headers.get("x-signature", ""), request.body, reseller.key, others, self.signature
        )

    def read(self, body: bytes) -> Message:
        """Read a request in whatever form XML allows, but for entities."""
        try:
            root = opensrs_message.parse(body)
        except UnreadableError as error:
            raise self.refusal(Reason.UNREADABLE, "") from error
        if opensrs_message.names_entities(root):
            raise self.refusal(Reason.UNREADABLE, "")
        try:
            return opensrs_message.read(root)
        except UnreadableError as error:
            raise self.refusal(Reason.PROTOCOL, "") from error
