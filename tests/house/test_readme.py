"""The documents: the commands they show, and the suite, which must know and obey every one of them."""

from __future__ import annotations

import argparse
import importlib
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import running

from countermand.model import clause
from countermand.proof import words
from countermand.provider import deviants, embedded, serving
from countermand.usage import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
DOCUMENTS = [README, *sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
#: CI runs it whole; here it would take minutes.
LONG = {"prove"}


def blocks(path: Path) -> Iterator[str]:
    """Give the lines of every block of shell."""
    for block in re.findall(r"```sh\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL):
        yield from block.splitlines()


def commands(path: Path) -> list[str]:
    return [line for line in blocks(path) if line.startswith("countermand ")]


def everything() -> list[str]:
    return list(dict.fromkeys(line for path in DOCUMENTS for line in commands(path)))


@pytest.mark.parametrize("line", everything())
def test_a_command_that_a_document_shows_is_one_the_suite_knows(line: str) -> None:
    _, name, *arguments = shlex.split(line)
    assert name in COMMANDS
    parser = argparse.ArgumentParser(allow_abbrev=False)
    importlib.import_module(f"countermand.commands.{name}").add_arguments(parser)
    if name != "run":
        parser.parse_args(arguments)
        return
    _, rest = parser.parse_known_args(arguments)
    options = {word.partition("=")[0] for word in rest if word.startswith("--")}
    usage = running.countermand("run", "--help-pytest", cwd=ROOT).stdout if options else ""
    assert [option for option in options if option not in usage] == []


def test_the_readme_shows_every_command() -> None:
    shown = {shlex.split(line)[1] for line in everything()} | {"clauses", "report", "completion"}
    assert shown == set(COMMANDS)


def test_the_readmes_commands_do_what_it_says_one_after_the_other(tmp_path: Path) -> None:
    key = "0123456789abcdef" * 7  # init looks whether the variable is set
    for line in commands(README):
        _, name, *arguments = shlex.split(line)
        if name in LONG:
            continue
        if name == "serve" and "--list-deviants" not in arguments:
            serves(tmp_path, arguments)
            continue
        # A seller of its own for every command: a run uses up orders, and these are few.
        with serving.serve("opensrs", embedded.SELLERS["opensrs"](), tmp_path, target=tmp_path / "mine.toml"):
            quietly = ["--no-page"] if name in {"run", "certify"} else []
            done = running.countermand(name, *arguments, *quietly, cwd=tmp_path, OPENSRS_KEY=key)
        assert done.returncode == 0, f"{line}\n{done.stdout[-3000:]}\n{done.stderr}"


def serves(folder: Path, arguments: list[str]) -> None:
    """Start a seller as the README says, on any port, and wait for its target file."""
    arguments[arguments.index("--port") + 1] = "0"
    command = [sys.executable, "-m", "countermand", "serve", *arguments]
    process = subprocess.Popen(command, cwd=folder, env=running.environment(folder), stdout=subprocess.DEVNULL)
    try:
        written = folder / arguments[arguments.index("--target-out") + 1]
        deadline = time.monotonic() + 300
        while not written.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert written.exists()
    finally:
        process.terminate()
        process.wait(10)


def test_what_the_documents_link_to_is_there() -> None:
    for path in DOCUMENTS:
        for link in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / link).exists(), f"{path.name}: {link}"


def test_the_readme_repeats_what_the_proof_says() -> None:
    count = sum(len(deviants.deviants(api)) for api in ("ala", "opensrs"))
    clauses = [entry for entry in clause.read(ROOT / "features").values() if entry.untested is None]
    assert words.claim(count, len(clauses)) in README.read_text(encoding="utf-8").splitlines()


def test_the_documents_have_one_sentence_per_line() -> None:
    for path in DOCUMENTS:
        text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        prose = [line for line in text.splitlines() if not line.startswith(("|", "#"))]
        assert [line for line in prose if re.search(r"[a-z)`][.!?] [A-Z]", line)] == [], path.name


def test_a_symptom_that_troubleshooting_quotes_is_one_the_suite_has() -> None:
    rows = [
        line
        for line in (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| *")
    ]
    sources = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("countermand", "steps")
        for path in (ROOT / folder).rglob("*.py")
    )
    quoted = [words for row in rows for words in re.findall(r"\*([^*]+)\*", row.split("|")[1])]
    assert quoted
    assert [words for words in quoted if words not in sources] == []
