"""Which API is spoken how: the one table of protocols."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from countermand.model.api import imported
from countermand.model.apis import APIS
from countermand.model.ownership import Maker
from countermand.model.target import Order, Target
from countermand.protocols.carrier import Carrier
from countermand.protocols.seller import Seller


class Protocols(Mapping[str, type[Seller]]):
    """How each API is spoken; a protocol is imported when somebody speaks it."""

    def __getitem__(self, api: str) -> type[Seller]:
        protocol: type[Seller] = imported(APIS[api].protocol)
        return protocol

    def __iter__(self) -> Iterator[str]:
        return iter(APIS)

    def __len__(self) -> int:
        return len(APIS)


PROTOCOLS = Protocols()


class Supplied(Carrier, Protocol):
    """A scene that has orders, and so has a use for whoever can make more of them."""

    target: Target

    def makes_orders_with(self, maker: Maker) -> None:
        """Let orders be made through the API where the lists run out."""


class Registering(Maker, Protocol):
    """Makes orders on the spot, and can end what was made."""

    @property
    def operation(self) -> str:
        """What the API calls it."""

    def end(self, order: Order, *, used: bool) -> tuple[bool, str]:
        """Cancel an order unless it is over, and say whether it needs no further care; raises Inconclusive."""


def speak(scene: Supplied) -> Seller:
    """Return the seller of a scenario, who also makes orders where the target file agrees to it."""
    seller = PROTOCOLS[scene.target.api](scene.target, scene)
    maker = registering(seller) if scene.target.orders.register is not None else None
    if maker is not None:
        scene.makes_orders_with(maker)
    return seller


def registering(seller: Seller) -> Registering | None:
    """Return who makes orders on the spot, where the API has a way to."""
    row = APIS[seller.target.api]
    made: Registering | None = imported(row.registration)(seller) if row.registration else None
    return made
