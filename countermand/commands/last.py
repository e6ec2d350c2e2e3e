"""A finished run as it is taken up again.

One that tested nothing is refused, with its reason and the place of the last one that did. It is not replaced by that
one: whoever repeats a run, or hands a finding on, is to know which run that is.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from countermand.exits import CommandError
from countermand.guard import intake
from countermand.model.files import EARLIER, PART, RESULTS, SET_ASIDE
from countermand.model.results import Results
from countermand.records import finished
from countermand.records.finished import Finished
from countermand.report import shelf
from countermand.report.terminal import near

NOTHING = "the last run there tested nothing"


def tested(path: Path, how: str) -> Finished:
    """Return a run that tested something; how are the words before which another folder is named.

    Raises CommandError, and FinishedError.
    """
    run = finished.read(path)
    if run.untested is None:
        return run
    kept = shelf.where_kept(path, how)
    where = f"; {kept}" if kept else ""
    why = "" if NOTHING in run.untested else f": {run.untested}"  # each attempt would quote the one before
    raise CommandError(f"{path}: {NOTHING}{why}{where}")


def mention_newer(folder: Path, run: Results, how: str) -> None:
    """Say where a newer run of a part stands, in a folder of reports; how are the words before which it is named."""
    part = folder / PART
    try:
        began = finished.read(part).started
    except finished.FinishedError:
        return
    if began > run.started:
        where = f"{how}{shlex.quote(near(part))}"
        print(f"note: a run of a part began after the one of {folder}: {where}", file=sys.stderr)


def place(places: Iterable[Path], names: Collection[str]) -> Path:
    """Return the first of some folders in which a run of such targets stands, else in which any does, else the first.

    Where no targets are named, any run will do. A folder whose last run was killed stands for that run, as whoever
    reads it says; a part that was killed stands for none, as there is the run that it was a part of.
    """
    folders = list(places)
    standing = dict[Path, Results]()
    for folder in folders:
        if (run := _standing(folder)) is not None:
            standing[folder] = run
            if not names or _asked(run) & {*names}:
                return folder
        elif folder.name != PART and finished.is_unfinished(folder):
            return folder
    return next(iter(standing), folders[0])


def runs(places: Iterable[Path]) -> Iterator[Finished]:
    """Yield the runs that stand in folders of reports, in those of their parts, and set aside there, the latest first.

    They are without their records: nobody waits for those.
    """
    began = dict[Path, str]()
    for folder in dict.fromkeys(folder for place in places for folder in (place, place / PART)):
        if run := _standing(folder):
            began[folder] = run.started[:19].replace(":", "-")
        began |= {path: path.name[:19] for path in folder.glob(f"{EARLIER}/*") if SET_ASIDE.match(path.name)}
    yield from filter(None, map(_standing, sorted(began, key=began.__getitem__, reverse=True)))


def _standing(folder: Path) -> Finished | None:
    """Return the run that a folder holds, without its record, if it holds one; a single file may be one as well."""
    try:
        return finished.read(folder / RESULTS if intake.is_folder(folder) else folder)
    except finished.FinishedError:
        return None


def _asked(run: Results) -> set[str]:
    return {target.name for target in run.targets}
