"""A target file that can be read but once reaches every process of a run."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orders.conftest import ENVIRONMENT, Place

pytestmark = pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="needs a shell with <(...)")


def piped(place: Place, *words: str, targets: int = 1) -> subprocess.CompletedProcess[str]:
    """Run with the target file in a pipe, from which it can be read once."""
    own = ["--ledger", str(place.ledger), "--no-page", "--reports", str(place.folder / "reports")]
    line = shlex.join([sys.executable, "-m", "countermand", "run", *own, *words])
    source = shlex.quote(str(place.target))
    files = [f" --target <(sed 's/^name = .*/name = \"staging-{number}\"/' {source})" for number in range(targets)]
    command = ["bash", "-c", line + "".join(files)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=place.target.parent, env=ENVIRONMENT, timeout=600
    )


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_a_target_file_through_a_pipe_is_read_once_for_all_processes(
    workers: tuple[str, ...], opensrs_place: Callable[..., Any]
) -> None:
    with opensrs_place({"pending": 4}) as place:
        done = piped(place, "-m", "OSRS-CAN-01", *workers)
        assert done.returncode == 0, done.stdout + done.stderr  # what was asked is kept
        assert place.verdicts()["A complete cancellation"][0] == "conforms"
        key = next(line for line in place.target.read_text().splitlines() if line.startswith("api_key")).split('"')[1]
        paths = [
            path
            for path in place.folder.rglob("*")
            if path.is_file() and path != place.target and key in path.read_text("utf-8", "ignore")
        ]
        assert [path for path in paths if "reports" in path.parts] == []  # in memory alone


def test_two_target_files_through_pipes_reach_the_runs_that_are_made_of_them(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"pending": 6}) as place:
        done = piped(place, "-m", "OSRS-CAN-01", targets=2)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        runs = sorted(path.parent for path in (place.folder / "reports").rglob("results.json"))
        assert [run.name for run in runs] == ["staging-0", "staging-1"]
        assert sum(request.taken_up() for request in place.seller.asked) >= 2


def test_a_pipe_into_which_nobody_writes_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    command = [sys.executable, "-m", "countermand", "doctor", "--target", "pipe"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=600)
    assert "pipe: cannot be read: nothing is written into this pipe" in done.stdout
    assert done.returncode == 4  # the file cannot be used
