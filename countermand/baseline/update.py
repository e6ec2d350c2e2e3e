"""Brings a baseline up to date with a finished run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from countermand.baseline.apply import is_red, is_stale, matcher
from countermand.baseline.waiver import Baseline, Entry, List
from countermand.model.results import Results, Scenario
from countermand.model.verdict import Verdict

TERM = timedelta(days=90)


@dataclass(frozen=True)
class Update:
    """A baseline, and how it came about."""

    baseline: Baseline
    added: tuple[Entry, ...] = ()
    dropped: tuple[Entry, ...] = ()
    unknown: tuple[Scenario, ...] = ()  # what could not be found out, which nobody is said to fail by


def update(baseline: Baseline, results: Results, today: date) -> Update:
    """Drop what conforms now or is gone, keep what still stands as it is, and add an entry for whatever else is red.

    What could not be found out is no failure of the provider's: only a person lists it.
    The new entries are to be filled in.
    """
    stale = tuple(
        e for e in baseline.entries if is_stale(results, e, tuple(filter(matcher(results, e), results.scenarios)))
    )
    kept = tuple(entry for entry in baseline.entries if entry not in stale)
    listed = {
        scenario.id
        for e in kept
        for scenario in filter(matcher(results, e), results.scenarios)
        if e.holds(scenario.verdict, scenario.message)
    }
    red = [scenario for scenario in results.scenarios if is_red(results, scenario) and scenario.id not in listed]
    unknown = tuple(scenario for scenario in red if scenario.verdict is Verdict.INCONCLUSIVE)
    failing = [scenario for scenario in red if scenario.verdict is not Verdict.INCONCLUSIVE]
    names = Counter((scenario.clause, scenario.name) for scenario in results.scenarios)
    added = tuple(_entry(scenario, today, unique=names[scenario.clause, scenario.name] == 1) for scenario in failing)
    return Update(Baseline(kept + added), added, stale, unknown)


def _entry(scenario: Scenario, today: date, *, unique: bool) -> Entry:
    """Return an entry for one scenario: by name where that is enough, for people read it."""
    name = scenario.name if unique else scenario.id
    return Entry(
        List.FAILS,
        scenario.clause,
        today + TERM,
        owner="",
        reason="",
        scenario=name,
        target=scenario.target,
        verdict=scenario.verdict,
    )
