"""A run inside a workflow of GitHub leaves a step's summary and annotations."""

from __future__ import annotations

from pathlib import Path

import running

from countermand.provider import deviants
from countermand.report import markdown


def test_a_red_run_annotates_its_ten_worst_and_adds_to_the_summary(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("what an earlier run of the step said\n", encoding="utf-8")
    domainless = deviants.deviants("opensrs")["Domainless"]
    with running.served("opensrs", tmp_path / "served", domainless()) as target:
        arguments = ["run", "--target", str(target), "--no-page"]
        done = running.countermand(*arguments, cwd=tmp_path, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    marked = [line for line in done.stdout.splitlines() if line.startswith("::")]
    assert done.returncode == 1, done.stdout
    assert 0 < len(marked) <= 10
    assert marked[0].startswith("::error file=features/opensrs/")
    assert ",line=" in marked[0]
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("what an earlier run of the step said\n# does not conform")
    assert "## All clauses" in text


def test_a_summary_that_is_nearly_full_is_left_as_it_is(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_bytes(b"x" * (markdown.LIMIT - 100))
    arguments = ["run", "--api", "opensrs", "-m", "OSRS-ENV-01", "--no-page"]
    running.countermand(*arguments, cwd=tmp_path, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    assert summary.stat().st_size == markdown.LIMIT - 100


def test_elsewhere_nothing_is_said_in_the_language_of_github(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    done = running.countermand(
        "run", "--api", "opensrs", "-m", "OSRS-ENV-01", "--no-page", cwd=tmp_path, GITHUB_STEP_SUMMARY=str(summary)
    )
    assert not any(line.startswith("::") for line in done.stdout.splitlines())
    assert not summary.exists()
