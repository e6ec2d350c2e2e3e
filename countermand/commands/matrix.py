"""`countermand matrix`: joins any number of finished runs into one page and one JSON."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from countermand.commands import redrawn, saying, targets, unrecorded, unverified
from countermand.exits import CommandError, Exit
from countermand.guard import placing
from countermand.guard.bounds import LimitError
from countermand.guard.foreign import in_json
from countermand.nightly import history, matrix, matrix_page
from countermand.nightly.night import Kind
from countermand.records import container, finished, inputs
from countermand.report import outputs, page, ticket


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "runs", metavar="DIR", nargs="+", type=Path, help="a folder of reports, a certificate, or a folder of such"
    )
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help="the page to write")
    parser.add_argument(
        "--json",
        metavar="FILE",
        nargs="?",
        const=saying.HERE,
        help="write the same as JSON, to standard output or a FILE",
    )
    parser.add_argument(
        "--expect",
        metavar="FILE",
        action="append",
        default=[],
        help="a target file, or a pattern: must have been tested",
    )
    parser.add_argument(
        "--bundle",
        action="store_true",
        help="draw the runs' own pages beside the page, with what these lead to, so that all can be published",
    )
    parser.epilog = (
        "Runs of one target stand side by side, by date. "
        "Ends with 0 whatever the verdicts are, and with 10 where a DIR holds no run that can be read: "
        "the page is written of the others and names it; with 1 where an expected target was not tested."
    )


def main(options: argparse.Namespace) -> int:
    """Write the page and the JSON."""
    with saying.aside(programs=options.json == saying.HERE):
        code, joined = _joined(options)
    if options.json == saying.HERE:
        saying.as_json(matrix.as_json(joined))
    return code


def _joined(options: argparse.Namespace) -> tuple[int, matrix.Matrix]:
    redrawn.see(options.out, "<")
    runs, missing = [], []
    for path in finished.find(options.runs):
        try:
            runs.append(finished.read(path))
        except finished.FinishedError as error:
            missing.append(str(error))
    unverified.say(run.source for run in runs)
    unrecorded.say(runs)
    expected = targets.expected(options.expect)
    if not runs and not expected:
        raise CommandError("\n  ".join(["there is no run to join:", *missing]))
    try:
        history.refuse_doubles(runs)
    except history.HistoryError as error:
        raise CommandError(str(error)) from None
    with _whole(options.out) as places:
        if options.bundle:
            runs = [_bundled(run, options.out, places) for run in runs]
        joined = matrix.matrix(runs, missing, beside=options.out.absolute().parent, expected=expected)
        redrawn.write(options.out, matrix_page.page(joined))
    if options.json not in {None, saying.HERE}:
        redrawn.write(
            Path(options.json), in_json(json.dumps(matrix.as_json(joined), ensure_ascii=False, indent=1)) + "\n"
        )
    columns = sum(len(table.columns) for table in joined.tables)
    of_runs = f"{len(runs)} run{'' if len(runs) == 1 else 's'}"
    print(f"{options.out}: {columns} column{'' if columns == 1 else 's'} of {of_runs}")
    for words in missing:
        print(f"not read: {words}", file=sys.stderr)
    names = {name for _, name in expected}
    lost = [change for change in joined.changes if change.kind is Kind.UNTESTED and change.target in names]
    for change in lost:
        print(f"not tested: {change.target}: {change.words}", file=sys.stderr)
    if lost:
        return Exit.DOES_NOT_CONFORM, joined
    return Exit.INCONCLUSIVE if missing else Exit.CONFORMS, joined


@contextmanager
def _whole(out: Path) -> Iterator[list[Path]]:
    """Leave no folder of a run without the page that leads to it: those named in the meantime go if that fails."""
    places: list[Path] = []
    try:
        yield places
    except BaseException:  # an interrupt too
        for folder in places:
            shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):
            _runs(out).rmdir()  # where it holds nothing else
        raise


def _runs(out: Path) -> Path:
    """Return the folder of the runs that a page leads to."""
    return out.absolute().parent / f"{out.stem}.runs"


def _bundled(run: finished.Finished, out: Path, places: list[Path]) -> finished.Finished:
    """Draw a run's own page beside the joint page, with what it leads to, and return the run as it is found there.

    All that a browser could take for a page is made again of what was read, as whoever has left the run could have
    written anything there, and here it is published; Allure's page cannot be made so, and stays where it is.
    Places gets its folder, where it was not there before.
    """
    if _bytes(run.source, outputs.PAGE) is None:
        return run
    names = "-".join([*(target.name for target in run.targets), run.started[:19]])
    folder = _runs(out) / re.sub(r"[^\w.-]+", "-", names)
    files = {name: data for name in (outputs.RESULTS, outputs.RECORD) if (data := _bytes(run.source, name)) is not None}
    files |= outputs.drawn(run)
    targets = inputs.target_tables(run.source)
    try:
        folder.parent.parent.mkdir(parents=True, exist_ok=True)
        places += [] if os.path.lexists(folder) else [folder]
        for inner in (folder.parent, folder):
            placing.folder(inner)
        for name, data in files.items():
            placing.put(folder / name, data)
        ticket.write(run, targets, folder, requests=False)
        placing.see(folder / outputs.PAGE)
        page.front(run, folder, targets)
        page.lead(folder)
    except OSError as error:
        raise CommandError(f"{folder}: cannot be written: {error.strerror}") from None
    return replace(run, source=folder)


def _bytes(folder: Path, name: str) -> bytes | None:
    """Return a file of a run, where there is one in its very folder."""
    try:
        return container.from_folder(folder, name)
    except (OSError, LimitError):
        return None
