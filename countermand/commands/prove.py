"""`countermand prove`: shows that the suite catches every seller that is wrong on purpose."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from countermand.commands import saying
from countermand.exits import CommandError, Exit
from countermand.guard import placing
from countermand.guard.foreign import in_json
from countermand.guard.nearest import meant
from countermand.model import clause, suite
from countermand.model.apis import APIS
from countermand.report import shelf
from countermand.report.terminal import redraws

if TYPE_CHECKING:
    from countermand.proof.shown import Proof


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "deviants",
        metavar="DEVIANT",
        nargs="*",
        help="only these, by what they do or by name, or all that break a clause; "
        "countermand serve --list-deviants lists them",
    )
    parser.add_argument("--api", choices=list(APIS), help="only the deviants of one API")
    parser.add_argument(
        "--alone",
        action="store_true",
        help="judge each deviant by itself, as those are that are named: it takes twice as long; "
        "else those that can be told apart are one seller",
    )
    parser.add_argument(
        "--part",
        type=_part,
        metavar="K/N",
        help="only the Kth of N parts, as 2/8: for several machines, or as many parts as there is time for",
    )
    parser.add_argument("--json", action="store_true", help="write proof.json to standard output as well")
    parser.add_argument(
        "--jobs",
        type=_positive,
        metavar="N",
        help="so many sellers at once (default: one more than there are processors, as many a seller waits)",
    )
    parser.add_argument(
        "--reports",
        default="reports",
        metavar="DIR",
        type=Path,
        help="the folder to write reports to (default: reports)",
    )
    parser.epilog = (
        "Writes proof.md, proof.json and proof.html. "
        "Ends with 0 where every deviant is caught and nothing else changes but what it declares, "
        "and with 1 where there is a hole."
    )


def main(options: argparse.Namespace) -> int:
    """Prove it; raises CommandError where the deviants cannot be told apart."""
    from countermand.proof import field, runner  # noqa: PLC0415 - the suite costs time that --help should not

    if why := shelf.unfit(options.reports):
        raise CommandError(why)
    apis = [options.api] if options.api else list(APIS)
    try:
        known = runner.known(apis)
    except ValueError as error:
        raise CommandError(str(error)) from None
    chosen = _chosen(known, options.deviants)
    together = not options.deviants and not options.alone
    try:
        proof = runner.prove(
            chosen,
            complete=not options.deviants,
            together=together,
            part=options.part or runner.WHOLE,
            jobs=options.jobs or (os.cpu_count() or 1) + 1,
            progress=_count,
        )
    except field.UnjudgedError as error:
        raise CommandError(str(error)) from None
    with saying.aside(programs=options.json):
        code = _tell(proof, options.reports)
    if options.json:
        from countermand.proof import words  # noqa: PLC0415 - as above

        saying.as_json(words.as_json(proof))
    return code


def _must_break_clauses(known: dict[str, dict[str, type]], clauses: clause.Catalogue) -> None:
    """See that what deviants break are clauses; raises CommandError."""
    for wrong in known.values():
        for name, deviant in wrong.items():
            if (breaks := str(vars(deviant)["breaks"])) not in clauses:
                where = f"{deviant.__module__}.{name}"
                raise CommandError(f"{where}: breaks {breaks!r}, which is no clause; {clauses.advice(breaks)}")


def _chosen(known: dict[str, dict[str, type]], names: list[str]) -> dict[str, dict[str, type]]:
    """Pick deviants by slug, by name, or by the clause that they break, or all where none is named.

    Two APIs may have some of the same. Raises CommandError.
    """
    clauses = clause.read(*suite.features())
    _must_break_clauses(known, clauses)
    if not names:
        return known
    asked = {api: {deviant for name in names for deviant in _called(wrong, name)} for api, wrong in known.items()}
    for name in names:
        if not any(_called(wrong, name) for wrong in known.values()):
            if name in clauses:
                raise CommandError(f"no deviant breaks {name}: see CONTRIBUTING.md, A deviant")
            every = [word for wrong in known.values() for word in _words(wrong)]
            raise CommandError(f"no deviant {name!r}; {meant(name, every, 'see countermand serve --list-deviants')}")
    picked = {
        api: {name: deviant for name, deviant in wrong.items() if name in asked[api]} for api, wrong in known.items()
    }
    return {api: wrong for api, wrong in picked.items() if wrong}


def _called(wrong: dict[str, type], word: str) -> list[str]:
    """Return the names of the deviants that somebody asks for by a word."""
    from countermand.provider import deviants  # noqa: PLC0415 - as above

    named = deviants.called(wrong, word)
    return [named] if named else [name for name, deviant in wrong.items() if vars(deviant)["breaks"] == word]


def _words(wrong: dict[str, type]) -> list[str]:
    from countermand.provider import deviants  # noqa: PLC0415 - as above

    return [*deviants.words(wrong), *dict.fromkeys(str(vars(deviant)["breaks"]) for deviant in wrong.values())]


def _count(done: int, total: int, api: str, name: str) -> None:
    """Say on a terminal how far the proof is; a log gets a line now and then."""
    if redraws(sys.stderr.isatty()):
        words = "" if done == total else f"{done} of {total}: {api} {name}"
        print(f"\r\033[K{words[: shutil.get_terminal_size().columns - 1]}", end="", file=sys.stderr, flush=True)
    elif done % 50 == 0 or done == total:
        print(f"{done} of {total} sellers judged", file=sys.stderr, flush=True)


def _tell(proof: Proof, folder: Path) -> int:
    """Write the reports and say what came of it."""
    from countermand.proof import page, words  # noqa: PLC0415 - as above

    texts = {
        "proof.md": words.markdown(proof),
        "proof.json": in_json(json.dumps(words.as_json(proof), ensure_ascii=False, indent=1)) + "\n",
        "proof.html": page.page(proof),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            placing.put(folder / name, text.encode())
    except OSError as error:
        raise CommandError(f"{folder}: cannot be written: {error.strerror or error}") from None
    for hole in proof.holes:
        print(f"hole: {hole}")
    print(words.summary(proof))
    print(f"{proof.elapsed:.0f} s; {folder / 'proof.html'}")
    return Exit.DOES_NOT_CONFORM if proof.holes else Exit.CONFORMS


def _part(words: str) -> tuple[int, int]:
    number, _, of = words.partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise argparse.ArgumentTypeError(
            f"the part and how many there are, as 2/8 for the second of eight, not {words!r}"
        )
    return int(number), int(of)


def _positive(words: str) -> int:
    if not words.isdecimal() or int(words) == 0:
        raise argparse.ArgumentTypeError(f"a number from 1, not {words!r}")
    return int(words)
