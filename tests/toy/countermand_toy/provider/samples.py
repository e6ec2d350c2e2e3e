"""What a toy shop says, for sellers that always say the same."""

from __future__ import annotations

from countermand.provider.nulls import Faulting, Rejecting, Samples, Succeeding

from .seller import Seller


def samples() -> Samples:
    shop = Seller()
    return {Faulting: shop.refused(400, "no"), Succeeding: shop.done(), Rejecting: shop.refused(409, "no")}
