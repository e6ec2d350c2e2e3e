"""A command whose streams were closed by whoever started it does what it does otherwise."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from running import countermand, environment, rewritten, served

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


@contextmanager
def unheard(how: str) -> Iterator[int]:
    """Give a descriptor that nobody listens at."""
    if how == "a full disk":
        if not Path("/dev/full").exists():
            pytest.skip("only Linux has a disk that is always full")
        with Path("/dev/full").open("wb") as full:
            yield full.fileno()
        return
    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)


def encoded(encoding: str, *words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Carry out a command whose streams are in some encoding."""
    return countermand(*words, cwd=cwd, PYTHONUTF8="0", PYTHONIOENCODING=encoding)


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_a_name_that_standard_output_has_no_bytes_for_is_said_all_the_same(encoding: str, tmp_path: Path) -> None:
    with served("opensrs", tmp_path / "served") as target:
        rewritten(target, ('name = "embedded-opensrs"', 'name = "\u03a9mega"'))
        for command in (("orders",), ("doctor",), ("run", "--dry-run")):
            done = encoded(encoding, *command, "--target", target, cwd=tmp_path)
            assert (done.returncode, "Error" in done.stderr) == (0, False), (command, done.stderr)
        for words in (("orders", "--target"), ("doctor", "--target"), ("targets",)):
            payload = json.loads(encoded(encoding, *words, target, "--json", cwd=tmp_path).stdout)
            assert "\u03a9mega" in repr(payload)
        lines = encoded(encoding, "targets", target, "--lines", cwd=tmp_path).stdout
    assert lines.startswith("mega-"), "a name that has lost letters says of which file it is"


def silent(how: str, *words: str | Path, cwd: Path) -> tuple[int, str]:
    """Return the exit code of a command that nobody listens to, and what it says on standard error."""
    command = [sys.executable, "-P", "-m", "countermand", *map(str, words)]
    with unheard(how) as out:
        done = subprocess.run(
            command, cwd=cwd, env=environment(cwd), stdout=out, stderr=subprocess.PIPE, text=True, check=False
        )
    return done.returncode, done.stderr


def conforming(*reports: Path) -> bool:
    results = [json.loads(path.joinpath("results.json").read_text(encoding="utf-8")) for path in reports]
    return all(result["counts"]["conforms"] for result in results)


#: How a certificate of a part ends, which is no verdict, and what it says.
PART = (10, "")
#: What is said, once, of a stream that cannot be written though somebody may be waiting at it.
FULL = "countermand: <stdout> cannot be written: No space left on device: nothing more is said there\n"


@pytest.mark.parametrize(("how", "said"), [("a reader that is gone", ""), ("a full disk", FULL)])
def test_every_target_is_tested_where_nobody_listens(how: str, said: str, tmp_path: Path) -> None:
    with served("opensrs", tmp_path / "a") as first, served("opensrs", tmp_path / "b") as second:
        rewritten(first, ('name = "embedded-opensrs"', 'name = "first"'))
        rewritten(second, ('name = "embedded-opensrs"', 'name = "second"'))
        targets = ("--target", first, "--target", second, "-m", "OSRS-REQ-06", "--no-page", "--reports", "reports")
        assert silent(how, "run", *targets, cwd=tmp_path) == (0, said)
    assert conforming(tmp_path / "reports/first", tmp_path / "reports/second")


@pytest.mark.parametrize(("more", "code"), [((), 0), (("--json",), 4), (("--no-such-option",), 4)])
def test_a_full_disk_keeps_no_run_of_the_embedded_sellers_from_its_own_exit_code_unless_a_program_is_to_read_it(
    more: tuple[str, ...], code: int, tmp_path: Path
) -> None:
    words = ("--embedded", "--api", "ala", "-m", "ALA-REQ-07", "--no-page", "--reports", "reports", *more)
    got, said = silent("a full disk", "run", *words, cwd=tmp_path)
    assert (got, said.count(FULL)) == (code, 1)
    assert ("exit 4: what --json asks for could not be written" in said) is ("--json" in more)
    assert "--no-such-option" in more or conforming(tmp_path / "reports")


def test_a_replay_comes_to_its_verdict_where_nobody_listens(tmp_path: Path) -> None:
    words = ("-m", "ALA-REQ-07", "--no-page", "--reports")
    assert countermand("run", "--embedded", "--api", "ala", *words, "reports", cwd=tmp_path).returncode == 0
    code = countermand("run", "--replay", "reports", *words, "heard", cwd=tmp_path).returncode
    for how in ("a reader that is gone", "a full disk"):
        assert silent(how, "run", "--replay", "reports", *words, how, cwd=tmp_path)[0] == code
    assert conforming(tmp_path / "heard", tmp_path / "a reader that is gone", tmp_path / "a full disk")


def test_a_certificate_is_made_and_verified_where_nobody_listens(tmp_path: Path) -> None:
    assert countermand("keygen", cwd=tmp_path).returncode == 0
    words = ("--embedded", "--api", "ala", "-m", "ALA-REQ-07", "--no-page", "--key", "signing.pem", "--out", "a.zip")
    assert silent("a reader that is gone", "certify", *words, "--reports", "reports", cwd=tmp_path) == PART
    assert (tmp_path / "a.zip").is_file()
