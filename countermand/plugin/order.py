"""In what order scenarios are handed out: on one side those that are left, on the other the next one that may begin beside those played.

One by one, a clause that was shown to be broken costs no second order. So that it costs none here, scenarios of one clause are played
one after the other, in their order; those of a clause with many of them begin early, or all others would wait for them at the end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from countermand.model.clause import Catalogue
from countermand.model.target import Target
from countermand.plugin.collection import Case

Task = dict[str, Any]  # the number of a collected scenario, and where it is given again the process that has ended with it


class Queue:
    """What is left to be played."""

    def __init__(self, cases: Sequence[Case | None], catalogue: Catalogue, targets: Iterable[Target]) -> None:
        self._cases, self._catalogue = cases, catalogue
        self._pool = min((_pool(target) for target in targets), default=0)
        self.todo: list[Task] = []

    def fill(self, *, waiting: bool) -> None:
        """Take up the scenarios that wait for all others, or those that do not."""
        numbers = (number for number, case in enumerate(self._cases) if (case is not None and case.waits) is waiting)
        self.todo += [{"number": number} for number in numbers]

    def next(self, playing: Iterable[Task], wanted: int) -> Task | None:
        """Take the next scenario that may begin, where so many are to be played at once; nothing where one must end first."""
        taken = {self._clause(task) for task in playing} - {None}
        ready = dict[str | None, Task]()
        for task in self.todo:
            if (clause := self._clause(task)) not in taken:
                ready.setdefault(clause, task)
        chosen = self._longest(ready, wanted) or next(iter(ready.values()), None)
        if chosen is not None:
            self.todo.remove(chosen)
        return chosen

    def _longest(self, ready: dict[str | None, Task], wanted: int) -> Task | None:
        """Return the first scenario of a clause that has more than its share of those left, where there are orders for all who play."""
        left = Counter(self._clause(task) for task in self.todo)
        named = [clause for clause in ready if clause is not None]
        if self._pool <= wanted or not named or any(self._leads(clause) for clause in named):
            return None
        most = max(named, key=lambda clause: left[clause])
        return ready[most] if left[most] > len(self.todo) / wanted else None

    def _leads(self, clause: str) -> bool:
        """Say whether others lean on the outcome of a clause."""
        return clause in self._catalogue and self._catalogue[clause].outcome

    def _clause(self, task: Task) -> str | None:
        case = self._cases[task["number"]]
        return case.clause if case is not None else None


def _pool(target: Target) -> int:
    """Return how many orders of the state there are most of."""
    return max(Counter(order.state for order in target.orders.listed).values(), default=0)
