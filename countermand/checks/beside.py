"""The order beside the one that is cancelled: nothing may become of it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeVar

from countermand.model.target import Order
from countermand.protocols.seller import Seller
from countermand.run.scene import Scene

Came = TypeVar("Came")

#: Seconds between two looks at an order: as long as a copy of what is told of it may lag behind.
PAUSE = 1.0


def with_another(scene: Scene, seller: Seller, order: Order, cancel: Callable[[], Came]) -> Came:
    """Cancel an order, and have another of its state looked up before and after, where there is one at hand.

    The run has reserved that one meanwhile. What was told of it is judged with every answer of the run.
    """
    called_off = seller.called_off.get(order.state)
    other = scene.orders.at_hand(order.state) if called_off is not None else None
    if called_off is None or other is None:
        return cancel()
    try:
        return _looked_at(scene, seller, other, called_off, cancel)
    finally:
        scene.orders.give_back(other)


def _looked_at(
    scene: Scene, seller: Seller, other: Order, called_off: Collection[str], cancel: Callable[[], Came]
) -> Came:
    before, came = seller.state_of(other), cancel()
    if before == other.state and seller.state_of(other) in {None, *called_off}:
        scene.rest(PAUSE)  # a look-up may fail once, or tell what it has kept of something else
        if (state := seller.state_of(other)) in called_off:
            scene.note(other, f"found {state}", spent=True)
    return came
