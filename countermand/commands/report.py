"""`countermand report`: on one side the folder of a finished run, on the other its page, drawn again."""

from __future__ import annotations

import argparse
from pathlib import Path

from countermand.cli import CommandError
from countermand.guard import intake
from countermand.records import finished, inputs
from countermand.report import page


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("reports", metavar="DIR", type=Path, help="the folder of reports of a finished run")
    parser.epilog = "index.html is drawn from results.json and record.jsonl, allure.html from allure-results where Allure is to be had."


def main(options: argparse.Namespace) -> int:
    """Draw the pages again; the verdict stays what it was, and so does the history."""
    if intake.is_file(options.reports):
        raise CommandError(f"{options.reports}: is a file; the page is drawn from a folder of reports")
    try:
        results = finished.read(options.reports)
    except finished.FinishedError as error:
        raise CommandError(str(error)) from None
    front = page.front(results, options.reports, inputs.told_targets(options.reports))
    if not front.paths:
        raise CommandError(front.notice, code=3)
    drawn = page.allure(results, options.reports)
    print("\n".join([*map(str, [*front.paths, *drawn.paths]), *([f"note: {drawn.notice}"] if drawn.notice else [])]))
    return 0
