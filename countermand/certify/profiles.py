"""Named profiles: what is said of a run at each of three lengths, as columns.

*Core* is what the provider's own pages document, and the verdict of the run; *standard* adds the base standards;
*hardened* adds hostile documents, which are sent only where the target file agrees.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from countermand.model import suite
from countermand.model.clause import FORM, Evidence
from countermand.model.results import DECIDED
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
    """Return the three profiles of a run, in order: of a part as well, each of as many clauses as a whole run has."""
    clauses = [entry for api in _apis(run) for entry in run.catalogue.of(api) if entry.untested is None]
    in_hostile = frozenset().union(*map(_in_hostile, _apis(run)))
    hostile = {entry.id for entry in clauses if entry.id in in_hostile and entry.evidence is not Evidence.DOCUMENTED}
    wider = {entry.id for entry in clauses if entry.evidence is Evidence.STANDARD} - hostile
    core = Profile("core", run.verdict, run.coverage["decided"], run.coverage["documented"])
    standard = _widened("standard", core, wider, run)
    hardened = _widened("hardened", standard, hostile, run)
    if hardened.decided == standard.decided:
        hardened = replace(hardened, verdict=Verdict.NOT_TESTED)
    return [core, standard, hardened]


def _apis(run: Finished) -> list[str]:
    return sorted({target.api for target in run.targets})


def _in_hostile(api: str) -> frozenset[str]:
    """Return the clauses of an API that its hostile documents are about."""
    path = suite.home(api) / "features" / api / HOSTILE
    return frozenset(re.findall(f"@({FORM})", path.read_text(encoding="utf-8"))) if path.is_file() else frozenset()


def _widened(name: str, narrower: Profile, more: Collection[str], run: Finished) -> Profile:
    """Return a profile that asks for more clauses besides: its verdict is the worst of all."""
    judged = [entry.verdict for entry in run.clauses if entry.clause.id in more]
    verdicts = [narrower.verdict, *(verdict for verdict in judged if verdict is not Verdict.NOT_APPLICABLE)]
    decided = sum(verdict in {*DECIDED, Verdict.DEPARTS} for verdict in judged)
    return Profile(name, min(verdicts, key=WORST_FIRST.index), narrower.decided + decided, narrower.clauses + len(more))
