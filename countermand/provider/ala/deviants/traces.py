"""Sellers whose replies cannot be traced to their requests, or to a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar
from uuid import uuid4

from countermand.provider.ala.decision import Answer, Decision
from countermand.provider.ala.markup import Element
from countermand.provider.ala.request import Cancellation
from countermand.provider.ala.seller import Seller
from countermand.provider.ala.style import Style
from countermand.provider.crowd import Crowd
from countermand.provider.family import family

Says = Callable[[str, Cancellation], str | None]


class Tracing(Seller):
    """Changes one field of the meta-data of its replies, or leaves it out with None."""

    field: ClassVar[str]
    says: ClassVar[Says]
    rejections_alone: ClassVar[bool] = False  # what it takes up is in order
    rejects = False

    def reply_element(self, asked: Cancellation, answer: Answer) -> Element:
        """Remember what is being said."""
        self.rejects = answer.decision is Decision.REJECTED
        return super().reply_element(asked, answer)

    def message(self, asked: Cancellation) -> tuple[Element, ...]:
        """Change the text of the field."""
        message = super().message(asked)
        if self.rejections_alone and not self.rejects:
            return message
        fields = {child.name: str(child.content) for child in message}
        changed = {name: type(self).says(text, asked) if name == self.field else text for name, text in fields.items()}
        return tuple(Element(name, text) for name, text in changed.items() if text is not None)


def always(text: str | None) -> Says:
    """Say the same every time, or nothing."""
    return lambda _text, _asked: text


def of_request(path: str) -> Says:
    """Repeat a field of the request."""
    return lambda _text, asked: asked[path]


def drawn(_text: str, _asked: Cancellation) -> str:
    """Draw another."""
    return str(uuid4())


def cut_off(text: str, _asked: Cancellation) -> str:
    """Keep eight characters."""
    return text[:8]


def years_off(text: str, _asked: Cancellation) -> str:
    """Name the year that follows."""
    return f"{int(text[:4]) + 1}{text[4:]}"


tracing = family(__name__, Tracing, "field", "says")
rejecting = family(__name__, Tracing, "field", "says", rejections_alone=True)

DEVIANTS = (
    rejecting(
        "Estranging",
        "ALA-TRC-01",
        "rejection-with-own-correlation-id",
        "Rejects with a correlation id of its own.",
        "correlationId",
        drawn,
    ),
    rejecting(
        "Curt",
        "ALA-TRC-01",
        "rejection-without-correlation-id",
        "Rejects without a correlation id.",
        "correlationId",
        always(None),
    ),
    tracing(
        "Scatterbrained",
        "ALA-TRC-01",
        "own-correlation-id",
        "Answers with a correlation id of its own.",
        "correlationId",
        drawn,
    ),
    tracing(
        "Unaccountable",
        "ALA-TRC-01",
        "no-correlation-id",
        "Answers without a correlation id.",
        "correlationId",
        always(None),
    ),
    tracing(
        "Absentminded",
        "ALA-TRC-01",
        "empty-correlation-id",
        "Answers with an empty correlation id.",
        "correlationId",
        always(""),
    ),
    tracing(
        "Curtailing",
        "ALA-TRC-01",
        "truncated-correlation-id",
        "Cuts the correlation id off after eight characters.",
        "correlationId",
        cut_off,
    ),
    rejecting(
        "Stereotyped",
        "ALA-TRC-02",
        "same-message-id-in-every-rejection",
        "Gives every rejection the same message id.",
        "messageId",
        always("rejection"),
    ),
    tracing(
        "Parroting",
        "ALA-TRC-02",
        "message-id-of-the-request",
        "Answers with the message id of the request.",
        "messageId",
        of_request("message.messageId"),
    ),
    tracing(
        "Correlating",
        "ALA-TRC-02",
        "correlation-id-for-message-id",
        "Gives the correlation id as its message id as well.",
        "messageId",
        of_request("message.correlationId"),
    ),
    tracing(
        "Monotonous",
        "ALA-TRC-02",
        "same-message-id-in-every-reply",
        "Gives every reply the same message id.",
        "messageId",
        always("00000000-0000-1000-8000-000000000000"),
    ),
    tracing("Unsigned", "ALA-TRC-02", "no-message-id", "Answers without a message id.", "messageId", always(None)),
    rejecting(
        "Brusque", "ALA-TRC-03", "rejection-without-sent-at", "Rejects without saying when.", "sentAt", always(None)
    ),
    tracing(
        "Vague",
        "ALA-TRC-03",
        "sent-at-in-words",
        "Says in words when the reply was sent.",
        "sentAt",
        always("just now"),
    ),
    tracing(
        "Secondhand",
        "ALA-TRC-03",
        "sent-at-in-unix-seconds",
        "Counts seconds since 1970 where a timestamp belongs.",
        "sentAt",
        always("1327084243"),
    ),
    tracing("Undated", "ALA-TRC-03", "no-sent-at", "Answers without saying when.", "sentAt", always(None)),
    tracing(
        "Provincial",
        "ALA-TRC-03",
        "sent-at-in-local-notation",
        "Writes the time as it is written at home.",
        "sentAt",
        always("20/01/2012 18:30"),
    ),
    tracing(
        "Impossible",
        "ALA-TRC-03",
        "sent-at-never-existed",
        "Answers at a time that does not exist.",
        "sentAt",
        always("2012-02-31T18:30:43Z"),
    ),
    tracing(
        "Unset",
        "ALA-TRC-03",
        "sent-at-never-set",
        "Answers at the time that a program takes for none.",
        "sentAt",
        always("0001-01-01T00:00:00Z"),
    ),
    tracing(
        "Exemplary",
        "ALA-TRC-03",
        "sent-at-of-the-example",
        "Answers at the time of the page's example.",
        "sentAt",
        always("2012-01-20T18:30:43Z"),
    ),
    rejecting(
        "Prophetic",
        "ALA-TRC-03",
        "rejection-sent-a-year-ahead",
        "Rejects at a time that is a year ahead.",
        "sentAt",
        years_off,
    ),
)


class Mistaken(Seller):
    """Says of the order before what it decides about this one."""

    breaks = "ALA-TRC-04"
    slug = "names-order-before-in-reply"
    before: str | None = None

    def named(self, asked: Cancellation, answer: Answer) -> str:
        """Name the order of the reply before, if there was one."""
        named = super().named(asked, answer)
        self.before, before = named, self.before
        return before or named


class Preprinted(Seller):
    """Names the same order in every rejection."""

    breaks = "ALA-TRC-04"
    slug = "names-one-order-in-every-rejection"

    def named(self, asked: Cancellation, answer: Answer) -> str:
        """Name that of the example."""
        return "CF-00000000-0001" if answer.decision is Decision.REJECTED else super().named(asked, answer)


class Misdirected(Seller):
    """Names another buyer than the one who asked."""

    breaks = "ALA-TRC-05"
    slug = "names-another-buyer-in-reply"

    def reply_element(self, asked: Cancellation, answer: Answer) -> Element:
        """Name that of the example."""
        another = Element("buyer", (Element("buyerIdentifier", "SPEXAMPLE"),))
        reply = super().reply_element(asked, answer)
        blocks = [block for block in reply.content if isinstance(block, Element)]
        return replace(reply, content=tuple(another if block.name == "buyer" else block for block in blocks))


class Entangled(Seller):
    """Answers with the correlation id of another connection, where a buyer has several."""

    breaks = "ALA-TRC-01"
    slug = "correlation-id-of-another-connection"

    def __init__(self, style: Style | None = None) -> None:
        super().__init__(style)
        self.crowd = Crowd[str]()

    def message(self, asked: Cancellation) -> tuple[Element, ...]:
        """Repeat that of the other one."""
        message = super().message(asked)
        self.crowd.note(asked["buyer.buyerIdentifier"], asked["message.correlationId"])
        other = self.crowd.other(0.0)
        return tuple(
            replace(child, content=other) if other and child.name == "correlationId" else child for child in message
        )
