"""A dry run: scenarios are played as ever against stand-ins, and nothing is sent."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from countermand.model.exchange import Exchange, Reply, Request, Trouble
from countermand.model.ownership import seller_key
from countermand.model.target import Dialect, Identity, Order, Target
from countermand.model.verdict import Inconclusive, Verdict
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
    left: Mapping[str, int] = field(default_factory=dict)  # listed orders that nobody has taken, by state
    taken: Counter[str] = field(default_factory=Counter)
    used: Counter[str] = field(default_factory=Counter)
    made_up: list[str] = field(default_factory=list)

    def send(self, identity: Identity, request: Request, operation: str) -> Exchange:
        """Let the stand-in answer; a caller it turns away is told so by a TLS alert."""
        parts = urlsplit(request.url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {name.lower(): value for name, value in request.headers}
        started, clock = datetime.now(UTC), time.perf_counter()
        told = self.stand_in.answer(identity.name, request.method, path, headers, request.body)
        reply = told and Reply(told[0], "", "HTTP/1.1", told[1], told[2])
        trouble = None if reply else Trouble.ALERT
        return Exchange(0, operation, identity.name, started, time.perf_counter() - clock, request, reply or None, trouble)


class Rehearsed(Supply):
    """Gives orders as a supply does, from a copy of the ledger; where there is none it makes one up."""

    def __init__(self, target: Target, ledger: Ledger, run: str, scenario: str, rehearsal: Rehearsal) -> None:
        super().__init__(target, ledger, run, scenario)
        self._rehearsal = rehearsal

    def take(self, state: str, spare: int = 0, *, patient: bool = True) -> Order:  # noqa: ARG002 - what is kept for others is needed all the same
        """Return an order of that state; the owner's command, which may make a real one, is not called."""
        self._rehearsal.taken[state] += 1
        try:
            order = super().take(state, patient=False)
        except Inconclusive:
            order = self._make_up(state)
        self._rehearsal.stand_in.learn(state, order.seller, order.buyer)
        return order

    def _make_up(self, state: str) -> Order:
        number = str(MADE_UP + len(self._rehearsal.made_up))
        self._rehearsal.made_up.append(number)
        order = Order(state, number, number)
        self._held[number] = Held(order)
        return order

    def settle(self) -> bool:
        """Give back what a seller that conforms does not use up; no clause is thought broken for what a stand-in says."""
        self._rehearsal.used += Counter(held.order.state for held in self._held.values() if held.spent)
        super().settle()
        return False


def facts(target: Target) -> dict[str, Any]:
    """Return what a stand-in for a target must know: its API, the parties it knows, and how requests are called."""
    parties: dict[str, dict[str, str]] = {}
    for name in ("buyer", "another_buyer"):
        if (one := target.identities.get(name)) is not None:
            key = one.api_key.reveal() if one.api_key else None
            words = {"identifier": one.identifier, "username": one.username, "api_key": key}
            parties[one.name] = {word: value for word, value in words.items() if value is not None}
    return {"api": target.api, "parties": parties, "request_root": target.dialect.request_root}


def understudied(target: Target) -> Target:
    """Return the target as it is played: its requests are the target's own, its replies the stand-in's, and no command is called."""
    plain = Dialect()
    reading = {key: getattr(plain, key) for key in ("decision", "pending", "rejected", "cancelled")}
    safety = replace(target.safety, rate=None, cancellations=10**9)
    orders = replace(target.orders, command=())
    return replace(target, dialect=replace(target.dialect, **reading), safety=safety, orders=orders, schemas={})


def left(target: Target, ledger: Ledger) -> Counter[str]:
    """Count the listed orders that nobody has taken, by state."""
    taken = {entry.number for entry in ledger.entries(seller_key(target))}
    return Counter(order.state for order in target.orders.listed if order.seller not in taken)


def lines(rehearsals: Mapping[str, Rehearsal], targets: Mapping[str, Target], played: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return all that a dry run says: the orders that are needed, every request, and what is approximate."""
    told = ["Dry run: nothing was sent.", ""]
    rows = list(played)
    for api, rehearsal in rehearsals.items():
        told += [*needs(rehearsal, targets[api]), ""]
    told += [*empty(rows), ""]
    for row in rows:
        told += ["=" * 3 + f" {' '.join(filter(None, (row.get('clause'), row['name'])))}"]
        told += (
            [f"    not played to its end here: {row['message'].partition(chr(10))[0]}"]
            if row.get("verdict") == Verdict.INCONCLUSIVE
            else []
        )
        told += [line for exchange in row["exchanges"] for line in request_lines(exchange)] or ["(no request)", ""]
    return [*told, APPROXIMATE]


def needs(rehearsal: Rehearsal, target: Target) -> list[str]:
    """Return the table of what the selected scenarios need of a target."""
    states = sorted(rehearsal.taken, key=lambda state: (-rehearsal.taken[state], state))
    if not states:
        return [f"{target.name}: no order is needed"]
    told = [f"{target.name}: orders by state", f"  {'state':<20} {'needed at most':>15} {'used up at most':>16} {'left':>6}"]
    for state in states:
        taken, used, there = rehearsal.taken[state], rehearsal.used[state], rehearsal.left.get(state, 0)
        more = "  made as needed" if _made(target, state) else "  too few" if there < max(used, 1) else ""
        told.append(f"  {state:<20} {taken:>15} {used:>16} {there:>6}{more}")
    return told


def empty(played: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return which clauses would decide nothing, as things stand, each with what it lacks."""
    verdicts: dict[str, set[str]] = {}
    reasons: dict[str, str] = {}
    for row in played:
        if row.get("clause"):
            verdicts.setdefault(row["clause"], set()).add(row.get("verdict") or "")
            reasons.setdefault(row["clause"], (row.get("message") or "").partition("\n")[0].removeprefix("NotApplicable: "))
    grouped: dict[str, list[str]] = {}
    for key, found in verdicts.items():
        if found == {Verdict.NOT_APPLICABLE}:
            grouped.setdefault(reasons[key], []).append(key)
    words = [
        f"  {why}: {len(found)} {'clause' if len(found) == 1 else 'clauses'} would be empty ({', '.join(found)})"
        for why, found in grouped.items()
    ]
    return [EMPTY, *(words or ["  nothing"])]


def _made(target: Target, state: str) -> bool:
    return bool(target.orders.command) or (target.orders.register is not None and state in {"pending", "foreign"})


def request_lines(row: Mapping[str, Any]) -> list[str]:
    """Return a recorded, masked request as it would go over the wire."""
    request = row["request"]
    told = [f"--- {row['number']}: {row['operation']}, sent by: {row['identity']}", f"{request['method']} {request['url']}"]
    told += [f"{name}: {value}" for name, value in request["headers"]]
    body = request["body"]
    words = body["value"] if body["encoding"] == "utf8" else f"({body['encoding']}) {body['value']}"
    return [*told, "", *words.splitlines(), ""]


EMPTY = "Not applicable, as things stand:"
APPROXIMATE = """\
What is approximate here:
- A seller that conforms stands in for the target and refuses everything in the same words. Another may lead to fewer requests,
  where a scenario ends at an answer, or to a few more, where an answer is missing or must be told from another.
- "needed at most" counts every order a scenario takes, and takes each to be in the state it is listed with; one that is refused
  goes back and serves the next scenario. "used up at most" is what a seller that conforms takes up: other sellers may take up more.
- Which order goes to which scenario, identifiers, numbers and times are those of this rehearsal; signatures follow from them."""
