"""`countermand run`: one pytest session per set of targets that can share one."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from countermand.commands import asking, choice, judging, last, saying, selection, sessions, unverified
from countermand.exits import CommandError, Exit, NamedFileError
from countermand.guard.foreign import shown
from countermand.model.apis import APIS
from countermand.model.files import PART, RESULTS
from countermand.model.results import Target as TestedTarget
from countermand.model.target import Target
from countermand.plugin.launch import run_pytest
from countermand.report import outputs, shelf, untested
from countermand.report.terminal import near
from countermand.targetfile import TargetError, glimpse, load, piped
from countermand.targetfile.production import agree

#: Options with which nothing is played, and with which a part is.
IDLE, PARTS = ("--collect-only", "--co"), ("-k", "--deselect")
#: With which a dry run prints every request.
VERBOSE = frozenset({"-v", "-vv", "--verbose"})
#: Where the last run is, unless somebody says otherwise.
LAST = "reports"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options; all others are handed to pytest."""
    asking.add_asking(parser)
    parser.add_argument(
        "--replay", metavar="FILE", help="judge a recorded run again, from a folder of reports or a certificate"
    )
    judging.add_patience(parser)
    parser.add_argument(
        "-m",
        dest="clauses",
        metavar="WHICH",
        help=(
            'judge only these: clauses ("ALA-REQ-07 or ALA-REQ-08", "ALA-REQ-*"), '
            "a feature, or a verdict of the last run (inconclusive)"
        ),
    )
    parser.add_argument(
        "--failed",
        metavar="DIR",
        nargs="?",
        const="",
        help="judge only what was broken or inconclusive in the last run, whose reports are in DIR "
        "(default: what --reports names, where a run of the same target is in it, and else reports)",
    )
    parser.add_argument(
        "--baseline", metavar="FILE", help="known failures and waivers: they change the exit code, never a verdict"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="say which orders are needed and what would be sent, and send nothing"
    )
    parser.add_argument(
        "--requests", metavar="DIR", help="with --dry-run: write every request into a new folder (-v prints them)"
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="write results.json to standard output, and all other words to standard error",
    )
    parser.add_argument(
        "--pytest-output", action="store_true", help="let pytest tell of the run in its own words, as -v does"
    )
    parser.epilog = (
        "Also taken: --no-page (Allure's page is not drawn), --ledger FILE, --seed WORDS, --own-acceptance. "
        "Any other option is pytest's, or the suite's own: countermand run --help-pytest lists them. "
        "What each exit code means: countermand --help."
    )
    parser.add_argument(
        "--help-pytest", action="store_true", help="list the options of pytest and of the suite's plugin"
    )


def main(options: argparse.Namespace, rest: list[str]) -> int:
    """Run the suite and return the exit code.

    Targets that were named and not tested are left in the reports as just that.
    """
    if options.help_pytest:
        return run_pytest(["--help"])
    if options.json and (options.dry_run or options.replay):
        raise CommandError(
            "--json tells of a run that asks its target; results.json in the folder of reports tells of others"
        )
    heard = Heard()
    try:
        with saying.aside(programs=options.json):
            code = _played(options, rest, heard)
    except CommandError as error:
        error.answered = bool(heard.folders)
        raise
    except Exception:  # a fault of ours, which is what a program is told
        heard.folders.clear()
        raise
    finally:
        results = heard.results()
        if options.json and (results or heard.nothing):
            saying.as_json(results[0] if len(results) == 1 else {"version": 1, "runs": results})
    if options.json and code == Exit.USAGE and not heard.folders:
        saying.mistake("nothing was tested: what is wrong with the command line is said on standard error", code)
    return _heard_by_programs(code) if options.json else code


def _heard_by_programs(code: int) -> int:
    """Return the exit code, that of a mistake where standard output could not be written, unless it is worse."""
    sys.stdout.flush()
    if not getattr(sys.stdout, "is_lost", False):
        return code
    worst = min(code, Exit.USAGE, key=sessions.WORST.index)
    print(f"exit {worst}: what --json asks for could not be written; {RESULTS} in the reports says it", file=sys.stderr)
    return worst


class Heard:
    """Hears where the runs of this command have said what came of them, for programs."""

    def __init__(self) -> None:
        self.folders = list[Path]()
        self.nothing = False  # there was nothing to run

    def pytest_countermand_finished(self, reports: Path) -> None:
        """Keep where a run in this process has its reports."""
        self.folders.append(reports)

    def results(self) -> list[Any]:
        """Return what the runs have said, once nothing of it is taken back any more."""
        paths = (folder / outputs.RESULTS for folder in self.folders)
        return [json.loads(path.read_text(encoding="utf-8")) for path in paths if path.is_file()]


