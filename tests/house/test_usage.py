"""The command line says what it can do, to people, to shells and to programs."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from running import countermand, environment

from countermand import __version__, usage
from countermand.exits import Exit
from countermand.model import suite


def test_every_command_has_a_module_and_every_module_of_a_command_is_told(tmp_path: Path) -> None:
    told = countermand("--help", cwd=tmp_path).stdout
    for name, words in usage.COMMANDS.items():
        assert hasattr(importlib.import_module(f"countermand.commands.{name}"), "main")
        assert f"  {name} " in told
        assert words in told


def test_every_exit_code_is_explained() -> None:
    assert {int(code) for code in Exit} <= {code for code, _ in usage.CODES}


def test_help_of_a_command_is_its_help(tmp_path: Path) -> None:
    assert countermand("help", "ticket", cwd=tmp_path).stdout == countermand("ticket", "--help", cwd=tmp_path).stdout


def test_the_version_is_told_to_programs_with_what_judges(tmp_path: Path) -> None:
    assert countermand("--version", cwd=tmp_path).stdout == f"countermand {__version__}\n"
    assert json.loads(countermand("--version", "--json", cwd=tmp_path).stdout) == suite.identity()


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
def test_a_shell_completes_commands_and_options(tmp_path: Path) -> None:
    lines = countermand("completion", "bash", cwd=tmp_path).stdout
    assert subprocess.run(["bash", "-n"], input=lines, text=True, check=False).returncode == 0

    def completed(line: str) -> list[str]:
        asked = {
            "_ARGCOMPLETE": "1",
            "COMP_LINE": line,
            "COMP_POINT": str(len(line)),
            "_ARGCOMPLETE_STDOUT_FILENAME": str(tmp_path / "told"),
        }
        (tmp_path / "told").write_text("")
        subprocess.run(
            [sys.executable, "-m", "countermand"],
            cwd=tmp_path,
            env={**environment(tmp_path), **asked, "_ARGCOMPLETE_IFS": "\n"},
            check=False,
        )
        return sorted(word.strip() for word in (tmp_path / "told").read_text().split("\n") if word.strip())

    assert completed("countermand tick") == ["ticket"]
    assert completed("countermand ticket --rep") == ["--reports"]
    assert set(completed("countermand ver")) == {"verify"}


def test_the_page_of_a_run_that_was_never_drawn_is_not_opened(tmp_path: Path) -> None:
    done = countermand("report", "--open", cwd=tmp_path, BROWSER="true", PATH=os.environ["PATH"])
    assert done.returncode == 4
