"""Orders whose cancellation was refused: nothing becomes of them later either."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from countermand.checks import opensrs as ops
from countermand.checks.beside import PAUSE
from countermand.document import Unreadable
from countermand.model.exchange import Exchange
from countermand.model.target import Order
from countermand.model.verdict import Inconclusive
from countermand.protocols.answer import Decision
from countermand.protocols.seller import Seller
from countermand.run.run import Seen
from countermand.run.scene import Scene


@dataclass(frozen=True)
class Left:
    """An order that its seller told to be in flight after its cancellation was refused."""

    number: str
    refused: Seen  # the last refusal before that was told
    state: str  # as it was told last
    at: datetime  # when that was
    after: tuple[Exchange, ...] = ()  # the look-ups since that tell it to be called off
    settled: bool = False  # a later cancellation of it was not refused: from there on it may be called off


def left(everything: Iterable[Seen], seller: Seller) -> list[Left]:
    """Return the orders that were seen to be left, the one told last at the end, and what was told of them since.

    Nothing is known of an order from where a request about it was not refused.
    """
    events: dict[str, list[_Event]] = {}
    for some in sorted(everything, key=lambda some: (some.exchange.started, some.exchange.number)):
        if some.exchange.operation == seller.operation:
            decision = seller.read(some.exchange).decision
            for number in _about(some):
                events.setdefault(number, []).append(_Event(some, decision=decision))
        else:
            number, states = ops.number_and_states(some.exchange)
            events.setdefault(number, []).append(_Event(some, state=states[0] if states else None))
    orders = [_followed(number, some, seller) for number, some in events.items()]
    return sorted((order for order in orders if order is not None), key=lambda order: order.at)


@dataclass(frozen=True)
class _Event:
    """A request about an order: one to cancel it, and what became of that, or a look-up and the state it was told."""

    seen: Seen
    decision: Decision | None = None
    state: str | None = None


def _followed(number: str, events: Iterable[_Event], seller: Seller) -> Left | None:
    """Follow an order through all that was asked about it."""
    refused: Seen | None = None
    order: Left | None = None
    for event in events:
        if event.decision is not None:
            if event.decision is not Decision.REFUSED:
                return replace(order, settled=True) if order is not None else None
            refused, order = event.seen, order if order is not None and order.after else None
        elif refused is None or event.state is None:
            continue
        elif seller.called_off.get(event.state):
            order = Left(number, refused, event.state, event.seen.exchange.started)
        elif order is None or event.state not in seller.called_off[order.state]:
            return None  # it was called off at once, or is over in another way
        else:
            order = replace(order, after=(*order.after, event.seen.exchange))
    return order


def _about(seen: Seen) -> Iterable[str]:
    """Return the numbers of the orders a request may be about: where it is no plain one, of all its scenario had."""
    number = ops.asked(seen.exchange) if seen.exchange.sound else ""
    return [number] if number in seen.orders else seen.orders


def _names_own(seen: Seen) -> bool:
    """Say whether a request names an order its scenario had; what cannot be read does by its bytes."""
    body = seen.exchange.request.body
    if any(number.encode() in body for number in seen.orders):
        return True
    try:
        return ops.asked(seen.exchange) in seen.orders
    except Unreadable:
        return False


def look_again(scene: Scene, seller: Seller, everything: Sequence[Seen]) -> bool:
    """Look up once more what was called off, and the last that was not.

    Say whether an order that nobody has asked about is called off as well.
    """
    orders = left(everything, seller)
    used = {number for seen in everything for number in seen.orders}
    suspect = [order for order in orders if order.after]
    for order in [*suspect, *[order for order in orders if not order.after and not order.settled][-1:]]:
        called_off = seller.called_off[order.state]
        if not order.after and seller.state_of(_order(order)) not in called_off:
            continue
        scene.rest(PAUSE)  # a look-up may tell for once what it has kept of something else
        if seller.state_of(_order(order)) in called_off and _goes_by_itself(scene, seller, order, used):
            return True
    return False


def _goes_by_itself(scene: Scene, seller: Seller, order: Left, used: Collection[str]) -> bool:
    """Say whether an order that no scenario had is called off as well; raises Inconclusive where there is none."""
    taken = list[Order]()
    try:
        while (other := scene.orders.at_hand(order.state)) is not None:
            taken.append(other)
            if other.seller not in used:
                return seller.state_of(other) in seller.called_off[order.state]
    finally:
        for other in taken:
            scene.orders.give_back(other)
    words = f"order {order.number} is called off, and was {order.state} after its cancellation was refused"
    raise Inconclusive(f"{words}; there is no other by which to see whether all are")


def strays(everything: Iterable[Seen], seller: Seller) -> bool:
    """Say whether a cancellation was taken up that named none of the orders its scenario had: it may be any order's."""
    return any(
        seen.orders and not _names_own(seen)
        for seen in everything
        if seen.exchange.operation == seller.operation and seller.read(seen.exchange).decision.taken_up
    )


def _order(order: Left) -> Order:
    return Order(order.state, order.number)
