"""A process that plays scenarios for another, and reports what came of each."""

from __future__ import annotations

import contextlib
import signal
import traceback
from typing import Any

import pytest

from countermand.checks.standing import SCENARIO, Standing
from countermand.interruption import SIGNALS
from countermand.model.ownership import seller_key
from countermand.model.verdict import Inconclusive
from countermand.orders.supply import ENDED
from countermand.plugin.order import TURN
from countermand.plugin.scenario import LOST
from countermand.plugin.session import RUN, Session
from countermand.protocols.registry import speak
from countermand.report import allure
from countermand.run.children import End
from countermand.run.ending import Ending
from countermand.run.scene import Scene


class Player:
    """The process that has collected, once more: it plays scenarios, and keeps what is to be told of each."""

    def __init__(self, session: pytest.Session, state: Session, name: str, end: End) -> None:
        self._session, self._state, self._end = session, state, end
        self._reports, self._rows = list[dict[str, Any]](), list[dict[str, Any]]()
        self._over = self._answered = False
        self._ahead = False  # whether the clause's scenario before may still have an order at risk
        state.run = session.config.stash[RUN] = state.run.forked(name, self._settled, self._next_may_begin, self._turn)
        state.ending = Ending(state.run.folder, name)
        self._part()
        state.ending.begin()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)

    def _part(self) -> None:
        """Have nothing in common with the other processes.

        That is neither the terminal nor the files that pytest captures output with.
        """
        plugins = self._session.config.pluginmanager
        plugins.unregister(name="terminalreporter")
        capture = plugins.get_plugin("capturemanager")
        if capture is not None and capture.is_globally_capturing():
            capture.stop_global_capturing()
            capture.start_global_capturing()
        plugins.register(self, "countermand-player")

    def _settled(self, row: dict[str, Any]) -> None:
        """Keep a row, and say at once that its scenario has given its orders back."""
        self._rows.append(row)
        self._next_may_begin()

    def _next_may_begin(self) -> None:
        """Say that another scenario of the clause may begin."""
        with self._state.ending.held_off():
            self._end.tell({"settled": True})

    def _turn(self) -> None:
        """Wait until the scenario before has no order at risk; it is the end where nobody is there to say so."""
        if self._ahead and self._end.message() is None:
            raise KeyboardInterrupt
        self._ahead = False

    def look(self, api: str) -> None:
        """See whether the buyer is served, before anything is played; whoever plays first does so where this fails."""
        run, masker = self._state.run, self._state.maskers[api]
        with contextlib.suppress(Inconclusive, KeyboardInterrupt):
            Standing(Scene(run, run.targets[api], SCENARIO, "", masker), speak).must_be_served()
        self._close()

    def live(self) -> None:
        """Play what one is given, until there is nothing more or the run is ended."""
        self._state.run.prepare()
        for task in self._end.tasks():
            if task == TURN:  # of a scenario that was over before it had to wait
                continue
            self._answered, self._ahead = False, task.get("ahead", False)
            try:
                self._tell(self._play(task))
            except KeyboardInterrupt:  # between the two: what was played is told all the same
                self._over = True
                if not self._answered:
                    self._tell({"reports": self._reports, "rows": self._rows, "lost": [], "interrupted": True})
            if self._over:
                break
        self._close()

    def _close(self) -> None:
        self._state.ending.end()
        self._state.run.close()

    def _tell(self, message: dict[str, Any]) -> None:
        with self._state.ending.held_off():
            self._end.tell(message)
            self._answered = True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what is to be told."""
        config = self._session.config
        self._reports.append(config.hook.pytest_report_to_serializable(config=config, report=report))

    def _play(self, task: dict[str, Any]) -> dict[str, Any]:
        """Play a scenario, and return what is to be told of it."""
        item, lost = self._session.items[task["number"]], len(allure.LOST)
        ended: dict[str, Any] = {}
        self._reports.clear()
        self._rows.clear()
        try:
            if "after" in task:
                self._outlive(item, task["after"])
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        except KeyboardInterrupt:
            ended["interrupted"] = True
        except BaseException:  # noqa: BLE001 - a fault of ours is told where it can be seen
            ended["fault"] = traceback.format_exc()
        self._over = bool(ended)
        return {"reports": self._reports, "rows": self._rows, "lost": allure.LOST[lost:], **ended}

    def _outlive(self, item: pytest.Item, worker: str) -> None:
        """Take the place of a process that has ended: what orders it had may be used up."""
        item.stash[LOST] = ENDED
        run, case = self._state.run, self._state.cases.get(item.nodeid)
        if case is not None:
            target = run.targets[case.api]
            run.ledger(target).outlive(seller_key(target), run.id, ENDED, worker)


def as_it_was(data: dict[str, Any]) -> dict[str, Any]:
    """Return a report's data with the tuples that JSON has no word for."""
    report = {**data, "location": tuple(data["location"])}
    if isinstance(data["longrepr"], list):
        report["longrepr"] = tuple(data["longrepr"])
    for name in ("sections", "user_properties"):
        report[name] = [tuple(pair) for pair in data[name]]
    return report
