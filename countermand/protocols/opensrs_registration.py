"""Orders made on the spot by sw_register, as [orders.register] of a target file has it.

The document is the example of payloads/opensrs/sw_register.xml, filled. An order is saved, which costs nothing and
reaches no certificate authority; it is submitted only where the target file says `process = true`. Nothing is ever made
on production.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from countermand.document import Element, Form, children
from countermand.model import suite
from countermand.model.exchange import Trouble
from countermand.model.target import Order
from countermand.model.verdict import Inconclusive, Lost
from countermand.protocols import front
from countermand.protocols.answer import Answer, Decision
from countermand.protocols.opensrs import OpensrsSeller
from countermand.protocols.opensrs_message import resolve

#: Troubles before anything was sent.
UNSENT = frozenset({Trouble.UNREACHABLE, Trouble.DISTRUST, Trouble.ALERT})
#: States that need no cancelling any more.
OVER = frozenset({"cancelled", "completed", "declined"})


class Registering:
    """Makes orders with sw_register, as [orders.register] has it."""

    operation: Final = "sw_register"

    def __init__(self, seller: OpensrsSeller) -> None:
        self._seller, self._target = seller, seller.target

    @property
    def states(self) -> frozenset[str]:
        """The states it can make: saved orders are pending, ours or another buyer's; submitted ones are in progress."""
        wanted = self._target.orders.register
        if wanted is None or self._target.production:
            return frozenset()
        foreign = {"foreign"} if "another_buyer" in self._target.identities else set[str]()
        return frozenset({"pending", *foreign, *({"in-progress"} if wanted.get("process") else ())})

    def __call__(self, state: str) -> Order:
        """Make an order of that state.

        Raises Lost where nobody said whether one was made, and Inconclusive where none was.
        """
        wanted = self._target.orders.register or {}
        number = self._seller.scene.draw.digits(9)
        body = document(wanted, handle="process" if state == "in-progress" else "save", number=number)
        answer = self._seller.register(body, party_of(state))
        numbers = [place.text for place in self._seller.values(answer, "attributes.order_id") if place.text]
        if answer.decision is Decision.TAKEN_UP and numbers:
            return Order(state, numbers[0])
        said = f"{answer.said}{reason_of(self._seller, answer)}"
        # In words of the API, or with a status that blames the request: who fails may have made it (RFC 9110, 15.6).
        reply = answer.exchange.reply
        blamed = answer.decision is Decision.REFUSED and reply is not None and reply.status < front.FAILS
        worded = answer.decision in {Decision.REFUSED, Decision.THROTTLED} and answer.at is not None
        if blamed or worded or self._seller.not_now(answer.exchange) or answer.exchange.trouble in UNSENT:
            raise Inconclusive(
                f"sw_register made no order that is {state}: {said}; see [orders.register]", received=answer.said
            )
        raise Lost(
            f"sw_register may have made an order that is {state}, and did not tell its number: {said}",
            received=answer.said,
        )

    def end(self, order: Order, *, used: bool) -> tuple[bool, str]:
        """Cancel an order unless it is over, and say whether it needs no further care."""
        seller, by = self._seller, party_of(order.state)
        if not self._target.lacks("get_order_info"):
            states = [place.text for place in seller.values(seller.look_up(order, by), "attributes.state")]
            if states and states[0] in OVER:
                return True, f"is {states[0]}"
        answer = seller.cancel(order, by=by)
        if answer.decision is Decision.TAKEN_UP:
            return True, "was cancelled at the end"
        if answer.decision is Decision.REFUSED and used:
            return True, f"was used up, and is not cancelled again: {answer.said}"
        return False, f"could not be cancelled: {answer.said}{reason_of(seller, answer)}"


def document(wanted: Mapping[str, Any], *, handle: str, number: str) -> bytes:
    """Fill the example of sw_register with what [orders.register] says, and leave out what it does not say."""
    form = Form.load(suite.payload("opensrs", "sw_register.xml"), resolve)
    values = {
        "handle": handle,
        "product_type": wanted["product_type"],
        "period": str(wanted.get("period", 1)),
        "domain": wanted["domain"].replace("{n}", number),
        "csr": wanted.get("csr"),
        "approver_email": wanted.get("approver_email"),
        "server_type": wanted.get("server_type"),
    }
    for name, value in values.items():
        _write(form, f"attributes.{name}", value)
    _contacts(form, wanted.get("contacts", {}))
    return form.write()


def _contacts(form: Form, contacts: Mapping[str, Mapping[str, str]]) -> None:
    if not contacts:
        form.drop("attributes.contact_set")
        return
    for role in _keys(form.find("attributes.contact_set")):
        path = f"attributes.contact_set.{role}"
        if role not in contacts:
            form.drop(path)
            continue
        for name in _keys(form.find(path)):
            _write(form, f"{path}.{name}", contacts[role].get(name))


def _write(form: Form, path: str, value: str | None) -> None:
    if value is None:
        form.drop(path)
    else:
        form.fill({path: value})


def _keys(parent: Element) -> list[str]:
    return [item.get("key", "") for assoc in children(parent) for item in children(assoc)]


def reason_of(seller: OpensrsSeller, answer: Answer) -> str:
    """Return the words an answer gives for itself, in brackets."""
    texts = [" ".join(place.text.split()) for place in seller.values(answer, "response_text")]
    return f" ({texts[0]})" if texts and texts[0] else ""


def party_of(state: str) -> str:
    """Return whose an order of that state is."""
    return "another buyer" if state == "foreign" else "buyer"
