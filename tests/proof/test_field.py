"""The processes in which sellers are judged: each ends where it is told to, and touches nothing of its parent's."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import pytest
import running

from countermand.proof.field import judge
from countermand.provider import embedded
from countermand.run import children

#: Of two processes, one finds the folder gone into which it was to write what it came to.
SCRIPT = """
import pathlib, shutil, tempfile
from countermand.proof.field import judge

def maker():
    for folder in pathlib.Path(tempfile.gettempdir()).glob("countermand-proof-*"):
        shutil.rmtree(folder)
    raise RuntimeError("it sells nothing")

try:
    print("judged", judge("ala", {"nobody": maker})["nobody"].trouble)
finally:
    print("over")
"""


def test_a_process_that_cannot_say_what_it_came_to_ends_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    variables = running.environment(tmp_path, TMPDIR=str(tmp_path / "scratch"))
    asked = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(asked, env=variables, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=600)
    assert done.stdout.splitlines() == ["judged the process died", "over"], done.stderr


def test_a_fork_is_no_warning_where_threads_wait() -> None:
    """From Python 3.12 on it is one, and where warnings are errors the child would be nobody's."""
    ended = threading.Event()
    waiting = threading.Thread(target=ended.wait)
    waiting.start()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            child = children.fork()
            if not child:
                os._exit(7)
    finally:
        ended.set()
        waiting.join()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_the_ledger_of_whoever_proves_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = tmp_path / "ledger.sqlite"
    ledger.write_text("nothing that SQLite could read")
    monkeypatch.setenv("COUNTERMAND_LEDGER", str(ledger))
    judgement = judge("ala", {"the reference seller": embedded.SELLERS["ala"]})["the reference seller"]
    assert not judgement.trouble
    assert judgement.clauses["ALA-CAN-01"] == "conforms"
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.sqlite"]
