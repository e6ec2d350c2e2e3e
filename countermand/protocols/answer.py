"""What came of a request: what was asked, and what a seller's reply decides."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from countermand.document import Element
from countermand.model.exchange import Exchange, Reply, Trouble
from countermand.model.target import Order
from countermand.model.verdict import Inconclusive
from countermand.protocols.reply import try_xml
from countermand.protocols.variation import Signature, Variation

#: What is said of a fault that comes with status 200.
A_FAULT = "a fault"
#: How a door is closed: by an alert, without a word, or with bytes that are no HTTP.
#: It is a refusal, for strangers only.
CLOSED_DOOR = frozenset({Trouble.ALERT, Trouble.CLOSED, Trouble.NOT_HTTP})
BUYER = "buyer"
KNOWN = frozenset({BUYER, "another buyer"})
#: HTTP statuses that say "not now": Too Many Requests, and the gateway's own (RFC 6585, 4; RFC 9110, 15.6.3 to 15.6.5).
TOO_MANY, UNAVAILABLE = 429, 503
THROTTLED = frozenset({TOO_MANY, 502, UNAVAILABLE, 504})


class Decision(StrEnum):
    """What a seller makes of a request."""

    TAKEN_UP = "taken up"  # ala: pending; opensrs: success
    CANCELLED = "cancelled at once"  # ala: a declared word, before any decision can have been taken
    REFUSED = "refused"
    THROTTLED = "throttled"
    NO_ANSWER = "no answer"
    UNREADABLE = "not XML"
    UNCLEAR = "unclear"

    @property
    def taken_up(self) -> bool:
        """Whether it says yes, now or later."""
        return self in {Decision.TAKEN_UP, Decision.CANCELLED}


@dataclass(frozen=True)
class Reading:
    """What a reply decides."""

    decision: Decision
    said: str  # in a word or two
    at: str | None = None
    advice: str = ""  # where the decision is not clear: what to do about it


@dataclass(frozen=True)
class Asked:
    """What was asked, so that it can be asked again."""

    order: Order
    variation: Variation
    by: str

    @property
    def by_stranger(self) -> bool:
        """Whether the seller has no reason to trust whoever asked.

        That is somebody unknown, in another's name, or with a signature that is not good.
        """
        own_name = self.variation.speaks_for is None and self.variation.signature is Signature.GOOD
        return self.by not in KNOWN or not own_name


@dataclass(frozen=True)
class Answer:
    """What came of a request."""

    exchange: Exchange
    decision: Decision
    said: str  # what was received, in a word or two
    at: str | None = None
    advice: str = ""  # where the decision is not clear: what to do about it
    asked: Asked | None = None
    contradiction: str = ""  # where two fields of the reply say yes and no, or its status and its words

    @property
    def is_blank(self) -> bool:
        """Whether the reply says neither yes nor no in any word of the API: a redirect, a page, or nothing at all."""
        is_read = self.at is not None or bool(self.contradiction)
        wordless = self.decision in {Decision.UNREADABLE, Decision.UNCLEAR} and not is_read
        return wordless and self.exchange.reply is not None

    @property
    def reply(self) -> Reply:
        """The reply; raises Inconclusive where there is none."""
        if self.exchange.reply is None:
            raise Inconclusive(f"the seller gave no answer: {self.advised}", received=self.said)
        return self.exchange.reply

    @property
    def advised(self) -> str:
        """What was received, and what to do about it where there is anything to do."""
        return f"{self.said}; {self.advice}" if self.advice else self.said

    @property
    def is_fault(self) -> bool:
        """Whether the reply is a no in the form of an error, by its status or by what it is."""
        return self.exchange.reply is not None and (self.exchange.reply.status >= 400 or self.said == A_FAULT)  # noqa: PLR2004

    @property
    def tree(self) -> Element | None:
        """The reply's document, if there is a reply and it is one."""
        return None if self.exchange.reply is None else try_xml(self.exchange.reply)
