"""Scenarios played by several processes, which are forked from pytest's once it has collected.

Where a seller is far away nearly all of a run is waiting. A child is the process that has collected, once more: it
imports nothing and collects nothing. It is given one scenario after another, and says what came of each; pytest is told
here, as if it had been played here.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import signal
from collections.abc import Collection, Iterable
from typing import Any

import pytest

from countermand import document
from countermand.checks import standing
from countermand.model import suite
from countermand.orders import budget
from countermand.plugin.order import TURN, Queue, Task
from countermand.plugin.player import Player, as_it_was
from countermand.plugin.session import SESSION, Session, is_part
from countermand.report import allure, outputs
from countermand.run import pacing
from countermand.run.children import Child, Children, may_fork

#: Seconds between two looks at whether the seller has been seen to serve the buyer.
GLANCE = 0.01
#: How many processes at most test an embedded seller: it answers at once, and its scenarios wait for one another.
NEAR = 4
#: What scenarios import when they are played.
LATE = ("httpcore", "cryptography.x509", "trustme")
SCOUT = pytest.StashKey["Scout"]()


@pytest.hookimpl
def pytest_collection(session: pytest.Session) -> None:
    """See whether the buyer is served while the scenarios are collected, where all of them will be played."""
    state = _parallel(session)
    if state is not None and not is_part(session.config):
        Scout.sent(session, state, set(state.run.targets))


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Have the scenarios played by so many processes, where that was asked for."""
    state = _parallel(session)
    if state is None or session.testsfailed:
        return None
    if SCOUT not in session.config.stash:
        apis = {state.cases[item.nodeid].api for item in session.items if item.nodeid in state.cases}
        Scout.sent(session, state, apis)
    Loop(session, state, session.config.stash[SCOUT]).play()
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """End who looked ahead, where nothing was played after all."""
    if SCOUT in session.config.stash:
        session.config.stash[SCOUT].end()


def _parallel(session: pytest.Session) -> Session | None:
    """Return the session, where several processes are to play its scenarios."""
    state = session.config.stash.get(SESSION, None)
    if (
        state is None
        or state.run.record is not None
        or state.run.rehearsals is not None
        or session.config.option.collectonly
    ):
        return None
    option = session.config.option
    if option.at_once is None and _takes_all(session.config, state):
        option.at_once = str(min(pacing.processors(), NEAR))
    alone = option.at_once is None or _watches(session.config) or pacing.number(option.at_once) in {0, 1}
    return None if alone else state


def _takes_all(config: pytest.Config, state: Session) -> bool:
    """Say whether several processes play though nobody has asked for them: an embedded seller is of this machine."""
    elsewhere = config.getoption("numprocesses", None) is not None or config.getoption("dist", "no") != "no"
    printed = config.getoption("capture", "") == "no"  # what one prints would stand in the middle of what another does
    return may_fork() and not (state.run.given or state.is_worker or elsewhere or printed)


def _watches(config: pytest.Config) -> bool:
    """Say whether somebody looks into one scenario after the other, as no process but pytest's own lets anybody."""
    return any(config.getoption(name, None) for name in ("usepdb", "trace", "setupshow", "setuponly", "setupplan"))


class Scout:
    """A process per API ahead of all others, which sees whether the buyer is served."""

    def __init__(self, state: Session, apis: Collection[str]) -> None:
        self.apis, run = apis, state.run
        there = (budget.left(target, run.ledger(target)) for target in run.targets.values())
        #: How many orders are left of the state there are most of, of whichever target has the fewest.
        self.pool = min((max(left.values(), default=0) for left in there), default=0)
        self._opened = contextlib.ExitStack()
        self.children = Children(lambda _name, _end: None, state.ending.held_off)

    @classmethod
    def sent(cls, session: pytest.Session, state: Session, apis: Collection[str]) -> None:
        """Send a scout, known to the session before its first process begins: what interrupts this ends it as well."""
        scout = session.config.stash[SCOUT] = cls(state, apis)
        scout._opened.enter_context(state.run.forking())
        for api in sorted(apis):
            scout.children.live = lambda name, end, api=api: Player(session, state, name, end).look(api)  # type: ignore[misc]
            scout.children.part(scout.children.fork())

    def end(self) -> None:
        """End the processes that have not ended, and open again what none may hold who forks."""
        self.children.dismiss(lambda _child, _message: None, number=signal.SIGTERM)
        self._opened.close()


