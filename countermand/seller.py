"""What any seller can be asked, and can answer: on one side the sentences, on the other the protocols."""

from __future__ import annotations

import functools
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Protocol

from countermand import strangers
from countermand.document import Element, Place, Spelling, Unreadable, parse
from countermand.draw import Draw
from countermand.exchange import Exchange, Reply, Request, Trouble
from countermand.target import Identity, Order, Target
from countermand.verdict import Inconclusive, NotApplicable

#: Bytes up to which replies are kept as they were read: a run looks at each of some 300 a hundred times.
SHORT = 2**14
#: HTTP statuses that say "not now": Too Many Requests, and the gateway's own (RFC 6585, 4; RFC 9110, 15.6.3 to 15.6.5).
THROTTLED = frozenset({429, 502, 503, 504})


class Decision(StrEnum):
    """What a seller makes of a request."""

    TAKEN_UP = "taken up"  # ala: pending; opensrs: success
    CANCELLED = "cancelled at once"  # ala: a declared word, before any decision can have been taken
    REFUSED = "refused"
    THROTTLED = "throttled"
    NO_ANSWER = "no answer"
    UNREADABLE = "not XML"
    UNCLEAR = "unclear"


class Damage(StrEnum):
    """Ways in which a request is no request."""

    EMPTY = "an empty body"
    BROKEN = "a document that is not well-formed"
    ANOTHER_MESSAGE = "another message"
    FOREIGN_ENVELOPE = "a foreign envelope"
    DECLARED_ENTITY = "a declared entity"
    EXTERNAL_ENTITY = "an external entity"
    ENTITY_BOMB = "an entity bomb"


class Signature(StrEnum):
    """How a request is signed, where requests are signed."""

    GOOD = "good"
    WRONG = "wrong"
    MISSING = "missing"
    OTHER_KEY = "made with another key"
    OTHER_BODY = "made for another body"
    UPPER_CASE = "in upper case"
    SHORT = "too short"
    FIRST_DIGIT = "wrong in its first digit"
    LAST_DIGIT = "wrong in its last digit"
    MIDDLE_DIGIT = "wrong in a middle digit"
    LONG = "too long"
    SINGLE = "made with a single digest"
    NO_KEY = "made without a key"
    OTHER_ORDER = "made for another order"
    USED = "that of an earlier request"
    EMPTY = "empty"


#: What is said of a fault that comes with status 200.
A_FAULT = "a fault"
HOSTILE = frozenset({Damage.DECLARED_ENTITY, Damage.EXTERNAL_ENTITY, Damage.ENTITY_BOMB})


@dataclass(frozen=True)
class Variation:
    """How a request differs from the complete one."""

    without: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    spelling: Spelling = Spelling.PLAIN
    damage: Damage | None = None
    method: str = "POST"
    path: str | None = None
    entity: str | None = None  # what an external entity names, where that is not a file that cannot exist
    speaks_for: str | None = None  # the identity whose name the request bears, where that is not the sender's
    signature: Signature = Signature.GOOD

    @property
    def sound(self) -> bool:
        """Say whether the request is a complete, well-formed one in the sender's own name."""
        as_usual = self.spelling is Spelling.PLAIN and self.damage is None and self.method == "POST" and self.path is None
        own_name = self.signature is Signature.GOOD and self.speaks_for is None
        return as_usual and own_name and not self.without and not self.values


COMPLETE = Variation()
#: How a door is closed: by an alert, without a word, or with bytes that are no HTTP. It is a refusal, for strangers only.
CLOSED_DOOR = frozenset({Trouble.ALERT, Trouble.CLOSED, Trouble.NOT_HTTP})
KNOWN = frozenset({"buyer", "another buyer"})


@dataclass(frozen=True)
class Asked:
    """What was asked, so that it can be asked again."""

    order: Order
    variation: Variation
    by: str

    @property
    def by_stranger(self) -> bool:
        """Whether the seller has no reason to trust whoever asked: unknown, in another's name, or with a signature that is not good."""
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

    @property
    def reply(self) -> Reply:
        """The reply; raises Inconclusive where there is none."""
        if self.exchange.reply is None:
            raise Inconclusive(f"the seller gave no answer: {self.said}", received=self.said)
        return self.exchange.reply

    @property
    def is_fault(self) -> bool:
        """Whether the reply is a no in the form of an error, by its status or by what it is."""
        return self.exchange.reply is not None and (self.exchange.reply.status >= 400 or self.said == A_FAULT)  # noqa: PLR2004

    @property
    def tree(self) -> Element | None:
        """The reply's document, if there is a reply and it is one."""
        return None if self.exchange.reply is None else try_xml(self.exchange.reply)


class Scene(Protocol):
    """The scenario a seller is asked in: it carries, numbers and keeps every exchange."""

    draw: Draw
    leaves_out: tuple[str, ...]  # optional fields that this seller takes nothing up with

    @property
    def folder(self) -> Path:
        """Where the keys of strangers are kept; it is removed with them."""

    def carry(self, identity: Identity, request: Request, operation: str, *, sound: bool = False) -> Exchange:
        """Send a request and keep what came of it."""

    def note(self, order: Order, outcome: str, *, spent: bool) -> None:
        """Note what came of a request about an order."""


