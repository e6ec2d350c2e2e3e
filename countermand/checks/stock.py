"""Orders as they are listed, and as their seller says that they are."""

from __future__ import annotations

import re

from countermand.checks.fingerprint import fingerprint
from countermand.model.apis import APIS
from countermand.model.target import Order
from countermand.model.verdict import Inconclusive
from countermand.protocols.answer import Answer, Decision
from countermand.protocols.seller import Inquiry, Seller
from countermand.run.scene import Scene

#: How many orders may be found in another state than they are listed with before the lists are thought wrong.
PATIENCE = 3
#: Seconds after which what was told of an order is old.
STALE = 5.0
#: What is to be done about that.
SEE = "see whether the lists under [orders] are right"
#: How a reply says that there is no such order;
#: looked for only where an order that surely does not exist is answered alike.
NO_SUCH = re.compile(
    r"(no such|non-?existent|invalid) (\w+ )?(order|id|reference|number)\b|\bunknown\b"
    r"|\bnot (be )?(found|known|exist)|\bno \w+ (found|with)",
    re.IGNORECASE,
)


def order_in(scene: Scene, seller: Seller, state: str) -> Order:
    """Take an order of a state.

    One that the seller tells to be in another is set aside, and the next one taken, a few times.
    """
    with scene.ahead():
        order = _looked_up(scene, seller, state)
    if scene.waited > STALE and (otherwise := _otherwise(order, seller.inquire(order), seller)):
        scene.note(order, "found otherwise", spent=True)
        raise Inconclusive(f"{otherwise}; it was not {scene.waited:.0f} s before")
    return order


def _looked_up(scene: Scene, seller: Seller, state: str) -> Order:
    mismatch = ""
    for _ in range(PATIENCE):
        try:
            order = scene.take(state)
        except Inconclusive as shortage:
            raise Inconclusive(f"{mismatch}{shortage.reason}") from None
        reported = seller.inquire(order)
        if reported.denial:
            raise unknown(order, reported.denial, _declare(seller))
        if not (otherwise := _otherwise(order, reported, seller)):
            return order
        scene.note(order, f"found {reported.state}", spent=True)
        mismatch = f"{otherwise}; "
    raise Inconclusive(f"{mismatch}so it was with {PATIENCE} orders: {SEE}")


def _otherwise(order: Order, reported: Inquiry, seller: Seller) -> str:
    """Say that an order is in another state than it is listed in; nothing where the seller does not say so."""
    # A word of the look-up's own says nothing of the lists.
    if reported.state in {None, order.state} or reported.state not in APIS[seller.target.api].states:
        return ""
    return f"the order {order} is listed as {order.state}, and the seller says that it is {reported.state}"


def must_be_known(seller: Seller, answer: Answer) -> str:
    """See that a refusal is not for an order the seller does not have.

    Say how the order is otherwise than listed, if it is. Raises Inconclusive, which says to mend the lists.
    """
    if answer.decision is not Decision.REFUSED or answer.asked is None or seller.disowns(answer):
        return ""
    order = answer.asked.order
    reported = seller.inquire(order)
    if reported.denial:
        raise unknown(order, reported.denial, _declare(seller))
    if _says_so(answer) and fingerprint(seller.cancel(seller.unknown())) == fingerprint(answer):
        raise unknown(order, answer.said)
    return _otherwise(order, reported, seller)


def _says_so(answer: Answer) -> bool:
    """Say whether a refusal reads as that of an order nobody has."""
    mark = fingerprint(answer)
    return mark is not None and (mark[0] == 404 or any(NO_SUCH.search(words) for _, words in mark[1]))  # noqa: PLR2004 - Not Found


def _declare(seller: Seller) -> str:
    """Say how a seller is declared that answers no look-up."""
    look_ups = (f'[capabilities] {name} = "no"' for name in APIS[seller.target.api].look_ups)
    return "".join(f", or whether it answers no such look-up, which {each} declares" for each in look_ups)


def unknown(order: Order, said: str, otherwise: str = "") -> Inconclusive:
    """Return what is said of an order that is listed, and that the seller does not have."""
    return Inconclusive(
        (
            f"the seller does not know order {order}: see whether the lists are right ([orders] {order.state})"
            f"{otherwise}; it says: {said}"
        ),
        received=said,
    )
