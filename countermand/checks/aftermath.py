"""Orders whose cancellation was refused: nothing becomes of them later either."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from countermand.checks import opensrs as ops
from countermand.checks.beside import PAUSE
from countermand.model.exchange import Exchange
from countermand.model.target import Order
from countermand.protocols.answer import Decision
from countermand.protocols.seller import Seller
from countermand.run.run import Seen
from countermand.run.scene import Scene

#: So many orders are looked up once more at the end, those first that were seen last.
LOOKS = 4


@dataclass(frozen=True)
class Left:
    """An order that its seller told to be in flight after its cancellation was refused."""

    number: str
    refused: Seen  # the last refusal before that was told
    state: str  # as it was told last
    told: datetime
    after: tuple[Exchange, ...] = ()  # the look-ups since that tell it to be called off
    settled: bool = False  # a later cancellation of it was not refused: from there on it may be called off


def left(everything: Iterable[Seen], seller: Seller) -> list[Left]:
    """Return the orders that were seen to be left, the one told last at the end, and what was told of them since.

    Nothing is known of an order from where a request about it was not refused. Nor is it known what has called one off
    where a cancellation of another was taken up, or not answered, between two looks at it: a seller that calls off more
    than it was asked for is judged by that (OSRS-STA-04).
    """
    seen = sorted(everything, key=lambda seen: (seen.exchange.started, seen.exchange.number))
    asked = [some for some in seen if some.exchange.operation == seller.operation]
    taken = [some for some in asked if seller.read(some.exchange).decision is not Decision.REFUSED]
    events: dict[str, list[_Event]] = {}
    for some in seen:
        if some.exchange.operation == seller.operation:
            for number in _about(some):
                events.setdefault(number, []).append(_Event(some, is_cancellation=True))
        else:
            number, states = ops.number_and_states(some.exchange)
            events.setdefault(number, []).append(_Event(some, state=states[0] if states else None))
    times = [some.exchange.started for some in taken]
    orders = [_followed(number, some, times, seller) for number, some in events.items()]
    return sorted((order for order in orders if order is not None), key=lambda order: order.told)


@dataclass(frozen=True)
class _Event:
    """A request about an order: one to cancel it, or a look-up and the state it was told to be in."""

    seen: Seen
    is_cancellation: bool = False
    state: str | None = None


def _followed(number: str, events: Iterable[_Event], taken: Sequence[datetime], seller: Seller) -> Left | None:
    """Follow an order through all that was asked about it; others were taken up, or not answered, at some times."""
    refused: Seen | None = None
    order: Left | None = None
    for event in events:
        exchange = event.seen.exchange
        if event.is_cancellation and exchange.started in taken:
            return replace(order, settled=True) if order is not None else None
        if event.state is None:
            refused = event.seen if event.is_cancellation else refused
        elif refused is None:
            continue
        elif seller.called_off.get(event.state) and not (order and order.after):
            order = Left(number, refused, event.state, exchange.started)
        elif order is None or event.state not in seller.called_off[order.state]:
            return None  # it was called off at once, is over in another way, or in flight again
        elif not order.after and any(order.told < time < exchange.started for time in taken):
            return None
        else:
            order = replace(order, after=(*order.after, exchange))
    return order


def _about(seen: Seen) -> Iterable[str]:
    """Return the numbers of the orders a request may be about: where it is no plain one, of all its scenario had."""
    number = ops.asked(seen.exchange) if seen.exchange.sound else ""
    return [number] if number in seen.orders else seen.orders


def look_again(scene: Scene, seller: Seller, orders: Sequence[Left]) -> bool:
    """Look some orders up once more, and say whether one that nobody has asked about is called off as well."""
    suspect = [order for order in orders if order.after]
    for order in [*suspect, *[order for order in orders if not order.after and not order.settled][-LOOKS:]]:
        called_off = seller.called_off[order.state]
        if not order.after and seller.state_of(_order(order)) not in called_off:
            continue
        scene.rest(PAUSE)  # a look-up may tell for once what it has kept of something else
        if seller.state_of(_order(order)) in called_off and _goes_by_itself(scene, seller, order, orders):
            return True
    return False


def _goes_by_itself(scene: Scene, seller: Seller, order: Left, orders: Sequence[Left]) -> bool:
    other = scene.orders.at_hand(order.state)
    if other is None:
        return False
    try:
        untouched = all(some.number != other.seller for some in orders)
        return untouched and seller.state_of(other) in seller.called_off[order.state]
    finally:
        scene.orders.give_back(other)


def _order(order: Left) -> Order:
    return Order(order.state, order.number)
