"""A finished run as it is taken up again.

One that tested nothing is refused, with its reason and the place of the last one that did. It is not replaced by that
one: whoever repeats a run, or hands a finding on, is to know which run that is.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from countermand.exits import CommandError
from countermand.model.files import PART
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
