"""A run against a seller that is in trouble comes to an end, and comes out inconclusive."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import warm

from . import misbehaving

TARGET = """
name = "in-trouble"
api = "opensrs"
url = "{url}"
[trust]
ca = "{ca}"
[buyer]
username = "countermand"
api_key = "0123456789abcdef"
[orders]
pending = ["1001", "1002", "1003", "1004"]
[limits]
connect = 2
total = 1
dead = 3
"""


@pytest.mark.parametrize(
    "behaviour",
    [misbehaving.closes, misbehaving.silent, misbehaving.throttles],
    ids=lambda behaviour: behaviour.__name__,
)
def test_a_seller_in_trouble_is_inconclusive(behaviour: misbehaving.Behaviour, tmp_path: Path) -> None:
    with misbehaving.served(behaviour, tmp_path) as target:
        (tmp_path / "target.toml").write_text(TARGET.format(url=target.url, ca=target.ca), encoding="utf-8")
        words = [
            "run",
            f"--target={tmp_path / 'target.toml'}",
            "--no-page",
            "--reports",
            str(tmp_path / "reports"),
            "--ledger",
            str(tmp_path / "ledger"),
        ]
        done = warm.done([*warm.COMMAND, *words, "-m", "OSRS-SIG-01 or OSRS-CAN-01"])

    assert done.returncode in {10, 13}, done.stdout + done.stderr
    if done.returncode == 10:
        counts = json.loads((tmp_path / "reports" / "results.json").read_text(encoding="utf-8"))["counts"]
        assert counts["inconclusive"] == sum(counts.values())
