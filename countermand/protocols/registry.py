"""Which API is spoken how: the one table of protocols."""

from __future__ import annotations

from typing import Protocol

from countermand.model.ownership import Maker
from countermand.model.target import Target
from countermand.protocols.ala import AlaSeller
from countermand.protocols.opensrs import OpensrsSeller
from countermand.protocols.opensrs_registration import Registering
from countermand.protocols.seller import Scene, Seller

PROTOCOLS: dict[str, type[Seller]] = {"ala": AlaSeller, "opensrs": OpensrsSeller}


class Supplied(Scene, Protocol):
    """A scene that has orders, and so has a use for whoever can make more of them."""

    target: Target

    def makes_orders_with(self, maker: Maker) -> None:
        """Let orders be made through the API where the lists run out."""


def speak(scene: Supplied) -> Seller:
    """Return the seller of a scenario, who also makes orders where the target file agrees to it."""
    seller = PROTOCOLS[scene.target.api](scene.target, scene)
    if isinstance(seller, OpensrsSeller) and scene.target.orders.register is not None:
        scene.makes_orders_with(Registering(seller))
    return seller