class Loop:
    """The loop over the scenarios, as the process that has collected them runs it."""

    def __init__(self, session: pytest.Session, state: Session, scout: Scout) -> None:
        self._session, self._state, self._scout = session, state, scout
        self._wanted = pacing.number(session.config.option.at_once)
        self._children = scout.children
        self._children.live = lambda name, end: Player(session, state, name, end).live()
        cases = [state.cases.get(item.nodeid) for item in session.items]
        self._queue = Queue(cases, state.catalogue, scout.pool)
        self._settling = set[str]()  # the children whose scenario is judged, and has given its orders back
        self._fault: str | None = None

    def play(self) -> None:
        """Play all: first those that ask, then those that look at every answer and so wait for all others."""
        session, run = self._session, self._state.run
        try:
            wanted = self._begin()
            self._go_on(wanted)
            self._children.dismiss(self._hear)
        except BaseException:
            self._children.dismiss(self._hear, number=signal.SIGTERM)
            raise
        finally:
            run.at_once = 1
            self._scout.end()
            with contextlib.suppress(OSError):
                allure.tidy(self._state.reports / outputs.ALLURE)
        if self._fault:
            raise RuntimeError(self._fault)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)

    def _begin(self) -> int:
        """Let one process see whether the buyer is served, whom all others await, and return how many are to play."""
        run, scenarios, apis = self._state.run, max(1, len(self._queue.todo)), self._scout.apis
        warm_up(apis)
        run.at_once = min(self._wanted or 1, scenarios)
        # The embedded sellers are threads of this process: a child that is forked while one of them shakes hands
        # inherits the locks it holds (of OpenSSL), and may wait for them for ever.
        if self._wanted is not None and run.given:
            self._fork()
        names = [standing.name(api) for api in apis]
        while any(child.leaving for child in self._children.alive) and not all(map(run.made, names)):
            self._children.listen(self._hear, GLANCE)
        targets = [(target, made) for api, target in run.targets.items() if (made := run.made(standing.name(api)))]
        run.at_once = min(self._wanted or pacing.paying(targets), scenarios)
        self._fork()
        return run.at_once

    def _fork(self) -> None:
        """Fork as many as are to play."""
        while len(self._children.staying) < self._state.run.at_once:
            self._children.fork()

    def _go_on(self, wanted: int) -> None:
        """Play what there is to do, so many scenarios at once."""
        while True:
            if self._over:
                self._queue.todo.clear()
            if self._queue.settled(self._playing()):
                self._state.run.settle()
            self._hand_out(wanted)
            if not self._playing():
                break
            self._children.listen(self._hear)

    @property
    def _over(self) -> bool:
        """Whether no other scenario is begun."""
        return bool(self._session.shouldfail or self._session.shouldstop or self._fault)

    def _playing(self) -> list[Task]:
        return [child.task for child in self._children.alive if child.task is not None]

    def _hand_out(self, wanted: int) -> None:
        """Give everybody something to do, as long as there is anything, and their turn to those who are ahead of it."""
        for child in self._children.staying:
            if child.task is None or not child.task.get("ahead"):
                continue
            if self._over:
                self._children.part(child)  # it has risked no order, and is not to
            elif self._queue.is_due(child.task, self._held()):
                child.task["ahead"] = False
                self._children.tell(child, TURN)
        for child in self._children.staying:
            if child.task is None and (task := self._next(wanted)):
                self._children.give(child, task)
        while len(self._children.staying) < wanted and (task := self._next(wanted)):
            self._children.give(self._children.fork(), task)

    def _held(self) -> list[Task]:
        """Return the scenarios of which an order may be at risk."""
        return [
            child.task for child in self._children.alive if child.task is not None and child.name not in self._settling
        ]

    def _next(self, wanted: int) -> Task | None:
        return self._queue.next(self._held(), wanted)

    def _hear(self, child: Child, message: dict[str, Any] | None) -> None:
        """Tell pytest what came of a scenario, as if it had been played here."""
        if message is not None and "settled" in message:
            self._settling.add(child.name)
            return
        task, child.task = child.task, None
        self._settling.discard(child.name)
        if message is None or ("interrupted" in message and not self._state.ending.signals):
            self._mourn(child, task)
            return
        self._fault = self._fault or message.get("fault")
        allure.LOST.extend(message["lost"])
        for row in message["rows"]:
            self._state.run.append(row)
        if message["reports"] and task is not None:
            self._replay(self._session.items[task["number"]], message["reports"])
        if self._state.run.stopped is not None:
            self._session.shouldstop = self._state.run.stopped

    def _replay(self, item: pytest.Item, reports: Iterable[dict[str, Any]]) -> None:
        hook = item.ihook
        hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for data in reports:
            report = hook.pytest_report_from_serializable(config=item.config, data=as_it_was(data))
            hook.pytest_runtest_logreport(report=report)
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)

    def _mourn(self, child: Child, task: Task | None) -> None:
        """See that the scenario a process had when it ended is inconclusive, and nothing else.

        Another one says so in its place.
        """
        (self._state.run.folder / f"process-{child.name}").unlink(missing_ok=True)
        if task is None:
            return
        if "after" in task:
            self._state.run.stop("one process after the other that was to ask was ended")
            self._session.shouldstop = self._state.run.stopped or True
            return
        with contextlib.suppress(OSError):
            allure.withdraw(self._state.reports / outputs.ALLURE, self._session.items[task["number"]].nodeid)
        self._queue.todo.insert(0, {"number": task["number"], "after": child.name})


def warm_up(apis: Iterable[str]) -> None:
    """Import and read once what every process would for itself.

    What is here is kept from being written to by looking at it.
    """
    for name in LATE:
        importlib.import_module(name)
    for api in apis:
        for schema in (path for home in suite.homes() for path in (home / "payloads" / api).glob("*.xsd")):
            document.problems(document.parse(b"<nothing/>"), schema, rules=True)
    gc.collect()
    gc.freeze()
