"""`countermand doctor`: one line per check of a target file, and the first thing to mend."""

from __future__ import annotations

import argparse
import shutil
import sys
import textwrap
from collections.abc import Iterable
from dataclasses import asdict

from countermand import doctor
from countermand.commands import choice, saying
from countermand.exits import CommandError, Exit
from countermand.model.secret import Masker
from countermand.model.target import Target
from countermand.report.terminal import coloured
from countermand.targetfile import TargetError, load

#: Columns before the words of a finding, and the most and the fewest that a line has on a terminal;
#: elsewhere a finding is one line.
MARGIN, WIDEST, NARROWEST = 13, 100, 40
UNREAD = "The target file cannot be used."
FITS = "The target can be tested"
#: The same of one in production that nobody has agreed to ask.
REACHED = "The target was reached, and asked nothing: it is production (--production NAME asks what changes nothing)"
#: ANSI, SGR.
PAINT = {doctor.State.OK: "32", doctor.State.NOTE: "33", doctor.State.TROUBLE: "1;31", doctor.State.UNCHECKED: "2"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    choice.add_target(parser)
    parser.add_argument(
        "--production",
        metavar="NAME",
        help="the target's name: agree that a request that changes nothing goes to production",
    )
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.epilog = (
        "Exit: 0 the target can be tested; 4 a mistake in the command or in the target file; "
        "13 the target cannot be used."
    )


def main(options: argparse.Namespace) -> int:
    """Examine a target, and say what is wrong and what to do."""
    try:
        target = load(choice.target(options.target))
    except (TargetError, OSError, ValueError) as error:  # a file named in it may not be read, or be no text
        finding = doctor.Finding.trouble("target file", str(error), "nothing else was looked at")
        return _tell(options, None, [finding], Masker())
    if options.production not in {None, target.name}:
        raise CommandError(f"--production {options.production}: the target's name is {target.name!r}")
    return _tell(options, target, doctor.examine(target, options.production), target.masker())


def _tell(
    options: argparse.Namespace, target: Target | None, examined: Iterable[doctor.Finding], masker: Masker
) -> int:
    """Say each finding once it is there: a seller that is slow to answer takes its time."""
    findings, colour = list[doctor.Finding](), coloured(sys.stdout.isatty())
    for finding in examined:
        findings.append(finding)
        if not options.json:
            shown = _shown(finding.state, masker.text(f"{finding.check}: {finding}"), colour=colour)
            print("\n".join(shown), flush=True)
    first, fit = doctor.first_to_mend(findings), doctor.usable(findings)
    code = Exit.CONFORMS
    if not fit:
        code = Exit.UNUSABLE if target else Exit.USAGE
    if options.json:
        payload = {
            "version": 1,
            "target": target and target.name,
            "usable": fit,
            "findings": [asdict(finding) for finding in findings],
        }
        print(masker.text(saying.written({**payload, "first": first and asdict(first)}, indent=1)))
        return code
    print()
    print("\n".join(_wrapped(masker.text(_conclusion(target, first, options.production, usable=fit)), 0)))
    return code


def _shown(state: doctor.State, words: str, *, colour: bool) -> list[str]:
    """Return a finding as lines that fit anywhere: its state once, and its words beside it."""
    lines = _wrapped(words, MARGIN)
    mark = f"{state:<{MARGIN}}"
    mark = f"\x1b[{PAINT[state]}m{mark}\x1b[0m" if colour else mark
    return [f"{mark}{lines[0]}", *(f"{'':<{MARGIN}}{line}" for line in lines[1:])]


def _wrapped(words: str, margin: int) -> list[str]:
    if not sys.stdout.isatty():
        return [words]
    room = min(WIDEST, max(NARROWEST, shutil.get_terminal_size().columns)) - margin
    return textwrap.wrap(words, room, break_long_words=False, break_on_hyphens=False)


def _conclusion(target: Target | None, first: doctor.Finding | None, agreed: str | None, *, usable: bool) -> str:
    if target is None:
        return UNREAD
    fits = REACHED if target.production and agreed != target.name else FITS
    if first is None:
        return f"{fits}. Whether the seller serves the buyer, a run sees first."
    what = f"{first.check}: {first}"
    return f"{fits}. Worth mending first: {what}" if usable else f"The target cannot be used. Mend first: {what}"
