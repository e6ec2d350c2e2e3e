"""The history of a target on Allure's page: the trend, and what is flaky."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from countermand.guard import intake, placing

NAME = "history.jsonl"
LIMIT = 20  # runs; each adds some 0.8 KB per scenario to the file, and the page shows as many as it has room for


def earlier(folder: Path) -> list[str]:
    """Return the runs before this one, a line each.

    A run whose page is drawn again is not its own past, and a broken line is left out.
    """
    try:
        lines = intake.text(folder / NAME).split("\n")
    except (OSError, intake.IntakeError):
        return []
    now = _starts(folder / "allure-results")
    return [line for line in lines if (starts := _point(line)) is not None and not starts & now]


def keep(folder: Path, before: Sequence[str], made: Path) -> None:
    """Keep the runs before this one, and what Allure has added to them.

    The file is replaced whole, so that no reader meets half of one.
    """
    known = set(before)
    added = [line for line in made.read_text(encoding="utf-8").split("\n") if line and line not in known]
    text = "".join(f"{line}\n" for line in [*before, *added][-LIMIT:])
    placing.put(folder / NAME, text.encode("utf-8", "surrogatepass"))


def _starts(results: Path) -> set[tuple[str, int]]:
    """Return when each scenario of this run began, in milliseconds, which no other run shares."""
    rows = (intake.parsed(intake.read(path)) for path in results.glob("*-result.json"))
    return {(row["fullName"], row["start"]) for row in rows if {"fullName", "start"} <= row.keys()}


def _point(line: str) -> set[tuple[str, int]] | None:
    """Return when each scenario of an earlier run began; nothing where the line is not one of Allure's."""
    try:
        results: dict[str, dict[str, Any]] = json.loads(line)["testResults"]
        return {(result["fullName"], result["start"]) for result in results.values()}
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
