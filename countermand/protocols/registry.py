"""Which API is spoken how: on one side a scenario and its target, on the other the seller it asks."""

from __future__ import annotations

from countermand.protocols.ala import AlaSeller
from countermand.protocols.opensrs import OpensrsSeller
from countermand.protocols.opensrs_registration import Registering
from countermand.protocols.seller import Seller
from countermand.run.scene import Scene

SPEAKERS: dict[str, type[Seller]] = {"ala": AlaSeller, "opensrs": OpensrsSeller}


def speak(scene: Scene) -> Seller:
    """Return the seller of a scenario, who also makes orders where the target file agrees to it."""
    seller = SPEAKERS[scene.target.api](scene.target, scene)
    if isinstance(seller, OpensrsSeller) and scene.target.orders.register is not None:
        scene.makes_orders_with(Registering(seller))
    return seller
