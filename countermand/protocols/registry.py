"""Which API is spoken how: on one side a scenario and its target, on the other the seller it asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from countermand.model.api import imported
from countermand.model.apis import APIS
from countermand.orders.ledger import Ledger
from countermand.protocols.seller import Seller
from countermand.run.scene import Scene


class Speakers(Mapping[str, type[Seller]]):
    """How each API is spoken; a protocol is imported when somebody speaks it."""

    def __getitem__(self, api: str) -> type[Seller]:
        spoken: type[Seller] = imported(APIS[api].protocol)
        return spoken

    def __iter__(self) -> Iterator[str]:
        return iter(APIS)

    def __len__(self) -> int:
        return len(APIS)


SPEAKERS = Speakers()


def speaker(api: str) -> type[Seller]:
    """Return how an API is spoken."""
    return SPEAKERS[api]


def speak(scene: Scene) -> Seller:
    """Return the seller of a scenario, who also makes orders where the target file agrees to it."""
    row = APIS[scene.target.api]
    seller = speaker(row.name)(scene.target, scene)
    if row.registration and scene.target.orders.register is not None:
        scene.makes_orders_with(imported(row.registration).Registering(seller))
    return seller


def cleared(seller: Seller, ledger: Ledger, run: str, deadline: float | None = None) -> Iterator[str]:
    """Cancel what was made on the spot and not cancelled, and say what came of each order; nothing where none can be made."""
    registration = APIS[seller.target.api].registration
    return iter(imported(registration).clear(seller, ledger, run, deadline)) if registration else iter(())
