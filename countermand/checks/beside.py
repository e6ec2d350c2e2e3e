"""Orders beside the one that is cancelled: nothing may become of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from countermand.model.api import FOREIGN
from countermand.model.target import Order
from countermand.model.verdict import Inconclusive
from countermand.protocols.seller import Seller
from countermand.run.scene import Scene

Came = TypeVar("Came")

#: Seconds between two looks at an order: as long as a copy of what is told of it may lag behind.
PAUSE = 1.0


def with_others(scene: Scene, seller: Seller, order: Order, cancel: Callable[[], Came]) -> Came:
    """Cancel an order, and have others looked up before and after, where there are some at hand.

    That is one of its state, one of another state, and one of another buyer's, which its owner looks up. The run has
    reserved them meanwhile. What was told of them is judged with every answer of the run.
    """
    if order.state not in seller.called_off:
        return cancel()
    others = list[Order]()
    try:
        others.extend(_at_hand(scene, seller, order.state))
        return _looked_at(scene, seller, others, cancel)
    finally:
        for other in others:
            scene.orders.give_back(other)


def _at_hand(scene: Scene, seller: Seller, state: str) -> Iterator[Order]:
    """Yield one order of a state, one of another that there is one of, and one of another buyer's."""
    beyond = [other for other in seller.called_off if other != state and not seller.target.lacks(f"{other}_orders")]
    foreign = [FOREIGN] if seller.asks_owners and not seller.target.lacks(f"{FOREIGN}_orders") else []
    for kinds in ([state], beyond, foreign):
        there = filter(None, map(scene.orders.at_hand, kinds))
        yield from itertools.islice(there, 1)


def _looked_at(scene: Scene, seller: Seller, others: Sequence[Order], cancel: Callable[[], Came]) -> Came:
    tells = [
        partial(_told, seller.owners_state if other.state == FOREIGN else seller.state_of, other) for other in others
    ]
    before = [tell() for tell in tells]
    came = cancel()
    for other, tell, state in zip(others, tells, before, strict=True):
        called_off = seller.called_off.get(state or "", frozenset())
        if called_off and other.state in {state, FOREIGN} and tell() in {None, *called_off}:
            scene.rest(PAUSE)  # a look-up may fail once, or tell what it has kept of something else
            if (again := tell()) in called_off:
                scene.note(other, f"found {again}", spent=True)
    return came


def _told(ask: Callable[[Order], str | None], other: Order) -> str | None:
    """Return what is told of an order beside; whether that can be asked is no matter of the one that is cancelled."""
    try:
        return ask(other)
    except Inconclusive:
        return None
