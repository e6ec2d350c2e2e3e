"""A process of its own for every replay, whose interpreter nothing around it steers."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from countermand.interruption import SIGNALS
from countermand.model import suite

#: Seconds of computing that judging again may take: to begin with, for each MiB of the record, and at most.
#: A whole run of both APIs has a record of 0.7 MiB and takes some five, two scenarios take one and a half;
#: a machine that others use as well may take three times that.
BEGINNING, EACH, PATIENCE = 25.0, 15.0, 40.0
#: Nothing from the environment, from the user's own packages or from where it stands;
#: and no bytecode beside anybody's modules.
FLAGS = ("-I", "-B")
#: The child learns where to import from by its first argument. An interruption ends it at once and without a word,
#: for whoever has started it says so; it was held back until here.
BEGIN = (
    "import json, signal, sys; "
    "signal.getsignal(signal.SIGINT) is signal.SIG_IGN or signal.signal(signal.SIGINT, signal.SIG_DFL); "
    f"hasattr(signal, 'pthread_sigmask') and signal.pthread_sigmask(signal.SIG_UNBLOCK, {[*map(int, SIGNALS)]}); "
    "sys.path[:] = json.loads(sys.argv.pop(1)); "
    "from countermand.commands.replaying import main; sys.exit(main())"
)
#: Of the environment, what the child needs: where things are and how people are spoken to. Nothing else may be in it:
#: neither what steers Python, pytest or libxml2, nor a secret that somebody's words could be made to show.
NEEDED = re.compile(
    r"PATH|HOME|USERPROFILE|TERM|COLUMNS|LINES|NO_COLOR|FORCE_COLOR|PY_COLORS|TZ|LANG|LANGUAGE|LC_\w+|SYSTEMROOT|WINDIR"
    r"|(LD|DYLD|DYLD_FALLBACK)_LIBRARY_PATH",
    re.IGNORECASE,
)
#: Variables by which a CI service is spoken to, which only a run that somebody started himself should do, and by which
#: reports name the job.
SERVICES = re.compile(
    r"GITHUB_(ACTIONS|STEP_SUMMARY|OUTPUT|SERVER_URL|REPOSITORY|RUN_ID|RUN_NUMBER|WORKFLOW)"
    r"|CI|CI_(PIPELINE_ID|PIPELINE_IID|JOB_URL|JOB_NAME)|JENKINS_URL|JOB_NAME|BUILD_NUMBER|BUILD_URL"
)


@dataclass(frozen=True)
class Task:
    """What a process is to judge, where it may write, and how long it may take."""

    arguments: Sequence[str]  # of countermand run
    folders: Sequence[Path]  # existing ones; the first is where temporary files go
    patience: float = PATIENCE
    cwd: Path | None = None  # where relative paths begin
    page: Sequence[Path] = ()  # of a certificate: the folder of its files, and the page to draw of them


class Spent(RuntimeError):  # noqa: N818 - what became of the process
    """A process that took more time or memory than it was given."""


def run(task: Task, *, captured: bool = False) -> subprocess.CompletedProcess[str]:
    """Judge a record again in a process of its own; raises Spent."""
    done = _done(task, captured=captured)
    ended = done is not None and done.returncode < 0 and -done.returncode not in SIGNALS
    if done is None or ended or (captured and "MemoryError" in done.stderr + done.stdout):
        raise Spent(
            f"judging the record again took more than {task.patience:g} s of computing, "
            "or more memory than any of ours takes"
        )
    return done


def command(task: Task) -> list[str]:
    """Return what is started."""
    facts = {"folders": list(map(str, task.folders)), "patience": task.patience, "page": list(map(str, task.page))}
    return [sys.executable, *FLAGS, "-c", BEGIN, json.dumps(search_path(task)), json.dumps(facts), *task.arguments]


def _done(task: Task, *, captured: bool) -> subprocess.CompletedProcess[str] | None:
    """Start the process and wait until it has ended; nothing where it was ended, as it did nothing."""
    pipe, words = subprocess.PIPE if captured else None, command(task)
    with _held_back() as heard, subprocess.Popen(  # noqa: S603 - ourselves
        words, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True, errors="replace", cwd=task.cwd,
        env=environment(os.environ, task.folders[0], apart=captured),
    ) as process:  # fmt: skip
        try:
            heard()
            out, err = process.communicate(timeout=deadline(task.patience))
        except subprocess.TimeoutExpired:
            process.kill()
            return None
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(words, process.returncode, out, err)


@contextlib.contextmanager
def _held_back() -> Iterator[Callable[[], object]]:
    """Hold an interruption back, in this thread and in what is started, until whoever it reaches knows how to end."""
    if not hasattr(signal, "pthread_sigmask"):  # there is none on Windows
        yield lambda: None
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)

    def heard() -> object:
        return signal.pthread_sigmask(signal.SIG_SETMASK, before)

    try:
        yield heard
    finally:
        heard()


def deadline(patience: float) -> float:
    """Return after how many seconds a process is ended that has not computed for so many.

    Where the system counts those itself (POSIX), it is one that does nothing: a machine that is busy, or stood still
    for a while, is no reason.
    """
    return 10 * patience + 60 if os.name == "posix" else 4 * patience + 5


def patience(size: int, wanted: float | None = None) -> float:
    """Return how long a record of so many bytes may take to judge, unless somebody has said how long he waits."""
    return wanted or min(PATIENCE, BEGINNING + EACH * size / 2**20)


def search_path(task: Task) -> list[str]:
    """Return where the child imports from.

    That is where we do, but for the folder anybody stands in, and for what is no place of its own.
    """
    own = str(Path(suite.__file__).parents[2])  # so that it is this very suite that judges, however it was found
    here = {os.path.realpath(place) for place in (Path.cwd(), task.cwd or Path.cwd(), *task.folders)}
    others = [
        place
        for place in sys.path
        if Path(place).is_absolute() and os.path.realpath(place) not in here and place != own
    ]
    return [own, *others]


def environment(variables: Mapping[str, str], scratch: Path, *, apart: bool = False) -> dict[str, str]:
    """Return an environment that steers nothing and holds no secret, with a folder for temporary files.

    One apart knows of no CI service either.
    """
    kept = {
        name: value
        for name, value in variables.items()
        if NEEDED.fullmatch(name) or (SERVICES.fullmatch(name) and not apart)
    }
    return {
        **kept,
        "PYTHONSAFEPATH": "1",
        "XML_CATALOG_FILES": "",
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch)),
    }
