"""A seller spoken to in ALA cancelOrder 2.30: XML in SOAP."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import ClassVar
from urllib.parse import urlsplit

from countermand.document import (
    ENCODINGS,
    Element,
    Form,
    Place,
    Spelling,
    children,
    local,
    named,
    parse,
    renamed,
    select,
    text,
)
from countermand.identity import forwarded, strangers
from countermand.model import suite
from countermand.model.exchange import Reply, Request
from countermand.model.target import Identity, Order, Target
from countermand.model.verdict import NotApplicable
from countermand.protocols import damage, front
from countermand.protocols.answer import A_FAULT, Answer, Decision, Reading
from countermand.protocols.disclosure import Known
from countermand.protocols.reply import try_xml
from countermand.protocols.seller import Seller
from countermand.protocols.variation import ANOTHER_NAMESPACE, Damage, OwnName, Variation

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
#: The envelope of another version: what SOAP 1.1, 4.1.2 calls a version error.
FOREIGN_ENVELOPE = "http://www.w3.org/2003/05/soap-envelope"
HEADER = f'<e:Header xmlns:e="{ENVELOPE}"/>'.encode()
#: What a client may put there to name its own calls: nobody has to understand it (SOAP 1.1, 4.2.3).
TRACE = f'<trace xmlns="{ANOTHER_NAMESPACE}">1</trace>'.encode()
#: Where the beginning of a message's name ends.
BEGINNING = re.compile(r"(?<=.)(?=Request$)|$")
#: The required fields, in the order of the cancelOrder page.
REQUIRED = (
    "message",
    "message.messageId",
    "message.correlationId",
    "message.sentAt",
    "buyer",
    "buyer.buyerIdentifier",
    "seller",
    "seller.sellerIdentifier",
    "orderReferences",
    "orderReferences.buyerOrderReference",
    "targetSellerOrderReference",
    "cancellationReason",
    "cancellationReason.cancellationReasonCode",
    "cancellationReason.cancellationReasonMessage",
)
#: Words for the states of an order.
STATES = (
    "in flight",
    "completed",
    "complete",
    "cancelled",
    "canceled",
    "delivered",
    "provisioned",
    "pending cancellation",
)
#: What holds a fault: the documented element, and that of SOAP.
FAULTS = frozenset({"fault", "Fault"})
BUYER, RESELLER = "buyer.buyerIdentifier", "buyer.cfh:resellerId"
#: The charset of a label, its name apart.
CHARSET = re.compile(r"""(charset\s*=\s*)("[^"]*"|[^\s;]+)""", re.IGNORECASE)


def resolve(parent: Element, name: str) -> list[Element]:
    """Find a field by its documented name; the message itself is found wherever its envelope has put it."""
    return [child for child in children(parent) if local(child) == name.rpartition(":")[2]]


