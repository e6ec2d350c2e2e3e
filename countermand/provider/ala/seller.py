"""A seller of ALA `cancelOrder` 2.30."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, ClassVar

from countermand.provider.ala import notes
from countermand.provider.ala import target as ala_target
from countermand.provider.ala.decision import Answer, Decision, Decisions
from countermand.provider.ala.reply import Replies, labelled_alike
from countermand.provider.ala.request import (
    OBJECTS,
    REQUIRED,
    Cancellation,
    UnreadableError,
    cancellation,
    is_timestamp,
    leave_out_strangers,
    parse,
    parser,
    payload,
    refuse_declarations,
    refuse_instructions,
)
from countermand.provider.ala.style import Rejection, Second, Strangers, Style
from countermand.provider.door import Asks, Door

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

    from countermand.provider.http import Peer, Request, Response
    from countermand.provider.toml import Table

PATH = "/cancelOrder"


class RefusalError(Exception):
    """A request that is no cancellation this seller may decide about."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Seller(Decisions, Replies):
    """Takes cancellations up, and rejects up front those of orders that are not in flight.

    Every method is one habit.
    """

    path: ClassVar[str] = PATH
    required: ClassVar[frozenset[str]] = REQUIRED  # a child is required only where its parent is there or required

    def __init__(self, style: Style | None = None) -> None:
        super().__init__(style or Style())
        self._lock = threading.Lock()
        self._replies: dict[str, Response] = {}  # to cancellations that were taken up

    @property
    def door(self) -> Door:
        """What the TLS handshake asks of a caller."""
        return Door(Asks.ONLY_WITH_A_CERTIFICATE if self.style.strangers is Strangers.HANDSHAKE else Asks.A_CERTIFICATE)

    def target(self) -> Mapping[str, Table]:
        """Give the tables of the target file that only this seller knows."""
        return ala_target.tables(self.orders.values(), self.style)

    def files(self) -> Mapping[str, str]:
        """Give the files that the target names, by their names."""
        return ala_target.files(self.style)

    def handle(self, request: Request) -> Response:
        """Answer one request; callers may be in several threads."""
        with self._lock:
            try:
                response = self.serve(request)
            except RefusalError as refusal:
                response = self.refuse(refusal)
        return labelled_alike(request, response)

    def serve(self, request: Request) -> Response:
        """Answer one request; raises RefusalError."""
        self.check_caller(request.peer)
        self.check_path(request.path)
        self.check_method(request.method)
        asked = self.read(request)
        self.check_complete(asked)
        self.check_buyer(request.peer, asked)
        decided = self.decide(asked)
        return self.as_before(asked, decided, self.answer(asked, decided))

    def as_before(self, asked: Cancellation, decided: Answer, reply: Response) -> Response:
        """Give the very reply to the first of two cancellations, where this seller keeps it."""
        order = self.find(asked)
        if order is None or self.style.second is not Second.STORED or decided.decision is not Decision.PENDING:
            return reply
        return self._replies.setdefault(order.seller_reference, reply)

    def check_caller(self, peer: Peer | None) -> None:
        """Refuse a caller who shows no certificate."""
        if peer is None:
            status = 403 if self.style.strangers is Strangers.FAULT_403 else 401
            raise RefusalError(status, "Client.Authentication", "A client certificate is required.")

    def check_path(self, path: str) -> None:
        """Refuse a path that is no operation."""
        if path.partition("?")[0] != PATH:
            raise RefusalError(self.style.path_status, "Client.Operation", "There is no such operation.")

    def check_method(self, method: str) -> None:
        """Refuse every method but POST."""
        if method != "POST":
            raise RefusalError(self.style.method_status, "Client.Method", "A cancellation is sent by POST.")

    def read(self, request: Request) -> Cancellation:
        """Read the cancellation a request holds."""
        wanted = self.style.request_content_type
        if wanted and request.headers.get("content-type", "").partition(";")[0].strip().lower() != wanted:
            raise RefusalError(415, "Client.ContentType", "The message is labelled as something else.")
        try:
            root = self.parse(request.body)
            message = self.payload(root)
            self.check_root(message)
            if not self.style.request_strangers:
                leave_out_strangers(message)
            return cancellation(message, enveloped=message is not root)
        except UnreadableError as error:
            raise RefusalError(400, "Client.Message", str(error)) from error

    def parse(self, body: bytes) -> etree._Element:
        """Read XML that declares no entities."""
        root = self.parse_xml(body)
        refuse_declarations(root)
        if not self.style.request_instructions:
            refuse_instructions(body)
        return root

    def parse_xml(self, body: bytes) -> etree._Element:
        """Read XML in any charset, resolving nothing."""
        return parse(body, parser())

    def payload(self, root: etree._Element) -> etree._Element:
        """Take the message out of its envelope, where it has one."""
        message = payload(root)
        wanted = self.style.request_envelope
        if wanted is not None and wanted is (message is root):
            raise UnreadableError(
                "The message is in an envelope." if message is not root else "The message is not in an envelope."
            )
        return message

    def check_root(self, message: etree._Element) -> None:
        """Refuse any other message; raises UnreadableError."""
        namespace, _, name = str(message.tag).rpartition("}")
        if name != self.style.request_root or self.style.request_namespace not in {None, namespace.removeprefix("{")}:
            raise UnreadableError("The message is not a cancellation.")

    def note(self, request: Request) -> str:
        """Say for the log which order a request names, or what was expected of it."""
        return notes.asked(request.body, self.style)

    def check_complete(self, asked: Cancellation) -> None:
        """Refuse a cancellation that lacks a required field, or sends no time as its time."""
        for path in sorted(self.required):
            parent = path.rpartition(".")[0]
            if parent and parent not in asked and parent not in self.required:
                continue
            if self.is_missing(asked, path):
                raise RefusalError(
                    self.style.incomplete_status, "Client.Incomplete", f"The cancellation lacks its {path}."
                )
        self.check_time(asked)

    def is_missing(self, asked: Cancellation, path: str) -> bool:
        """Tell whether a field is absent, which an empty one is too.

        An object is there even if it lacks all it should hold.
        """
        return path not in asked or (path not in OBJECTS and not asked[path])

    def check_time(self, asked: Cancellation) -> None:
        """Refuse a time of sending that is none."""
        if asked["message.sentAt"] and not is_timestamp(asked["message.sentAt"]):
            raise RefusalError(self.style.incomplete_status, "Client.Incomplete", "message.sentAt is not a timestamp.")

    def check_buyer(self, peer: Peer | None, asked: Cancellation) -> None:
        """Refuse a buyer who speaks for another."""
        claimed = asked["buyer.buyerIdentifier"]
        if claimed and (peer is None or claimed != peer.name):
            raise RefusalError(
                self.style.impostor_status, "Client.Authorization", "The certificate is not that of the buyer."
            )

    def answer(self, asked: Cancellation, answer: Answer) -> Response:
        """Answer a cancellation that was decided about."""
        if answer.decision is Decision.REJECTED and self.style.rejection is not Rejection.REPLY:
            return self.fault(int(self.style.rejection), f"Server.{answer.code}", answer.message)
        return self.reply(asked, answer)

    def refuse(self, refusal: RefusalError) -> Response:
        """Answer a request that cannot be decided about."""
        if refusal.status == 200:  # noqa: PLR2004
            return self.reply(Cancellation({}), Answer(Decision.REJECTED, refusal.code, refusal.message))
        allow = (("Allow", "POST"),) if refusal.status == 405 else ()  # noqa: PLR2004  RFC 9110, 15.5.6
        return self.fault(refusal.status, refusal.code, refusal.message, headers=allow)
