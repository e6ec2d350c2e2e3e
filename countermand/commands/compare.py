"""`countermand compare`: says what differs between two finished runs, and whether it got worse."""

from __future__ import annotations

import argparse
from pathlib import Path

from countermand.commands import last, redrawn, saying, unverified
from countermand.exits import CommandError, Exit
from countermand.nightly import compare_words
from countermand.nightly.compare import CompareError, compare
from countermand.records import finished


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("old", metavar="OLD", type=Path, help="a folder of reports, or a certificate")
    parser.add_argument("new", metavar="NEW", type=Path, help="another, of the same target later or of another target")
    parser.add_argument("--json", metavar="FILE", nargs="?", const=saying.HERE, help=saying.HELP)
    parser.epilog = (
        "Ends with 1 if anything got worse: a scenario that conformed does not any more, "
        "one that did not fail fails, what was known is not to be found out, or what was judged is gone. "
        "Ends with 0 otherwise, whatever else differs."
    )


def main(options: argparse.Namespace) -> int:
    """Print the comparison as Markdown, and say by the exit code whether the new run is worse."""
    if options.json not in {None, saying.HERE}:
        redrawn.see(Path(options.json), "{")
    try:
        comparison = compare(last.tested(options.old, ""), last.tested(options.new, ""))
    except (finished.FinishedError, CompareError) as error:
        raise CommandError(str(error)) from None
    unverified.say((options.old, options.new))
    saying.either(options.json, compare_words.as_json(comparison), compare_words.markdown(comparison))
    return Exit.DOES_NOT_CONFORM if comparison.regresses else Exit.CONFORMS
