"""Who waives what until when and why: a real run with a baseline, and every surface that must say so."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from running import Told, run

from countermand.baseline.file import BaselineError
from countermand.baseline.file import read as read_baseline
from countermand.baseline.waiver import says
from countermand.nightly import history, matrix, matrix_page, night
from countermand.nightly.night import Kind
from countermand.provider import deviants, serving
from countermand.records import finished
from countermand.report import github

CLAUSE, OWNER, LINK = "ALA-REQ-07", "anna@ourco.example", "https://tracker.example/FIB-4711"
UNTIL = (datetime.now(UTC).date() + timedelta(30)).isoformat()
SENTENCE = f"{CLAUSE} is waived by {OWNER} until {UNTIL}: they mend it in March, {LINK}"


def baseline(path: Path, message: str) -> Path:
    entry = {
        "clause": CLAUSE,
        "message": message,
        "owner": OWNER,
        "reason": "they mend it in March",
        "link": LINK,
        "expires": UNTIL,
    }
    path.write_text(
        "\n".join(["[[fails]]", *(f"{key} = {json.dumps(value)}" for key, value in entry.items()), ""]),
        encoding="utf-8",
    )
    return path


def waived(folder: Path, message: str) -> Told:
    """Test a seller that is wrong in one clause, under a waiver for failures of some words."""
    folder.mkdir(exist_ok=True)
    target = folder / "target.toml"
    with serving.serve("ala", deviants.deviants("ala")["Careless"](), folder, 0, target=target):
        target.write_text(target.read_text("utf-8").replace('"embedded-ala"', '"op-02"'), "utf-8")
        return run(folder, f"--target={target}", f"--baseline={baseline(folder / 'known.toml', message)}")


@pytest.fixture(scope="module")
def excused(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """A run that ends with 0 for a waiver alone."""
    return waived(tmp_path_factory.mktemp("waived"), "took up * must refuse")


def test_a_waiver_stands_on_every_surface(excused: Told) -> None:
    assert excused.code == 0, excused.said
    assert f"exit 0: {SENTENCE}" in excused.said.splitlines()
    assert f"waiver: {SENTENCE}" in excused.said
    (waiver,) = excused.results["waivers"]
    assert (waiver["state"], waiver["owner"], waiver["expires"], waiver["link"]) == ("excused", OWNER, UNTIL, LINK)
    failed = {
        scenario["id"]
        for clause in excused.results["clauses"]
        for scenario in clause["scenarios"]
        if scenario["verdict"] == "does not conform"
    }
    assert set(waiver["scenarios"]) == failed
    markdown = (excused.reports / "conformance.md").read_text("utf-8")
    assert "## Waivers (1)" in markdown
    assert markdown.count(OWNER) == 1 + len(failed)
    properties = [element for element in excused.junit.iter("property") if element.get("name") == "waiver"]
    assert [element.get("value") for element in properties] == [SENTENCE] * len(failed)
    page = (excused.reports / "index.html").read_text("utf-8")
    assert page.count(SENTENCE) >= 2
    assert f'href="{LINK}"' in page
    ours = [result for result in excused.allure if {"name": "owner", "value": OWNER} in result["labels"]]
    assert {result["fullName"] for result in ours} == failed
    assert all(
        result["statusDetails"]["known"] and {"type": "issue", "url": LINK, "name": "FIB-4711"} in result["links"]
        for result in ours
    )
    annotations = github.commands(finished.read(excused.reports))
    assert [line for line in annotations if line.startswith("::error")] == []
    assert any(line.startswith("::notice") and OWNER in line for line in annotations)


def test_a_waiver_stands_on_the_page_of_many_runs_and_in_the_night(excused: Told) -> None:
    whole = finished.read(excused.reports)
    page = matrix_page.page(matrix.matrix([whole]))
    assert f"op-02: does not conform; {SENTENCE}" in page
    assert f"1 waived (op-02 {CLAUSE})" in page
    new = history.entries([whole])
    (change,) = [change for change in night.changes({}, new, list(new.values())) if change.clause == CLAUSE]
    assert (change.kind, change.words, change.red) == (Kind.WAIVED, SENTENCE, False)


def test_a_failure_for_another_reason_is_red_and_said_so(tmp_path: Path) -> None:
    done = waived(tmp_path, "is answered with status 500")
    assert done.code == 1, done.said
    words = f"{CLAUSE} is waived by {OWNER} where it says 'is answered with status 500', and fails otherwise"
    assert f"waiver: {words}" in done.said
    assert "exit 0" not in done.said
    assert [waiver["state"] for waiver in done.results["waivers"]] == ["another reason"]
    new = history.entries([finished.read(done.reports)])
    (change,) = [change for change in night.changes({}, new, list(new.values())) if change.clause == CLAUSE]
    assert (change.kind, change.red) == (Kind.BROKEN, True)
    assert change.words.startswith(words)


@pytest.mark.parametrize(
    ("pattern", "held"),
    [
        ("took up", True),
        ("took * refuse", True),
        ("*took up*", True),
        ("the seller  took\nup", True),
        ("refuse * took", False),
        ("Took up", False),
        ("t..k up", False),
        ("took up * took up", False),
    ],
)
def test_a_pattern_is_words_in_their_order(pattern: str, *, held: bool) -> None:
    assert says("Nonconformance: the seller took up a cancellation it must\nrefuse", pattern) is held


@given(st.lists(st.text(st.characters(exclude_characters="*"), max_size=20), max_size=6))
def test_whatever_words_a_message_is_made_of_are_found_in_it(parts: list[str]) -> None:
    assert says(" ".join(parts), "*".join(parts))


def test_no_message_of_a_seller_takes_long_to_look_at() -> None:
    assert not says("a" * 200_000, "a*" * 100 + "b")


def test_a_pattern_that_says_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match="message: says nothing"):
        read_baseline(baseline(tmp_path / "known.toml", " * "))
