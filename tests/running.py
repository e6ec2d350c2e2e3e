"""Runs of the suite as users start them, with real processes and real sellers."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import warm

from countermand.provider import embedded, serving
from countermand.provider.door import Door
from countermand.provider.http import Request, Response
from countermand.provider.toml import Table

ROOT = Path(__file__).parents[1]
CLEAN = {key: value for key, value in os.environ.items() if not key.startswith(("COUNTERMAND_", "PYTEST_", "GITHUB_"))}


def countermand(
    *arguments: str | Path, cwd: Path, path: Path = ROOT, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run the command of a checkout from some folder."""
    return warm.done([*warm.COMMAND, *map(str, arguments)], cwd=cwd, env=environment(cwd, path, **variables))


def environment(cwd: Path, path: Path = ROOT, **variables: str) -> dict[str, str]:
    return {
        **CLEAN,
        "PYTHONPATH": os.pathsep.join([str(path), str(cwd)]),
        "COUNTERMAND_LEDGER": str(cwd / "ledger.sqlite"),
        **variables,
    }


def checkout(folder: Path, *features: str) -> Path:
    """Copy the suite, with such features of it as are named."""
    for name in ("countermand", "steps", "payloads"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    for name in features:
        (folder / "features" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "features" / name, folder / "features" / name)
    return folder


@dataclass
class Watched:
    """A seller that remembers what it was asked, and may have the last word on its answers."""

    seller: serving.Application
    asked: list[Request] = field(default_factory=list)
    answered: list[Response] = field(default_factory=list)

    @property
    def door(self) -> Door:
        return self.seller.door

    def handle(self, request: Request) -> Response:
        response = self.altered(request, self.seller.handle(request))
        self.asked.append(request)
        self.answered.append(response)
        return response

    def altered(self, request: Request, response: Response) -> Response:  # noqa: ARG002 - for others to use
        return response

    def target(self) -> Mapping[str, Table]:
        return self.seller.target()

    def files(self) -> Mapping[str, str]:
        return self.seller.files()


@contextmanager
def served(api: str, folder: Path, seller: serving.Application | None = None) -> Iterator[Path]:
    """Serve a seller, and give the target file that reaches it."""
    folder.mkdir(parents=True, exist_ok=True)
    with serving.serve(api, seller or embedded.SELLERS[api](), folder) as up:
        yield up.target


def is_nearly(name: str, listed: Collection[str]) -> bool:
    """Say whether an order is a listed one, written otherwise, or with digits before or behind its number.

    There are two more than any has, or nine.
    """
    number = str(int(name, 16)) if re.fullmatch("0x[0-9a-f]+", name) else name.lstrip("+-").strip('"')
    twice = name.partition(",")[0] if len({*name.split(",")}) == 1 else name
    written = {name.swapcase(), unicodedata.normalize("NFKC", name), number, twice, html.unescape(name)}
    if name not in listed and written & {*listed}:
        return True
    beyond = len(name) >= max(map(len, listed)) + 2
    more = [name[len(number) :] for number in listed if name.startswith(number)]
    more += [name[: -len(number)] for number in listed if name.endswith(number)]
    return any(digits.isdecimal() and (beyond or len(digits) == 9) for digits in more)


def rewritten(target: Path, *pairs: tuple[str, str]) -> Path:
    """Change a target file."""
    text = target.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    target.write_text(text, encoding="utf-8")
    return target


@dataclass(frozen=True)
class Told:
    """What one run said, output by output."""

    code: int
    said: str
    reports: Path

    @property
    def results(self) -> dict[str, Any]:
        results: dict[str, Any] = json.loads((self.reports / "results.json").read_text(encoding="utf-8"))
        return results

    @property
    def counts(self) -> dict[str, int]:
        return {verdict: count for verdict, count in self.results["counts"].items() if count}

    @property
    def scenarios(self) -> dict[str, int]:
        return dict(
            Counter(scenario["verdict"] for clause in self.results["clauses"] for scenario in clause["scenarios"])
        )

    @property
    def record(self) -> dict[str, int]:
        rows = [json.loads(line) for line in (self.reports / "record.jsonl").read_text(encoding="utf-8").splitlines()]
        return dict(Counter(row["verdict"] for row in rows if "verdict" in row))

    @property
    def junit(self) -> ET.Element:
        return ET.parse(self.reports / "junit.xml").getroot()

    @property
    def allure(self) -> list[dict[str, Any]]:
        return [
            json.loads(path.read_text(encoding="utf-8"))
            for path in (self.reports / "allure-results").glob("*-result.json")
        ]

    @property
    def markdown(self) -> dict[str, int]:
        lines = (self.reports / "conformance.md").read_text(encoding="utf-8").splitlines()
        at = next(number for number, line in enumerate(lines) if line.startswith("| conforms |"))
        names, numbers = ([cell.strip() for cell in lines[row].strip("|").split("|")] for row in (at, at + 2))
        return {
            name: int(number)
            for name, number in zip(names, numbers, strict=True)
            if name != "scenarios" and int(number)
        }

    @property
    def front(self) -> dict[str, int]:
        page = (self.reports / "index.html").read_text(encoding="utf-8")
        listed = page.partition('<ul class="counts"')[2].partition("</ul>")[0]
        return {verdict: int(number) for number, verdict in re.findall(r" (\d+) ([a-z ]+)</li>", listed)}

    @property
    def verdicts(self) -> dict[str, str]:
        return {clause["id"]: clause["verdict"] for clause in self.results["clauses"]}


def run(cwd: Path, *arguments: str | Path, path: Path = ROOT, **variables: str) -> Told:
    """Run the suite in a folder; its reports stand in reports/."""
    done = countermand("run", "--no-page", "--reports", "reports", *arguments, cwd=cwd, path=path, **variables)
    return Told(done.returncode, done.stdout + done.stderr, cwd / "reports")
