"""A clause about every success is decided alone, as its line to repeat it asks."""

from __future__ import annotations

from pathlib import Path

import pytest
import warm
from running import countermand, served

from countermand.provider import deviants, serving
from countermand.provider.opensrs import seller as opensrs

WITHOUT_HEADER = "envelope-without-header"


@pytest.mark.parametrize(("wrong", "code"), [("", 0), ("Anonymous", 1)])
def test_a_clause_about_every_success_is_decided_alone(wrong: str, code: int, tmp_path: Path) -> None:
    target = tmp_path / "target.toml"
    seller = deviants.deviants("opensrs")[wrong]() if wrong else opensrs.Seller()
    play = [*warm.COMMAND, "run", "--no-page", "-m", "OSRS-ATT-01", "--reports"]
    with serving.serve("opensrs", seller, tmp_path, 0, target=target):
        done = warm.done([*play, str(tmp_path / "reports"), "--target", str(target)])
    again = warm.done([*play, str(tmp_path / "again"), "--replay", str(tmp_path / "reports")])
    assert f"OSRS-ATT-01 is {'broken' if code else 'kept in what was asked here'}" in done.stdout, (
        done.stdout + done.stderr
    )
    assert (done.returncode, again.returncode) == (code, code), again.stdout + again.stderr


@pytest.mark.parametrize("which", [["--failed"], ["-m", "OSRS-ENV-03"], ["-m", "broken"]])
def test_what_showed_that_one_is_not_kept_is_asked_again(which: list[str], tmp_path: Path) -> None:
    """The seller leaves the header out where an order was cancelled before, which only other clauses ask for."""
    wrong = next(made for made in deviants.deviants("opensrs").values() if deviants.slug(made) == WITHOUT_HEADER)
    with served("opensrs", tmp_path / "seller", wrong()) as target:
        whole = countermand("run", "--no-page", f"--target={target}", cwd=tmp_path)
        assert "exit 1: 2 clauses are broken: OSRS-ENV-03 and OSRS-SCH-03" in whole.stdout, whole.stdout
        part = countermand("run", "--no-page", f"--target={target}", *which, cwd=tmp_path)
    assert part.returncode == 1, part.stdout
    assert "OSRS-ENV-03" in part.stdout.splitlines()[-1]
    assert "is asked as well: in its scenarios OSRS-ENV-03 " in part.stderr


@pytest.mark.parametrize("which", [["--failed"], ["-m", "OSRS-ENV-03"], ["-m", "does not conform"]])
def test_the_last_run_is_looked_for_where_reports_are_written(which: list[str], tmp_path: Path) -> None:
    """It is set aside there by the part that repeats it, and by a run that finds the seller down."""
    wrong = next(made for made in deviants.deviants("opensrs").values() if deviants.slug(made) == WITHOUT_HEADER)
    play = ["run", "--no-page", "--reports", "nightly", "--target"]
    with served("opensrs", tmp_path / "seller", wrong()) as target:
        assert countermand(*play, target, cwd=tmp_path).returncode == 1
        for again in (["nightly"], ["nightly/part"]):
            part = countermand(*play[:-2], *again, "--target", target, *which, cwd=tmp_path)
            assert part.returncode == 1, part.stdout + part.stderr
            assert "is asked as well: in its scenarios OSRS-ENV-03 " in part.stderr
            assert "OSRS-ENV-03" in part.stdout.splitlines()[-1]
    assert countermand(*play, target, cwd=tmp_path).returncode == 13  # which decides nothing
    with served("opensrs", tmp_path / "seller", wrong()) as target:
        part = countermand(*play, target, "-m", "OSRS-ENV-03", cwd=tmp_path)
    assert part.returncode == 1, part.stdout + part.stderr


def test_where_nothing_failed_nothing_is_repeated_and_nothing_written(tmp_path: Path) -> None:
    """A job that repeats what failed ends as well as the run before it."""
    with served("opensrs", tmp_path / "seller") as target:
        few = countermand(
            "run", "--no-page", f"--target={target}", "-m", "OSRS-REQ-01", "--reports=reports", cwd=tmp_path
        )
        assert few.returncode == 0, few.stdout
        before = sorted(tmp_path.rglob("*"))
        again = countermand("run", "--no-page", f"--target={target}", "--failed", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert "reports: nothing there is broken or inconclusive" in again.stderr.replace("does not conform", "broken")
    assert again.stderr.endswith(": nothing is repeated\n")
    assert sorted(tmp_path.rglob("*")) == before
