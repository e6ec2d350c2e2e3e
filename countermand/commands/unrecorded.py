"""Runs whose record lacks scenarios that their results tell of, as where it was cut: what is then not there is said."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from countermand.guard import intake
from countermand.model.files import RECORD
from countermand.records.finished import Finished


def say(runs: Iterable[Finished]) -> None:
    """Say of which runs no steps and no exchanges are known of some scenarios, though there is a record."""
    for run in runs:
        if run.unrecorded:
            which = f"{run.unrecorded} of {len(run.scenarios)} scenarios, of which no steps and no exchanges are known"
            print(f"note: {intake.shown(run.source)}: {RECORD} lacks {which}", file=sys.stderr)
