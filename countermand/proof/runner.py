"""The run of the proof: what the suite says of each deviant that was named."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from countermand.model import clause, suite
from countermand.model.clause import Catalogue
from countermand.proof import groups
from countermand.proof.field import Judgement, Maker, UnjudgedError, judge
from countermand.proof.groups import Group
from countermand.proof.shown import Map, Proof, Shown, must_say
from countermand.provider import embedded
from countermand.provider.deviants import deviants, slug

REFERENCE = "the reference seller"
WHOLE = (1, 1)  # the first part of one
#: Is told how many sellers have been judged, how many there are as far as is known, and API and name of the last.
Progress = Callable[[int, int, str, str], None]
Deviants = Mapping[str, Mapping[str, type[Any]]]  # by API and name


def known(apis: Iterable[str]) -> dict[str, dict[str, type]]:
    """Return every deviant of some APIs."""
    return {api: deviants(api) for api in apis}


def prove(
    chosen: Deviants,
    *,
    complete: bool,
    together: bool = False,
    part: tuple[int, int] = WHOLE,
    jobs: int | None = None,
    progress: Progress = lambda _done, _of, _api, _name: None,
) -> Proof:
    """Judge the chosen deviants, and beside them the reference seller of each API.

    Together, those that can be told apart are one seller (`proof/groups`). Of a part, as the second of eight, only its
    groups are judged. Raises UnjudgedError where nothing can be judged, or no group is in the part.
    """
    catalogue, started = clause.read(*suite.features()), time.monotonic()
    sides = [
        _Side(api, wrong, groups.part(groups.formed(wrong) if together else groups.alone(wrong), *part), catalogue)
        for api, wrong in chosen.items()
    ]
    if part != WHOLE and not any(side.waiting for side in sides):
        raise UnjudgedError(f"there is no part {part[0]}/{part[1]}: the deviants are fewer groups than that")
    count = _Count(progress, sum(len(side.waiting) + 1 for side in sides))
    for side in sides:
        while side.waiting:
            side.judge(jobs, count)
    references = {side.api: side.reference for side in sides}
    shown = [side.shown[name] for side in sides for name in side.wrong if name in side.shown]
    return Proof(catalogue, references, tuple(shown), complete and part == WHOLE, time.monotonic() - started)


class _Count:
    """Counts the sellers that are judged."""

    def __init__(self, progress: Progress, total: int) -> None:
        self.progress, self.total, self.done = progress, total, 0

    def judged(self, api: str, name: str) -> None:
        self.done += 1
        self.progress(self.done, self.total, api, name)


class _Side:
    """The deviants of one API, beside the seller that is right."""

    def __init__(self, api: str, wrong: Mapping[str, type[Any]], waiting: list[Group], catalogue: Catalogue) -> None:
        self.api, self.wrong, self.waiting, self.catalogue = api, wrong, waiting, catalogue
        self.shown: dict[str, Shown] = {}
        self.reference = Judgement({}, {})

    def judge(self, jobs: int | None, count: _Count) -> None:
        """Judge every group that waits; those that are not told apart wait again, taken apart."""
        sellers: dict[str, Maker] = {} if self.reference.clauses else {REFERENCE: embedded.SELLERS[self.api]}
        sellers |= {" and ".join(group): groups.seller(group, self.wrong) for group in self.waiting}
        judged = judge(self.api, sellers, jobs, lambda name: count.judged(self.api, name))
        self.reference = judged.pop(REFERENCE, self.reference)
        asked, self.waiting = self.waiting, []
        for group, judgement in zip(asked, judged.values(), strict=True):
            again = self._not_told_apart(group, judgement) if len(group) > 1 else []
            self.waiting += again
            count.total += len(again)
            waiting = {name for some in again for name in some}
            self.shown |= {name: self._shown(name, judgement, group) for name in group if name not in waiting}

    def _not_told_apart(self, group: Group, judgement: Judgement) -> list[Group]:
        """Return what of a group must be judged once more, and in which groups: nothing where each was caught.

        Where some are not to be seen in the map, and it is that of the others, these were.
        """
        got, wanted = judgement.clauses, self._wanted(group)
        if got == wanted and not judgement.trouble:
            return []
        unseen = groups.unseen(group, self.wrong, {clause for clause in wanted if got.get(clause) != wanted[clause]})
        others = tuple(name for name in group if name not in unseen)
        if others and not judgement.trouble and got == self._wanted(others):
            return groups.alone(unseen)
        return groups.halves(group)

    def _wanted(self, group: Group) -> Map:
        """Return the map of a seller that is wrong in everything a group is wrong in."""
        wanted = self.reference.clauses
        for name in group:
            wanted = must_say(self.wrong[name], wanted, self.catalogue)
        return wanted

    def _shown(self, name: str, judgement: Judgement, group: Group) -> Shown:
        deviant, wanted, is_alone = self.wrong[name], self._wanted((name,)), len(group) == 1
        return Shown(
            api=self.api,
            name=name,
            slug=slug(deviant),
            vice=(deviant.__doc__ or "").strip().partition("\n")[0],
            breaks=str(vars(deviant)["breaks"]),
            wanted=wanted,
            got=judgement.clauses if is_alone else wanted,
            reference=self.reference.clauses,
            orders=judgement.orders if is_alone else None,
            trouble=judgement.trouble,
            beside=tuple(slug(self.wrong[other]) for other in group if other != name),
        )
