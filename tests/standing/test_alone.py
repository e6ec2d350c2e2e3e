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
    with serving.serve("opensrs", seller, tmp_path, 0, target=target):
        command = [*warm.COMMAND, "run", "--no-page", "--target", str(target), "-m", "OSRS-ATT-01", "--reports"]
        done = warm.done([*command, str(tmp_path / "reports")])
        again = warm.done(
            [
                *warm.COMMAND,
                "run",
                "--no-page",
                "--replay",
                str(tmp_path / "reports"),
                "--reports",
                str(tmp_path / "again"),
            ]
        )
    assert f"OSRS-ATT-01 is {'broken' if code else 'kept now'}" in done.stdout, done.stdout + done.stderr
    assert (done.returncode, again.returncode) == (code, code), again.stdout + again.stderr
