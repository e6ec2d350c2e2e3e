"""A toy shop spoken to: a cancellation names an order, and is answered `done` or `refused`."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from countermand.document import Element, Form, Place, children, local, named, text
from countermand.model import suite
from countermand.model.exchange import Reply, Request
from countermand.model.target import Identity, Order
from countermand.protocols import damage
from countermand.protocols.answer import Answer, Decision, Reading
from countermand.protocols.reply import try_xml
from countermand.protocols.seller import Seller
from countermand.protocols.variation import Damage, Variation


def field(parent: Element, name: str) -> list[Element]:
    return [child for child in children(parent) if local(child) == name]


class ToySeller(Seller):
    """A toy shop."""

    operation: ClassVar[str] = "cancel"
    words_are_open: ClassVar[bool] = False
    faults: ClassVar[frozenset[int]] = frozenset({400, 404, 409})
    cancellable: ClassVar[tuple[str, ...]] = ("open",)
    outsiders: ClassVar[tuple[tuple[str, Variation], ...]] = (("unknown user", Variation(speaks_for="buyer")),)
    required: ClassVar[tuple[str, ...]] = ("order",)
    path: ClassVar[str] = "/toys/cancel"
    reasons: ClassVar[tuple[str, ...]] = ("why",)

    def request(self, order: Order, variation: Variation, sender: Identity) -> Request:
        form = Form.load(suite.payload("toy", "cancel.xml"), field)
        form.fill({"order": order.seller, "ticket": self.scene.draw.uuid()})
        for name in variation.without:
            form.drop(name)
        form.fill(variation.values)
        body = form.write(variation.spelling)
        body = damage.broken(body) if variation.damage is Damage.BROKEN else body
        key = sender.api_key.reveal() if sender.api_key else ""
        headers = (("Content-Type", "application/xml"), ("X-User", sender.username or ""), ("X-Key", key))
        return Request(variation.method, self.address, headers, body, frozenset({"x-key"}))

    def decide(self, reply: Reply) -> Reading:
        root = try_xml(reply)
        words = {"done": Decision.TAKEN_UP, "refused": Decision.REFUSED}
        if root is not None and local(root) in words:
            return Reading(words[local(root)], local(root), "/" + local(root))
        if reply.status >= 400:
            return Reading(Decision.REFUSED, f"status {reply.status}")
        return Reading(Decision.UNCLEAR, f"status {reply.status}", advice="it says neither done nor refused")

    def values(self, answer: Answer, name: str) -> list[Place]:
        return (
            []
            if answer.tree is None
            else [Place(text(element).strip(), element) for element in named(answer.tree, name)]
        )

    def speaks(self, answer: Answer) -> bool:
        return answer.tree is not None and local(answer.tree) in {"done", "refused"}

    def payloads(self, root: Element, declared: Collection[str]) -> list[Element]:  # noqa: ARG002
        return [root]

    def made_up(self) -> Order:
        return Order("unknown", self.scene.draw.uuid())
