"""What any seller can be asked, and can answer."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import ClassVar

from countermand.document import Element, Place, Spelling
from countermand.guard.foreign import shown
from countermand.identity import forwarded, strangers
from countermand.model.exchange import LAST, Exchange, Reply, Request, Trouble
from countermand.model.target import Identity, Order, Target
from countermand.model.verdict import Inconclusive, NotApplicable
from countermand.protocols import following, front
from countermand.protocols.answer import (
    BUYER,
    CLOSED_DOOR,
    KNOWN,
    THROTTLED,
    TOO_MANY,
    UNAVAILABLE,
    Answer,
    Asked,
    Decision,
    Reading,
)
from countermand.protocols.carrier import Carrier, Errand
from countermand.protocols.disclosure import Known
from countermand.protocols.reply import try_xml
from countermand.protocols.variation import COMPLETE, HOSTILE, PathSpelling, Variation, spelt


@dataclass(frozen=True)
class Inquiry:
    """What a seller tells of an order when it is asked for it."""

    state: str | None = None
    denial: str = ""  # where it does not know the order: its words


class Seller(ABC):
    """A seller as the suite sees it."""

    operation: ClassVar[str]  # the cancellation, as the wire spells it
    words_are_open: ClassVar[bool]  # whether the documents leave open in which words a reply decides
    faults: ClassVar[frozenset[int]]  # the statuses other than 2xx in which a complete cancellation may be refused
    #: The states in which an order may be called off, as the target file calls them.
    cancellable: ClassVar[tuple[str, ...]]
    #: In which states an order of a state is only if it was called off: no other party to it can have done that.
    called_off: ClassVar[Mapping[str, frozenset[str]]] = MappingProxyType({})
    #: Strangers no seller has a reason to serve, and how they ask.
    outsiders: ClassVar[tuple[tuple[str, Variation], ...]]
    has_domains: ClassVar[bool] = False  # whether an order is for a domain
    #: The fields a cancellation must have; where any may be left out, the last one is.
    required: ClassVar[tuple[str, ...]]
    path: ClassVar[str]  # where the operation is, unless the target file says otherwise
    reasons: ClassVar[tuple[str, ...]] = ()  # the fields in which a refusal says why, as `values` knows them
    #: The statuses in which a caller is turned away in a documented form.
    tells_callers: ClassVar[frozenset[int]] = frozenset()

    def __init__(self, target: Target, scene: Carrier) -> None:
        self.target, self.scene = target, scene
        #: What was told of the state of orders, by number: in which exchange of the scene, and which state.
        self.states: dict[str, list[tuple[int, str]]] = {}
        self.looked_up: Answer | None = None  # the last look-up of the rightful buyer's in which it was served

    @classmethod
    def spends(cls, target: Target) -> int:  # noqa: ARG003 - what an API does that asks for nothing else
        """Return how many orders a whole run uses up at a seller that conforms.

        The one that shows that it takes any up comes besides.
        """
        return 0

    @abstractmethod
    def request(self, order: Order, variation: Variation, sender: Identity) -> Request:
        """Build a cancellation."""

    def naming(self, number: str, reference: str = "") -> Mapping[str, str]:  # noqa: ARG002 - for APIs that know one
        """Return what a cancellation says that names an order nobody has, by that number; raises NotApplicable.

        Where buyers have a reference of their own it is that one, or else nobody's either.
        """
        raise NotApplicable(f"the API names no order by a number such as {number}")

    def marks(self, answer: Answer) -> Mapping[str, str]:  # noqa: ARG002 - what an API does whose requests bear none
        """Return what tells a request from any other, by which a seller knows one that is repeated."""
        return {}

    def referring(self, answer: Answer) -> Mapping[str, str]:  # noqa: ARG002 - what an API does that has no such thing
        """Return the buyer's own reference of an order as a request gave it."""
        return {}

    @abstractmethod
    def decide(self, reply: Reply) -> Reading:
        """Read a reply."""

    @abstractmethod
    def values(self, answer: Answer, name: str) -> list[Place]:
        """Return every value of that name in a reply, with its place; a reply that is no XML has none."""

    @abstractmethod
    def made_up(self) -> Order:
        """Return an order drawn so that it cannot exist."""

    def unknown(self) -> Order:
        """Return an order that does not exist: the target file's, or one that is made up."""
        return self.target.orders.unknown or self.made_up()

    @classmethod
    def turns_away(cls, reply: Reply) -> bool:
        """Say whether a reply turns the caller away rather than answers the request.

        It is about who asks, and not about what. This is the one place that decides it;
        a protocol adds the forms of its own.
        """
        return front.is_about_caller(reply, try_xml(reply))

    def disowns(self, answer: Answer) -> bool:
        """Say whether what came turns the caller away, in HTTP or in a document without it."""
        exchange = answer.exchange
        if exchange.reply is None:
            return exchange.trouble is Trouble.NOT_HTTP and front.BARE.search(exchange.said) is not None
        return self.turns_away(exchange.reply)

    def tells(self, answer: Answer) -> bool:  # noqa: ARG002 - as those have it who can be asked for an order
        """Say whether a reply to a look-up tells anything of the order; where nobody can say, it may."""
        return True

    def explained(self, answer: Answer) -> str:
        """Return what was received, with the words in which a refusal says why."""
        reasons = (" ".join(place.text.split()) for name in self.reasons for place in self.values(answer, name))
        why = next(reasons, "")
        return f"{answer.said} ({why[: front.SHOWN]})" if why else answer.said

    def is_own_reply(self, exchange: Exchange) -> bool:
        """Say whether a reply is the operation's own, which looks as is documented.

        It is where a party the seller knows has asked the operation, in a document that means no harm, and was told
        neither "not now" nor that it is turned away in a form no page documents. All else may come from what stands in
        front of the seller, and no page says what that looks like.
        """
        reply = exchange.reply
        if reply is None or exchange.identity not in KNOWN or not self.reached_operation(exchange.request):
            return False
        if self.not_now(exchange) or front.is_about_form(exchange):
            return False
        return reply.status in self.tells_callers or not self.turns_away(reply)

    def is_own_no(self, answer: Answer) -> bool:
        """Say whether an order was refused in words of the seller's own, and not kept off by trouble that passes."""
        refused = answer.decision is Decision.REFUSED and self.is_own_reply(answer.exchange)
        return refused and self.speaks(answer) and not self.disowns(answer)

    def lacks_number_alone(self, exchange: Exchange) -> bool:  # noqa: ARG002 - as those have it whose faults are other documents
        """Say whether a request was refused that was whole but for the number of its order.

        Its reply has the form of any other.
        """
        return False

    def reached_operation(self, request: Request) -> bool:
        """Say whether a request asks the operation, and no filter in front of it has reason to stop it."""
        names = [name.lower() for name, _ in request.headers]
        if forwarded.is_borne(request, self.target.headers, self.label) or len(names) > len({*names}):
            return False  # a field that is given twice may be turned away by whoever reads it (RFC 9110, 5.3)
        return self.is_operation(request) and not front.declares_entities(request.body)

    def is_stopped(self, exchange: Exchange) -> bool:
        """Say whether a filter may have answered, in no document of the API's, what it has a reason to stop.

        That is a body of such a form, or a value or markup in it: for these with a status that blames whoever has
        asked, or with a page for people that claims success, as F5's filters send one; whoever fails over them has
        read them. What the target file has cancellations say is no such value.
        """
        reply, body = exchange.reply, exchange.request.body
        if reply is None or not front.is_page(try_xml(reply)):
            return False
        by_filter = 400 <= reply.status < 500 or (reply.status == 200 and front.is_html(reply))  # noqa: PLR2004
        return not front.passes(body) or (by_filter and self._is_odd(body))

    def is_cut(self, exchange: Exchange) -> bool:
        """Say whether a filter may have closed the connection over a value, or markup in it."""
        return exchange.trouble is Trouble.CLOSED and self._is_odd(exchange.request.body)

    def _is_odd(self, body: bytes) -> bool:
        return front.is_marked(body) or front.is_odd(body, self._own_words)

    @functools.cached_property
    def _own_words(self) -> frozenset[str]:
        """What the target file has cancellations say, besides the order they name."""
        parties = self.target.identities.values()
        names = (name for party in parties for name in (party.identifier, party.reseller, party.username))
        return frozenset(filter(None, (*self.target.dialect.reason.values(), self.target.seller, *names)))

    @property
    def optional(self) -> tuple[str, ...]:
        """The fields of our complete cancellation that need not be there."""
        return ()

    @property
    def label(self) -> str:
        """How our complete cancellation is labelled, where the target file says so."""
        return ""

    @property
    def address(self) -> str:
        """Where the operation is."""
        return self.target.url + self.path_of_operation

    @property
    def path_of_operation(self) -> str:
        """Its path, behind the target's address."""
        return self.target.path or self.path

    def addressed(self, variation: Variation) -> str:
        """Return where a request goes."""
        if variation.path_spelling is not None:
            return self.target.url + spelt(self.path_of_operation, variation.path_spelling)
        return self.address if variation.path is None else self.target.url + variation.path

    def is_operation(self, request: Request) -> bool:
        """Say whether a request asks for a cancellation, well or badly: it is a POST to the operation, at its host."""
        at_operation = request.url == self.address and not request.names_host and not request.whole
        return request.method == "POST" and at_operation

    @abstractmethod
    def payloads(self, root: Element, declared: Collection[str]) -> list[Element]:
        """Return what an operator's schema is about that declares such elements: the message without its envelope."""

    def private(self, order: Order) -> list[Known]:
        """Return what nobody but the owner of an order is to be told about it."""
        return [Known("the buyer's reference", order.buyer)] if order.buyer else []

    @abstractmethod
    def speaks(self, answer: Answer) -> bool:
        """Say whether a reply is in the language of the API, so that it is hardly the page of something in front."""

    def look_up(self, order: Order, by: str = "buyer", variation: Variation = COMPLETE) -> Answer:  # noqa: ARG002 - see above
        """Ask for an order; raises NotApplicable where no such thing can be asked."""
        raise NotApplicable("the seller cannot be asked for an order")

    def inquire(self, order: Order) -> Inquiry:  # noqa: ARG002 - what a seller without a look-up does
        """Return what the seller tells when it is asked for an order, nothing where it cannot be asked."""
        return Inquiry()

    def state_before(self, order: Order, exchange: Exchange) -> str | None:
        """Return the state the seller told last before an exchange of the scene, nothing where it was not asked."""
        before = [state for number, state in self.states.get(order.seller, ()) if number < exchange.number]
        return before[-1] if before else None

    def state_of(self, order: Order) -> str | None:
        """Return the state the seller tells when asked, or nothing where it cannot be asked."""
        return self.inquire(order).state

    @property
    def asks_owners(self) -> bool:
        """Whether another buyer can be asked what it is told of an order of its own."""
        return False

    def owners_state(self, order: Order) -> str | None:  # noqa: ARG002 - what a seller without a look-up does
        """Return the state that another buyer is told of an order of its own, nothing where it cannot be asked."""
        return None

    def cancel(self, order: Order, variation: Variation = COMPLETE, by: str = "buyer") -> Answer:
        """Ask the seller to cancel an order."""
        sender = self.identity(by)
        if variation.damage in HOSTILE and not self.target.safety.hostile:
            raise NotApplicable("the target file does not agree to hostile documents: [safety] hostile")
        asked, sound = Asked(order, variation, by), variation.sound and by in KNOWN
        names = tuple(following.names(asked)) if self._must_be_refused(asked) else ()
        complete = not self._must_be_refused(asked) and variation.spelling is Spelling.PLAIN
        request = self.request(order, variation, sender)
        if variation.headers:
            request = request.saying(forwarded.besides_own(variation.headers, self.target))
        request = request.in_chunks() if variation.chunked else request
        request = request.compressed() if variation.compressed else request
        # Whoever expects no body with a method may take it for the next request (RFC 9112, 9.3).
        request = request.saying(LAST) if request.body and request.method != "POST" else request
        request = replace(request, whole=variation.path_spelling is PathSpelling.WHOLE)
        errand = Errand(order, self.not_now, names, complete)
        exchange = self.scene.carry(
            sender, request, self.operation, sound=sound, stranger=asked.by_stranger, errand=errand
        )
        answer = replace(self.read(exchange), asked=asked)
        self.scene.note(order, answer.said, spent=not self.spares(answer))
        return answer

    def read(self, exchange: Exchange) -> Answer:
        """Read what came of a cancellation."""
        if exchange.reply is None:
            advice = front.LONG if exchange.trouble is Trouble.TOO_LARGE else front.LATER
            return Answer(exchange, Decision.NO_ANSWER, _trouble(exchange), advice=advice)
        contradiction, said = self.contradiction(exchange.reply), f"status {exchange.reply.status}"
        leads = front.is_redirect(exchange.reply)
        advice = front.elsewhere(exchange.reply, exchange.request.url) if leads else ""
        if contradiction and (leads or exchange.reply.status in THROTTLED):
            return Answer(exchange, Decision.UNCLEAR, contradiction, advice=advice, contradiction=contradiction)
        if exchange.reply.status in THROTTLED:
            return Answer(exchange, Decision.THROTTLED, said, advice=front.BUSY)
        if leads:
            return Answer(exchange, Decision.UNCLEAR, said, advice=advice)
        reading = self.decide(exchange.reply)
        return Answer(exchange, reading.decision, reading.said, reading.at, reading.advice, contradiction=contradiction)

    def contradiction(self, reply: Reply) -> str:  # noqa: ARG002 - what an API does whose replies decide in one place
        """Say which two fields of a reply say yes and no, or which yes it holds behind a status that says no.

        The state of an order says what is true where it can be told; elsewhere it is not known.
        """
        return ""

    def not_now(self, exchange: Exchange) -> bool:
        """Say whether a reply tells that the request was not processed, and may come again.

        See RFC 6585, 4, and RFC 9110, 15.6.4. One whose body says yes all the same is no such reply.
        """
        reply = exchange.reply
        if reply is None or not (
            reply.status == TOO_MANY or (reply.status == UNAVAILABLE and reply.header("retry-after"))
        ):
            return False
        return not reply.body.strip() or not self.decide(replace(reply, status=200)).decision.taken_up

    def greet(self, order: Order) -> Answer:  # noqa: ARG002 - others look the order up
        """Let the rightful buyer ask for something that changes nothing, to see that it is served.

        It asks for an order that does not exist.
        """
        return self.cancel(self.unknown())

    def greeted(self, order: Order, since: Exchange) -> Answer:
        """Return what the rightful buyer was answered after an exchange of the scene, and ask where it was nothing."""
        served = self.looked_up
        return self.greet(order) if served is None or served.exchange.number < since.number else served

    def given_to_buyer(self, order: Order) -> str:
        """Return the cookies of a reply to the buyer, which it is asked for now; of a recorded one nothing but stars.

        Raises NotApplicable where it has none.
        """
        exchange = self.greet(order).exchange
        if exchange.reply is None or exchange.reply.status in THROTTLED:
            raise Inconclusive("the seller gave the buyer no answer, and no cookie by that", exchange=exchange)
        given = exchange.cookies or (exchange.reply.cookies if exchange.reply else ())
        pairs = [cookie.partition(";")[0].strip() for cookie in given]
        written = "; ".join(pair for pair in pairs if pair.isascii() and pair.isprintable())
        if not written:
            raise NotApplicable("no reply of this run gives the buyer a cookie")
        if any(name.lower() == "cookie" for name in self.target.headers):
            raise NotApplicable("the target file sends Cookie itself, whoever asks")
        return written

    def spares(self, answer: Answer) -> bool:
        """Say whether an order is surely not used up.

        The request was refused or not processed, or never went out or found a closed door. A complete cancellation of
        an order in flight is refused in words, or with a status that is documented for it: whoever answers it with 404
        or 500 may have carried it out all the same.
        """
        if self.not_now(answer.exchange):
            return True
        if answer.contradiction:
            return False  # what it says yes to may be done
        if answer.exchange.trouble in {Trouble.UNREACHABLE, Trouble.DISTRUST, Trouble.ALERT}:
            return True
        asked, reply = answer.asked, answer.exchange.reply
        shut = answer.exchange.trouble in CLOSED_DOOR
        in_front = asked is not None and (asked.by_stranger or not self.reached_operation(answer.exchange.request))
        complete = asked is not None and asked.order.state in self.cancellable and self._is_complete(asked)
        # A page that claims success may be told of what was carried out.
        claims = complete and reply is not None and reply.status < 300  # noqa: PLR2004
        in_front = in_front or (self.is_stopped(answer.exchange) and not claims)
        if in_front and (shut or answer.is_blank or answer.decision is Decision.THROTTLED):
            return True  # whatever stands in front has answered, and nothing was taken up
        in_words = answer.at is not None or (reply is not None and reply.status in {*self.faults, 401, 403})
        # Where something is lacking nobody is sent elsewhere behind a yes, but by 303 (RFC 9110, 15.4.4).
        lacks = asked is not None and bool(asked.variation.without or asked.variation.values or asked.variation.damage)
        leads = reply is not None and front.is_redirect(reply) and reply.status != 303  # noqa: PLR2004
        if lacks and leads and not complete:
            return True
        return answer.decision is Decision.REFUSED and (in_words or not complete)

    def _must_be_refused(self, asked: Asked) -> bool:
        """Say whether whoever takes a request up is wrong."""
        return not (asked.order.state in self.cancellable and self._is_complete(asked))

    def _is_complete(self, asked: Asked) -> bool:
        """Say whether a request was a whole cancellation, however written, with its optional fields or without."""
        variation = asked.variation
        without, values = ({*names} - {*self.optional} for names in (variation.without, variation.values))
        rest = replace(variation, without=tuple(without), values=dict.fromkeys(values, ""), spelling=Spelling.PLAIN)
        return rest.sound and asked.by == BUYER  # another buyer has no order of ours

    def identity(self, name: str) -> Identity:
        """Return who asks: an identity of the target file, or a stranger made up.

        Raises NotApplicable naming the table to add.
        """
        known = self.target.identities.get(name.replace(" ", "_"))
        if known is not None:
            return known
        if (made := strangers.make(name, self.target, self.scene.folder)) is not None:
            return made
        raise NotApplicable(f"the target file has no [{name.replace(' ', '_')}]: only its owner can give one")


def _trouble(exchange: Exchange) -> str:
    """Say why there is no reply, and where one came that cannot be read, what is wrong with it."""
    telling = exchange.trouble in {Trouble.TOO_LARGE, Trouble.NOT_HTTP, Trouble.OTHER} and exchange.said
    return f"{exchange.trouble}: {shown(exchange.said, 200)}" if telling else str(exchange.trouble)
