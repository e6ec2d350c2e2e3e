"""A verdict that is known only when a run has ended: pytest's last words say it as well."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from countermand.model.results import Scenario


def amend(config: pytest.Config, changed: Iterable[Scenario]) -> None:
    """Let pytest's own last lines count the scenarios as what they came to: all of them failed to show anything."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    messages = {scenario.id: scenario.message for scenario in changed}
    if reporter is None or not messages:
        return
    for outcome in ("passed", "xfailed", "failed"):
        kept = [report for report in reporter.stats.get(outcome, []) if getattr(report, "nodeid", "") not in messages]
        moved = [report for report in reporter.stats.get(outcome, []) if getattr(report, "nodeid", "") in messages]
        for report in moved:
            report.outcome, report.longrepr = "failed", messages[report.nodeid]
            report.__dict__.pop("wasxfail", None)
        reporter.stats[outcome] = kept
        reporter.stats.setdefault("failed", []).extend(moved)


def fold(config: pytest.Config) -> None:
    """Let pytest show one of the scenarios that were not played for one and the same cause, and count the others."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or "error" not in reporter.stats:
        return
    shown = dict[str, object]()
    for report in reporter.stats["error"]:
        shown.setdefault(str(report.longrepr).partition("\n")[0], report)
    folded = [report for report in reporter.stats["error"] if report not in shown.values()]
    reporter.stats["error"] = list(shown.values())
    if folded:
        reporter.stats["inconclusive"] = folded
