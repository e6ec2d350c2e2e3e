"""A clause about every success is decided alone, as its line to repeat it asks."""

from __future__ import annotations

from pathlib import Path

import pytest
import warm

from countermand.provider import deviants, serving
from countermand.provider.opensrs import seller as opensrs


@pytest.mark.parametrize(("wrong", "code"), [("", 0), ("Anonymous", 1)])
def test_a_clause_about_every_success_is_decided_alone(wrong: str, code: int, tmp_path: Path) -> None:
    target = tmp_path / "target.toml"
    seller = deviants.deviants("opensrs")[wrong]() if wrong else opensrs.Seller()
    play = [*warm.COMMAND, "run", "--no-page", "-m", "OSRS-ATT-01", "--reports"]
    with serving.serve("opensrs", seller, tmp_path, 0, target=target):
        done = warm.done([*play, str(tmp_path / "reports"), "--target", str(target)])
    again = warm.done([*play, str(tmp_path / "again"), "--replay", str(tmp_path / "reports")])
    assert f"OSRS-ATT-01 is {'broken' if code else 'kept now'}" in done.stdout, done.stdout + done.stderr
    assert (done.returncode, again.returncode) == (code, code), again.stdout + again.stderr
