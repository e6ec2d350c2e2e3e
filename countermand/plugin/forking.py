"""Scenarios played by several processes: on one side pytest's loop over what was collected, on the other children forked from it.

Where a seller is far away nearly all of a run is waiting. A child is the process that has collected, once more: it imports nothing and
collects nothing. It is given one scenario after another, and says what came of each; pytest is told here, as if it had been played here.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import signal
from collections.abc import Iterable
from typing import Any

import pytest

from countermand import document
from countermand.checks import standing
from countermand.model import suite
from countermand.plugin.order import Queue, Task
from countermand.plugin.player import Player, as_it_was
from countermand.plugin.session import SESSION, Session
from countermand.report import allure, outputs
from countermand.run import pacing
from countermand.run.children import Child, Children

#: Seconds between two looks at whether the seller has been seen to serve the buyer.
GLANCE = 0.01
#: What scenarios import when they are played.
LATE = ("httpcore", "cryptography.x509", "trustme")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Have the scenarios played by so many processes, where that was asked for."""
    state, words = session.config.stash.get(SESSION, None), session.config.option.at_once
    idle = session.config.option.collectonly or session.testsfailed
    if state is None or state.run.record is not None or state.run.rehearsals is not None or words is None or idle:
        return None
    wanted = pacing.number(words)
    if wanted is not None and wanted <= 1:
        return None
    Loop(session, state, wanted).play()
    return True


class Loop:
    """The loop over the scenarios, as the process that has collected them runs it."""

    def __init__(self, session: pytest.Session, state: Session, wanted: int | None) -> None:
        self._session, self._state, self._wanted = session, state, wanted
        self._children = Children(lambda name, end: Player(session, state, name).live(end), state.ending.held_off)
        self._queue = Queue([state.cases.get(item.nodeid) for item in session.items], state.catalogue, state.run.targets.values())
        self._fault: str | None = None

    def play(self) -> None:
        """Play all: first those that ask, then those that look at every answer and so wait for all others."""
        session, run = self._session, self._state.run
        with run.forking():
            try:
                self._queue.fill(waiting=False)
                wanted = self._begin()
                self._round(wanted)
                if not self._over:
                    self._look_back()
                    self._queue.fill(waiting=True)
                    self._round(wanted)
            except BaseException:
                self._children.dismiss(self._hear, number=signal.SIGTERM)
                raise
            finally:
                run.at_once = 1
                with contextlib.suppress(OSError):
                    allure.tidy(self._state.reports / outputs.ALLURE)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)

    @property
    def _over(self) -> bool:
        """Whether no other scenario is begun."""
        return bool(self._session.shouldfail or self._session.shouldstop or self._fault)

    def _begin(self) -> int:
        """Let one process see whether the buyer is served, whom all others wait for, and return how many are to play."""
        run = self._state.run
        run.at_once = max(1, min(self._wanted or 1, len(self._queue.todo)))
        self._hand_out(1)
        _warm_up()
        if self._wanted is not None:
            while len(self._children.alive) < run.at_once:
                self._children.fork()
        while self._children.alive and not self._over and not all(run.made(standing.name(api)) for api in run.targets):
            if self._children.listen(self._hear, GLANCE):
                break
        found = [(target, told) for api, target in run.targets.items() if (told := run.made(standing.name(api)))]
        return self._wanted or pacing.paying(found)

    def _round(self, wanted: int) -> None:
        """Play what there is to do, so many scenarios at once."""
        self._state.run.at_once = min(wanted, max(1, len(self._queue.todo)))
        first = True
        while self._queue.todo or self._playing():
            self._hand_out(wanted)
            if first:
                self._read_schemas()
                first = False
            self._children.listen(self._hear)
            if self._over:
                self._queue.todo.clear()
        self._children.dismiss(self._hear)
        if self._fault:
            raise RuntimeError(self._fault)

    def _hand_out(self, wanted: int) -> None:
        """Give everybody something to do, as long as there is anything."""
        for child in self._children.alive:
            if child.task is None and (task := self._queue.next(self._playing(), wanted)):
                self._children.give(child, task)
        while len(self._children.alive) < wanted and (task := self._queue.next(self._playing(), wanted)):
            self._children.give(self._children.fork(), task)

    def _playing(self) -> list[Task]:
        return [child.task for child in self._children.alive if child.task is not None]

    def _hear(self, child: Child, message: dict[str, Any] | None) -> None:
        """Tell pytest what came of a scenario, as if it had been played here."""
        task, child.task = child.task, None
        if message is None or ("interrupted" in message and not self._state.ending.signals):
            self._mourn(child, task)
            return
        self._fault = self._fault or message.get("fault")
        allure.LOST.extend(message["lost"])
        for row in message["rows"]:
            self._state.run.append(row)
        if message["reports"]:
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

    def _mourn(self, child: Child, task: dict[str, Any] | None) -> None:
        """See that the scenario a process had when it ended is inconclusive, and nothing else; another one says so in its place."""
        (self._state.run.folder / f"process-{child.name}").unlink(missing_ok=True)
        if task is None:
            return
        if "after" in task:
            self._state.run.stop("one process after the other that was to ask was ended")
            self._session.shouldstop = self._state.run.stopped or True
            return
        with contextlib.suppress(OSError):
            allure.withdraw(self._state.reports / outputs.ALLURE, self._session.items[task["number"]].nodeid)
        self._queue.todo.insert(0, {**task, "after": child.name})

    def _look_back(self) -> None:
        """Read every answer once, before there are children who would each do so."""
        for api in self._state.run.targets:
            self._state.run.seen(api)

    def _read_schemas(self) -> None:
        """Read the schemas while the sellers are waited for, once for those who will judge every answer by them."""
        for api in self._state.run.targets:
            for schema in (one for home in suite.homes() for one in (home / "payloads" / api).glob("*.xsd")):
                document.problems(document.parse(b"<nothing/>"), schema)


def _warm_up() -> None:
    """Import once what every process would import for itself, and keep what is here from being written to by looking at it."""
    for name in LATE:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
