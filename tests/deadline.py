"""A plugin of pytest for machines that may be slow: what has not begun by a moment is left out, and that is said.

`.ci/run` loads it: other work on a machine is no fault of a change. Nothing else does, so that nothing is left out by
whoever runs our own tests.
"""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

LEFT_OUT = "left out for want of time"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("deadline")
    group.addoption("--until", type=float, metavar="MOMENT", help="begin no test after it, in seconds since 1970")
    group.addoption(
        "--at-least", type=float, default=0.0, metavar="SECONDS", help="but go on for so long after collecting"
    )
    group.addoption("--failed-to", type=Path, metavar="FILE", help="write the ids of failed tests there, one per line")


def pytest_collection_finish(session: pytest.Session) -> None:
    """See that there is some time, however long it took to come so far."""
    option = session.config.option
    if option.until is not None:
        option.until = max(option.until, time.time() + option.at_least)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> bool | None:
    """Leave a test out, before anything is made for it, and with as little ado as can be: there may be thousands."""
    until = item.config.option.until
    if until is None or time.time() < until:
        return None
    path, line, _ = item.location
    why = (path, line or 0, LEFT_OUT)
    report = pytest.TestReport(item.nodeid, item.location, {}, "skipped", why, "setup")
    item.ihook.pytest_runtest_logreport(report=report)
    return True


def pytest_configure(config: pytest.Config) -> None:
    """Count where the results of all processes are told."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Count(config.option.failed_to))


class Count:
    """Counts what was left out and what has failed."""

    def __init__(self, failed_to: Path | None) -> None:
        self._failed_to = failed_to
        self._failed = dict[str, None]()
        self._left_out = Counter[str]()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Look at what came of one test."""
        if report.failed:
            self._failed[report.nodeid] = None
        if report.skipped and isinstance(report.longrepr, tuple) and report.longrepr[2] == LEFT_OUT:
            self._left_out[report.nodeid.partition("::")[0]] += 1

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say how many were left out, and of which files."""
        for name, count in sorted(self._left_out.items()):
            terminalreporter.write_line(f"{LEFT_OUT}: {count} of {name}")
        if self._left_out:
            terminalreporter.write_line(f"{LEFT_OUT}: {self._left_out.total()} tests")

    def pytest_sessionfinish(self) -> None:
        """Write down what has failed."""
        if self._failed_to is not None:
            self._failed_to.write_text("".join(f"{name}\n" for name in self._failed), encoding="utf-8")
