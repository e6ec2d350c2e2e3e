"""What a run says on the screen, with and without a terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from running import Told, countermand, environment, rewritten, run, served

from countermand.plugin import voice
from countermand.provider.deviants import deviants

WHICH = "ALA-CAN-01 or ALA-REQ-07 or ALA-REQ-08"
#: Words of pytest's own, which are nobody's business who tests a seller.
THEIRS = re.compile(
    r"rootdir|plugins:|test session starts|(?<![/\w])test_\w+|FAILED|\d+ (passed|failed|skipped)|FAILURES|collected"
)


def asked(folder: Path, *arguments: str) -> Told:
    seller = deviants("ala")["Careless"]()
    with served("ala", folder / "seller", seller) as target:
        path = rewritten(target, ('"embedded-ala"', '"staging"'))
        return run(folder, f"--target={path}", "-m", WHICH, *arguments)


def test_a_run_speaks_in_our_words_alone_and_says_last_why_it_ends_so(tmp_path: Path) -> None:
    done = asked(tmp_path)
    assert done.code == 1, done.said
    assert not THEIRS.search(done.said), done.said
    lines = done.said.splitlines()
    assert lines[0].startswith("Countermand 0.1.0 asks staging (ALA cancelOrder 2.30, https://127.0.0.1:")
    assert "ALA-REQ-07 is broken; ALA-REQ-08 is kept now; ALA-CAN-01 is kept in what was asked here" in lines
    assert "      received  Pending" in lines
    assert lines[-1] == "exit 1: a documented clause is broken: ALA-REQ-07"
    assert f"page     {(done.reports / 'index.html').resolve().as_uri()}" in lines


def test_what_the_first_scenarios_take_is_not_expected_of_all_others() -> None:
    ends = [10.0, 20.0, 25.0, 26.0, 27.0, 28.0, 29.0]
    assert voice.pace(ends) == 1
    assert voice.pace([1.0, 2.0]) == 1


def test_what_was_broken_is_repeated_by_failed_and_answered_once_it_is_mended(tmp_path: Path) -> None:
    asked(tmp_path)
    with served("ala", tmp_path / "mended") as target:
        path = rewritten(target, ('"embedded-ala"', '"staging"'))
        done = run(tmp_path, f"--target={path}", "--failed", "reports", "--reports", "again")
    assert done.code == 0, done.said
    assert "ALA-REQ-07 is kept now" in done.said.splitlines()
    assert done.said.splitlines()[-1].startswith("exit 0: what was asked is kept")


@pytest.mark.parametrize("how", ["-v", "--pytest-output"])
def test_pytests_own_words_are_there_for_who_asks(tmp_path: Path, how: str) -> None:
    done = asked(tmp_path, how)
    assert done.code == 1
    assert THEIRS.search(done.said)


def test_several_processes_speak_in_one_voice(tmp_path: Path) -> None:
    done = asked(tmp_path, "-n", "2")
    assert done.code == 1, done.said
    assert not THEIRS.search(done.said), done.said
    assert "workers" not in done.said
    assert (
        "ALA-REQ-07 is broken; ALA-REQ-08 is kept now; ALA-CAN-01 is kept in what was asked here"
        in done.said.splitlines()
    )


@pytest.mark.parametrize("how", [(), ("--dry-run",), ("--collect-only",), ("-n", "2")])
def test_a_selection_by_a_word_of_pytests_that_matches_nothing_is_a_mistake(
    tmp_path: Path, how: tuple[str, ...]
) -> None:
    done = asked(tmp_path, "-k", "nosuchname", *how)
    assert done.code == 4, done.said
    assert "-k nosuchname: selects no scenario" in done.said
    assert "requests in" not in done.said


def on_a_terminal(folder: Path, term: str) -> str:
    command = [
        sys.executable,
        "-m",
        "countermand",
        "run",
        "--api",
        "opensrs",
        "-m",
        "OSRS-CAN-01 or OSRS-REQ-01",
        "--no-page",
    ]
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, cwd=folder, env={**environment(folder), "TERM": term}, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        said = b""
        try:
            while piece := os.read(ours, 65536):
                said += piece
        except OSError:  # the other end is closed: all was said
            pass
        assert process.wait(120) == 0, said
    os.close(ours)
    return said.decode()


def test_a_terminal_is_shown_how_far_it_is_on_one_line_and_in_colour(tmp_path: Path) -> None:
    text = on_a_terminal(tmp_path, "xterm")
    assert "\r\x1b[K" in text
    assert "\x1b[1;32mOSRS-" in text
    last = text.rstrip().splitlines()[-1]
    assert last.startswith("exit 0: ")
    assert last.endswith("(the embedded sellers were tested, and nobody else)")


def test_a_dumb_terminal_is_shown_lines_without_any_escape_sequence(tmp_path: Path) -> None:
    text = on_a_terminal(tmp_path, "dumb")
    assert "\x1b" not in text
    assert re.search(r"^1 of \d+ scenarios\r$", text, re.MULTILINE), text


def test_programs_read_results_and_people_read_the_rest(tmp_path: Path) -> None:
    done = countermand("run", "--api", "opensrs", "-m", "OSRS-CAN-01", "--no-page", "--json", cwd=tmp_path)
    document = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert document["answer"] == "OSRS-CAN-01 is kept in what was asked here"
    assert "OSRS-CAN-01 is kept in what was asked here" in done.stderr.splitlines()
    made = countermand("keygen", "--json", cwd=tmp_path)
    assert json.loads(made.stdout)["public"] == "signing.public.pem"
