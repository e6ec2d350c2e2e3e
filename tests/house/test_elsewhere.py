"""A run in somebody else's pytest project takes nothing from it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from house import somebody_elses

COMMAND = [sys.executable, "-m", "countermand", "run", "--api", "opensrs", "--no-page", "-q"]


def test_a_run_takes_nothing_from_the_pytest_project_it_stands_in(tmp_path: Path) -> None:
    folder = somebody_elses.write(tmp_path)
    done = subprocess.run(
        COMMAND, cwd=folder, env={**os.environ, **somebody_elses.VARIABLES}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (folder / "reports" / "results.json").is_file()
    assert "theirs" not in done.stdout
