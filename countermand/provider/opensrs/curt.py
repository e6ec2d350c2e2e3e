"""An OpenSRS seller that refuses everything in the same words, to stand in for a target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from countermand.provider.http import Peer, Response
from countermand.provider.opensrs import seller as opensrs
from countermand.provider.opensrs.orders import Order, Reseller, State
from countermand.provider.opensrs.trust import Answer

NO: Final = "Refused."


class Curt(opensrs.Seller):
    """Knows the orders and resellers it is told of."""

    def __init__(self, parties: Mapping[str, Mapping[str, str]], request_root: str) -> None:  # noqa: ARG002 - for all sellers alike
        super().__init__()
        known = {name: Reseller(party.get("username", ""), party.get("api_key", "")) for name, party in parties.items()}
        self.resellers = {reseller.username: reseller for reseller in known.values()}
        self._owners = {name: reseller.username for name, reseller in known.items()}
        self.orders = {}

    def learn(self, state: str, seller: str, buyer: str) -> None:  # noqa: ARG002 - as the other seller
        """Know an order in the state the target file lists it in."""
        owner = self._owners.get("another buyer" if state == "foreign" else "buyer", "another buyer")
        there = State.PENDING if state == "foreign" else State(state)
        self.orders[seller] = Order(seller, owner, f"www{seller}.example.com", there)

    def peer(self, who: str) -> Peer | None:  # noqa: ARG002 - anybody may call
        """Give no certificate: none is asked for."""
        return None

    def response(self, answer: Answer, status: int = 200) -> Response:
        """Refuse everything alike."""
        refusal = Answer(success=False, code=400, text=NO)
        return super().response(answer, status) if answer.success else super().response(refusal)
