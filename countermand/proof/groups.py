"""Deviants that are judged together: each group is one seller, wrong in several things at once.

A seller costs the whole suite, and most deviants change one verdict. Those that differ in different places and change
different verdicts are served as one: where the whole map is the one they should have together, each was caught, beside
the others. Where it is not, because one hides another or somebody is not caught, those that are not to be seen in it
are judged alone, and where that does not explain the map the group is taken apart until each stands alone: every hole
is of one deviant by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from countermand.provider import deviants

Group = tuple[str, ...]  # the names of the deviants that are one seller

#: How many deviants are one seller: of more, one often hides another.
SIZE: Final = 6
#: A deviant that changes more verdicts than these is judged alone: it mostly leaves nothing to be seen of others.
FEW: Final = 5


def alone(wrong: Iterable[str]) -> list[Group]:
    """Return groups of one."""
    return [(name,) for name in wrong]


def formed(wrong: Mapping[str, type[Any]]) -> list[Group]:
    """Return groups of deviants that can be told apart: the same ones every time."""
    by_changes = sorted(wrong, key=lambda name: -len(changes(wrong[name])))
    few = [name for name in by_changes if len(changes(wrong[name])) <= FEW]
    groups: list[list[str]] = []
    for name in few:
        smallest = min((group for group in groups if _fits(name, group, wrong)), key=len, default=None)
        if smallest is None:
            groups.append([name])
        else:
            smallest.append(name)
    return [*alone(name for name in by_changes if name not in few), *map(tuple, groups)]


def part(groups: Sequence[Group], number: int, of: int) -> list[Group]:
    """Return one of so many parts of the groups, counted from 1: all parts together are all groups, each once."""
    return list(groups[number - 1 :: of])


def changes(deviant: type[Any]) -> set[str]:
    """Return the clauses whose verdicts a deviant says that it changes."""
    return {str(vars(deviant)["breaks"]), *getattr(deviant, "also", {})}


def unseen(group: Group, wrong: Mapping[str, type[Any]], changed: Collection[str]) -> Group:
    """Return those of a group that change one of some verdicts: those that are not as they should be."""
    return tuple(name for name in group if not changes(wrong[name]).isdisjoint(changed))


def halves(group: Group) -> list[Group]:
    """Take a group apart."""
    middle = len(group) // 2
    return [group[:middle], group[middle:]]


def seller(group: Group, wrong: Mapping[str, type[Any]]) -> type[Any]:
    """Return the seller that is wrong in everything that a group is wrong in."""
    return deviants.combined([wrong[name] for name in group])


def _fits(name: str, group: Sequence[str], wrong: Mapping[str, type[Any]]) -> bool:
    taken = {clause for other in group for clause in changes(wrong[other])}
    if len(group) >= SIZE or taken & changes(wrong[name]):
        return False
    try:
        seller((*group, name), wrong)
    except (TypeError, ValueError):  # they change the same place, or no class can be both
        return False
    return True
