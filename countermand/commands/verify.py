"""`countermand verify`: says whether a certificate holds, and what that shows."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from countermand.certify import keys, printable, words
from countermand.certify.check import Outcome, check
from countermand.commands.judging import patience
from countermand.exits import CommandError, Exit
from countermand.guard import intake

#: Exit codes: it does not verify; it may, and only another suite can tell.
LARGEST = 2**40  # what is in it is held to limits of its own
BAD, UNDECIDED = Exit.UNVERIFIED, Exit.INCONCLUSIVE
#: Problems that are told one by one.
MOST = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("certificate", metavar="FILE.zip", help="the certificate")
    parser.add_argument("--key", required=True, metavar="public.pem", help="the public key of whoever signed it, from a source you trust")
    parser.add_argument(
        "--patience", type=patience, metavar="SECONDS", help="of computing that it may take (default: 9 to 25, by its size)"
    )
    parser.epilog = (
        "Exit: 0 it verifies, whatever its verdict is; 14 it does not; 10 another suite made it, and only that one can judge it again."
    )


def main(options: argparse.Namespace) -> int:
    """Check a certificate and say what came of it."""
    path = Path(options.certificate)
    try:
        key = keys.public(Path(options.key))
    except keys.KeyFileError as error:
        raise CommandError(printable.line(str(error))) from None
    try:
        intake.look(path, LARGEST)
    except FileNotFoundError:
        raise CommandError(f"{_named(path)}: no such file") from None
    except intake.IntakeError as error:
        raise CommandError(f"{_named(path)}: {error}") from None
    outcome = check(path, key, options.patience)
    if outcome.problems:
        told = [f"  {printable.line(words)}" for words in outcome.problems[:MOST]]
        told += [f"  and {len(outcome.problems) - MOST} more"] if len(outcome.problems) > MOST else []
        print(f"{_named(path)} does not verify:", *told, sep="\n", file=sys.stderr)
        return BAD
    return _told(path, outcome)


def _told(path: Path, outcome: Outcome) -> int:
    statement = outcome.statement or {}
    if outcome.other_suite is not None:
        why = f"the signature and every file hold, but the verdicts were not judged again: {printable.line(outcome.other_suite)}"
        print(f"{_named(path)}: {why}", file=sys.stderr)
        return UNDECIDED
    told = statement["predicate"]
    print(f"{_named(path)} verifies: the signature, every file, and every verdict judged again from the record.")
    print(f"{printable.line(told['sentence'])} ({printable.line(told['timeStarted'][:10])})\n")
    for one in statement["subject"]:
        print(f"It is about {printable.quoted(one['name'])} at {printable.quoted(one['uri'])}, as its maker calls it.")
    print(words.spoken())
    return 0


def _named(path: Path) -> str:
    """Return a file's name as it is, unless its letters could be taken for more than a name."""
    name = str(path)
    return name if name.isprintable() and not any(letter.isspace() for letter in name) else printable.quoted(name)
