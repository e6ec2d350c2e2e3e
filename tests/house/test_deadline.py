"""Where time is short a test may be left out: that is counted, and never what has failed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
SOME = """
import pytest

@pytest.fixture
def made():
    print("something was made")

def test_right(made): pass

@pytest.mark.parametrize("word", ["two words"])
def test_wrong(made, word): assert False
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_some.py").write_text(SOME, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "deadline", "-s", "--rootdir", ".", *arguments]
    variables = {**os.environ, "PYTHONPATH": str(TESTS), "PYTEST_ADDOPTS": ""}
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=600, check=False)


@pytest.mark.parametrize("processes", [[], ["-n", "2", "--dist", "loadfile"]], ids=["one", "two"])
def test_what_has_not_begun_in_time_is_left_out_and_counted(tmp_path: Path, processes: list[str]) -> None:
    done = run(tmp_path, "--until", "0", "--failed-to", "failed", *processes)
    assert done.returncode == 0, done.stdout
    assert "2 skipped" in done.stdout
    assert "left out for want of time: 2 of test_some.py\nleft out for want of time: 2 tests\n" in done.stdout
    assert "something was made" not in done.stdout
    assert (tmp_path / "failed").read_text("utf-8") == ""


@pytest.mark.parametrize(
    ("time_left", "processes"),
    [
        (["--until", str(time.time() + 3600)], []),
        (["--until", "0", "--at-least", "600"], ["-n", "2", "--dist", "loadfile"]),
    ],
    ids=["one", "two"],
)
def test_what_fails_in_time_fails_and_can_be_asked_once_more(
    tmp_path: Path, time_left: list[str], processes: list[str]
) -> None:
    done = run(tmp_path, *time_left, "--failed-to", "failed", *processes)
    assert done.returncode == 1, done.stdout
    assert "1 failed, 1 passed" in done.stdout
    assert "left out" not in done.stdout
    assert (tmp_path / "failed").read_text("utf-8") == "test_some.py::test_wrong[two words]\n"
    again = run(tmp_path, "@failed")
    assert "1 failed" in again.stdout
    assert "passed" not in again.stdout