class AlaSeller(Seller):
    """A seller of UK wholesale fibre."""

    operation: ClassVar[str] = "cancelOrder"
    words_are_open: ClassVar[bool] = True
    faults: ClassVar[frozenset[int]] = frozenset({400})
    cancellable: ClassVar[tuple[str, ...]] = ("in_flight",)
    outsiders: ClassVar[tuple[tuple[str, Variation], ...]] = (
        ("stranger without a certificate", Variation(speaks_for="buyer")),
        ("stranger with a self-signed certificate", Variation(speaks_for="buyer")),
    )
    required: ClassVar[tuple[str, ...]] = REQUIRED
    path: ClassVar[str] = "/cancelOrder"
    # the documented one, and those of SOAP 1.1, 4.4, and 1.2, 5.4.2: whoever stands in front speaks SOAP alone
    reasons: ClassVar[tuple[str, ...]] = ("faultmessage", "faultstring", "Text")
    tells_callers: ClassVar[frozenset[int]] = frozenset({400, 401, 403})

    def request(self, order: Order, variation: Variation, sender: Identity) -> Request:
        """Build a cancellation from the example, in the target's dialect."""
        dialect = self.target.dialect
        nothing = variation.damage is Damage.EMPTY
        body, bare = b"" if nothing else self._document(order, variation, sender), nothing and variation.method == "GET"
        label = _label(dialect.content_type, variation.spelling)
        action = dialect.soap_action if variation.action is None else variation.action
        headers = [("Content-Type", label), ("SOAPAction", action)] if not bare else []
        headers.append(("Accept", "application/xml, text/xml"))
        url = self.addressed(variation)
        headers += forwarded.local(self.target) if variation.local else ()
        headers += [("Cookie", self.given_to_buyer(order))] if variation.cookies else ()
        headers += [("Host", self._host(sender))] if variation.names_host else []
        headers += forwarded.rewritten(urlsplit(self.address).path, self.target) if variation.rewritten else ()
        headers += forwarded.headers(variation.forwarded, self.target) if variation.forwarded else ()
        secret = (forwarded.NAMES | {"cookie"}) & {name.lower() for name, _ in headers}
        return Request(variation.method, url, tuple(headers), body, frozenset(secret))

    def reached_operation(self, request: Request) -> bool:
        """Say so but for what names another action: a filter may go by SOAPAction (SOAP 1.1, 6.1.1)."""
        action = next(
            (value for name, value in request.headers if name == "SOAPAction"), self.target.dialect.soap_action
        )
        return super().reached_operation(request) and action == self.target.dialect.soap_action

    def _host(self, sender: Identity) -> str:
        """Return another host of the same server, or this one where the handshake has named another, or none."""
        here = urlsplit(self.target.url).netloc.rpartition("@")[2]
        return strangers.other_host(self.target) if sender.server_name is None else here

    def _document(self, order: Order, variation: Variation, sender: Identity) -> bytes:
        form = Form.load(suite.payload("ala", "cancelOrder.xml"), resolve)
        message = named(form.root, "cancelOrderRequest")[0]
        envelope, form.root = form.root, message
        values = self._values(order, sender, variation)
        form.fill(values)
        if RESELLER not in {*values, *variation.values}:
            form.drop(RESELLER)
        for path in variation.without:
            if path != RESELLER or path in values:
                form.drop(path)
        form.fill(variation.values)
        if variation.unwrapped is not None:
            form.unwrap(variation.unwrapped)
        for path in (name for name, value in variation.values.items() if variation.nil and not value):
            form.annul(path)
        entries = [parse(TRACE)] if variation.headed else []
        if where := variation.own_name:
            own = form.twin(
                "buyer", {"buyerIdentifier": sender.identifier or ""}, before=where.before, base=where.namespace
            )
            entries += [own] if where is OwnName.HEADER else []
        if variation.another is not None:
            where, field = variation.beside, "targetSellerOrderReference"
            another = form.twin(field, {}, before=where.before, base=where.namespace)
            another.text = variation.another
            entries += [another] if where is OwnName.HEADER else []
        header = self._header(entries)
        form.root = dressed = self._dressed(message, variation)
        for path, place in variation.interrupted.items():  # which is lost where an element is renamed
            form.interrupt(path, place, variation.interruption)
        form.root = self._enveloped(envelope, header, dressed, variation)
        return damage.done_to(form.write(variation.spelling), variation, "message", "cancellationReasonMessage", order)

    def _values(self, order: Order, sender: Identity, variation: Variation) -> dict[str, str]:
        named_buyer = self.identity(variation.speaks_for) if variation.speaks_for else sender
        draw, dialect = self.scene.draw, self.target.dialect
        values = {
            "message.messageId": draw.uuid(),
            "message.correlationId": draw.uuid(),
            "message.sentAt": draw.now(),
            BUYER: named_buyer.identifier or "",
            "orderReferences.buyerOrderReference": order.buyer
            if dialect.buyer_reference == "original" and order.buyer
            else draw.uuid(),
            "targetSellerOrderReference": order.seller,
            "cancellationReason.cancellationReasonCode": dialect.reason["code"],
            "cancellationReason.cancellationReasonMessage": dialect.reason["message"],
        }
        if self.target.seller:
            values["seller.sellerIdentifier"] = self.target.seller
        if named_buyer.reseller and RESELLER not in self.scene.leaves_out:
            values[RESELLER] = named_buyer.reseller
        return values

    def _dressed(self, message: Element, variation: Variation) -> Element:
        """Put the message into the target's namespace, under its root name."""
        dialect = self.target.dialect
        harm, root = variation.damage or Damage.EMPTY, dialect.request_root
        roots = {Damage.ANOTHER_MESSAGE: "amendOrderRequest", Damage.LONGER_MESSAGE: BEGINNING.sub("Status", root, 1)}
        return renamed(message, roots.get(harm, root), dialect.namespace, dialect.extension_namespace)

    def _enveloped(self, envelope: Element, header: Element | None, dressed: Element, variation: Variation) -> Element:
        """Put the message into the target's envelope, where there is one, or into one that is wrong."""
        harm = variation.damage or Damage.EMPTY
        version = {Damage.FOREIGN_ENVELOPE: FOREIGN_ENVELOPE, Damage.ANY_ENVELOPE: ANOTHER_NAMESPACE}.get(harm)
        if harm is Damage.BARE and not self.target.dialect.envelope:
            raise NotApplicable("the target file has no envelope around a message: [dialect] envelope")
        if harm is Damage.BARE or (not self.target.dialect.envelope and version is None):
            return dressed
        body = children(envelope)[0]
        body[:] = [dressed]
        if header is not None:
            body.addprevious(header)
        return envelope if version is None else renamed(envelope, "Envelope", None, None, version)

    def _header(self, entries: list[Element]) -> Element | None:
        """Move entries into the header of an envelope, if there are any, each into a namespace (SOAP 1.1, 4.2)."""
        if not entries:
            return None
        if not self.target.dialect.envelope:
            raise NotApplicable("the target file has no envelope around a message: [dialect] envelope")
        header, base = parse(HEADER), self.target.dialect.namespace or ANOTHER_NAMESPACE
        for entry in entries:
            header.append(renamed(entry, local(entry), base, self.target.dialect.extension_namespace))
            if (parent := entry.getparent()) is not None:
                parent.remove(entry)
        return header

    def naming(self, number: str, reference: str = "") -> Mapping[str, str]:
        """Name an order by the seller's reference, and by no reference of the buyer's that another order has."""
        mine = reference or self.scene.draw.uuid()
        return {"targetSellerOrderReference": number, "orderReferences.buyerOrderReference": mine}

    def marks(self, answer: Answer) -> Mapping[str, str]:
        """Return a request's ids, and the time at which it was sent."""
        sent = parse(answer.exchange.request.body)
        return {f"message.{name}": text(named(sent, name)[0]) for name in ("messageId", "correlationId", "sentAt")}

    @property
    def label(self) -> str:
        """How our complete cancellation is labelled."""
        return _label(self.target.dialect.content_type, Spelling.PLAIN)

    def referring(self, answer: Answer) -> Mapping[str, str]:
        """Return the buyer's own reference of an order as a request gave it."""
        given = [text(element) for element in named(parse(answer.exchange.request.body), "buyerOrderReference")]
        return {"orderReferences.buyerOrderReference": given[0] if given else ""}

    def decide(self, reply: Reply) -> Reading:
        """Read a reply: 2xx by the words the target file declares, 4xx and 5xx as a refusal."""
        if reply.status >= 400:  # noqa: PLR2004 - client and server errors
            return Reading(Decision.REFUSED, f"status {reply.status}")
        if reply.status < 200:  # noqa: PLR2004
            return Reading(Decision.UNCLEAR, f"status {reply.status}", advice="no page says what that means")
        if not reply.body.strip():
            return self._blank(reply)
        root = try_xml(reply)
        if root is None:
            said, advice = front.unread(reply)
            return Reading(Decision.UNREADABLE, said, advice=advice)
        if front.is_page(root):
            return Reading(Decision.UNREADABLE, f"status {reply.status} with a page")
        return self._said(root)

    def _blank(self, reply: Reply) -> Reading:
        """Read a reply without a body by its status, which the target file may declare."""
        said, status = f"status {reply.status} without a body", reply.status
        if status in self.target.dialect.pending_status:
            return Reading(Decision.TAKEN_UP, said)
        advice = f"no public page says what that means: if it is a yes, set [dialect] pending_status = [{status}]"
        return Reading(Decision.UNCLEAR, said, advice=advice)

    def contradiction(self, reply: Reply) -> str:
        """Say that a cancellation is pending by a declared word, behind a status that says no.

        That the order is cancelled may be why it is refused.
        """
        if reply.status < 400:  # noqa: PLR2004 - client and server errors
            return ""
        root = try_xml(reply)
        if root is None or front.is_page(root):
            return ""
        read = self._said(root)
        return f"status {reply.status} with {read.said}" if read.decision is Decision.TAKEN_UP else ""

    def _said(self, root: Element) -> Reading:
        dialect = self.target.dialect
        words = {
            Decision.TAKEN_UP: dialect.pending,
            Decision.REFUSED: dialect.rejected,
            Decision.CANCELLED: dialect.cancelled,
        }
        meaning = {_folded(word): decision for decision, many in words.items() for word in many}
        places = [place for place in select(root, dialect.decision) if place.text.strip()]
        if len(places) > 1:  # a header has a status of its own
            inside = {element for part in _inside(root) for element in part.iter()}
            places = [place for place in places if place.spot in inside] or places
        said = {meaning[_folded(place.text)]: place for place in places if _folded(place.text) in meaning}
        if fault := [*named(root, "fault"), *named(root, "Fault")]:
            said.setdefault(Decision.REFUSED, Place(A_FAULT, fault[0]))
        if len(said) > 1:
            both = " and ".join(sorted(place.text.strip() for place in said.values()))
            advice = "the reply says both: narrow [dialect] decision to the one place that decides"
            return Reading(Decision.UNCLEAR, both, next(iter(said.values())).at, advice)
        if said:
            decision, place = next(iter(said.items()))
            return Reading(decision, place.text.strip(), place.at)
        if places:
            place, word = places[0], places[0].text.strip()
            advice = f"nobody declared {word!r}: add it to [dialect] pending, rejected or cancelled"
            if not isinstance(place.spot, str) and not place.part and len(children(place.spot)) > 1:  # no one word
                advice = "that is the text of several elements: set [dialect] decision to the one that decides"
            return Reading(Decision.UNCLEAR, word, place.at, advice)
        return Reading(
            Decision.UNCLEAR,
            "no decision",
            advice="nothing stands where the decision is looked for: set [dialect] decision",
        )

    def values(self, answer: Answer, name: str) -> list[Place]:
        """Return every element of that local name; those of the envelope only where its message has none."""
        root = answer.tree
        if root is None:
            return []
        own = [element for part in _inside(root) for element in named(part, name)]
        return [Place(text(element).strip(), element) for element in own or named(root, name)]

    def speaks(self, answer: Answer) -> bool:
        """Say whether a reply holds a fault, or is a document with a 2xx status."""
        root, reply = answer.tree, answer.exchange.reply
        if root is None or reply is None or local(root).lower() == "html":
            return False
        return 200 <= reply.status < 300 or bool([*named(root, "fault"), *named(root, "Fault")])  # noqa: PLR2004

    def private(self, order: Order) -> list[Known]:
        """Return an order's reference, its state and, where it is another's, who that is.

        Of another's order no state is known.
        """
        foreign = order.state == "foreign"
        owner = self.target.identities.get("another_buyer") if foreign else None
        states = STATES if foreign else (order.state.replace("_", " "),)
        known = [Known("its owner", owner.identifier)] if owner is not None and owner.identifier else []
        return [*super().private(order), *known, *(Known("its state", state, is_state=True) for state in states)]

    @classmethod
    def spends(cls, target: Target) -> int:
        """One that names no reseller, where the others do."""
        return 1 if target.identities["buyer"].reseller else 0

    @property
    def optional(self) -> tuple[str, ...]:
        """The reseller, where the target file gives one."""
        return (RESELLER,) if self.identity("buyer").reseller else ()

    def payloads(self, root: Element, declared: Collection[str]) -> list[Element]:
        """Return what stands in the SOAP Body, or a bare message itself.

        The lax wildcard of SOAP's own schema would let anything pass. A fault is held to a schema that declares faults:
        the page documents them beside the operation's own message, and SOAP has its own.
        """
        return [part for part in _inside(root) if local(part) not in FAULTS or local(part) in declared]

    def made_up(self) -> Order:
        """Return an order drawn so that it cannot exist."""
        return Order("unknown", f"COUNTERMAND-{self.scene.draw.uuid()}", self.scene.draw.uuid())


def _label(content_type: str, spelling: Spelling) -> str:
    """Label a document with the charset it is in; one in UTF-16 says so itself where the dialect names none."""
    if spelling in ENCODINGS:
        return CHARSET.sub(r"\1utf-16", content_type)
    return content_type if CHARSET.search(content_type) else f"{content_type}; charset=utf-8"


def _inside(root: Element) -> list[Element]:
    """Return what stands in the SOAP Body, or a bare message itself."""
    bodies = [child for child in children(root) if local(child) == "Body"] if local(root) == "Envelope" else []
    return children(bodies[0]) if bodies else [root]


def _folded(word: str) -> str:
    return " ".join(word.split()).casefold()
