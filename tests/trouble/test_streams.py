"""A command whose streams were closed by whoever started it does what it does otherwise."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def started(closed: str, *words: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", "-c", f'exec "$@" {closed}', "sh", sys.executable, "-P", "-m", "countermand", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COUNTERMAND_LEDGER": str(cwd / "ledger.sqlite"), **variables}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_is_no_verdict(closed: str, tmp_path: Path) -> None:
    done = started(closed, "clauses", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert ("ALA-CAN-01" in done.stdout) is (" >&-" not in f" {closed}")


def test_a_run_without_streams_comes_to_its_verdict(tmp_path: Path) -> None:
    words = ("run", "--api", "ala", "-m", "ALA-REQ-07", "--no-page", "--no-reports")
    done = started("<&- >&- 2>&-", *words, "--embedded", "--reports", str(tmp_path / "reports"), cwd=tmp_path)
    assert done.returncode == 0
    assert json.loads((tmp_path / "reports/results.json").read_text(encoding="utf-8"))["verdict"] != "not tested"


def test_a_run_whose_reader_goes_away_comes_to_its_verdict(tmp_path: Path) -> None:
    """As in `countermand run | head`, or where its log's disk is full: it accounts for the orders it has used up."""
    words = ("run", "--api", "ala", "--embedded", "-m", "ALA-REQ-*", "--no-page", "--reports", "reports")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COUNTERMAND_LEDGER": str(tmp_path / "ledger.sqlite")}
    command = [sys.executable, "-P", "-m", "countermand", *words]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"the embedded sellers are tested")
        process.stdout.close()
        said = process.stderr.read()
    assert (process.returncode, said) == (0, b"")
    assert json.loads((tmp_path / "reports/results.json").read_text(encoding="utf-8"))["counts"]["conforms"] > 20
