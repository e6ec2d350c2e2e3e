"""A toy shop that refuses everything in the same words, to stand in for one that is not to be asked."""

from __future__ import annotations

from collections.abc import Mapping

from countermand.provider.http import Peer, Response

from .seller import Seller


class Curt(Seller):
    """Knows the orders and buyers it is told of."""

    def __init__(self, parties: Mapping[str, Mapping[str, str]], request_root: str) -> None:  # noqa: ARG002 - for all alike
        super().__init__()
        self.keys = {party["username"]: party["api_key"] for party in parties.values()}
        self._buyer, self.orders = parties["buyer"]["username"], {}

    def learn(self, state: str, seller: str, buyer: str) -> None:  # noqa: ARG002 - an order of a toy has one reference
        self.orders[seller] = (self._buyer if state != "foreign" else "somebody", state)

    def peer(self, who: str) -> Peer | None:  # noqa: ARG002 - anybody may call
        return None

    def refused(self, status: int, why: str) -> Response:  # noqa: ARG002 - whatever it is
        return super().refused(400, "no")
