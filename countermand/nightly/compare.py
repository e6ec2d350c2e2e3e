"""Two runs side by side, and what is not as it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from countermand.model.results import Results, Scenario
from countermand.model.verdict import Verdict
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

    @property
    def regresses(self) -> bool:
        """Whether the new run is worse in anything."""
        return any(one.regresses for one in self.scenarios)

    def of(self, kind: Kind) -> tuple[Difference, ...]:
        """Return the scenarios that differ in one way."""
        return tuple(one for one in self.scenarios if one.kind is kind)


def compare(old: Results, new: Results) -> Comparison:
    """Compare two runs of one target, or of two targets of one API; raises CompareError where they share no scenario."""
    pairs = list(_pairs(old, new))
    compared = sum(before is not None and after is not None for before, after in pairs)
    if not compared:
        raise CompareError(f"nothing to compare: {_told(old)} and {_told(new)} have no scenario in common")
    found = [difference for pair in pairs if (difference := _scenario(old, new, pair))]
    order = list(Kind)
    return Comparison(old, new, tuple(_clauses(old, new)), tuple(sorted(found, key=lambda one: order.index(one.kind))), compared)


def kind_of(old: Verdict | None, new: Verdict | None) -> Kind | None:
    """Return what became of a verdict; nothing where it is the same.

    Only conforming is better. A failure that could not be found out this time, or that the target now declares away, is not mended.
    """
    if old is new:
        return None
    if old is None or new is None:
        return Kind.APPEARED if old is None else Kind.VANISHED
    if new is Verdict.CONFORMS:
        return Kind.BETTER
    lost = new is Verdict.INCONCLUSIVE and old is not Verdict.DOES_NOT_CONFORM
    return Kind.WORSE if old is Verdict.CONFORMS or new is Verdict.DOES_NOT_CONFORM or lost else Kind.CHANGED


def _told(results: Results) -> str:
    return f"{', '.join(target.name for target in results.targets) or 'no target'} ({len(results.scenarios)} scenarios)"


def _pairs(old: Results, new: Results) -> Iterator[Pair]:
    """Pair scenarios by id, and what is left by clause and title: a scenario that moved to another file is still itself."""
    before, after = ({one.id: one for one in results.scenarios} for results in (old, new))
    yield from ((before[key], after[key]) for key in before if key in after)
    left = [before[key] for key in before if key not in after]
    right = [after[key] for key in after if key not in before]
    moved = _by_title(old, left), _by_title(new, right)
    both = moved[0].keys() & moved[1].keys()
    yield from ((one, moved[1][place]) for place, one in moved[0].items() if place in both)
    met = {moved[side][place].id for side in (0, 1) for place in both}
    yield from ((one, None) for one in left if one.id not in met)
    yield from ((None, one) for one in right if one.id not in met)


def _by_title(results: Results, scenarios: list[Scenario]) -> dict[tuple[str, str], Scenario]:
    named = titles(results)
    return {(one.clause, named[one.id]): one for one in scenarios}


def _scenario(old: Results, new: Results, pair: Pair) -> Difference | None:
    before, after = pair
    kind = kind_of(before.verdict if before else None, after.verdict if after else None)
    if kind is None and before and after and normal(old, before) != normal(new, after):
        kind = Kind.CHANGED
    if kind is None:
        return None
    one, results = (after, new) if after else (before, old)
    assert one is not None  # a pair has at least one side
    return Difference(
        kind,
        one.clause,
        results.catalogue[one.clause].says,
        before.verdict if before else None,
        after.verdict if after else None,
        titles(results)[one.id],
        one.id,
        before.message if before else None,
        after.message if after else None,
    )


def _clauses(old: Results, new: Results) -> Iterator[Difference]:
    before, after = ({one.clause.id: one for one in results.clauses} for results in (old, new))
    for key in dict.fromkeys([*before, *after]):
        was, now = (side[key].verdict if key in side else None for side in (before, after))
        if kind := kind_of(was, now):
            yield Difference(kind, key, (after.get(key) or before[key]).clause.says, was, now)
