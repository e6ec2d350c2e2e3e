"""`countermand verify`: says whether a certificate holds, of what, and what that shows."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from countermand.certify import expect, keys, printable, summary
from countermand.certify.check import Outcome, UnjudgedError, check
from countermand.commands import judging, saying
from countermand.exits import CommandError, Exit
from countermand.guard import intake
from countermand.guard.nearest import absent
from countermand.model.apis import APIS
from countermand.model.verdict import Verdict

LARGEST = 2**40  # what is in it is held to limits of its own
#: Problems that are told one by one.
MOST = 50
VERSION = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("certificate", metavar="FILE.zip", help="the certificate")
    parser.add_argument(
        "--key",
        required=True,
        metavar="public.pem",
        help="the public key of whoever signed it, from a source you trust",
    )
    parser.add_argument(
        "--seed", metavar="CHALLENGE", help="refuse a record that was made with another seed than the one you chose"
    )
    parser.add_argument(
        "--expect-target", metavar="NAME", help="refuse a certificate about another target; NAME is its name or its url"
    )
    parser.add_argument("--expect-api", choices=list(APIS), help="refuse a certificate about another API")
    parser.add_argument(
        "--expect-verdict",
        choices=[str(verdict) for verdict in (Verdict.CONFORMS, Verdict.DOES_NOT_CONFORM, Verdict.INCONCLUSIVE)],
        help="refuse a certificate that says otherwise, as that of a part does",
    )
    parser.add_argument(
        "--max-age", type=expect.age, metavar="AGE", help="how long ago its run may have been, as in 90d, 12w, 6m or 1y"
    )
    parser.add_argument(
        "--on", type=expect.a_day, metavar="DAY", help="judge validity and age as of that day (default: today, UTC)"
    )
    parser.add_argument(
        "--json", action="store_true", help="say the same as JSON (countermand/schemas/verify.schema.json)"
    )
    judging.add_patience(parser, "it")
    parser.epilog = (
        "Exit: 0 it verifies, whatever its verdict is; 14 it does not, or is not what was expected; "
        "10 another suite made it, and only that one can judge it again; "
        "11 it verifies, and has expired or is older than --max-age; "
        "4 a file cannot be read, or this machine has no room to judge again."
    )


def main(options: argparse.Namespace) -> int:
    """Check a certificate and say what came of it."""
    path = Path(options.certificate)
    try:
        key, owner = keys.public(Path(options.key)), keys.owner(Path(options.key))
    except keys.KeyFileError as error:
        raise CommandError(printable.line(str(error))) from None
    try:
        intake.look(path, LARGEST)
    except FileNotFoundError:
        raise CommandError(f"{_named(path)}: {absent(path)}") from None
    except intake.IntakeError as error:
        raise CommandError(f"{_named(path)}: {error}") from None
    wanted = None if options.expect_verdict is None else Verdict(options.expect_verdict)
    expected = expect.Expected(
        options.expect_target, options.expect_api, options.seed, options.max_age, wanted, options.on
    )
    try:
        outcome = check(path, key, options.patience)
    except UnjudgedError as error:
        raise CommandError(f"{_named(path)}: {error}") from None
    answer = answered(outcome, expected, owner)
    if options.json:
        saying.as_json(answer)
    else:
        _say(_named(path), answer)
    return int(answer["exit"])


def answered(outcome: Outcome, expected: expect.Expected, owner: str = "") -> dict[str, Any]:
    """Return the whole answer.

    It is the outcome, the exit code, what is wrong, and what the certificate states once it can be believed.
    """
    problems, unmet, late, said = list(outcome.problems), list[str](), list[str](), None
    if not problems:
        said = _facts(outcome.statement or {})
        if said is not None:
            unmet, late = list(expected.unmet(said)), list(expected.late(said))
        elif outcome.other_suite is None:
            problems = ["its statement is none that this suite writes"]
    other = None if problems else outcome.other_suite
    words, code = _outcome(bool(problems), bool(unmet), other is not None, bool(late))
    about = {
        "outcome": words,
        "exit": int(code),
        "on": expected.day.isoformat(),
        "problems": problems,
        "unmet": unmet,
        "late": late,
    }
    others = {"otherSuite": other, "otherDrawing": None if problems else outcome.other_drawing}
    return {"version": VERSION, **about, **others, "keyOwner": owner or None, "stated": said}


def _outcome(problems: bool, unmet: bool, other: bool, late: bool) -> tuple[str, Exit]:
    if problems:
        return "does not verify", Exit.UNVERIFIED
    if unmet:
        return "is not what was expected", Exit.UNVERIFIED
    if other:
        return "was made by another suite", Exit.INCONCLUSIVE
    return ("verifies, and holds no longer", Exit.STALE) if late else ("verifies", Exit.CONFORMS)


def _facts(statement: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what a statement says; one of another suite may say it otherwise."""
    try:
        return summary.facts(statement)
    except (ValueError, KeyError, TypeError, AttributeError, LookupError, StopIteration):
        return None


def _say(name: str, answer: Mapping[str, Any]) -> None:
    said = answer["stated"]
    if answer["problems"]:
        return _list(f"{name} does not verify:", answer["problems"])
    if answer["unmet"]:
        _list(f"{name} is not what was expected:", answer["unmet"])
    if answer["otherSuite"]:
        why = (
            "the signature and every file hold, but the verdicts were not judged again, nor its pages drawn again: "
            f"{printable.line(answer['otherSuite'])}"
        )
        print(f"{name}: {why}", file=sys.stderr)
    elif not answer["unmet"]:
        print(f"{name} verifies: the signature, every file, and every verdict judged again from the record.")
    if answer["otherDrawing"]:
        print(f"{name}: {summary.undrawn(answer['otherDrawing'])}", file=sys.stderr)
    if answer["late"]:
        _list(f"{name} holds no longer:", answer["late"])
    if said is None:
        return None
    print(*summary.lines(said, judged=not answer["otherSuite"]), sep="\n")
    if answer["keyOwner"]:
        print(f"  the key file you gave calls its owner {printable.quoted(answer['keyOwner'], 200)}")
    if answer["exit"] in {Exit.CONFORMS, Exit.STALE}:
        print(f"\n{summary.limits(said)}")
    print(f"\n{name}: {answer['outcome']}{_why(answer)}")
    return None


def _why(answer: Mapping[str, Any]) -> str:
    """Return the first reason of an outcome, where it has one: what was said above may be out of sight by now."""
    reasons = [*answer["unmet"], *answer["late"]]
    return f": {printable.line(reasons[0])}" if reasons else ""


def _list(head: str, rows: Sequence[str]) -> None:
    lines = [f"  {printable.line(words)}" for words in rows[:MOST]]
    lines += [f"  and {len(rows) - MOST} more"] if len(rows) > MOST else []
    print(head, *lines, sep="\n", file=sys.stderr)


def _named(path: Path) -> str:
    """Return a file's name as it is, unless its letters could be taken for more than a name."""
    name = intake.shown(path)
    return name if name.isprintable() and not any(letter.isspace() for letter in name) else printable.quoted(name)
