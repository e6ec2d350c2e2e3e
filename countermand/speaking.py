"""Which API is spoken how: on one side a scenario and its target, on the other the seller it asks."""

from __future__ import annotations

from countermand.ala import AlaSeller
from countermand.opensrs import OpensrsSeller
from countermand.registering import Registering
from countermand.scene import Scene
from countermand.seller import Seller

SPEAKERS: dict[str, type[Seller]] = {"ala": AlaSeller, "opensrs": OpensrsSeller}


def speak(scene: Scene) -> Seller:
    """Return the seller of a scenario, who also makes orders where the target file agrees to it."""
    seller = SPEAKERS[scene.target.api](scene.target, scene)
    if isinstance(seller, OpensrsSeller) and scene.target.orders.register is not None:
        scene.makes_orders_with(Registering(seller))
    return seller
