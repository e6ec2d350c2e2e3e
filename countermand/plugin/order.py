"""In what order scenarios are handed out, and which may be played beside each other.

One by one, a clause that was shown to be broken costs no second order. So that it costs none here, scenarios of one
clause are played one after the other, in their order, each once no order of the one before is at risk any more. Where
there are orders for all, the next may begin ahead of its turn: it asks what risks no order, takes one, and looks at it.
Those of a clause with many of them begin early, or all others would wait for them at the end. What the others lean on
is played before any of them. What waits for all others comes last; where nothing else may begin it asks beforehand what
it has to ask.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from countermand.model.clause import Catalogue
from countermand.plugin.collection import Case

#: The number of a collected scenario; whether it is begun ahead of its turn, and has not had it; and where it is given
#: again the process that has ended with it.
Task = dict[str, Any]
#: What a process that is ahead is told when its turn has come.
TURN = "turn"

#: So many times as long as others a scenario may take: some ask for an order's state before and after.
LENGTHY = 2


class Queue:
    """What is left to be played."""

    def __init__(self, cases: Sequence[Case | None], catalogue: Catalogue, pool: int) -> None:
        self._cases, self._catalogue = cases, catalogue
        self._pool = pool  # how many orders there are of a state
        self.todo: list[Task] = [{"number": number} for number in range(len(cases))]

    def next(self, playing: Sequence[Task], wanted: int) -> Task | None:
        """Take the next scenario that may begin, where so many are to be played at once.

        Take none where one must end first.
        """
        ready, ahead, late = self._ready(playing, wanted)
        chosen = self._longest(ready, ahead, wanted) or next(iter((*ready.values(), *ahead.values())), None)
        if chosen is None and late and self._may_wait(playing, wanted):
            chosen = next(iter(late.values()))
        if chosen is not None:
            self.todo.remove(chosen)
            chosen["ahead"] = chosen in ahead.values()
        return chosen

    def is_due(self, task: Task, playing: Iterable[Task]) -> bool:
        """Say whether a scenario that was begun ahead of its turn has it now."""
        clause = self._clause(task)
        before = (other for other in playing if self._clause(other) == clause and not other.get("ahead"))
        return bool(task.get("ahead")) and not any(before)

    def settled(self, playing: Iterable[Task]) -> bool:
        """Say whether all is over that others wait for."""
        return all(self._waits(task) for task in (*self.todo, *playing))

    def _ready(self, playing: Sequence[Task], wanted: int) -> tuple[dict[str | None, Task], ...]:
        """Return the first scenario of each clause that may begin.

        First come those of clauses of which none is being played, then those that may go ahead of their turn, since one
        is and no other is ahead, and last those that wait for all others.
        """
        taken = Counter(self._clause(task) for task in playing)
        led = {self._api(task) for task in (*self.todo, *playing) if self._leads(task)}
        ready, ahead, late = dict[str | None, Task](), dict[str | None, Task](), dict[str | None, Task]()
        for task in self.todo:
            clause = self._clause(task)
            before = 0 if clause is None else taken[clause]
            if not before and (self._leads(task) or self._api(task) not in led):
                (late if self._waits(task) else ready).setdefault(clause, task)
            elif before == 1 and self._may_go_ahead(task, wanted) and self._api(task) not in led:
                ahead.setdefault(clause, task)
        return ready, ahead, late

    def _may_go_ahead(self, task: Task, wanted: int) -> bool:
        """Say whether a scenario may begin before its turn: there are orders for all who play."""
        return self._pool > wanted and not self._waits(task)

    def _may_wait(self, playing: Sequence[Task], wanted: int) -> bool:
        """Say whether one more process may wait for others: as many as these can be at once are left to them.

        Of one clause that is two, where the one before still sees that the buyer is served, and one that is ahead.
        """
        left = [task for task in (*self.todo, *playing) if not self._waits(task)]
        most = {self._clause(task): 2 + self._may_go_ahead(task, wanted) for task in left}
        used = sum(min(count, most[clause]) for clause, count in Counter(map(self._clause, left)).items())
        return used + sum(self._waits(task) for task in playing) < wanted

    def _longest(self, ready: dict[str | None, Task], ahead: dict[str | None, Task], wanted: int) -> Task | None:
        """Return the first scenario of a clause that may take more than its share of the time.

        There is one only where there are orders for all who play. Who is ahead takes a process from the others: none is
        taken while the clause has no more than its share of what these can play meanwhile.
        """
        asking = [task for task in self.todo if not self._waits(task)]  # those that wait take next to nothing
        left = Counter(map(self._clause, asking))
        named = {clause: task for clause, task in (*ready.items(), *ahead.items()) if clause is not None}
        if self._pool <= wanted or not named or any(map(self._leads, ready.values())):
            return None
        most = max(named, key=lambda clause: left[clause])
        may_take = left[most] * LENGTHY * wanted if most in ready else left[most] * (wanted - 1)
        return named[most] if may_take > len(asking) else None

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
