"""A dry run: scenarios are played as ever against stand-ins, and nothing is sent."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from countermand.model.exchange import Exchange, Reply, Request, Trouble
from countermand.model.target import Dialect, Identity, Order, Target
from countermand.model.verdict import Inconclusive
from countermand.orders.ledger import Ledger
from countermand.orders.supply import Held, Supply

#: The first number of an order made up where the lists have none.
MADE_UP = 999_000_000_001


class StandIn(Protocol):
    """A seller that conforms, in this process: what it refuses, it refuses in the same words."""

    def learn(self, state: str, seller: str, buyer: str) -> None:
        """Know an order in the state the target file lists it in."""

    def answer(
        self, who: str, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, tuple[tuple[str, str], ...], bytes] | None:
        """Answer a request of a party; nothing, where it is turned away before it can ask."""


@dataclass
class Rehearsal:
    """The stand-in for one target, and what the scenarios asked of the supply."""

    stand_in: StandIn
    target: Target  # as its file has it
    left: Mapping[str, int] = field(default_factory=dict)  # listed orders that nobody has taken, by state
    taken: Counter[str] = field(default_factory=Counter)
    used: Counter[str] = field(default_factory=Counter)
    risked: Counter[str] = field(default_factory=Counter)  # of those used, what is risked only where nothing less tells
    made_up: list[str] = field(default_factory=list)

    def send(self, identity: Identity, request: Request, operation: str) -> Exchange:
        """Let the stand-in answer; a caller it turns away is told so by a TLS alert."""
        parts = urlsplit(request.url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {name.lower(): value for name, value in request.headers}
        started, clock = datetime.now(UTC), time.perf_counter()
        answer = self.stand_in.answer(identity.name, request.method, path, headers, request.body)
        reply = answer and Reply(answer[0], "", "HTTP/1.1", answer[1], answer[2])
        trouble = None if reply else Trouble.ALERT
        seconds = time.perf_counter() - clock
        # Whose connections last: that they do not is no news of a target that was not asked.
        return Exchange(
            0, operation, identity.name, started, seconds, request, reply or None, trouble, reused=reply is not None
        )


class Rehearsed(Supply):
    """Gives orders as a supply does, from a copy of the ledger; where there is none it makes one up."""

    def __init__(self, target: Target, ledger: Ledger, run: str, scenario: str, rehearsal: Rehearsal) -> None:
        super().__init__(target, ledger, run, scenario)
        self._rehearsal = rehearsal
        self._risked = list[str]()

    def take(self, state: str, spare: int = 0, *, patient: bool = True) -> Order:  # noqa: ARG002 - nobody else is waited for
        """Return an order of that state; the owner's command, which may make a real one, is not called."""
        self._rehearsal.taken[state] += 1
        try:
            order = super().take(state, patient=False)
        except Inconclusive:
            order = self._make_up(state)
        self._risked += [order.seller] if spare else []  # what is kept for others is needed all the same
        self._rehearsal.stand_in.learn(state, order.seller, order.buyer)
        return order

    def at_hand(self, state: str) -> Order | None:
        """Return an order that is there, which the stand-in is to know."""
        order = super().at_hand(state)
        if order is not None:
            self._rehearsal.stand_in.learn(state, order.seller, order.buyer)
        return order

    def spares(self, state: str, number: int) -> bool:
        """Say whether more than so many would be left at a seller for which nothing is risked.

        What is expected is told of such a one.
        """
        expected = self._rehearsal.used[state] - self._rehearsal.risked[state]
        return self._rehearsal.left.get(state, 0) - expected > number

    def _make_up(self, state: str) -> Order:
        number = str(MADE_UP + len(self._rehearsal.made_up))
        self._rehearsal.made_up.append(number)
        return self._has(Held(Order(state, number, number)))

    def settle(self) -> bool:
        """Give back what a seller that conforms does not use up.

        No clause is thought broken for what a stand-in says.
        """
        spent = [held.order for held in self._held.values() if held.spent]
        self._rehearsal.used += Counter(order.state for order in spent)
        self._rehearsal.risked += Counter(order.state for order in spent if order.seller in self._risked)
        super().settle()
        return False


def facts(target: Target) -> dict[str, Any]:
    """Return what a stand-in for a target must know: its API, the parties it knows, and how requests are called."""
    parties: dict[str, dict[str, str]] = {}
    for name in ("buyer", "another_buyer"):
        if (identity := target.identities.get(name)) is not None:
            key = identity.api_key.reveal() if identity.api_key else None
            words = {"identifier": identity.identifier, "username": identity.username, "api_key": key}
            parties[identity.name] = {word: value for word, value in words.items() if value is not None}
    return {"api": target.api, "parties": parties, "request_root": target.dialect.request_root}


def understudied(target: Target) -> Target:
    """Return the target as it is played.

    Its requests are the target's own, its replies the stand-in's, and no command is called.
    """
    plain = Dialect()
    reading = {key: getattr(plain, key) for key in ("decision", "pending", "rejected", "cancelled", "pending_status")}
    safety = replace(target.safety, rate=None, cancellations=10**9)
    orders = replace(target.orders, command=())
    return replace(target, dialect=replace(target.dialect, **reading), safety=safety, orders=orders)
