"""In what order scenarios are handed out, and which may be played beside each other.

One by one, a clause that was shown to be broken costs no second order. So that it costs none here, scenarios of one
clause are played one after the other, in their order, each once no order of the one before is at risk any more; those
of a clause with many of them begin early, or all others would wait for them at the end. What the others lean on is
played before any of them. What waits for all others comes last; where nothing else may begin it asks beforehand what it
has to ask.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from countermand.model.clause import Catalogue
from countermand.model.target import Target
from countermand.plugin.collection import Case

#: The number of a collected scenario, and where it is given again the process that has ended with it.
Task = dict[str, Any]

#: So many times as long as others a scenario may take: some ask for an order's state before and after.
LENGTHY = 2


class Queue:
    """What is left to be played."""

    def __init__(self, cases: Sequence[Case | None], catalogue: Catalogue, targets: Iterable[Target]) -> None:
        self._cases, self._catalogue = cases, catalogue
        self._pool = min((_pool(target) for target in targets), default=0)
        self.todo: list[Task] = [{"number": number} for number in range(len(cases))]

    def next(self, playing: Sequence[Task], wanted: int) -> Task | None:
        """Take the next scenario that may begin, where so many are to be played at once.

        Take none where one must end first.
        """
        ready, late = self._ready(playing)
        chosen = self._longest(ready, wanted) or next(iter(ready.values()), None)
        if chosen is None and late and self._may_wait(playing, wanted):
            chosen = next(iter(late.values()))
        if chosen is not None:
            self.todo.remove(chosen)
        return chosen

    def settled(self, playing: Iterable[Task]) -> bool:
        """Say whether all is over that others wait for."""
        return all(self._waits(task) for task in (*self.todo, *playing))

    def _ready(self, playing: Iterable[Task]) -> tuple[dict[str | None, Task], dict[str | None, Task]]:
        """Return the first scenario of each clause of which none is being played.

        First come those that wait for nobody, and then the others.
        """
        taken = {self._clause(task) for task in playing} - {None}
        led = {self._api(task) for task in (*self.todo, *playing) if self._leads(task)}
        ready, late = dict[str | None, Task](), dict[str | None, Task]()
        for task in self.todo:
            clause = self._clause(task)
            if clause not in taken and (self._leads(task) or self._api(task) not in led):
                (late if self._waits(task) else ready).setdefault(clause, task)
        return ready, late

    def _may_wait(self, playing: Sequence[Task], wanted: int) -> bool:
        """Say whether one more process may wait for others: as many as these can be at once are left to them.

        Of one clause that is two, where the one before still sees that the buyer is served.
        """
        left = Counter(self._clause(task) for task in (*self.todo, *playing) if not self._waits(task))
        used = sum(min(scenarios, 2) for scenarios in left.values())
        return used + sum(self._waits(task) for task in playing) < wanted

    def _longest(self, ready: dict[str | None, Task], wanted: int) -> Task | None:
        """Return the first scenario of a clause that may take more than its share of the time.

        There is one only where there are orders for all who play.
        """
        left = Counter(self._clause(task) for task in self.todo)
        named = [clause for clause in ready if clause is not None]
        if self._pool <= wanted or not named or any(map(self._leads, ready.values())):
            return None
        most = max(named, key=lambda clause: left[clause])
        return ready[most] if left[most] * LENGTHY > len(self.todo) / wanted else None

    def _leads(self, task: Task) -> bool:
        """Say whether others lean on a scenario, which is one of the outcome clause and waits for nobody.

        Beside it they would each have an acceptance of their own.
        """
        clause = self._clause(task)
        outcome = clause is not None and clause in self._catalogue and self._catalogue[clause].outcome
        return outcome and not self._waits(task)

    def _api(self, task: Task) -> str | None:
        case = self._cases[task["number"]]
        return case.api if case is not None else None

    def _clause(self, task: Task) -> str | None:
        case = self._cases[task["number"]]
        return case.clause if case is not None else None

    def _waits(self, task: Task) -> bool:
        case = self._cases[task["number"]]
        return case is not None and case.waits


def _pool(target: Target) -> int:
    """Return how many orders of the state there are most of."""
    return max(Counter(order.state for order in target.orders.listed).values(), default=0)
