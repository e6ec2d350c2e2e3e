"""The command line says what it can do, to people, to shells and to programs."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from running import ROOT, countermand, environment

from countermand import __version__, usage
from countermand.checks import acceptance, closing
from countermand.commands import orders, saying
from countermand.exits import Exit
from countermand.model import suite


def test_every_command_has_a_module_and_every_module_of_a_command_is_told(tmp_path: Path) -> None:
    text = countermand("--help", cwd=tmp_path).stdout
    for name, words in usage.COMMANDS.items():
        assert hasattr(importlib.import_module(f"countermand.commands.{name}"), "main")
        assert f"  {name} " in text
        assert words in text


def test_every_exit_code_is_explained() -> None:
    assert {int(code) for code in Exit} <= {code for code, _ in usage.CODES}


def test_help_of_a_command_is_its_help(tmp_path: Path) -> None:
    assert countermand("help", "ticket", cwd=tmp_path).stdout == countermand("ticket", "--help", cwd=tmp_path).stdout


def test_the_version_is_told_to_programs_with_what_judges(tmp_path: Path) -> None:
    assert countermand("--version", cwd=tmp_path).stdout == f"countermand {__version__}\n"
    assert json.loads(countermand("--version", "--json", cwd=tmp_path).stdout) == suite.identity()


def test_help_folds_no_line_within_an_option_or_a_command() -> None:
    for name in usage.COMMANDS:
        for line in countermand(name, "--help", cwd=Path.cwd(), COLUMNS="60").stdout.splitlines():
            assert not re.search(r"\w-$", line), line


def completed(folder: Path, line: str, **variables: str) -> tuple[list[str], str]:
    """Return what a shell is told that may follow, and what else was said."""
    (folder / "told").write_text("")
    asked = {
        "_ARGCOMPLETE": "1",
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
        "_ARGCOMPLETE_STDOUT_FILENAME": str(folder / "told"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "countermand"],
        cwd=folder,
        env={**environment(folder), **asked, "_ARGCOMPLETE_IFS": "\n", **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    return sorted(
        word.strip() for word in (folder / "told").read_text().split("\n") if word.strip()
    ), done.stdout + done.stderr


def installed_api(place: Path, module: str) -> str:
    """Install an API whose module is given; return the path on which Python finds it."""
    facts = place / "broken-1.0.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text("[countermand.apis]\nbroken = broken_api:API\n")
    (place / "broken_api.py").write_text(module)
    return os.pathsep.join((str(ROOT), str(place)))


def test_an_installed_api_that_is_broken_keeps_nothing_from_being_completed(tmp_path: Path) -> None:
    path = installed_api(tmp_path / "installed", 'raise RuntimeError("it cannot be imported")\n')
    assert completed(tmp_path, "countermand tick", PYTHONPATH=path) == (["ticket"], "")
    assert completed(tmp_path, "countermand run --dry", PYTHONPATH=path) == (["--dry-run"], "")
    assert completed(tmp_path, "countermand run --api al", PYTHONPATH=path) == (["ala"], "")
    said = countermand("clauses", cwd=tmp_path, PYTHONPATH=path)
    assert (said.returncode, "the installed API broken" in said.stderr, "Traceback" in said.stderr) == (4, True, False)


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
def test_a_shell_completes_commands_and_options(tmp_path: Path) -> None:
    lines = countermand("completion", "bash", cwd=tmp_path).stdout
    assert subprocess.run(["bash", "-n"], input=lines, text=True, check=False).returncode == 0

    assert completed(tmp_path, "countermand tick") == (["ticket"], "")
    assert completed(tmp_path, "countermand ticket --rep")[0] == ["--reports"]
    assert completed(tmp_path, "countermand ver")[0] == ["verify"]


def test_the_page_of_a_run_that_was_never_drawn_is_not_opened(tmp_path: Path) -> None:
    done = countermand("report", "--open", cwd=tmp_path, BROWSER="true", PATH=os.environ["PATH"])
    assert done.returncode == 4


def listing(**numbers: object) -> dict[str, Any]:
    """Return what is known of a target's orders."""
    row = {"listed": 1, "left": [], "used": [], "in use": [], "lost": [], **numbers}
    head = {"target": "qa", "seller": "ala qa", "ledger": "ledger", "exists": True}
    return {**head, "states": {"in_flight": row}, "registered": []}


