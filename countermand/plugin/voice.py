"""What a run says while it is played and when it has ended, in our own words.

It stands where pytest's terminal reporter stood.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from typing import Any

import pytest
from _pytest.terminal import TerminalReporter  # others look for its parts; pytest-bdd derives from it as well

from countermand import __version__
from countermand.model.verdict import Verdict
from countermand.plugin.session import SESSION, Session
from countermand.report.naming import api_title
from countermand.report.terminal import redraws

NAME = "terminalreporter"
#: In a log, a line for each such share of the scenarios.
SHARE = 10
#: Scenarios after which the time that is left can be told from the time that has passed.
ENOUGH = 5
#: Exit codes of pytest that leave nothing to sum up: whoever made the mistake is told elsewhere.
SILENT = frozenset({pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR})


def speaks(config: pytest.Config) -> bool:
    """Say whether this run is told in our own words: pytest's are for who asks for them."""
    state = config.stash.get(SESSION, None)
    # A dry run has no reporter, nor its options.
    if state is None or state.is_worker or not config.pluginmanager.has_plugin(NAME):
        return False
    option = config.option
    return not (option.verbose > 0 or option.pytest_output or option.collectonly)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Take the place of pytest's reporter, before anybody has said anything."""
    if not speaks(config):
        return
    manager = config.pluginmanager
    before: Any = manager.get_plugin(NAME)
    manager.unregister(before)
    manager.register(Voice(config, before, config.stash[SESSION]), NAME)
    for name in ("terminaldistreporter", "terminalprogress-plugin"):  # both speak through the one that is gone
        if manager.has_plugin(name):
            manager.unregister(manager.get_plugin(name))
    if distributed := manager.get_plugin("dsession"):
        distributed.terminal = None


