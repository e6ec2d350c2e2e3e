"""Sellers whose replies cannot be traced to their requests, or to a time."""

from __future__ import annotations

from uuid import uuid4

from countermand.provider.ala.decision import Answer, Decision
from countermand.provider.ala.markup import Element
from countermand.provider.ala.request import Cancellation
from countermand.provider.ala.seller import Seller


class Tracing(Seller):
    """Writes the meta-data of its replies field by field; a deviant changes one, or leaves it out with None."""

    def message(self, asked: Cancellation) -> tuple[Element, ...]:
        """Change the text of each field."""
        fields = {child.name: str(child.content) for child in super().message(asked)}
        changed = {name: self.field(name, text, asked) for name, text in fields.items()}
        return tuple(Element(name, text) for name, text in changed.items() if text is not None)

    def field(self, name: str, text: str, asked: Cancellation) -> str | None:  # noqa: ARG002  for those who change it
        """Change nothing."""
        return text


class _Rejecting(Tracing):
    """Slips in rejections alone: what it takes up is in order."""

    rejects = False

    def reply_element(self, asked: Cancellation, answer: Answer) -> Element:
        """Remember what is being said."""
        self.rejects = answer.decision is Decision.REJECTED
        return super().reply_element(asked, answer)

    def field(self, name: str, text: str, asked: Cancellation) -> str | None:
        """Change a field of a rejection."""
        return self.slip(name, text, asked) if self.rejects else super().field(name, text, asked)

    def slip(self, name: str, text: str, asked: Cancellation) -> str | None:
        """Change nothing."""
        raise NotImplementedError


class Estranging(_Rejecting):
    """Rejects with a correlation id of its own."""

    breaks = "ALA-TRC-01"
    slug = "rejection-with-own-correlation-id"

    def slip(self, name: str, text: str, asked: Cancellation) -> str | None:  # noqa: ARG002  as in the base class
        """Draw another."""
        return str(uuid4()) if name == "correlationId" else text


class Curt(_Rejecting):
    """Rejects without a correlation id."""

    breaks = "ALA-TRC-01"
    slug = "rejection-without-correlation-id"

    def slip(self, name: str, text: str, asked: Cancellation) -> str | None:  # noqa: ARG002  as in the base class
        """Leave it out."""
        return None if name == "correlationId" else text


class Stereotyped(_Rejecting):
    """Gives every rejection the same message id."""

    breaks = "ALA-TRC-02"
    slug = "same-message-id-in-every-rejection"

    def slip(self, name: str, text: str, asked: Cancellation) -> str | None:  # noqa: ARG002  as in the base class
        """Say the same."""
        return "rejection" if name == "messageId" else text


class Brusque(_Rejecting):
    """Rejects without saying when."""

    breaks = "ALA-TRC-03"
    slug = "rejection-without-sent-at"

    def slip(self, name: str, text: str, asked: Cancellation) -> str | None:  # noqa: ARG002  as in the base class
        """Leave it out."""
        return None if name == "sentAt" else text


class Scatterbrained(Tracing):
    """Answers with a correlation id of its own."""

    breaks = "ALA-TRC-01"
    slug = "own-correlation-id"

    def field(self, name: str, text: str, asked: Cancellation) -> str | None:
        """Draw another."""
        return str(uuid4()) if name == "correlationId" else super().field(name, text, asked)


class Unaccountable(Tracing):
    """Answers without a correlation id."""

    breaks = "ALA-TRC-01"
    slug = "no-correlation-id"

    def field(self, name: str, text: str, asked: Cancellation) -> str | None:
        """Leave it out."""
        return None if name == "correlationId" else super().field(name, text, asked)


class Absentminded(Tracing):
    """Answers with an empty correlation id."""

    breaks = "ALA-TRC-01"
    slug = "empty-correlation-id"

    def field(self, name: str, text: str, asked: Cancellation) -> str | None:
        """Empty it."""
        return "" if name == "correlationId" else super().field(name, text, asked)


class Curtailing(Tracing):
    """Cuts the correlation id off after eight characters."""

    breaks = "ALA-TRC-01"
    slug = "truncated-correlation-id"

    def field(self, name: str, text: str, asked: Cancellation) -> str | None:
        """Cut it off."""
        return text[:8] if name == "correlationId" else super().field(name, text, asked)


class Parroting(Tracing):
    """Answers with the message id of the request."""

    breaks = "ALA-TRC-02"
    slug = "message-id-of-the-request"

    def field(self, name: str, text: str, asked: Cancellation) -> str | None:
        """Repeat it."""
        return asked["message.messageId"] if name == "messageId" else super().field(name, text, asked)


class Monotonous(Tracing):
    """Gives every reply the same message id."""

    breaks = "ALA-TRC-02"
    slug = "same-message-id-in-every-reply"

    def field(self, name: str, text: str, asked: Cancellation) -> str | None:
        """Give always the same."""
        return "00000000-0000-1000-8000-000000000000" if name == "messageId" else super().field(name, text, asked)


class Unsigned(Tracing):
    """Answers without a message id."""

    breaks = "ALA-TRC-02"
    slug = "no-message-id"

    def field(self, name: str, text: str, asked: Cancellation) -> str | None:
        """Leave it out."""
        return None if name == "messageId" else super().field(name, text, asked)


class Vague(Tracing):
    """Says in words when the reply was sent."""

    breaks = "ALA-TRC-03"
    slug = "sent-at-in-words"

    def field(self, name: str, text: str, asked: Cancellation) -> str | None:
        """Give no time."""
        return "just now" if name == "sentAt" else super().field(name, text, asked)


class Secondhand(Tracing):
    """Counts seconds since 1970 where a timestamp belongs."""

    breaks = "ALA-TRC-03"
    slug = "sent-at-in-unix-seconds"

    def field(self, name: str, text: str, asked: Cancellation) -> str | None:
        """Count."""
        return "1327084243" if name == "sentAt" else super().field(name, text, asked)


class Undated(Tracing):
    """Answers without saying when."""

    breaks = "ALA-TRC-03"
    slug = "no-sent-at"

    def field(self, name: str, text: str, asked: Cancellation) -> str | None:
        """Leave it out."""
        return None if name == "sentAt" else super().field(name, text, asked)


class Provincial(Tracing):
    """Writes the time as it is written at home."""

    breaks = "ALA-TRC-03"
    slug = "sent-at-in-local-notation"

    def field(self, name: str, text: str, asked: Cancellation) -> str | None:
        """Put the day first."""
        return "20/01/2012 18:30" if name == "sentAt" else super().field(name, text, asked)


class Impossible(Tracing):
    """Answers at a time that does not exist."""

    breaks = "ALA-TRC-03"
    slug = "sent-at-never-existed"

    def field(self, name: str, text: str, asked: Cancellation) -> str | None:
        """Give a day no month has."""
        return "2012-02-31T18:30:43Z" if name == "sentAt" else super().field(name, text, asked)


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
