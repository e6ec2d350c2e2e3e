"""A seller spoken to in OpenSRS cancel_order for trust_service: signed OPS messages."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import ClassVar

from countermand.document import Element, Place, local, named, parse
from countermand.identity import forwarded
from countermand.model.exchange import Exchange, Reply, Request
from countermand.model.target import Identity, Order, Target
from countermand.protocols import front
from countermand.protocols.answer import KNOWN, Answer, Asked, Decision, Reading
from countermand.protocols.answer import THROTTLED as TOO_BUSY
from countermand.protocols.carrier import Errand
from countermand.protocols.disclosure import Known
from countermand.protocols.opensrs_message import document, first, items, outermost, value
from countermand.protocols.opensrs_signature import inner, sent, sign, signature_of
from countermand.protocols.reply import number, try_xml
from countermand.protocols.seller import Inquiry, Seller
from countermand.protocols.variation import COMPLETE, Damage, OwnName, Signature, Variation

REQUIRED = ("attributes.order_id",)
STATES = ("approver-confirmed", "awaiting-approval", "cancelled", "completed", "declined", "in-progress", "pending")
#: Codes by which the service says "not now" (guide, response codes):
#: rates, connections, commands, a request waiting, registry, supplier.
THROTTLED = frozenset({"300", "310", "350", "437", "701", "702", "703", "704", "705", "720"})
#: Those of them by which a command was not let in at all: too many a second, at once, or on one connection.
NOT_NOW = frozenset({"300", "310", "350"})
#: Codes of an authentication failure (the guide, response codes; troubleshooting):
#: such a reply does not answer the command.
UNAUTHENTICATED = frozenset({"401", "410", "415"})
#: Codes that are about the caller where they come in a bare reply, which names neither object nor action:
#: an address or user not let in.
NOT_LET_IN = frozenset({"400", "555"})
#: What the service says of an address it does not know (the guide, response codes: 400).
ABOUT_ADDRESS = re.compile(r"invalid ip\b", re.IGNORECASE)
#: What a whole cancel_order says besides the order's number, as the example has it.
COMMAND = {"protocol": "XCP", "action": "CANCEL_ORDER", "object": "TRUST_SERVICE"}
#: Words that are no number, and that no filter has a reason to stop; by what a text is written otherwise, or is none.
UNNUMBERED, MARKED = re.compile(r"(?!\d+\Z)[A-Za-z0-9.+-]*"), re.compile(rb"<!--|<!\[CDATA\[|<dt_array")
#: The HTTP status of every reply that answers a command.
OK = 200
#: Where the codes of failures begin (the guide, lookup).
FAILURES = 300
#: What get_order_info tells of an order besides its state that nobody but its owner is to know.
PRIVATE = ("domain", "product_id", "supplier_order_id", "contact_email", "approver_email", "csr")


class OpensrsSeller(Seller):
    """A seller of SSL certificates."""

    operation: ClassVar[str] = "cancel_order"
    words_are_open: ClassVar[bool] = False
    faults: ClassVar[frozenset[int]] = frozenset()
    path: ClassVar[str] = "/"
    cancellable: ClassVar[tuple[str, ...]] = ("pending", "in-progress", "awaiting-approval", "approver-confirmed")
    #: A saved order is with nobody else; one at the supplier may be declined there at any time.
    called_off: ClassVar[Mapping[str, frozenset[str]]] = MappingProxyType(
        {
            "pending": frozenset({"cancelled", "declined"}),
            "in-progress": frozenset({"cancelled"}),
            "awaiting-approval": frozenset({"cancelled"}),
            "approver-confirmed": frozenset({"cancelled"}),
        }
    )
    outsiders: ClassVar[tuple[tuple[str, Variation], ...]] = (
        ("buyer", Variation(signature=Signature.WRONG)),
        ("unknown user", Variation(speaks_for="buyer")),
    )
    has_domains: ClassVar[bool] = True
    reasons: ClassVar[tuple[str, ...]] = ("response_text",)
    required: ClassVar[tuple[str, ...]] = REQUIRED

    def request(self, order: Order, variation: Variation, sender: Identity) -> Request:
        """Build a signed cancel_order from the example."""
        return self._command("cancel_order", order, variation, sender)

    def _command(self, action: str, order: Order, variation: Variation, sender: Identity) -> Request:
        body = b"" if variation.damage is Damage.EMPTY else document(action, order, variation)
        return self._signed(body, variation, sender, order)

    def _signed(self, body: bytes, variation: Variation, sender: Identity, order: Order | None = None) -> Request:
        headers = [("Content-Type", "text/xml")] if body or variation.method != "GET" else []
        headers += [("X-Username", name) for name in self._users(variation, sender)]
        if variation.own_name is OwnName.HYPHENATED and variation.speaks_for:
            # Many servers hand it on by the same name (RFC 3875, 4.1.18).
            headers.append(("X_Username", self.identity(variation.speaks_for).username or ""))
        key = sender.api_key.reveal() if sender.api_key else ""
        signature = (order and self._made_elsewhere(body, key, order, variation.signature)) or signature_of(
            body, key, variation.signature, sender.username or ""
        )
        if signature is not None:
            headers.append(("X-Signature", signature))
        headers += forwarded.local(self.target) if variation.local else ()
        headers += [("Cookie", self.given_to_buyer(order))] if order and variation.cookies else ()
        url, data = self.addressed(variation), sent(body, variation.signature)
        secret = frozenset({"x-signature", "cookie"} if variation.cookies else {"x-signature"})
        how = variation.signature if signature is not None else ""
        request = Request(variation.method, url, tuple(headers), data, secret, signed=str(how))
        # A seller may reckon the signature of what came, or of what it has unpacked.
        bodies = (data, request.compressed().body) if variation.compressed else (data,)
        return replace(request, guarded=tuple(dict.fromkeys(fact for each in bodies for fact in self._guarded(each))))

    def _users(self, variation: Variation, sender: Identity) -> list[str]:
        """Return whom a request names as its user: nobody, the sender, or somebody else as well."""
        users = [sender]
        if variation.own_name and variation.own_name is not OwnName.HYPHENATED and variation.speaks_for:
            users.insert(1 if variation.own_name.before else 0, self.identity(variation.speaks_for))
        return [user.username for user in users if user.username is not None]

    def _guarded(self, body: bytes) -> Iterator[tuple[str, str]]:
        """Give what only the holders of keys can know: their keys, the signatures of a request, and digests of both."""
        for identity in self.target.identities.values():
            if identity.api_key:
                key = identity.api_key.reveal()
                yield f"the key of {identity.name}", key
                yield f"the digest of the key of {identity.name}", inner(b"", key)
                yield "the signature it expected", sign(body, key)
                yield "the digest of which the signature it expected is made", inner(body, key)

    def _made_elsewhere(self, body: bytes, key: str, order: Order, how: Signature) -> str | None:
        """Return a good signature of something else.

        It is of a request served a moment ago, or of this one for another order.
        """
        if how is Signature.USED:
            return next(
                (value for name, value in self.greet(order).exchange.request.headers if name == "X-Signature"), None
            )
        if how is Signature.OTHER_ORDER:
            others = [
                other.seller for other in self.target.orders.listed if other.state == order.state and other != order
            ]
            return sign(body.replace(order.seller.encode(), (others or [f"{order.seller}0"])[0].encode()), key)
        return None

    def naming(self, number: str, reference: str = "") -> Mapping[str, str]:  # noqa: ARG002 - buyers have none
        """Name an order by its number."""
        return {"attributes.order_id": number}

    def decide(self, reply: Reply) -> Reading:
        """Read a reply by is_success, or where that is neither 0 nor 1 by its code.

        Without either, it is read by the HTTP status.
        """
        success, code = (first(reply, key) for key in ("is_success", "response_code"))
        if success is None and code is None:
            return _by_status(reply, readable=try_xml(reply) is not None)
        said, at = (
            f"is_success {success.text if success else 'absent'}, code {code.text if code else 'absent'}",
            (success or code or Place("", "")).at,
        )
        if code and code.text in THROTTLED and not (success and success.text == "1"):
            return Reading(Decision.THROTTLED, said, at, front.BUSY)
        if success and success.text in {"0", "1"}:
            return Reading(Decision.TAKEN_UP if success.text == "1" else Decision.REFUSED, said, at)
        if code and code.text.isdecimal():
            return Reading(Decision.TAKEN_UP if number(code.text) < FAILURES else Decision.REFUSED, said, at)
        return Reading(Decision.UNCLEAR, said, at, "neither is_success nor response_code can be read")

    def contradiction(self, reply: Reply) -> str:
        """Say that is_success says yes and response_code no, or all of it yes behind a status that is read first."""
        if reply.status in TOO_BUSY or front.is_redirect(reply):
            read = self.decide(reply)
            if read.decision.taken_up:
                return f"status {reply.status} with {read.said}"
        success, code = (first(reply, key) for key in ("is_success", "response_code"))
        yes = success is not None and success.text == "1"
        no = code is not None and code.text.isdecimal() and number(code.text) >= FAILURES
        return (
            f"is_success {success.text} says yes and response_code {code.text} says no"
            if yes and no and success and code
            else ""
        )

    def not_now(self, exchange: Exchange) -> bool:
        """Say whether a reply tells so by its HTTP status, or by a code for rates."""
        success, code = (first(exchange.reply, key) for key in ("is_success", "response_code"))
        by_code = code is not None and code.text in NOT_NOW and not (success and success.text == "1")
        return by_code or super().not_now(exchange)

    def lacks_number_alone(self, exchange: Exchange) -> bool:
        """Say whether a signed cancel_order was refused that names no order, or names it by what is no number."""
        request, reply = exchange.request, exchange.reply
        asked = exchange.operation == self.operation and exchange.identity in KNOWN and request.signed == Signature.GOOD
        if exchange.sound or not asked or reply is None or reply.status != OK or not self.reached_operation(request):
            return False
        if not front.passes(request.body) or MARKED.search(request.body) or self.is_stopped(exchange):
            return False
        root = parse(request.body)
        said = [[place.text.upper() for place in items(root, key)] for key in (*COMMAND, "attributes.order_id")]
        whole = local(root) == "OPS_envelope" and said[:-1] == [[word] for word in COMMAND.values()]
        unnumbered = not said[-1] or (len(said[-1]) == 1 and UNNUMBERED.fullmatch(said[-1][0]) is not None)
        return whole and unnumbered and self.read(exchange).decision is Decision.REFUSED

    def values(self, answer: Answer, name: str) -> list[Place]:
        """Return every item of a dotted path of keys, as in attributes.state."""
        root = answer.tree
        return [] if root is None else items(root, name)

    @classmethod
    def turns_away(cls, reply: Reply) -> bool:
        """Say whether a reply is about the caller: by HTTP status, by code, by its object, or for want of one."""
        if (turned_away := super().turns_away(reply)) or try_xml(reply) is None:
            return turned_away
        parameters, keys = outermost(reply), ("response_code", "object", "action", "response_text")
        codes, objects, actions, texts = (
            {place.text.upper() for place in parameters.get(key, ())} - {""} for key in keys
        )
        about_us = not objects | actions or any(ABOUT_ADDRESS.search(text) for text in texts)
        return bool(codes & UNAUTHENTICATED) or objects == {"AUTHENTICATE"} or (about_us and bool(codes & NOT_LET_IN))

    def payloads(self, root: Element, declared: Collection[str]) -> list[Element]:  # noqa: ARG002 - no other document comes
        """Return the whole message: OPS has no other envelope."""
        return [root]

    def made_up(self) -> Order:
        """Return an order with a number drawn far beyond any the service has given."""
        return Order("unknown", self.scene.draw.digits(9))

    def speaks(self, answer: Answer) -> bool:
        """Say whether a reply says success or failure, or why."""
        return bool(self.values(answer, "is_success") or self.values(answer, "response_code"))

    def tells(self, answer: Answer) -> bool:
        """Say whether there is anything among the attributes of a reply but the order's number, which was asked for."""
        return bool(said_within(self.values(answer, "attributes"), besides="order_id"))

    def look_up(self, order: Order, by: str = "buyer", variation: Variation = COMPLETE) -> Answer:
        """Ask for an order with get_order_info."""
        sender, asked, errand = self.identity(by), Asked(order, variation, by), Errand(not_now=self.not_now)
        request, sound = self._command("get_order_info", order, variation, sender), variation.sound and by in KNOWN
        exchange = self.scene.carry(
            sender, request, "get_order_info", sound=sound, stranger=asked.by_stranger, errand=errand
        )
        return replace(self.read(exchange), asked=asked)

    def register(self, body: bytes, by: str = "buyer") -> Answer:
        """Ask for a new order with sw_register."""
        sender = self.identity(by)
        return self.read(
            self.scene.carry(
                sender, self._signed(body, Variation(), sender), "sw_register", errand=Errand(not_now=self.not_now)
            )
        )

    def greet(self, order: Order) -> Answer:
        """Let the rightful buyer look the order up, or where that cannot be, cancel one that does not exist."""
        return super().greet(order) if self.target.lacks("get_order_info") else self.look_up(order)

    @classmethod
    def spends(cls, target: Target) -> int:  # noqa: ARG003 - whoever asks
        """One of each state, to see what it becomes."""
        return 1

    def private(self, order: Order) -> list[Known]:
        """Return what the seller tells the owner of an order about it, and who that is."""
        owner = "another buyer" if order.state == "foreign" else "buyer"
        if (identity := self.target.identities.get(owner.replace(" ", "_"))) is None:
            return [Known("its state", state, is_state=True) for state in STATES]
        looked_up = None if self.target.lacks("get_order_info") else self.look_up(order, by=owner)
        tree = looked_up.tree if looked_up is not None and looked_up.decision is Decision.TAKEN_UP else None
        details = (
            []
            if tree is None
            else [(name, place.text) for name in PRIVATE for place in items(tree, f"attributes.{name}") if place.text]
        )
        state = self.values(looked_up, "attributes.state") if looked_up is not None and tree is not None else []
        states = [place.text for place in state] or [*STATES]
        known = [Known(f"its {name}", word) for name, word in details] + [
            Known("its state", word, is_state=True) for word in states
        ]
        return [*known, *([Known("its owner", identity.username)] if identity.username else [])]

    def inquire(self, order: Order) -> Inquiry:
        """Return the state get_order_info tells, or in which words it does not know the order.

        A refusal may as well be one of the command: a seller that answers in the same words
        where no order is named reads none.
        """
        if self.target.lacks("get_order_info"):
            return Inquiry()
        answer = self.look_up(order)
        if answer.decision is Decision.TAKEN_UP:
            self.looked_up = answer
            state = self._state(answer)
            if state is not None:
                self.states.setdefault(order.seller, []).append((answer.exchange.number, state))
            return Inquiry(state)
        if answer.decision is not Decision.REFUSED or self.disowns(answer) or not self.speaks(answer):
            return Inquiry()
        unnamed = self.look_up(order, variation=Variation(without=("attributes.order_id",)))
        if unnamed.decision is not Decision.REFUSED or self._words(unnamed) == self._words(answer):
            return Inquiry()
        return Inquiry(denial=" ".join(self._words(answer)))

    @property
    def asks_owners(self) -> bool:
        """Whether the target file has another buyer, and an order can be read back."""
        return not self.target.lacks("get_order_info") and "another_buyer" in self.target.identities

    def owners_state(self, order: Order) -> str | None:
        """Return the state get_order_info tells another buyer of an order of its own."""
        answer = self.look_up(order, by="another buyer") if self.asks_owners else None
        return self._state(answer) if answer is not None and answer.decision is Decision.TAKEN_UP else None

    def _state(self, answer: Answer) -> str | None:
        return next((place.text for place in self.values(answer, "attributes.state")), None)

    def _words(self, answer: Answer) -> tuple[str, ...]:
        """Return the code and the text of a reply."""
        places = (*self.values(answer, "response_code"), *self.values(answer, "response_text"))
        return tuple(" ".join(place.text.split()) for place in places)


def _by_status(reply: Reply, *, readable: bool) -> Reading:
    if reply.status >= 400:  # noqa: PLR2004 - client and server errors
        return Reading(Decision.REFUSED, f"status {reply.status}")
    if not readable and reply.body.strip():
        said, advice = front.unread(reply)
        return Reading(Decision.UNREADABLE, said, advice=advice)
    if readable and front.is_page(try_xml(reply)):
        return Reading(Decision.UNREADABLE, f"status {reply.status} with a page")
    what = "without a body" if not reply.body.strip() else "with neither is_success nor response_code"
    return Reading(
        Decision.UNCLEAR, f"status {reply.status} {what}", advice="the reply does not say whether the command succeeded"
    )


def said_within(blocks: Iterable[Place], besides: str) -> list[Place]:
    """Return what is said within some items, however deep in them, but for the item of one key."""
    within = [item for place in blocks if isinstance(place.spot, Element) for item in named(place.spot, "item")]
    return [Place(said, item) for item in within if item.get("key") != besides and (said := value(item))]
