"""Named profiles: what is said of a run at each of three lengths, as columns.

*Core* is what the provider's own pages document, and the verdict of the run; *standard* adds the base standards;
*hardened* adds hostile documents, which are sent only where the target file agrees.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from countermand.model.clause import Evidence
from countermand.model.results import DECIDED, Judged
from countermand.model.verdict import WORST_FIRST, Verdict
from countermand.records.finished import Finished

#: The feature whose sentences are about hostile documents, in every API.
HOSTILE = "hostile.feature"
SAYS = {
    "core": "what the provider's public pages document",
    "standard": "core, and the base standards it stands on",
    "hardened": "standard, and documents that mean harm",
}


@dataclass(frozen=True)
class Profile:
    """What is said of one profile."""

    name: str
    verdict: Verdict
    decided: int
    clauses: int

    @property
    def says(self) -> str:
        """What the profile is, for people."""
        return SAYS[self.name]

    def as_json(self) -> dict[str, Any]:
        """Return what the statement says of it."""
        return {"name": self.name, "verdict": self.verdict, "decided": self.decided, "clauses": self.clauses}


def of(run: Finished) -> list[Profile]:
    """Return the three profiles of a run, in order."""
    wider, hostile = (_chosen(run, test) for test in (_is_standard, _is_hostile))
    core = Profile("core", run.verdict, run.coverage["decided"], run.coverage["documented"])
    standard = _widened("standard", core, wider)
    hardened = _widened("hardened", standard, hostile)
    if not any(judged.verdict in {*DECIDED, Verdict.DEPARTS} for judged in hostile):
        hardened = Profile("hardened", Verdict.NOT_TESTED, standard.decided, standard.clauses + len(hostile))
    return [core, standard, hardened]


def _chosen(run: Finished, wanted: Callable[[Judged], bool]) -> list[Judged]:
    return [judged for judged in run.clauses if wanted(judged)]


def _is_hostile(judged: Judged) -> bool:
    return (
        any(row.file.endswith(f"/{HOSTILE}") for row in judged.scenarios)
        and judged.clause.evidence is not Evidence.DOCUMENTED
    )


def _is_standard(judged: Judged) -> bool:
    return judged.clause.evidence is Evidence.STANDARD and not _is_hostile(judged)


def _widened(name: str, narrower: Profile, more: list[Judged]) -> Profile:
    """Return a profile that asks for more clauses besides: its verdict is the worst of all."""
    verdicts = [narrower.verdict, *(judged.verdict for judged in more if judged.verdict is not Verdict.NOT_APPLICABLE)]
    decided = sum(judged.verdict in {*DECIDED, Verdict.DEPARTS} for judged in more)
    return Profile(name, min(verdicts, key=WORST_FIRST.index), narrower.decided + decided, narrower.clauses + len(more))
