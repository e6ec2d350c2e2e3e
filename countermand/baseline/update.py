"""Brings a baseline up to date with a finished run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from countermand.baseline.apply import is_red, is_stale, matcher
from countermand.baseline.waiver import Baseline, Entry, List
from countermand.model.results import Results, Scenario

TERM = timedelta(days=90)


@dataclass(frozen=True)
class Update:
    """A baseline, and how it came about."""

    baseline: Baseline
    added: tuple[Entry, ...] = ()
    dropped: tuple[Entry, ...] = ()


def update(baseline: Baseline, results: Results, today: date) -> Update:
    """Drop what conforms now or is gone, keep what still stands as it is, and add an entry for whatever else is red.

    The new entries are to be filled in.
    """
    stale = tuple(
        e for e in baseline.entries if is_stale(results, e, tuple(filter(matcher(results, e), results.scenarios)))
    )
    kept = tuple(entry for entry in baseline.entries if entry not in stale)
    listed = {
        one.id
        for e in kept
        for one in filter(matcher(results, e), results.scenarios)
        if e.holds(one.verdict, one.message)
    }
    red = [one for one in results.scenarios if is_red(results, one) and one.id not in listed]
    names = Counter((one.clause, one.name) for one in results.scenarios)
    added = tuple(_entry(one, today, unique=names[one.clause, one.name] == 1) for one in red)
    return Update(Baseline(kept + added), added, stale)


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
