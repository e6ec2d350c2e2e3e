"""The options of commands that ask a target.

What they are, which slips of the hand are refused, and what pytest is handed of them.
"""

from __future__ import annotations

import argparse
import itertools
import os
from collections.abc import Sequence
from pathlib import Path

from countermand.baseline.file import lacking
from countermand.commands import saying
from countermand.exits import CommandError
from countermand.guard import intake
from countermand.guard.nearest import absent, nearest
from countermand.model.apis import APIS
from countermand.orders.ledger_file import no_folder
from countermand.plugin.launch import at_once
from countermand.report import shelf

#: The options of ours that somebody may have meant by a word pytest does not know.
OPTIONS = (
    *("--target", "--api", "--embedded", "--reports", "--no-reports", "--replay", "--seed", "--fail-on"),
    *("--baseline", "--ledger", "--production", "--dry-run", "--requests", "--no-page", "--help-pytest", "--failed"),
    *("--pytest-output", "--own-acceptance"),
)
#: Options of pytest that are whole without a value, and may stand before a path.
FLAGS = frozenset({"-v", "-vv", "-q", "-x", "-s", "-l"})


def add_asking(parser: argparse.ArgumentParser) -> None:
    """Declare the options of every command that asks a target."""
    parser.add_argument(
        "--target",
        action="append",
        default=[],
        metavar="FILE",
        help="a target file, more than once for several (default: COUNTERMAND_TARGET, or what countermand.toml names)",
    )
    parser.add_argument("--api", choices=list(APIS), help="without a target: the embedded seller of one API only")
    parser.add_argument(
        "--embedded", action="store_true", help="test the embedded sellers, though target files lie here"
    )
    parser.add_argument(
        "-n",
        dest="workers",
        metavar="N",
        help="so many scenarios at once, for targets that are far away (default: one, and as many as there are "
        "processors, four at most, at an embedded seller)",
    )
    parser.add_argument(
        "--reports",
        metavar="DIR",
        help="the folder of reports, whole or part (default: reports, reports/part for a part)",
    )
    parser.add_argument(
        "--fail-on",
        choices=["standard", "inferred"],
        help="let departures fail the target as well: from base standards, or also from what is inferred",
    )
    parser.add_argument(
        "--production", action="append", default=[], metavar="NAME", help="agree that the target so named is production"
    )


def check(options: argparse.Namespace, rest: Sequence[str]) -> None:
    """Refuse what pytest would take for something else, or explain in its own words only."""
    if options.clauses is not None and not options.clauses.strip():
        raise CommandError("-m names no clause: leave it out to judge all")
    if options.target and (options.embedded or options.api):
        other = "--embedded" if options.embedded else f"--api {options.api}"
        raise CommandError(f"{other} is about the embedded sellers, and --target about somebody's own: say one of them")
    _targets_must_be_there(options.target)
    _others_must_be_there(options.baseline, ledgers(rest))
    workers = options.workers
    if workers and workers not in {"auto", "logical"} and not (workers.isdecimal() and int(workers)):
        raise CommandError(f"-n {workers}: how many at once is a number from 1 on, or auto")
    if options.requests is not None and not (options.dry_run and options.requests.strip()):
        raise CommandError("--requests names a folder, and goes with --dry-run")
    if not options.dry_run and (why := shelf.unkept()) is not None:
        raise CommandError(why)
    if options.reports is not None and not options.reports.strip():
        raise CommandError("--reports names no folder")
    if options.reports is not None and (why := shelf.unfit(Path(options.reports))):
        raise CommandError(why)
    for before, word in zip(("-v", *rest), rest, strict=False):
        _must_be_there(before, word, among=options.target)
        name = word.partition("=")[0]
        option = nearest(name, OPTIONS, cutoff=0.85) if name.startswith("--") and name not in OPTIONS else None
        if option:
            raise CommandError(f"no option {word}; did you mean {option}?")


def ledgers(rest: Sequence[str]) -> list[Path]:
    """Return the ledgers that somebody names."""
    named = [word for before, word in itertools.pairwise(rest) if before == "--ledger"]
    named += [word.partition("=")[2] for word in rest if word.startswith("--ledger=")]
    return [Path(name) for name in named]


def ledger_elsewhere(rest: Sequence[str]) -> Path | None:
    """Return the ledger of COUNTERMAND_LEDGER where it is another one in each folder somebody stands in, and counts."""
    named = os.environ.get("COUNTERMAND_LEDGER", "")
    return Path(named) if named and not Path(named).is_absolute() and not ledgers(rest) else None


def _targets_must_be_there(names: Sequence[str]) -> None:
    """Refuse a name that was mistyped: it is no news of a target that was tested before."""
    for name in names:
        if not os.path.lexists(name):
            raise CommandError(f"--target {intake.shown(name)}: {absent(Path(name))}")
        if intake.is_folder(Path(name)):
            raise CommandError(f"--target {intake.shown(name)}: is a folder, where a target file was expected")


def _others_must_be_there(baseline: str | None, ledgers: Sequence[Path]) -> None:
    """Refuse a baseline that is not there, and a ledger that has no folder to be in, for the same reason."""
    if baseline is not None and not os.path.lexists(baseline):
        raise CommandError(lacking(Path(baseline)))
    for path in ledgers:
        if not path.absolute().parent.exists():
            raise CommandError(no_folder(path))


def _must_be_there(before: str, word: str, *, among: Sequence[str]) -> None:
    """Refuse a target file without its option, and a path that is not there: pytest would notice when all has begun."""
    if word.startswith("-") or (before.startswith("-") and before not in FLAGS):
        return
    if word.endswith(".toml") and among:
        choice = f"--target {word} for one more target, --baseline {word} for known failures"
        raise CommandError(f"{word}: each file has its own option: {choice}")
    if word.endswith(".toml"):
        raise CommandError(saying.stray_target(word))
    if not Path(word.partition("::")[0]).exists():
        what = absent(Path(word.partition("::")[0]), "no such file or folder")
        raise CommandError(f"{word}: {what}; what is tested is said with --target, -m or -k")


def passed_on(options: argparse.Namespace) -> list[str]:
    """Return the words for pytest that say what was asked."""
    passed = [f"--api={options.api}"] if options.api else []
    passed += [f"--replay={options.replay}"] if options.replay else []
    passed += [f"--fail-on={options.fail_on}"] if options.fail_on else []
    passed += [f"--baseline={Path(options.baseline).absolute()}"] if options.baseline else []
    passed += ["-m", options.clauses] if options.clauses else []
    passed += ["--pytest-output"] if options.pytest_output else []
    passed += [f"--production={name}" for name in options.production]
    if options.dry_run:
        # What is played is not judged, and pytest would say that it was; its own settings speak of the terminal.
        passed += [f"--requests={options.requests}"] if options.requests else []
        return [*passed, "--dry-run", "-o", "addopts=--strict-markers", "-p", "no:terminal"]
    if options.workers and options.workers != "0" and not options.replay:  # a replay starts no process, and is quick
        passed += at_once(options.workers)
    return passed
