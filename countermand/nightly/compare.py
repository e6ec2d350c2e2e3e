"""Two runs side by side, and what is not as it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from countermand.model.clause import Evidence
from countermand.model.results import Judged, Results, Scenario
from countermand.model.verdict import Verdict, is_left_out
from countermand.nightly.sameness import normal
from countermand.report.naming import titles

Pair = tuple[Scenario | None, Scenario | None]


class CompareError(ValueError):
    """Two runs of which nothing can be said together; the message says why."""


class Kind(StrEnum):
    """How a scenario or a clause differs."""

    WORSE = "worse"
    VANISHED = "vanished"
    CHANGED = "changed"  # neither worse nor better: what failed could not be found out, or fails in another way
    APPEARED = "appeared"
    BETTER = "better"


@dataclass(frozen=True)
class Difference:
    """One scenario, or one clause, that is not as it was."""

    kind: Kind
    clause: str
    says: str
    old: Verdict | None
    new: Verdict | None
    scenario: str | None = None  # its title; none where the clause as a whole is meant
    id: str | None = None
    old_message: str | None = None
    new_message: str | None = None
    evidence: Evidence = Evidence.DOCUMENTED

    @property
    def left_out(self) -> bool:
        """Whether one of the runs has not played it, because another scenario had shown the fault."""
        sides = ((self.old, self.old_message), (self.new, self.new_message))
        return any(verdict is not None and is_left_out(verdict, message) for verdict, message in sides)

    @property
    def regresses(self) -> bool:
        """Whether this makes the new run worse: what was judged and is gone proves nothing any more."""
        return self.kind is Kind.WORSE or (self.kind is Kind.VANISHED and self.old is not Verdict.NOT_APPLICABLE)


@dataclass(frozen=True)
class Comparison:
    """All that differs between two runs, from worst to best."""

    old: Results
    new: Results
    clauses: tuple[Difference, ...]
    scenarios: tuple[Difference, ...]
    compared: int  # scenarios that are in both
    part: bool = False  # one of the runs was of a part: nothing else is compared

    @property
    def regresses(self) -> bool:
        """Whether the new run is worse in anything."""
        return any(difference.regresses for difference in self.scenarios)

    def of(self, kind: Kind) -> tuple[Difference, ...]:
        """Return the scenarios that differ in one way."""
        return tuple(difference for difference in self.scenarios if difference.kind is kind)


def compare(old: Results, new: Results) -> Comparison:
    """Compare two runs of one target, or of two targets of one API; raises CompareError where they share no scenario.

    Of a part only the same part is compared: what nobody asked for has neither vanished nor appeared.
    """
    part = not (old.complete and new.complete)
    pairs = [pair for pair in _pairs(old, new) if not part or _both(pair)]
    compared = sum(before is not None and after is not None for before, after in pairs)
    if not compared:
        raise CompareError(f"nothing to compare: {_called(old)} and {_called(new)} have no scenario in common")
    differences = [difference for pair in pairs if (difference := _scenario(old, new, pair))]
    shared = {scenario.id for pair in pairs for scenario in pair if scenario}
    sides = [
        replace(results, scenarios=tuple(row for row in results.scenarios if row.id in shared)) if part else results
        for results in (old, new)
    ]
    return Comparison(
        old, new, tuple(sorted(_clauses(*sides), key=_rank)), tuple(sorted(differences, key=_rank)), compared, part
    )


def _both(pair: Pair) -> bool:
    return pair[0] is not None and pair[1] is not None


def _rank(difference: Difference) -> tuple[int, int, bool]:
    """Rank a difference: the worst first, among them the documented, and last what only follows from another."""
    return list(Kind).index(difference.kind), list(Evidence).index(difference.evidence), difference.left_out


def kind_of(old: Verdict | None, new: Verdict | None) -> Kind | None:
    """Return what became of a verdict; nothing where it is the same.

    Only conforming is better. A failure that could not be found out this time, or that the target now declares away,
    is not mended.
    """
    if old is new:
        return None
    if old is None or new is None:
        return Kind.APPEARED if old is None else Kind.VANISHED
    if new is Verdict.CONFORMS:
        return Kind.BETTER
    lost = new is Verdict.INCONCLUSIVE and old is not Verdict.DOES_NOT_CONFORM
    return Kind.WORSE if old is Verdict.CONFORMS or new is Verdict.DOES_NOT_CONFORM or lost else Kind.CHANGED


def _called(results: Results) -> str:
    return f"{', '.join(target.name for target in results.targets) or 'no target'} ({len(results.scenarios)} scenarios)"


def _pairs(old: Results, new: Results) -> Iterator[Pair]:
    """Pair scenarios by id, and what is left by clause and title.

    A scenario that moved to another file is still itself.
    """
    before, after = ({scenario.id: scenario for scenario in results.scenarios} for results in (old, new))
    yield from ((before[key], after[key]) for key in before if key in after)
    left = [before[key] for key in before if key not in after]
    right = [after[key] for key in after if key not in before]
    moved = _by_title(old, left), _by_title(new, right)
    both = moved[0].keys() & moved[1].keys()
    yield from ((scenario, moved[1][key]) for key, scenario in moved[0].items() if key in both)
    met = {moved[side][key].id for side in (0, 1) for key in both}
    yield from ((scenario, None) for scenario in left if scenario.id not in met)
    yield from ((None, scenario) for scenario in right if scenario.id not in met)


def _by_title(results: Results, scenarios: list[Scenario]) -> dict[tuple[str, str], Scenario]:
    named = titles(results)
    return {(scenario.clause, named[scenario.id]): scenario for scenario in scenarios}


def _scenario(old: Results, new: Results, pair: Pair) -> Difference | None:
    before, after = pair
    if before and after and _is_only_left_out(before, after):
        return None
    kind = kind_of(before.verdict if before else None, after.verdict if after else None)
    if kind is None and before and after and normal(old, before) != normal(new, after):
        kind = Kind.CHANGED
    if kind is None:
        return None
    scenario, results = (after, new) if after else (before, old)
    assert scenario is not None  # a pair has at least one side
    return Difference(
        kind,
        scenario.clause,
        results.catalogue[scenario.clause].says,
        before.verdict if before else None,
        after.verdict if after else None,
        titles(results)[scenario.id],
        scenario.id,
        before.message if before else None,
        after.message if after else None,
        results.catalogue[scenario.clause].evidence,
    )


def _is_only_left_out(before: Scenario, after: Scenario) -> bool:
    """Say whether a scenario differs in this alone: one of the runs has not played it.

    Another had shown the fault. What did not conform when it was played is another matter.
    """
    sides = [side.verdict for side in (before, after) if not is_left_out(side.verdict, side.message)]
    return len(sides) < 2 and all(verdict is Verdict.CONFORMS for verdict in sides)  # noqa: PLR2004 - both


def _clauses(old: Results, new: Results) -> Iterator[Difference]:
    before, after = ({judged.clause.id: judged for judged in results.clauses} for results in (old, new))
    for key in dict.fromkeys([*before, *after]):
        was, now = (side[key].verdict if key in side else None for side in (before, after))
        if (kind := kind_of(was, now)) and not _only_follows(before.get(key), after.get(key)):
            clause = (after.get(key) or before[key]).clause
            yield Difference(kind, key, clause.says, was, now, evidence=clause.evidence)


def _only_follows(before: Judged | None, after: Judged | None) -> bool:
    """Say whether a clause differs in this alone: a part of it was not played.

    That part follows from another clause that is broken.
    """
    if before is None or after is None:
        return False
    was, now = ({scenario.id: scenario for scenario in side.scenarios} for side in (before, after))
    pairs = [(was[key], now[key]) for key in was if key in now]
    alike = all(old.verdict is new.verdict or _is_only_left_out(old, new) for old, new in pairs)
    return alike and any(old.verdict is not new.verdict for old, new in pairs)
