"""`countermand night`: what is new since the night before, of any number of targets, on one screen."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from countermand.commands import redrawn, saying, targets, unverified
from countermand.exits import CommandError, Exit
from countermand.model.exchange import timestamp
from countermand.nightly import history, night, night_words
from countermand.records import finished


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "nights",
        metavar="DIR",
        nargs="+",
        type=Path,
        help="OLD NEW: folders of many runs; or NEW alone, with --history",
    )
    parser.add_argument(
        "--history", metavar="FILE", type=Path, help="remember this night there, and say since when and what is flaky"
    )
    parser.add_argument(
        "--expect",
        metavar="FILE",
        action="append",
        default=[],
        help="a target file, or a pattern: must have been tested",
    )
    parser.add_argument("--json", metavar="FILE", nargs="?", const=saying.HERE, help=saying.HELP)
    parser.epilog = (
        "Ends with 1 only where something is new and not waived: broken, inconclusive where documented, or not tested; "
        "else with 10 where a run in a folder cannot be read, which is named."
    )


def main(options: argparse.Namespace) -> int:
    """Say what is new."""
    if len(options.nights) > 2 or (len(options.nights) == 1 and options.history is None):  # noqa: PLR2004 - OLD and NEW
        raise CommandError(
            "say two folders, OLD and NEW; or NEW alone with --history, which remembers the night before"
        )
    if options.json not in {None, saying.HERE}:
        redrawn.see(Path(options.json), "{")
    before, unread = options.nights[:-1], list[str]()
    try:
        expected = targets.expected(options.expect)
        runs = _runs(options.nights[-1], unread, may_be_none=bool(expected))
        history.refuse_doubles(runs)
        lying = history.entries(runs)
        new = history.of_one_night(lying)
        past = history.read(options.history) if options.history else []
        now = timestamp(datetime.now(UTC))
        notes = [*night_words.notes(new, past, options.history, now)] if options.history else []
        new = history.since(past, new, now)
        notes += night_words.parts(new)
        old = history.entries(_runs(before[0], unread)) if before else history.before(past, new)
        if old and new and min(entry.started for entry in old.values()) > max(entry.started for entry in new.values()):
            print(f"{options.nights[0]} is the newer of the two: say OLD first, then NEW", file=sys.stderr)
        old = history.still_meant(old, expected)
        earlier = {key: entry for key, entry in lying.items() if key not in new}
        missed = [*expected, *old, *history.unheard(earlier, past, new)]
        new |= {entry.key: entry for entry in history.absent(missed, new, now, earlier)}
        whole = history.keep(options.history, past, new.values()) if options.history else [*old.values(), *new.values()]
    except (finished.FinishedError, history.HistoryError) as error:
        raise CommandError(str(error)) from None
    changes = night.changes(old, new, whole, expected)
    saying.either(options.json, night_words.as_json(changes, new, notes), night_words.markdown(changes, new, notes))
    if any(change.red for change in changes):
        return Exit.DOES_NOT_CONFORM
    return Exit.INCONCLUSIVE if unread else Exit.CONFORMS


def _runs(folder: Path, unread: list[str], *, may_be_none: bool = False) -> list[finished.Finished]:
    """Return the runs in a folder, and say which cannot be read.

    With none in it, it is none of runs, unless some were expected there.
    """
    if not folder.exists():
        raise CommandError(f"{folder}: no such folder")
    runs, broken = [], None
    for path in finished.find([folder]):
        try:
            runs.append(finished.read(path))
        except finished.FinishedError as error:
            broken = error
            if path != folder:
                unread.append(str(error))
                print(f"not read: {error}", file=sys.stderr)
    if broken and not runs and not may_be_none:
        raise broken
    unverified.say(run.source for run in runs)
    return runs
