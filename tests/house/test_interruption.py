"""Whoever ends a command is told so in a line, by whichever signal, and whatever it does at the time."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from running import environment

from countermand.interruption import SIGNALS

#: A command that is ended while it does something of its own, and tells whether it goes on.
ENDED = """
import os, signal, sys, tempfile
from countermand import cli
from countermand.commands import clauses

def ends(options):
    with tempfile.TemporaryDirectory(dir="."):
        os.kill(os.getpid(), {number})
    print("went on")
    return 0

clauses.main = ends
sys.exit(cli.main(["clauses"]))
"""


def ended(folder: Path, number: int, words: str = ENDED, *, ignored: bool = False) -> subprocess.CompletedProcess[str]:
    words = words.replace("{number}", str(number))
    words = f"import signal; signal.signal({number}, signal.SIG_IGN){words}" if ignored else words
    return subprocess.run(
        [sys.executable, "-c", words], cwd=folder, env=environment(folder), capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_every_signal_that_ends_a_command_is_heard_as_a_key(tmp_path: Path, number: signal.Signals) -> None:
    before = {*tmp_path.iterdir()}
    done = ended(tmp_path, int(number))
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "countermand clauses: interrupted\n")
    assert {path for path in tmp_path.iterdir() if path.name.startswith("tmp")} <= before


def test_one_event_that_comes_as_two_signals_is_one(tmp_path: Path) -> None:
    """As a terminal that is gone sends one, and the shell in it another: the first is cleared up after in peace."""
    once = "os.kill(os.getpid(), {number})"
    twice = f"try:\n            {once}\n        finally:\n            {once}\n            print('cleared up')"
    done = ended(tmp_path, int(signal.SIGTERM), ENDED.replace(once, twice))
    assert (done.returncode, done.stdout, done.stderr) == (2, "cleared up\n", "countermand clauses: interrupted\n")


def test_what_whoever_started_us_had_us_ignore_ends_nothing(tmp_path: Path) -> None:
    done = ended(tmp_path, int(signal.SIGTERM), ignored=True)
    assert (done.returncode, done.stdout) == (0, "went on\n"), done.stderr
