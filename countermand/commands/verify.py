"""`countermand verify`: on one side a certificate somebody was handed, on the other whether it holds, and what that shows."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from countermand import intake
from countermand.certify import keys, words
from countermand.certify.check import Outcome, check
from countermand.cli import CommandError
from countermand.exits import Exit

#: Exit codes: it does not verify; it may, and only another suite can tell.
LARGEST = 2**40  # what is in it is held to limits of its own
BAD, UNDECIDED = Exit.UNVERIFIED, Exit.INCONCLUSIVE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("certificate", metavar="FILE.zip", help="the certificate")
    parser.add_argument("--key", required=True, metavar="public.pem", help="the public key of whoever signed it, from a source you trust")
    parser.epilog = (
        "Exit: 0 it verifies, whatever its verdict is; 14 it does not; 10 another suite made it, and only that one can judge it again."
    )


def main(options: argparse.Namespace) -> int:
    """Check a certificate and say what came of it."""
    path = Path(options.certificate)
    try:
        key = keys.public(Path(options.key))
    except keys.KeyFileError as error:
        raise CommandError(str(error)) from None
    try:
        intake.look(path, LARGEST)
    except FileNotFoundError:
        raise CommandError(f"{intake.shown(path)}: no such file") from None
    except intake.IntakeError as error:
        raise CommandError(f"{intake.shown(path)}: {error}") from None
    outcome = check(path, key)
    if outcome.problems:
        print(f"{path} does not verify:", *(f"  {words}" for words in outcome.problems), sep="\n", file=sys.stderr)
        return BAD
    return _told(path, outcome)


def _told(path: Path, outcome: Outcome) -> int:
    told = (outcome.statement or {})["predicate"]
    if outcome.other_suite is not None:
        print(f"{path}: the signature and every file hold, but the verdicts were not judged again: {outcome.other_suite}", file=sys.stderr)
        return UNDECIDED
    print(f"{path} verifies: the signature, every file, and every verdict judged again from the record.")
    print(f"{told['sentence']} ({told['timeStarted'][:10]})\n")
    print(words.spoken())
    return 0
