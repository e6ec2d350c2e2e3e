"""The recipes for CI: on one side what they install and run, on the other the versions and commands there are."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from countermand import __version__
from countermand.report import page

ROOT = Path(__file__).resolve().parents[2]
CI = ROOT / "ci"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def text(name: str) -> str:
    return (CI / name).read_text(encoding="utf-8")


def pins() -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==([\w.]+)", text("constraints.txt"), re.MULTILINE))


def test_all_that_the_wheel_brings_along_is_pinned_by_its_hash() -> None:
    parts = re.split(r"^(?=[\w.-]+==)", text("constraints.txt"), flags=re.MULTILINE)[1:]
    assert len(parts) == len(pins())
    assert [part for part in parts if "--hash=sha256:" not in part] == []
    assert "--require-hashes" in text("Dockerfile")
    assert "--require-hashes" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_image_is_of_this_version_and_fetches_the_allure_that_draws_the_page() -> None:
    assert f"countermand-{__version__}-py3-none-any.whl[report]" in text("Dockerfile")
    assert page.ALLURE in text("Dockerfile")


def test_the_image_runs_as_nobody_in_particular_and_keeps_reports_and_ledger() -> None:
    assert re.search(r"^USER 10001$", text("Dockerfile"), re.MULTILINE)
    assert 'VOLUME ["/work/reports", "/ledger"]' in text("Dockerfile")


@pytest.mark.parametrize("wanted", [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["report"]])
def test_an_exact_version_is_within_what_the_suite_asks_for(wanted: str) -> None:
    requirement = Requirement(wanted)
    assert pins()[requirement.name] in requirement.specifier


def test_every_image_names_the_same_exact_python() -> None:
    named = {*re.findall(r"python:(\S+)", text("Dockerfile")), *re.findall(r"python:(\S+)", text("gitlab.yml"))}
    assert len(named) == 1
    assert re.fullmatch(r"3\.\d+\.\d+-slim-\w+", named.pop())


def test_every_action_is_named_by_its_commit() -> None:
    used = re.findall(r"uses: (\S+)", text("github.yml"))
    assert used
    assert [one for one in used if not re.search(r"@[0-9a-f]{40}$", one)] == []


@pytest.mark.parametrize("name", ["github.yml", "gitlab.yml"])
def test_reports_are_kept_also_when_a_run_is_red(name: str) -> None:
    kept = {"github.yml": r"if: always\(\)\n\s+uses: actions/upload-artifact", "gitlab.yml": r"artifacts:\n\s+when: always"}
    assert len(re.findall(kept[name], text(name))) == 2


def test_only_what_is_inconclusive_may_fail_on_gitlab() -> None:
    assert re.search(r"allow_failure:\n\s+exit_codes: \[10\]\n", text("gitlab.yml"))


@pytest.mark.parametrize("name", ["github.yml", "gitlab.yml"])
def test_a_recipe_keeps_the_ledger_and_the_history(name: str) -> None:
    assert "COUNTERMAND_LEDGER: ledger/ledger.sqlite" in text(name)
    assert "history.jsonl" in text(name)
