"""`countermand report`: on one side the folder of a finished run, on the other its page, drawn again."""

from __future__ import annotations

import argparse
from pathlib import Path

from countermand.cli import CommandError
from countermand.guard import intake
from countermand.records import finished
from countermand.report import page


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("reports", metavar="DIR", type=Path, help="the folder of reports of a finished run")
    parser.epilog = "The page is drawn from allure-results; where Allure is not to be had, it is the small built-in page."


def main(options: argparse.Namespace) -> int:
    """Draw index.html again; the verdict stays what it was, and so does the history."""
    if intake.is_file(options.reports):
        raise CommandError(f"{options.reports}: is a file; the page is drawn from a folder of reports")
    try:
        rendered = page.render(finished.read(options.reports), options.reports)
    except finished.FinishedError as error:
        raise CommandError(str(error)) from None
    if rendered.way is page.Way.NONE:
        raise CommandError(rendered.notice, code=3)
    print("\n".join([f"{rendered.path} ({rendered.way})", *([f"note: {rendered.notice}"] if rendered.notice else [])]))
    return 0
