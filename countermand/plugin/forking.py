"""Scenarios played by several processes: on one side pytest's loop over what was collected, on the other children forked from it.

Where a seller is far away nearly all of a run is waiting. A child is the process that has collected, once more: it imports nothing and
collects nothing. It is given one scenario after another, and says what came of each; pytest is told here, as if it had been played here.
"""

from __future__ import annotations

import os
import signal
import traceback
from collections import deque
from collections.abc import Iterable
from typing import Any

import pytest

from countermand.model.ownership import seller_key
from countermand.plugin.scenario import LOST
from countermand.plugin.session import RUN, SESSION, Session
from countermand.report import allure, outputs
from countermand.run.children import Child, Children, End
from countermand.run.ending import SIGNALS, Ending

#: What is said of a scenario whose process has ended.
ENDED = "the process that asked ended"


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Have the scenarios played by so many processes, where that was asked for."""
    state, wanted = session.config.stash.get(SESSION, None), session.config.option.at_once
    idle = session.config.option.collectonly or session.testsfailed
    if state is None or state.run.record is not None or state.run.rehearsals is not None or wanted is None or idle:
        return None
    Loop(session, state, int(wanted)).play()
    return True


class Loop:
    """The loop over the scenarios, as the process that has collected them runs it."""

    def __init__(self, session: pytest.Session, state: Session, wanted: int) -> None:
        self._session, self._state, self._wanted = session, state, wanted
        self._children = Children(self._live)
        self._todo = deque[dict[str, Any]]()
        self._fault: str | None = None

    def play(self) -> None:
        """Play all: first those that ask, then those that look at every answer and so wait for all others."""
        session = self._session
        waits = [item.nodeid in self._state.cases and self._state.cases[item.nodeid].waits for item in session.items]
        with self._state.run.forking():
            try:
                self._round((number for number, last in enumerate(waits) if not last), self._wanted)
                self._round((number for number, last in enumerate(waits) if last), min(self._wanted, os.cpu_count() or 1))
            except BaseException:
                self._children.dismiss(self._hear, number=signal.SIGTERM)
                raise
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)

    def _round(self, numbers: Iterable[int], wanted: int) -> None:
        """Play some scenarios, so many at once."""
        self._todo.extend({"number": number} for number in numbers)
        self._state.run.at_once = min(wanted, len(self._todo))
        while self._todo or any(child.task for child in self._children.alive):
            self._hand_out(wanted)
            for child, message in self._children.news():
                self._hear(child, message)
            if self._session.shouldfail or self._session.shouldstop or self._fault:
                self._todo.clear()
        self._children.dismiss(self._hear)
        if self._fault:
            raise RuntimeError(self._fault)

    def _hand_out(self, wanted: int) -> None:
        """Give everybody something to do, as long as there is anything."""
        for child in self._children.alive:
            if self._todo and child.task is None:
                self._children.give(child, self._todo.popleft())
        while self._todo and len(self._children.alive) < wanted:
            self._children.give(self._children.fork(), self._todo.popleft())

    def _hear(self, child: Child, message: dict[str, Any] | None) -> None:
        """Tell pytest what came of a scenario, as if it had been played here."""
        task, child.task = child.task, None
        if message is None:
            self._mourn(child, task)
            return
        self._fault = self._fault or message["fault"]
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
            report = hook.pytest_report_from_serializable(config=item.config, data=_as_it_was(data))
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
        allure.withdraw(self._state.reports / outputs.ALLURE, self._session.items[task["number"]].nodeid)
        self._todo.appendleft({**task, "after": child.name})

    def _live(self, name: str, end: End) -> None:
        """Be a child: play what one is given."""
        player = Player(self._session, self._state, name)
        for task in end.tasks():
            told = player.play(task)
            with self._state.ending.held_off():
                end.tell(told)
            if player.over:
                break
        player.close()


class Player:
    """A child's side: it plays scenarios, and keeps what is to be told of each."""

    def __init__(self, session: pytest.Session, state: Session, name: str) -> None:
        self._session, self._state = session, state
        self._reports, self._rows = list[dict[str, Any]](), list[dict[str, Any]]()
        self.over = False
        state.run = session.config.stash[RUN] = state.run.forked(name, self._rows.append)
        state.ending = Ending(state.run.folder, name)
        self._part()
        state.ending.begin()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)

    def _part(self) -> None:
        """Have nothing in common with the other processes: neither the terminal nor the files that pytest captures output with."""
        plugins = self._session.config.pluginmanager
        plugins.unregister(name="terminalreporter")
        capture = plugins.get_plugin("capturemanager")
        if capture is not None and capture.is_globally_capturing():
            capture.stop_global_capturing()
            capture.start_global_capturing()
        plugins.register(self, "countermand-player")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what is to be told."""
        config = self._session.config
        data = config.hook.pytest_report_to_serializable(config=config, report=report)
        self._reports.append(data)

    def play(self, task: dict[str, Any]) -> dict[str, Any]:
        """Play a scenario, and return what is to be told of it."""
        item, fault = self._session.items[task["number"]], None
        self._reports.clear()
        self._rows.clear()
        lost = len(allure.LOST)
        try:
            if "after" in task:
                self._outlive(item, task["after"])
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        except KeyboardInterrupt:
            self.over = True
        except BaseException:  # noqa: BLE001 - a fault of ours is told where it can be seen
            fault, self.over = traceback.format_exc(), True
        return {"reports": self._reports, "rows": self._rows, "lost": allure.LOST[lost:], "fault": fault}

    def _outlive(self, item: pytest.Item, worker: str) -> None:
        """Take the place of a process that has ended: what orders it had may be used up."""
        item.stash[LOST] = ENDED
        run = self._state.run
        target = run.targets[self._state.cases[item.nodeid].api]
        run.ledger(target).outlive(seller_key(target), run.id, worker, ENDED)

    def close(self) -> None:
        """Close what was opened here."""
        self._state.ending.end()
        self._state.run.close()


def _as_it_was(data: dict[str, Any]) -> dict[str, Any]:
    """Return a report's data with the tuples that JSON has no word for."""
    told = {**data, "location": tuple(data["location"])}
    if isinstance(data["longrepr"], list):
        told["longrepr"] = tuple(data["longrepr"])
    for name in ("sections", "user_properties"):
        told[name] = [tuple(pair) for pair in data[name]]
    return told