def _played(options: argparse.Namespace, rest: list[str], heard: Heard) -> int:
    """Run the suite; what was not tested is heard of like what was."""
    asking.check(options, rest)  # a slip of the hand is no news of a target: nothing is written, and nothing moves
    before = len(untested.LEFT)
    try:
        code = _run(options, rest, heard)
        silent = len(untested.LEFT) == before and not heard.folders
        if silent and code == Exit.INTERRUPTED and not options.dry_run:
            _leave_untested(options, rest, "the run was interrupted before it could say anything of the target")
            early = " before an order was touched" if len(options.target) == 1 else ""
            print(f"countermand run: interrupted{early}", file=sys.stderr)
    except selection.NothingFailedError as nothing:  # the last run says all there is to say
        heard.nothing = True
        print(f"{nothing}: nothing is repeated", file=sys.stderr)
        return Exit.CONFORMS
    except NamedFileError as error:
        _leave_untested(options, rest, str(error))
        raise
    finally:
        heard.folders += untested.LEFT[before:]
    return code


def _run(options: argparse.Namespace, rest: list[str], heard: Heard) -> int:
    options.target = choice.targets(options.target, embedded=bool(options.embedded or options.api or options.replay))
    paths = [Path(name) for name in options.target]
    unverified.say(map(Path, filter(None, [options.failed])))
    if options.replay:
        options.clauses = _selected(options, _loaded(paths)) if _selects(options) else None
        return judging.again(options, [*asking.passed_on(options), *rest])
    if not paths:
        print(choice.EMBEDDED if options.embedded else choice.NO_TARGET, flush=True)
    if options.dry_run and VERBOSE & {*rest}:
        options.requests, rest = options.requests or "-", [word for word in rest if word not in VERBOSE]
    grouped = sessions.grouped(paths)
    chosen = _all_selected(options, grouped)
    _agree(paths, options.production, dry=options.dry_run)
    if len(grouped) == 1:
        if paths and not options.dry_run:  # the sellers that are carried have a ledger of their own
            _say_if_new(rest)
        options.clauses = chosen[0]
        targets = [f"--target={path}" for path in paths]
        reports = [f"--reports={options.reports}"] if options.reports else []
        shared = [*targets, *reports, *asking.passed_on(options), *rest]
        return run_pytest(shared, _stand_ins() if options.dry_run else [heard])
    codes, top = [], _folder(options, rest)
    for number, (group, clauses) in enumerate(zip(grouped, chosen, strict=True), 1):
        if clauses == "":
            continue
        options.clauses = clauses
        folder = top / _name(group, number)
        print(f"{', '.join(map(str, group))} -> {folder}", flush=True)
        with piped.handed_on(group) as (names, ends):
            targets = [f"--target={name}" for name in names]
            command = sessions.itself("run", *targets, f"--reports={folder}", *asking.passed_on(options), *rest)
            before = _written(folder)
            code, ended = sessions.play(command, ends, aside=options.json)
        if _written(folder) != before:  # what stands there otherwise is of another run
            heard.folders.append(folder)
        codes.append(code)
        if ended:
            break
    worst = min(codes, key=sessions.WORST.index)
    print(f"exit {worst}: the worst of {len(codes)} runs", flush=True)
    return worst


def _say_if_new(rest: Sequence[str]) -> None:
    """Say that a ledger somebody names is empty or not there: a name that was mistyped knows no order as used up."""
    for path in filter(None, [*asking.ledgers(rest), asking.ledger_elsewhere(rest)]):
        empty = path.is_file() and path.stat().st_size == 0  # as a disk that was full leaves one
        if path.absolute().parent.is_dir() and (empty or not path.exists()):
            words = f"{shown(near(path))} is a new ledger: of the orders that are listed it knows none as used"
            print(f"note: {words}", file=sys.stderr)


def _name(group: Sequence[Path], number: int) -> str:
    return sessions.folder_of([load(path, runs=False).name for path in group], number)


def _folder(options: argparse.Namespace, rest: Sequence[str]) -> Path:
    """Return where the reports of targets belong, those of several runs below it: those of a part leave the whole."""
    if options.reports:
        return Path(options.reports)
    return shelf.place(Path(LAST), part=is_part(options, rest), embedded=False)


def _written(folder: Path) -> int | None:
    """Return when the results in a folder were written, by which those of two runs differ."""
    path = folder / outputs.RESULTS
    return path.stat().st_mtime_ns if path.is_file() else None


