"""`countermand report`: draws the pages of a finished run again."""

from __future__ import annotations

import argparse
import webbrowser
from pathlib import Path

from countermand.commands import saying, unrecorded
from countermand.exits import CommandError, Exit
from countermand.guard import intake
from countermand.records import finished, inputs
from countermand.report import outputs, page


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "reports",
        metavar="DIR",
        type=Path,
        nargs="?",
        default="reports",
        help="the folder of reports of a finished run (default: reports)",
    )
    parser.add_argument("--json", action="store_true", help="say as JSON what was drawn")
    parser.add_argument("--open", action="store_true", help="open the front page in a browser, and draw nothing")
    parser.epilog = (
        "index.html is drawn from results.json and record.jsonl, "
        "allure.html from allure-results where Allure is to be had. Exit: 3 the front page cannot be drawn."
    )


def main(options: argparse.Namespace) -> int:
    """Draw the pages again; the verdict stays what it was, and so does the history."""
    if intake.is_file(options.reports):
        raise CommandError(f"{options.reports}: is a file; the page is drawn from a folder of reports")
    try:
        results = finished.read(options.reports)
    except finished.FinishedError as error:
        raise CommandError(str(error)) from None
    unrecorded.say((results,))
    if options.open:
        return _opened(options.reports / outputs.PAGE)
    if (led := outputs.astray(options.reports)) is not None:
        raise CommandError(f"{led}: is a link or no plain file, as no run leaves it: remove it")
    front = page.front(results, options.reports, inputs.target_tables(options.reports))
    if not front.paths:
        raise CommandError(front.notice, Exit.FAULT)
    drawn = page.allure(results, options.reports)
    if options.json:
        payload = {"pages": [str(path) for path in (*front.paths, *drawn.paths)], "note": drawn.notice or None}
        saying.as_json({"version": 1, "sentence": results.sentence, **payload})
        return 0
    print("\n".join([*map(str, [*front.paths, *drawn.paths]), *([f"note: {drawn.notice}"] if drawn.notice else [])]))
    return 0


def _opened(path: Path) -> int:
    """Open a page in the browser of whoever asks; raises CommandError."""
    if not path.is_file():
        raise CommandError(f"{path}: no such page; countermand report {path.parent} draws it")
    webbrowser.open(path.resolve().as_uri())
    print(path.resolve().as_uri())
    return 0
