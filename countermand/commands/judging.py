"""Judges a record again by hand, as `run --replay`: in a process of its own."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from countermand.exits import CommandError, Exit
from countermand.guard import intake
from countermand.guard.nearest import absent
from countermand.records import isolation
from countermand.records.record import RECORD

#: The variables that name files by which a CI service is told of a run.
SUMMARIES = ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")


def patience(words: str) -> float:
    """Return how many seconds somebody is ready to wait; raises ArgumentTypeError."""
    try:
        seconds = float(words)
    except ValueError:
        seconds = 0
    if not 1 <= seconds <= 86400:  # noqa: PLR2004 - a day
        raise argparse.ArgumentTypeError(f"{words!r}: from 1 to 86400 seconds")
    return seconds


def add_patience(parser: argparse.ArgumentParser, what: str = "a replay") -> None:
    """Declare how long what is judged again may take."""
    words = (
        f"how many seconds of computing {what} may take "
        f"(default: {isolation.BEGINNING:g} to {isolation.PATIENCE:g}, by its size)"
    )
    parser.add_argument("--patience", type=patience, metavar="SECONDS", help=words)


def again(options: argparse.Namespace, shared: Sequence[str]) -> int:
    """Judge a record again in a process of its own.

    It writes to the folder of reports and to what was named by hand.
    """
    reports = Path(options.reports or "reports").absolute()
    service = [Path(place) for name in SUMMARIES if (place := os.environ.get(name))]
    named = [
        Path(value).absolute() for word in shared if (value := word.rpartition("=")[2]) and not value.startswith("-")
    ]
    if not intake.exists(Path(options.replay)):
        raise CommandError(f"{options.replay}: {absent(Path(options.replay), 'no such file or folder')}")
    try:
        reports.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="countermand-") as scratch:
            arguments = [*(f"--target={path}" for path in options.target), f"--reports={reports}", *shared]
            others = [path for path in named if path != Path(options.replay).absolute()]
            written = (Path(scratch), reports, *service, *others)
            seconds = isolation.patience(_size(Path(options.replay)), options.patience)
            code = isolation.run(isolation.Task(arguments, written, seconds)).returncode
            return Exit.INTERRUPTED if code < 0 else code
    except isolation.Spent as error:
        raise CommandError(f"{options.replay}: {error}; --patience gives it longer", Exit.UNVERIFIED) from None
    except OSError as error:
        raise CommandError(f"{reports}: cannot be written: {error}") from None


def _size(record: Path) -> int:
    """Return how large a record is, or the zip it is in."""
    path = record / RECORD
    return (path if path.is_file() else record).stat().st_size