def _leave_untested(options: argparse.Namespace, rest: Sequence[str], reason: str) -> None:
    """Leave reports of the targets that were named, each where its run would have left its own."""
    if not options.target or options.replay or options.dry_run or _named(rest) & set(IDLE):
        return
    glimpses = (glimpse(Path(path)) for path in dict.fromkeys(options.target))
    groups = sessions.sharing((target.api, TestedTarget(target.name, target.api, target.url)) for target in glimpses)
    top = _folder(options, rest)
    for number, group in enumerate(groups, 1):
        name = sessions.folder_of([target.name for target in group], number)
        untested.leave(top if len(groups) == 1 else top / name, group, reason)


def is_part(options: argparse.Namespace, rest: Sequence[str]) -> bool:
    """Say whether a part of the suite is asked for."""
    return _selects(options) or any(word.startswith(PARTS) or "::" in word for word in rest)


def _selects(options: argparse.Namespace) -> bool:
    return options.clauses is not None or options.failed is not None


def _loaded(paths: Sequence[Path]) -> list[Target]:
    """Read target files, which may run what tells a secret; raises CommandError."""
    try:
        return [load(path) for path in paths]
    except TargetError as error:
        raise NamedFileError(str(error)) from None


def _named(rest: Sequence[str]) -> set[str]:
    return {word.partition("=")[0] for word in rest}


def _all_selected(options: argparse.Namespace, grouped: Sequence[Sequence[Path]]) -> list[str | None]:
    """Return the clauses to judge in each session; one of several in which there are none is left out, and says so.

    Raises CommandError where there are none at all.
    """
    if not _selects(options):
        return [None] * len(grouped)
    asked = list(map(_loaded, grouped))
    everywhere = {target.api for targets in asked for target in targets}
    chosen, error = list[str | None](), None
    for number, targets in enumerate(asked, 1):
        name = sessions.folder_of([target.name for target in targets], number)
        try:
            chosen.append(_selected(options, targets, everywhere, name, several=len(grouped) > 1))
        except CommandError as none:
            error = none if error is None or isinstance(error, selection.NothingFailedError) else error
            chosen.append("")
    if error and not any(chosen):
        raise error
    for group, clauses in zip(grouped, chosen, strict=True):
        if clauses == "":
            print(f"{', '.join(map(str, group))}: not asked: nothing of it is selected", flush=True)
    return chosen


def _selected(
    options: argparse.Namespace,
    asked: Sequence[Target],
    everywhere: Iterable[str] = (),
    name: str = "",
    *,
    several: bool = False,
) -> str:
    """Return the clauses to judge at some targets, as pytest is told them.

    The reports of one session of several are in a folder of its name. Raises CommandError where nothing is selected.
    """
    apis = {target.api for target in asked} or ({options.api} if options.api else {*APIS})
    names = frozenset(target.name for target in asked)
    carried = names or frozenset(f"embedded-{api}" for api in apis)
    places = [_of_session(place, name, several=several) for place in _places(options)]
    folder = last.place(places[:1] if options.failed else places, names if options.replay else carried)
    known = selection.known(folder, names)
    words = options.clauses
    if options.failed is not None:
        who = names if options.replay else carried
        failed = " or ".join(selection.of_verdict(folder, selection.FAILED, who, apis))
        words = f"({failed}) and ({options.clauses})" if options.clauses else failed
    chosen = selection.chosen(words, known, apis, everywhere)
    if not options.replay and not selection.excludes(words):
        chosen += selection.witnesses(chosen, known, last.runs(places), carried)
    return " or ".join(chosen)


def _places(options: argparse.Namespace) -> list[Path]:
    """Return where the last run may stand: where somebody says, beside the part that is written, and in `reports`."""
    embedded = not options.target and not options.replay
    places = [Path(options.failed)] if options.failed else []
    if options.reports:
        reports = Path(options.reports)
        places += [reports, *([reports.parent] if reports.name == PART else [])]
    return [*places, shelf.place(Path(LAST), part=False, embedded=embedded)]


def _of_session(place: Path, name: str, *, several: bool) -> Path:
    """Return where a session of several has its reports in a folder, and else the folder."""
    own = (place / name / outputs.RESULTS).is_file() and (several or not (place / outputs.RESULTS).is_file())
    return place / name if own else place


def _stand_ins() -> list[object]:
    from countermand.commands.stand_ins import StandIns  # noqa: PLC0415 - the embedded sellers, which only a dry run needs

    return [StandIns()]


def _agree(paths: list[Path], names: Sequence[str], *, dry: bool) -> None:
    """See that every target that is production was named, before any session begins; a dry run sends nothing."""
    targets = _loaded(paths)
    try:
        if not dry:
            agree(targets, names)
    except TargetError as error:
        raise NamedFileError(str(error)) from None
    if strange := sorted(set(names) - {target.name for target in targets}):
        known = ", ".join(target.name for target in targets) or "the embedded sellers'"
        raise CommandError(f"--production {strange[0]}: no target of that name; there is {known}")
