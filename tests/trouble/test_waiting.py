"""What waits for every other scenario of a run, where scenarios never end."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from countermand.model.rows import PlayedRow
from countermand.model.verdict import Inconclusive
from countermand.orders.presence import Presence
from countermand.run import run
from countermand.run.run import Run


def test_a_run_in_series_waits_for_nobody(tmp_path: Path) -> None:
    """There is nobody who would still end a scenario: to wait would be to hang."""
    with pytest.raises(Inconclusive, match="1 scenarios did not end"):
        Run(tmp_path, "seed", {}, expected=1).wait_for_others()


def test_what_is_done_is_not_waited_for(tmp_path: Path) -> None:
    alone = Run(tmp_path, "seed", {}, expected=1)
    alone.append(cast("PlayedRow", {"last": False}))
    alone.wait_for_others()


def test_one_of_several_processes_waits_in_vain_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "PATIENCE", 0.1)
    several = Run(tmp_path, "seed", {}, expected=1, worker="gw0")
    with pytest.raises(Inconclusive):
        several.wait_for_others()
    monkeypatch.setattr(run, "PATIENCE", 3600.0)  # the next would wait for an hour
    with pytest.raises(Inconclusive):
        several.wait_for_others()


def test_a_run_whose_name_is_taken_says_so(tmp_path: Path) -> None:
    first, second = Presence(tmp_path / "runs"), Presence(tmp_path / "runs")
    first.enter("night", "main")
    with pytest.raises(Inconclusive, match="a run of the same name, night, is under way"):
        second.enter("night", "main")
    first.leave()
    second.enter("night", "main")
    second.leave()
