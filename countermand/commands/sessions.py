"""One pytest session per set of targets that can share one.

Which targets share, where each writes, and how one is played apart.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from countermand.exits import CommandError, Exit, NamedFileError
from countermand.model.files import EARLIER, EMBEDDED, PART
from countermand.run.ending import listen, unlisten
from countermand.targetfile import TargetError, load

T = TypeVar("T")
#: What stands beside the folders of sessions, and is none of them.
KEPT = frozenset({EARLIER, PART, EMBEDDED})
#: How one of our processes starts another: by its first argument the other learns where to import from, which is where
#: we do. `python -m` would look first where somebody stands, which may be a folder that a stranger has filled.
BEGIN = (
    "import json, sys; sys.path[:] = json.loads(sys.argv.pop(1)); from countermand.cli import main; sys.exit(main())"
)
#: The worst exit code of several sessions decides, in this order.
WORST = (
    *(Exit.SECRET, Exit.UNUSABLE, Exit.FAULT, Exit.USAGE, Exit.INTERRUPTED, Exit.DOES_NOT_CONFORM),
    *(Exit.INCONCLUSIVE, Exit.STALE, Exit.WARNED, Exit.CONFORMS),
)


def grouped(paths: list[Path]) -> list[list[Path]]:
    """Group targets: those of different APIs can share a session.

    Raises CommandError, also where one is named twice, whose orders would be used up twice, and where two have one
    name, by which their reports would take each other's place.
    """
    seen = set[Path]()
    for path in paths:
        if (place := path.resolve()) in seen:
            raise CommandError(f"--target {path}: it is named twice")
        seen.add(place)
    try:
        targets = [load(path, runs=False) for path in paths]
    except TargetError as error:
        raise NamedFileError(str(error)) from None
    sessions = sharing(zip([target.api for target in targets], paths, strict=True))
    names = dict[tuple[str, str], tuple[Path, str]]()
    for number, (target, path) in enumerate(zip(targets, paths, strict=True), 1):
        # By which one page, or one folder, knows it; there are systems to which case is nothing.
        alone = len(sessions) > 1
        key = ("", folder_of([target.name], number).casefold()) if alone else (target.api, target.name)
        other, name = names.setdefault(key, (path, target.name))
        if other != path:
            alike = "as" if name == target.name else f"whose folder is called {key[1]!r}, as that of"
            raise CommandError(
                f"--target {path}: is called {target.name!r} {alike} {other} is: give each a name of its own"
            )
    return sessions


def sharing(targets: Iterable[tuple[str, T]]) -> list[list[T]]:
    """Group what is given with its API as targets share a session.

    All of them do, or, where there are several of one API, each has one of its own.
    """
    given = list(targets)
    if len({api for api, _ in given}) < len(given):
        return [[target] for _, target in given]
    return [[target for _, target in given]]


def folder_of(names: Sequence[str], number: int) -> str:
    """Return the name of the folder for the reports of a session, by the names of its targets.

    It lies below that of all, beside what is kept there.
    """
    safe = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in "-".join(names)).lstrip(".")
    return f"{number}-{safe}" if safe.casefold() in KEPT else safe or str(number)


def itself(*arguments: str) -> list[str]:
    """Return the command that starts this very suite once more, with such arguments."""
    places = [os.path.abspath(place) for place in sys.path]  # noqa: PTH100 - links stay: what is imported is compared
    return [sys.executable, "-P", "-c", BEGIN, json.dumps(places), *arguments]


def play(command: Sequence[str], ends: Sequence[int] = (), *, aside: bool = False) -> tuple[int, bool]:
    """Play one session in a process of its own, and say whether it was ended.

    What would end this one ends that one, which is waited for.
    """
    heard = list[int]()

    def pass_on(number: int, _: object) -> None:
        heard.append(number)
        child.send_signal(signal.SIGTERM)

    with subprocess.Popen(command, pass_fds=ends, stdout=sys.stderr if aside else None) as child:  # noqa: S603 - ourselves, on the user's own target
        before = listen(pass_on)
        try:
            code = child.wait()
        finally:
            unlisten(before)
    return (Exit.INTERRUPTED if code < 0 else code), bool(heard)
