"""Weighs a run against its baseline: the exit code is red only for what nobody answers for yet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

from countermand.baseline.file import BaselineError, dumps, read
from countermand.baseline.waiver import Baseline, Entry, List
from countermand.exits import Exit
from countermand.guard.nearest import meant
from countermand.model.results import Results, Scenario
from countermand.model.verdict import Verdict
from countermand.model.waiver import Waiver
from countermand.report.naming import listed, titles

__all__ = ["Baseline", "BaselineError", "Entry", "List", "Outcome", "Waived", "apply", "dumps", "is_red", "read"]

CODES = {Verdict.CONFORMS: Exit.CONFORMS, Verdict.DOES_NOT_CONFORM: Exit.DOES_NOT_CONFORM}
UNSETTLED = {Verdict.INCONCLUSIVE, Verdict.DEPARTS}


@dataclass(frozen=True)
class Waived:
    """An entry, and the scenarios of this run that ended as it says."""

    entry: Entry
    scenarios: tuple[Scenario, ...] = ()
    said: str = ""  # what is to be done about it


@dataclass(frozen=True)
class Outcome:
    """What a baseline makes of a run; the verdicts are untouched."""

    exit_code: int
    excused: tuple[Waived, ...]
    stale: tuple[Waived, ...]  # all that the entry speaks of conforms, or is gone from a complete run
    expired: tuple[Waived, ...]
    otherwise: tuple[Waived, ...]  # as bad as the entry says, and for another reason
    new: tuple[Scenario, ...]  # what keeps the run from conforming, and no entry speaks of
    elsewhere: tuple[Waived, ...] = ()  # it speaks of a clause of these, at another target

    @property
    def lines(self) -> list[str]:
        """What the terminal says of it: the numbers, then every entry somebody must see to."""
        known = {
            kind: len(
                {scenario.id for waived in self.excused if waived.entry.list is kind for scenario in waived.scenarios}
            )
            for kind in List
        }
        lapsed = len({scenario.id for waived in self.expired for scenario in waived.scenarios})
        counts = [f"{known[List.FAILS]} known to fail", f"{known[List.DISPUTED]} disputed"]
        counts += [f"{lapsed} no longer waived"] if lapsed else []
        new = listed(list(dict.fromkeys(scenario.clause for scenario in self.new)))
        lines = [f"baseline: {', '.join([*counts, f'{len(self.new)} not listed'])}{new and f': {new}'}"]
        lines += [f"baseline: {waived.entry} {waived.said}" for waived in (*self.stale, *self.elsewhere)]
        lines += [
            f"baseline: {waived.entry} expired on {waived.entry.expires}: ask {waived.entry.owner or 'its owner'}"
            for waived in self.expired
        ]
        lines += [
            f"baseline: {waived.entry} fails for another reason than {waived.entry.message!r}: {waived.entry.owner}"
            for waived in self.otherwise
        ]
        return lines

    @property
    def waivers(self) -> tuple[Waiver, ...]:
        """What every report says of the entries that speak of this run."""
        states = {
            "excused": self.excused,
            "another reason": self.otherwise,
            "expired": self.expired,
            "stale": self.stale,
        }
        return tuple(_waiver(waived, state) for state, group in states.items() for waived in group)


def _waiver(waived: Waived, state: str) -> Waiver:
    entry = waived.entry
    ids = tuple(scenario.id for scenario in waived.scenarios)
    rest = {"scenario": entry.scenario, "target": entry.target, "link": entry.link, "message": entry.message}
    return Waiver(
        entry.list.value,
        entry.clause,
        entry.owner,
        entry.reason,
        entry.expires.isoformat(),
        state,
        scenarios=ids,
        **rest,
    )


def apply(results: Results, baseline: Baseline, today: date) -> Outcome:
    """Weigh a run against what is known of it.

    A listed scenario is excused where it ended with the very verdict its entry names. The exit code is that of a run in
    which the excused had conformed: what is listed as a failure and could not be found out this time is inconclusive,
    as it would be without an entry, and its entry is not stale. A failure whose entry has expired is not new: it ends
    the run with 11, not with 1.
    """
    matches = {entry: tuple(filter(matcher(results, entry), results.scenarios)) for entry in baseline.entries}
    held = {
        entry: tuple(scenario for scenario in matched if entry.holds(scenario.verdict, scenario.message))
        for entry, matched in matches.items()
    }
    stale = [entry for entry, matched in matches.items() if is_stale(results, entry, matched)]
    expired = [entry for entry, matched in matches.items() if matched and entry not in stale and today > entry.expires]
    known = {scenario.id for scenarios in held.values() for scenario in scenarios}
    apart = {
        entry: tuple(scenario for scenario in matched if scenario.verdict is entry.verdict and scenario.id not in known)
        for entry, matched in matches.items()
    }
    new = tuple(scenario for scenario in results.scenarios if scenario.id not in known and is_red(results, scenario))
    return Outcome(
        exit_code=_code(results, known, out_of_date=bool(stale or expired)),
        excused=tuple(Waived(entry, held[entry]) for entry in matches if held[entry] and entry not in expired),
        stale=tuple(Waived(entry, said=_why_stale(results, entry, matches[entry])) for entry in stale),
        expired=tuple(Waived(entry, held[entry]) for entry in expired),
        otherwise=tuple(Waived(entry, apart[entry]) for entry in matches if entry.message and apart[entry]),
        new=new,
        elsewhere=tuple(_elsewhere(results, baseline, {scenario.clause for scenario in new})),
    )


def _why_stale(results: Results, entry: Entry, matched: Sequence[Scenario]) -> str:
    """Say what is the matter with an entry that is of no use."""
    if matched:
        return "is stale: it conforms now; take the entry out"
    named = titles(results)
    there = [named[scenario.id] for scenario in results.scenarios if scenario.clause == entry.clause]
    if entry.scenario is None or not there:
        return "is stale: it is gone; take the entry out"
    question = meant(entry.scenario, there, "is it gone? then take the entry out")
    return f"is stale: {entry.clause} has no such scenario; {question}"


def _elsewhere(results: Results, baseline: Baseline, clauses: Collection[str]) -> Iterator[Waived]:
    """Give the entries that speak of some clauses, and of none of the targets there are."""
    targets = [target.name for target in results.targets]
    for entry in baseline.entries:
        if entry.clause in clauses and entry.target is not None and entry.target not in targets:
            yield Waived(entry, said=f"is about another target than {listed(targets)}, and excuses nothing here")


def matcher(results: Results, entry: Entry) -> Callable[[Scenario], bool]:
    """Return what says whether an entry speaks of a scenario."""
    named = titles(results)

    def speaks(scenario: Scenario) -> bool:
        which = {None, scenario.name, scenario.id, named[scenario.id]}
        return entry.clause == scenario.clause and entry.target in {None, scenario.target} and entry.scenario in which

    return speaks


def is_stale(results: Results, entry: Entry, matched: Sequence[Scenario]) -> bool:
    """Say whether an entry is of no use any more: what was not judged, or could not be, proves nothing."""
    if matched:
        return all(scenario.verdict is Verdict.CONFORMS for scenario in matched)
    apis = {target.api for target in results.targets if entry.target in {None, target.name}}
    return results.complete and any(clause.id == entry.clause for api in apis for clause in results.catalogue.of(api))


def is_red(results: Results, scenario: Scenario) -> bool:
    """Say whether a scenario keeps its run from conforming (README, the table of verdicts)."""
    clause = results.catalogue[scenario.clause]
    if scenario.verdict is Verdict.NOT_APPLICABLE:  # of the outcome clause: nothing was seen of what it is all about
        return clause.outcome and all(
            other.verdict is scenario.verdict for other in results.scenarios if other.clause == clause.id
        )
    return scenario.verdict is Verdict.DOES_NOT_CONFORM or (
        scenario.verdict in UNSETTLED and (clause.evidence == "documented" or clause.outcome)
    )


def _code(results: Results, listed: Iterable[str], *, out_of_date: bool) -> int:
    forgiven = set(listed)
    scenarios = tuple(
        replace(scenario, verdict=Verdict.CONFORMS) if scenario.id in forgiven else scenario
        for scenario in results.scenarios
    )
    parts = {field.name: getattr(results, field.name) for field in fields(Results)}
    # This run never was and is never shown: only the exit code is drawn from it.
    weighed = Results(**{**parts, "scenarios": scenarios})
    code = Exit.CONFORMS if weighed.kept else CODES.get(weighed.verdict, Exit.INCONCLUSIVE)
    return Exit.STALE if code is Exit.CONFORMS and out_of_date else code
