"""A run that tested nothing: reports that keep its targets on every page, and say why."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from countermand.guard import claim, foreign
from countermand.model import clause, suite
from countermand.model.clause import Catalogue, CatalogueError
from countermand.model.exchange import timestamp
from countermand.model.results import Results, Target
from countermand.report import github, outputs, page, shelf
from countermand.report.terminal import near

#: What is to be done next, whatever the reason is.
NEXT = (
    "run again once nothing is in the way; "
    "countermand doctor --target FILE says what keeps a target from being tested, before an order is touched"
)
#: Where this process has left such reports: one run leaves them once.
LEFT: list[Path] = []


def leave(folder: Path, targets: Iterable[Target], reason: str) -> None:
    """Write the reports of a run that came to nothing, those of an earlier run set aside.

    Whoever joins many runs sees the target and the reason, not a gap; the reason has passed the door and shows no
    secret. Never raises for want of a folder.
    """
    if claim.is_taken(folder) or shelf.foreign(folder):
        return  # what stands there is of a run that goes on, or of somebody else
    results = untested(tuple(targets), reason)
    LEFT.append(folder)
    with contextlib.suppress(OSError):  # that a run cannot be written down is said where it was to be
        folder.mkdir(parents=True, exist_ok=True)
        shelf.set_aside(folder)
        shelf.prune(folder)
        outputs.write(results, folder)
        page.front(results, folder)
        page.lead(folder)
        if (kept := shelf.where_kept(folder, "")) is not None:
            sys.stderr.write(f"note: {near(folder)} says now that nothing was tested; {kept}\n")
    for line in github.tell(results):
        foreign.annotate(line, sys.stdout)


def untested(targets: tuple[Target, ...], reason: str) -> Results:
    """Return the results of a run that came to nothing."""
    now = timestamp(datetime.now(UTC))
    return Results(
        suite=suite.identity(),
        targets=targets,
        started=now,
        finished=now,
        seed="",
        complete=False,
        scenarios=(),
        catalogue=_catalogue(),
        notes=(NEXT,) if targets else (),
        untested=str(foreign.shown(reason)),
    )


def _catalogue() -> Catalogue:
    """Return the clauses, none where their list is what is wrong."""
    try:
        return clause.read(*suite.features())
    except (CatalogueError, OSError):
        return Catalogue([])