def test_the_table_of_orders_has_columns_that_stand_apart() -> None:
    heads, counts = orders._lines(listing(left=["1"]))[3:5]
    assert re.split(r"\s{2,}", heads) == ["state", "listed", "left", "used", "in use", "lost"]
    assert [len(line) for line in (heads, counts)] == [len(heads)] * 2


def test_what_takes_an_order_outside_the_scenarios_is_said_in_words() -> None:
    row = {"number": "7", "taken": "2026-11-21T09:30:00Z", "run": "r", "outcome": "pending"}
    for name in (acceptance.SCENARIO, closing.SCENARIO):
        assert orders._lines(listing(used=[{**row, "scenario": name}]))[-1].startswith("      the ")


@pytest.mark.parametrize("imported", ["argparse", "countermand.exits", "countermand.commands.dispatch"])
@pytest.mark.parametrize("command", ["clauses", "run", "doctor"])
def test_whoever_interrupts_a_command_that_still_begins_is_told_so_in_a_line(
    command: str, imported: str, tmp_path: Path
) -> None:
    words = [sys.executable, "-X", "importtime", "-m", "countermand", command, "--target", "absent.toml"]
    with subprocess.Popen(
        words, cwd=tmp_path, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        begun = any(line.rstrip().endswith(f" {imported}") for line in process.stderr)
        process.send_signal(signal.SIGINT)
        said = "".join(line for line in process.stderr if not line.startswith("import time:"))
    assert begun
    assert process.returncode == Exit.INTERRUPTED, said
    assert said in {"countermand: interrupted\n", f"countermand {command}: interrupted\n"}


def test_an_interruption_within_a_string_that_is_executed_ends_with_its_own_code(tmp_path: Path) -> None:
    path = installed_api(tmp_path / "installed", 'exec("raise KeyboardInterrupt")\n')  # as one in a dataclass is
    done = countermand("clauses", cwd=tmp_path, PYTHONPATH=path)
    assert (done.returncode, done.stderr) == (Exit.INTERRUPTED, "countermand clauses: interrupted\n")


@pytest.mark.parametrize(("pressed", "code"), [(True, Exit.INTERRUPTED), (False, Exit.FAULT)])
def test_an_interruption_that_a_module_in_c_makes_an_import_error_of_ends_with_its_own_code(
    pressed: bool, code: int, tmp_path: Path
) -> None:
    interrupted = (
        "import contextlib, signal\nwith contextlib.suppress(KeyboardInterrupt):\n    signal.raise_signal(2)\n"
    )
    failing = "raise ImportError('PyCapsule_Import could not import module \"_socket\"')\n"
    (tmp_path / "ssl.py").write_text((interrupted if pressed else "") + failing, encoding="utf-8")
    done = countermand("doctor", "--target", "absent.toml", cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert done.returncode == code, done.stderr
    assert (done.stderr == "countermand: interrupted\n") == pressed


@pytest.mark.parametrize("command", ["clauses", "run"])
def test_whoever_keeps_interrupting_a_command_that_begins_is_told_so_once(command: str, tmp_path: Path) -> None:
    words = [sys.executable, "-X", "importtime", "-m", "countermand", command, "--target", "absent.toml"]
    with subprocess.Popen(words, cwd=tmp_path, env=environment(tmp_path), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert any(line.rstrip().endswith(" countermand.exits") for line in process.stderr)
        pressed_until_the_end(process)
        said = "".join(line for line in process.stderr if not line.startswith("import time:"))
    assert process.returncode == Exit.INTERRUPTED, said
    assert said in {"countermand: interrupted\n", f"countermand {command}: interrupted\n"}


def pressed_until_the_end(process: subprocess.Popen[str], seconds: float = 0.005) -> None:
    """Send what Ctrl-C does, again and again."""
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        time.sleep(seconds)


@pytest.mark.parametrize("words", [["--help"], ["clauses"], ["explain", "ALA-REQ-07"]])
def test_whoever_has_read_enough_ends_a_command_without_a_word(words: list[str], tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)  # whoever read is gone
    command = [sys.executable, "-m", "countermand", *words]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(tmp_path), stdout=writing, stderr=subprocess.PIPE
    ) as process:
        os.close(writing)
        said = process.communicate()[1]
    assert (process.returncode, said) == (141, b"")


def test_a_suite_of_which_a_part_cannot_be_read_accuses_nobody(tmp_path: Path) -> None:
    """Python leaves a part of its bytecode where the disk is full, and would end with 1, as of a broken clause."""
    cached = {**environment(tmp_path), "PYTHONPYCACHEPREFIX": str(tmp_path / "cache")}
    cached.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-m", "countermand", "--version"]
    subprocess.run(command, cwd=tmp_path, env=cached, capture_output=True, check=True)
    [part] = tmp_path.glob("cache/**/commands/dispatch.*.pyc")
    part.write_bytes(part.read_bytes()[:100])
    done = subprocess.run(command, cwd=tmp_path, env=cached, capture_output=True, text=True, check=False)
    assert done.returncode == Exit.FAULT, done.stderr
    assert done.stderr.splitlines()[-1].endswith("(see above): install it anew, without its folders __pycache__")


@pytest.mark.parametrize("words", ["run", "clauses", "orders --target mine.toml", "clauses --json"])
def test_in_a_folder_that_was_removed_a_command_says_so_in_a_line(words: str, tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    script = f'cd gone && rmdir ../gone && exec "{sys.executable}" -P -m countermand {words}'
    done = subprocess.run(
        ["/bin/sh", "-c", script],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    why = "the folder you stand in cannot be used: No such file or directory: go to another"
    assert done.returncode == 4
    assert done.stderr.splitlines()[-1] == f"countermand {words.partition(' ')[0]}: {why}", done.stderr
    assert "--json" not in words or json.loads(done.stdout) == {"version": 1, "error": why, "exit": 4}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
@pytest.mark.parametrize("words", ["--help", "--version", "orders --help", "clauses", "clauses --json", "serve --json"])
def test_whoever_lets_a_command_write_to_a_full_disk_is_told_so_in_a_line(words: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "countermand", *words.split()]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env=environment(tmp_path),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    *others, last = done.stderr.splitlines()
    assert (done.returncode, last) == (4, "countermand: <stdout> cannot be written: No space left on device")
    assert not [line for line in others if not line.startswith("countermand serve: --api is missing")]


def test_a_table_that_is_wider_than_a_terminal_is_told_row_by_row() -> None:
    table = "# Last night\n\n| Target | Words |\n| --- | --- |\n| a | in\\_flight \\| no |\n| b |  |\n\nThat is all.\n"
    assert saying.fitting(table, 80) == table
    assert saying.fitting(table, 20) == (
        "# Last night\n\nTarget  a\nWords   in_flight |\n        no\n\nTarget  b\n\nThat is all.\n"
    )


def test_json_is_spelt_alike_wherever_a_command_has_it() -> None:
    without = {"certify", "completion", "init"}
    for name in usage.COMMANDS:
        parser = argparse.ArgumentParser()
        importlib.import_module(f"countermand.commands.{name}").add_arguments(parser)
        options = [action for action in parser._actions if "--json" in action.option_strings]
        assert bool(options) is (name not in without), name
        assert all(action.nargs == 0 or (action.nargs, action.const) == ("?", "-") for action in options), (
            name
        )  # alone it is standard output


@pytest.mark.parametrize(
    "words",
    [
        ("orders", "--target", "absent.toml"),
        ("ticket",),
        ("report",),
        ("compare", "absent", "absent"),
        ("night", "absent", "absent"),
        ("matrix", "absent", "--out", "page.html"),
        ("baseline", "known.toml", "absent"),
        ("register", "absent", "--out", "site"),
        ("verify", "absent.zip", "--key", "absent.pem"),
        ("explain", "ALA-REG-07"),
        ("run", "-m", "nonsense", "--embedded"),
    ],
    ids=lambda words: words[0],
)
def test_a_program_is_told_on_standard_output_what_was_wrong(words: tuple[str, ...], tmp_path: Path) -> None:
    done = countermand(*words, "--json", cwd=tmp_path)
    answer = json.loads(done.stdout)
    assert (answer["version"], answer["exit"], done.returncode) == (1, 4, 4)
    assert answer["error"]
    assert f"countermand {words[0]}: {answer['error']}" in done.stderr
    assert countermand(*words, cwd=tmp_path).stdout.startswith("{") is False


def test_a_run_that_tested_nothing_tells_a_program_so_in_its_results_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("typo = 1\n", encoding="utf-8")
    done = countermand("run", "--target", "mine.toml", "--json", cwd=tmp_path)
    assert (json.loads(done.stdout)["verdict"], done.returncode) == ("not tested", 4)