class Voice(TerminalReporter):  # type: ignore[misc] # final to types alone
    """Says what is asked, how far it is and what came of it."""

    def __init__(self, config: pytest.Config, before: TerminalReporter, state: Session) -> None:
        super().__init__(config)
        self._tw, self._state = before._tw, state  # noqa: SLF001 - one stream, and one wall around it
        self.hasmarkup = self._tw.hasmarkup
        self._done, self._strange = dict[str, str | None](), list[Any]()
        self._ends = list[float]()  # when each scenario ended
        self._began, self._tenth, self._drawn = 0.0, 0, False

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Say whom this run asks."""
        self._session = session
        if self.verbosity < 0:
            return
        record = self._state.run.record
        for api, target in self._state.run.targets.items():
            doing = "judges again what was recorded of" if record else "asks"
            self.write_line(f"Countermand {__version__} {doing} {target.name} ({api_title(target.api)}, {target.url})")
            if api in self._state.budgets:
                self.write_line(self._state.masker.text(self._state.budgets[api]))

    def pytest_collection(self) -> None:
        """Say nothing of what is read."""

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what cannot be read."""
        if report.failed:
            self._strange.append(report)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Say how much there is to do, where it is this process that does it."""
        if session.items:
            self._announce(len(session.items))

    def _announce(self, number: int) -> None:
        self._began = time.monotonic()
        rates = [target.safety.rate for target in self._state.run.targets.values() if target.safety.rate]
        pace = ""
        if rates and not self._replays:
            pace = f", at most {min(rates):g} requests a second: {_lasting(number / min(rates))} or more"
        if self.verbosity >= 0:
            self.write_line(f"{number} scenario{'' if number == 1 else 's'}{pace}")

    @property
    def _replays(self) -> bool:
        return self._state.run.record is not None

    def pytest_runtest_logstart(self, nodeid: str, location: tuple[str, int | None, str]) -> None:
        """Show on a terminal what is asked now."""
        del location
        if self.verbosity >= 0 and redraws(self.isatty()):
            self._draw(self._now(nodeid))

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Say in a log how far the run is."""
        if not self._began:  # other processes play it
            self._announce(self._total)
        if nodeid not in self._done:
            self._done[nodeid] = None
        self._ends.append(time.monotonic())
        if redraws(self.isatty()):
            if self.verbosity >= 0:
                self._draw(self._progress())
            return
        tenth = len(self._done) * SHARE // max(1, self._total)
        if tenth > self._tenth and self.verbosity >= 0:
            self._tenth = tenth
            self.write_line(self._progress())

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count what came of a scenario; what is no verdict of ours, as of a process that died, is told at the end."""
        if report.failed:
            self._strange.append(report)
        if report.when == "call" or report.failed:
            self._done[report.nodeid] = _kind(report)

    @property
    def _total(self) -> int:
        return self._session.testscollected if self._session else 0

    def _progress(self) -> str:
        left = max(0, self._total - len(self._done))
        words = f"{len(self._done)} of {self._total} scenarios"
        broken = sum(kind == Verdict.DOES_NOT_CONFORM for kind in self._done.values())
        words += f", {broken} broken" if broken else ""
        if left and len(self._ends) > ENOUGH:
            words += f", {left} left, about {_lasting(pace(self._ends) * left)}"
        return words

    def _now(self, nodeid: str) -> str:
        case = self._state.cases.get(nodeid)
        return f"{self._progress()}: {case.clause} {case.name}" if case else self._progress()

    def _draw(self, words: str) -> None:
        room = max(20, self._tw.fullwidth - 1)
        self._tw.write(f"\r\x1b[K{words[:room]}", flush=True)
        self._drawn = True

    def _erase(self) -> None:
        if self._drawn:
            self._tw.write("\r\x1b[K", flush=True)
        self._drawn = False

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> Generator[None, None, None]:
        """Sum up, once everybody has settled what came of it."""
        try:
            return (yield)
        finally:
            self._erase()
            if exitstatus not in SILENT:
                self.config.hook.pytest_terminal_summary(
                    terminalreporter=self, exitstatus=session.exitstatus, config=self.config
                )

    @pytest.hookimpl(wrapper=True)
    def pytest_terminal_summary(self) -> Generator[None, None, None]:
        """Say first what went wrong with ourselves; the verdict is said by whoever has it."""
        judged = {scenario.id for scenario in self._state.results.scenarios} if self._state.results else set[str]()
        for report in self._strange:
            if report.nodeid not in judged:
                self.write_line(f"trouble: {report.nodeid}")
                report.toterminal(self._tw)
        ended = self._state.ending.signals > 0  # whatever was being done then was left as it was, open files as well
        warnings = [
            warning
            for warning in self.stats.get("warnings", [])
            if not (ended and "ResourceWarning" in warning.message)
        ]
        for warning in warnings[:3]:
            self.write_line(f"note: Python warns: {' '.join(warning.message.split())[:300]}")
        self.write_line("")
        return (yield)

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Leave it to the end to say that the run was interrupted, unless somebody has said why."""
        if isinstance(excinfo.value, pytest.exit.Exception):
            self._erase()
            self.write_line(str(excinfo.value))

    def pytest_unconfigure(self) -> None:
        """Say nothing more."""


def pace(ends: Sequence[float]) -> float:
    """Return how long a scenario takes, by when others ended: the later half of them, as the first ones ask more.

    These look whether the buyer is served, connect, and use orders up.
    """
    half = len(ends) // 2
    return (ends[-1] - ends[half - 1]) / (len(ends) - half)


def _kind(report: pytest.TestReport) -> str:
    """Return the verdict a report of pytest's stands for, as far as it can be told from it."""
    if not report.failed:
        return "settled"
    return Verdict.DOES_NOT_CONFORM if str(report.longrepr).startswith("Nonconformance: ") else Verdict.INCONCLUSIVE


def _lasting(seconds: float) -> str:
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{round(seconds / 60)} min"  # noqa: PLR2004 - minutes say enough from there on
