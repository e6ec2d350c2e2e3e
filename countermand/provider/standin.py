"""A seller that stands in for a target which is not to be asked: requests on one side, in this process, and replies on the other.

It conforms, and it is curt: whatever it refuses, it refuses in the same words, so that whoever asks must ask as much as can be needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from countermand.provider.ala import orders as ala_orders
from countermand.provider.ala import seller as ala
from countermand.provider.ala.decision import Answer as AlaAnswer
from countermand.provider.ala.decision import Decision
from countermand.provider.ala.request import Cancellation
from countermand.provider.ala.style import Style
from countermand.provider.http import Peer, Request, Response
from countermand.provider.opensrs import orders as opensrs_orders
from countermand.provider.opensrs import seller as opensrs
from countermand.provider.opensrs.trust import Answer

NO: Final = "Refused."
ALA_STATES: Final = {"completed": ala_orders.State.COMPLETED, "cancelled": ala_orders.State.CANCELLED}


class CurtAla(ala.Seller):
    """Knows the orders and parties it is told of."""

    def __init__(self, parties: Mapping[str, Mapping[str, str]], request_root: str) -> None:
        super().__init__(Style(request_root=request_root))
        self.orders = {}
        self._parties = parties

    def learn(self, state: str, seller: str, buyer: str) -> None:
        """Know an order in the state the target file lists it in."""
        owner = self._parties.get("another buyer" if state == "foreign" else "buyer", {}).get("identifier", "another buyer")
        self.taken_up.pop(seller, None)
        self.orders[seller] = ala_orders.Order(seller, owner, ALA_STATES.get(state, ala_orders.State.IN_FLIGHT), buyer)

    def peer(self, who: str) -> Peer | None:
        """Give the certificate of a party; raises KeyError for one that the handshake turns away."""
        return None if who == "stranger without a certificate" else Peer(self._parties[who].get("identifier", ""), b"")

    def refuse(self, refusal: ala.RefusalError) -> Response:  # noqa: ARG002 - whatever it is
        """Refuse everything alike."""
        return self.fault(400, "Client", NO)

    def answer(self, asked: Cancellation, answer: AlaAnswer) -> Response:
        """Refuse everything alike."""
        return self.fault(400, "Client", NO) if answer.decision is Decision.REJECTED else super().answer(asked, answer)


class CurtOpensrs(opensrs.Seller):
    """Knows the orders and resellers it is told of."""

    def __init__(self, parties: Mapping[str, Mapping[str, str]], request_root: str) -> None:  # noqa: ARG002 - for all sellers alike
        super().__init__()
        known = {name: opensrs_orders.Reseller(one.get("username", ""), one.get("api_key", "")) for name, one in parties.items()}
        self.resellers = {one.username: one for one in known.values()}
        self._owners = {name: one.username for name, one in known.items()}
        self.orders = {}

    def learn(self, state: str, seller: str, buyer: str) -> None:  # noqa: ARG002 - as the other seller
        """Know an order in the state the target file lists it in."""
        owner = self._owners.get("another buyer" if state == "foreign" else "buyer", "another buyer")
        there = opensrs_orders.State.PENDING if state == "foreign" else opensrs_orders.State(state)
        self.orders[seller] = opensrs_orders.Order(seller, owner, f"www{seller}.example.com", there)

    def peer(self, who: str) -> Peer | None:  # noqa: ARG002 - anybody may call
        """Give no certificate: none is asked for."""
        return None

    def response(self, answer: Answer, status: int = 200) -> Response:
        """Refuse everything alike."""
        refusal = Answer(success=False, code=400, text=NO)
        return super().response(answer, status) if answer.success else super().response(refusal)


CURT: Final[Mapping[str, type[CurtAla | CurtOpensrs]]] = {"ala": CurtAla, "opensrs": CurtOpensrs}


class StandIn:
    """Answers in the target's place."""

    def __init__(self, api: str, parties: Mapping[str, Mapping[str, str]], request_root: str) -> None:
        self._seller = CURT[api](parties, request_root)

    def learn(self, state: str, seller: str, buyer: str) -> None:
        """Know an order in the state the target file lists it in."""
        self._seller.learn(state, seller, buyer)

    def answer(
        self, who: str, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, tuple[tuple[str, str], ...], bytes] | None:
        """Answer a request of a party; nothing, where the party is turned away before it can ask."""
        try:
            peer = self._seller.peer(who)
        except KeyError:
            return None
        response = self._seller.handle(Request(method, path, headers, body, peer))
        return response.status, response.headers, response.body
