"""An ALA seller that refuses everything in the same words, to stand in for a target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from countermand.provider.ala import seller as ala
from countermand.provider.ala.decision import Answer, Decision
from countermand.provider.ala.orders import Order, State
from countermand.provider.ala.request import Cancellation
from countermand.provider.ala.style import Style
from countermand.provider.http import Peer, Response

NO: Final = "Refused."
STATES: Final = {"completed": State.COMPLETED, "cancelled": State.CANCELLED}


class Curt(ala.Seller):
    """Knows the orders and parties it is told of."""

    def __init__(self, parties: Mapping[str, Mapping[str, str]], request_root: str) -> None:
        super().__init__(Style(request_root=request_root))
        self.orders = {}
        self._parties = parties

    def learn(self, state: str, seller: str, buyer: str) -> None:
        """Know an order in the state the target file lists it in."""
        owner = self._parties.get("another buyer" if state == "foreign" else "buyer", {}).get(
            "identifier", "another buyer"
        )
        self.taken_up.pop(seller, None)
        self.orders[seller] = Order(seller, owner, STATES.get(state, State.IN_FLIGHT), buyer)

    def peer(self, who: str) -> Peer | None:
        """Give the certificate of a party; raises KeyError for one that the handshake turns away."""
        return None if who == "stranger without a certificate" else Peer(self._parties[who].get("identifier", ""), b"")

    def refuse(self, refusal: ala.RefusalError) -> Response:  # noqa: ARG002 - whatever it is
        """Refuse everything alike."""
        return self.fault(400, "Client", NO)

    def answer(self, asked: Cancellation, answer: Answer) -> Response:
        """Refuse everything alike."""
        return self.fault(400, "Client", NO) if answer.decision is Decision.REJECTED else super().answer(asked, answer)
