"""One run, as a process takes part in it: what is shared by all, and the wires and ledgers it has opened itself."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from countermand.model import body
from countermand.model.exchange import Exchange, Trouble
from countermand.model.ownership import seller_key, seller_keys
from countermand.model.rows import ScenarioRow
from countermand.model.target import Target
from countermand.model.verdict import Inconclusive
from countermand.orders.budget import KEPT
from countermand.orders.ledger import Ledger
from countermand.orders.ledger_file import LedgerError, default_path
from countermand.records.record import Record
from countermand.run.rehearsal import Rehearsal
from countermand.run.safety import Pace
from countermand.run.shared import Shared
from countermand.run.throttle import Throttle
from countermand.run.wire import HttpsWire, Wire

#: Seconds without news after which a scenario no longer waits for all the others.
PATIENCE = 300.0
PAUSE = 0.02
#: Bytes that a run keeps of long replies, as they are packed, shared by its processes;
#: further ones it does not read whole.
BUDGET = 2**25


@dataclass(frozen=True)
class Seen:
    """An exchange of this run, and where it took place."""

    exchange: Exchange
    scenario: str
    clause: str
    #: The orders of the scenario, by number, with the states they are listed with.
    orders: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Run(Shared):
    """A run: what its processes share, whom they ask, and what this one has opened."""

    seed: str
    targets: Mapping[str, Target]  # by API
    ledger_path: Path | None = None
    record: Record | None = None  # of a recorded run that is judged again
    rehearsals: Mapping[str, Rehearsal] | None = None  # of a dry run: what stands in for each target, by API
    lent: bool = False  # what an earlier run of the seller has shown may be leant on, as by a part of the suite
    #: The targets were there before the run, and outlive it: even an embedded one's orders stay used up.
    given: bool = False
    expected: int = 0  # how many scenarios there are besides those that wait for all others
    at_once: int = 1  # how many processes forked from one play the scenarios
    _wires: dict[str, HttpsWire] = field(default_factory=dict)
    _ledgers: dict[str, Ledger] = field(default_factory=dict)
    _throttles: dict[str, Throttle] = field(default_factory=dict)
    _seen: dict[tuple[str, int], list[Seen]] = field(default_factory=dict)
    _cost: int = 0  # bytes of long replies, packed
    dead: dict[str, int] = field(default_factory=dict)  # exchanges in a row without an answer, by target
    #: Requests in a row that were not taken when sent again, by target.
    busy: dict[str, int] = field(default_factory=dict)
    _in_vain: bool = False  # whether a scenario has waited for others that did not end
    #: Ledgers that were removed or replaced while the scenarios were played, and why.
    _gone: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """What the ledger calls this run."""
        return self.folder.name

    def wire(self, target: Target) -> Wire:
        """Return the wire to a target."""
        if self.rehearsals is not None:
            return self.rehearsals[target.api]
        if target.api not in self._wires:
            self._wires[target.api] = HttpsWire(target, self.folder / f"habit-{target.api}")
        return self._wires[target.api]

    def prepare(self) -> None:
        """Open what a scenario is going to need, while there is nothing else to do.

        What is wrong with it is found where it is needed.
        """
        for target in self.targets.values():
            with contextlib.suppress(Inconclusive, OSError, ValueError):
                self.ledger(target)
                wire = self.wire(target)
                if isinstance(wire, HttpsWire):
                    wire.prepare(target.identities["buyer"])

    def ledger(self, target: Target) -> Ledger:
        """Return the ledger of a target's orders.

        It is the user's, or for an embedded seller, whose orders end with it, the run's.
        """
        ours = target.embedded and not self.given
        path = self.folder / "ledger.sqlite" if ours else self.ledger_path or default_path()
        if str(path) in self._gone:
            raise LedgerError(self._gone[str(path)])
        if str(path) not in self._ledgers:
            self._ledgers[str(path)] = Ledger(path, durable=not target.embedded)
            if not ours:
                self._ledgers[str(path)].presence.enter(self.id, self.worker)
        self._ledgers[str(path)].join(seller_keys(target))
        return self._ledgers[str(path)]

    def pace(self, target: Target) -> None:
        """Wait until a request may be sent to a target, if its owner has set a rate."""
        if target.safety.rate:
            Pace(self.folder, target.api, target.safety.rate).wait()

    def throttle(self, target: Target) -> Throttle:
        """Return what the run has learnt of how fast a target may be asked."""
        if target.api not in self._throttles:
            self._throttles[target.api] = Throttle(self.folder, target.api, serial=self.processes == 1)
        return self._throttles[target.api]

    @property
    def processes(self) -> int:
        """How many processes play the scenarios: so many forked ones, or as xdist tells each of them."""
        return max(self.at_once, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))

    def forked(
        self, worker: str, report: Callable[[Any], None], next_may_begin: Callable[[], None], turn: Callable[[], None]
    ) -> Run:
        """Return the run as a process forked from this one takes part in it.

        Nothing that was opened here is used there.
        """
        part = replace(self, worker=worker, report=report, next_may_begin=next_may_begin, turn=turn)
        return replace(part, _wires={}, _ledgers={}, _throttles={}, dead={}, busy={})

    @contextlib.contextmanager
    def forking(self) -> Iterator[None]:
        """Hold no ledger open, since SQLite does not survive a fork.

        Be there all the same for whoever looks which runs are alive.
        """
        opened = dict(self._ledgers)
        identities = {path: ledger.identity for path, ledger in opened.items()}
        doubles = [ledger.presence.double(self.id) for ledger in opened.values()]
        self.close()
        self._wires.clear()
        self._ledgers.clear()
        try:
            yield
        finally:
            self._gone |= {path: lost for path, ledger in opened.items() if (lost := ledger.lost(identities[path]))}
            for reason in self._gone.values():
                self.stop(reason)
            with contextlib.suppress(LedgerError):
                for target in self.targets.values():
                    self.ledger(target)
            for double in doubles:
                double.leave()

    @property
    def ledgers(self) -> list[Ledger]:
        """The ledgers this process has opened."""
        return list(self._ledgers.values())

    def close(self) -> None:
        """Close what this process has opened."""
        for wire in self._wires.values():
            wire.close()
        for ledger in self._ledgers.values():
            ledger.close()

    def keep(self, exchange: Exchange) -> Exchange:
        """Return an exchange as the run keeps it: once there is no more room, long replies are as good as too large."""
        cost = body.cost(exchange.reply.body) if exchange.reply else 0
        if self._cost + cost <= BUDGET // self.processes:
            self._cost += cost
            return exchange
        words = (
            f"a reply of {len(exchange.reply.body if exchange.reply else b'')} bytes, "
            "and the run has kept as many long ones as it can"
        )
        return replace(exchange, reply=None, trouble=Trouble.TOO_LARGE, said=words)

    def wait_for_others(self) -> None:
        """Wait until all scenarios that do not themselves wait are done.

        Raises Inconclusive when there is no more news.
        """
        if self.record is not None:
            return
        seen, since = -1, time.monotonic()
        while (done := sum(not row["last"] for row in self.rows())) < self.expected:
            if done != seen:
                seen, since = done, time.monotonic()
            if self.stopped is not None:
                raise Inconclusive(f"the run was stopped, so that not every answer can be judged: {self.stopped}")
            over = self.settled and done == sum(not row["last"] for row in self.rows())
            if over or self._in_vain or time.monotonic() - since > PATIENCE:
                self._in_vain = True
                raise Inconclusive(
                    f"{self.expected - done} scenarios did not end, so that not every answer can be judged"
                )
            time.sleep(PAUSE)

    def seen(self, api: str) -> list[Seen]:
        """Return every exchange with the target of one API, in the order of the scenarios."""
        done = (
            self.record.seen(api)
            if self.record
            else [row for row in self.rows() if row["api"] == api and not row["last"]]
        )
        key = (api, len(done))
        if key not in self._seen:  # whoever waits for all others is given the same, and there are many who do
            self._seen[key] = [
                Seen(Exchange.of(exchange), row["name"], row["clause"], _orders(row))
                for row in sorted(done, key=lambda row: str(row["id"]))
                for exchange in row["exchanges"]
            ]
        return self._seen[key]

    def kept(self, api: str) -> int:
        """Return how many orders are for repeating a clause and for a run after the fix.

        Every run may need one to see who is served.
        """
        return KEPT + bool((self.made(f"standing-{api}") or {}).get("risked"))

    def used_up(self) -> list[str]:
        """Return the numbers of all orders this run may have used up, as far as the ledgers can still be read."""
        numbers = list[str]()
        for target in () if self.record else self.targets.values():
            with contextlib.suppress(Inconclusive, OSError):
                entries = self.ledger(target).entries(seller_key(target))
                numbers += [entry.number for entry in entries if entry.run == self.id and not entry.is_placeholder]
        if self._gone:  # what the scenarios were given is all that is known
            numbers += [str(order["seller"]) for row in self.rows() for order in row["drawn"]["orders"]]
        return list(dict.fromkeys([*numbers, *self.unwritten]))


def _orders(row: ScenarioRow) -> dict[str, str]:
    return {order["seller"]: order["state"] for order in row["drawn"]["orders"]}