class Seller(ABC):
    """A seller as the suite sees it."""

    operation: ClassVar[str]  # the cancellation, as the wire spells it
    words_are_open: ClassVar[bool]  # whether the documents leave open in which words a reply decides
    faults: ClassVar[frozenset[int]]  # the statuses other than 2xx in which a complete cancellation may be refused
    in_flight: ClassVar[str]  # the state in which an order can be called off, as the target file calls it
    required: ClassVar[tuple[str, ...]]

    def __init__(self, target: Target, scene: Scene) -> None:
        self.target, self.scene = target, scene

    @abstractmethod
    def request(self, order: Order, variation: Variation, sender: Identity) -> Request:
        """Build a cancellation."""

    @abstractmethod
    def decide(self, reply: Reply) -> tuple[Decision, str, str | None, str]:
        """Read a reply: the decision, what was said, where, and what to do if it is not clear."""

    @abstractmethod
    def values(self, answer: Answer, name: str) -> list[Place]:
        """Return every value of that name in a reply, with its place; a reply that is no XML has none."""

    @abstractmethod
    def unknown(self) -> Order:
        """Return an order that does not exist."""

    @abstractmethod
    def disowns(self, answer: Answer) -> bool:
        """Say whether a reply turns the sender away rather than its request: it does not know us, or not by this key."""

    @property
    def optional(self) -> tuple[str, ...]:
        """The fields of our complete cancellation that need not be there."""
        return ()

    @abstractmethod
    def is_operation(self, request: Request) -> bool:
        """Say whether a request asks for a cancellation, well or badly."""

    @abstractmethod
    def payloads(self, root: Element) -> list[Element]:
        """Return what an operator's schema is about: the message without its transport envelope."""

    def state_of(self, order: Order) -> str | None:  # noqa: ARG002 - what a seller without a look-up does
        """Return the state the seller tells when asked, or nothing where it cannot be asked."""
        return None

    def cancel(self, order: Order, variation: Variation = COMPLETE, by: str = "buyer") -> Answer:
        """Ask the seller to cancel an order."""
        sender = self.identity(by)
        if variation.damage in HOSTILE and not self.target.safety.hostile:
            raise NotApplicable("the target file does not agree to hostile documents: [safety] hostile")
        sound = variation.sound and by in KNOWN
        exchange = self.scene.carry(sender, self.request(order, variation, sender), self.operation, sound=sound)
        answer = replace(self.read(exchange), asked=Asked(order, variation, by))
        self.scene.note(order, answer.said, spent=not self._harmless(answer))
        return answer

    def read(self, exchange: Exchange) -> Answer:
        """Read what came of a cancellation."""
        if exchange.reply is None:
            return Answer(exchange, Decision.NO_ANSWER, str(exchange.trouble))
        if exchange.reply.status in THROTTLED:
            return Answer(exchange, Decision.THROTTLED, f"status {exchange.reply.status}")
        return Answer(exchange, *self.decide(exchange.reply))

    def greet(self, order: Order) -> Answer:  # noqa: ARG002 - others look the order up
        """Let the rightful buyer ask for something that changes nothing, to see that it is served: an order that does not exist."""
        return self.cancel(self.unknown())

    def _harmless(self, answer: Answer) -> bool:
        """Say whether an order is surely not used up: it was refused, or the request never went out or found a closed door.

        A complete cancellation of an order in flight is refused in words, or with a status that is documented for it: whoever
        answers it with 404 or 500 may have carried it out all the same.
        """
        if answer.exchange.trouble in {Trouble.UNREACHABLE, Trouble.DISTRUST, Trouble.ALERT}:
            return True
        asked, reply = answer.asked, answer.exchange.reply
        if answer.exchange.trouble in CLOSED_DOOR and asked is not None and asked.by_stranger:
            return True  # a closed door is a refusal, for strangers only
        complete = asked is not None and asked.order.state == self.in_flight and self._is_complete(asked)
        in_words = answer.at is not None or (reply is not None and reply.status in {*self.faults, 401, 403})
        return answer.decision is Decision.REFUSED and (in_words or not complete)

    def _is_complete(self, asked: Asked) -> bool:
        """Say whether a request was a whole cancellation, however written, with its optional fields or without."""
        variation = asked.variation
        without, values = ({*names} - {*self.optional} for names in (variation.without, variation.values))
        rest = replace(variation, without=tuple(without), values=dict.fromkeys(values, ""), spelling=Spelling.PLAIN)
        return rest.sound and asked.by in KNOWN

    def identity(self, name: str) -> Identity:
        """Return who asks: an identity of the target file, or a stranger made up; raises NotApplicable naming the table to add."""
        known = self.target.identities.get(name.replace(" ", "_"))
        if known is not None:
            return known
        if (made := strangers.make(name, self.target, self.scene.folder)) is not None:
            return made
        raise NotApplicable(f"the target file has no [{name.replace(' ', '_')}]: only its owner can give one")


def read_xml(reply: Reply) -> Element:
    """Read a reply's document by its label, which nobody changes; raises document.Unreadable."""
    body = reply.body
    return (_parsed_long if len(body) > SHORT else _parsed)(body, charset(reply))


@functools.lru_cache(maxsize=512)
def _parsed(body: bytes, charset: str | None) -> Element:
    return parse(body, charset)


@functools.lru_cache(maxsize=2)
def _parsed_long(body: bytes, charset: str | None) -> Element:
    return parse(body, charset)


def charset(reply: Reply) -> str | None:
    """Return the charset of a reply's Content-Type."""
    found = re.search(r"""charset\s*=\s*["']?([^\s"';]+)""", reply.header("content-type") or "", re.IGNORECASE)
    return found[1] if found else None


def try_xml(reply: Reply) -> Element | None:
    """Read a reply's document, or nothing."""
    try:
        return read_xml(reply)
    except Unreadable:
        return None


def number(words: str) -> int:
    """Return a number of decimal digits, of which nine tell as well as a million whether it is a large one."""
    return int(words.lstrip("0")[:9] or "0")
