"""A seller in this process that stands in for a target which is not to be asked.

It conforms, and it is curt: whatever it refuses, it refuses in the same words,
so that whoever asks must ask as much as can be needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from countermand.provider import sellers
from countermand.provider.http import Peer, Request, Response


class Curt(Protocol):
    """What an embedded seller's module `curt` makes of the parties it is told of, and of what requests are called."""

    def learn(self, state: str, seller: str, buyer: str) -> None:
        """Know an order in the state the target file lists it in."""

    def peer(self, who: str) -> Peer | None:
        """Give the certificate of a party; raises KeyError for one that the handshake turns away."""

    def handle(self, request: Request) -> Response:
        """Answer one request."""


class StandIn:
    """Answers in the target's place."""

    def __init__(self, api: str, parties: Mapping[str, Mapping[str, str]], request_root: str) -> None:
        self._seller: Curt = sellers.made(api, "curt", "Curt")(parties, request_root)

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
