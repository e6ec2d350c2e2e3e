"""A recorded run judged again says the same, offline, whoever was asked and however many asked at once."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from certify.conftest import countermand, run_against, unlike


def again(reports: Path, folder: Path, *arguments: object) -> Path:
    (folder / "offline").mkdir(exist_ok=True)
    done = countermand(
        "run",
        "--replay",
        reports,
        "--reports",
        folder / "again",
        "--no-page",
        "--no-reports",
        *arguments,
        offline=folder / "offline",
    )
    assert done.code in {0, 1, 10}, done.said
    return folder / "again"


@pytest.mark.parametrize("workers", [[], ["-n", "4"]], ids=["one", "four"])
def test_both_right_sellers_are_judged_alike(tmp_path: Path, workers: list[str]) -> None:
    done = countermand("run", "--no-page", "--no-reports", "--reports", tmp_path / "reports", *workers)
    assert done.code == 0, done.said
    assert unlike(tmp_path / "reports", again(tmp_path / "reports", tmp_path)) == []


@pytest.mark.parametrize(
    ("api", "kind", "workers"),
    [
        ("ala", "Careless", ["-n", "4"]),
        ("ala", "Closing", []),
        ("opensrs", "Closing", ["-n", "4"]),
        ("opensrs", "Echoing", []),
    ],
)
def test_a_wrong_seller_is_judged_alike(tmp_path: Path, api: str, kind: str, workers: list[str]) -> None:
    reports = run_against(api, kind, tmp_path, *workers)
    assert unlike(reports, again(reports, tmp_path)) == []


def test_a_seller_that_never_answers_is_judged_alike(tmp_path: Path) -> None:
    reports = run_against("ala", "Silent", tmp_path, patience=0.3)
    assert unlike(reports, again(reports, tmp_path)) == []
    given = json.loads((reports / "given.json").read_text("utf-8"))
    assert "ala" in given["standings"]  # why nothing more was sent is told to a replay


def test_one_clause_is_judged_again_from_a_certificate(whole: Path, tmp_path: Path) -> None:
    reports = again(whole, tmp_path, "-m", "ALA-CAN-01")
    results = json.loads((reports / "results.json").read_text("utf-8"))
    assert [clause["id"] for clause in results["clauses"]] == ["ALA-CAN-01"]
    assert not results["complete"]
    assert "nothing was sent" in results["notes"][0]


def test_a_replay_can_be_replayed(few: Path, tmp_path: Path) -> None:
    first = again(few, tmp_path)
    (tmp_path / "second").mkdir()
    assert unlike(first, again(first, tmp_path / "second")) == []


def copied(reports: Path, tmp_path: Path) -> tuple[Path, list[dict[str, Any]]]:
    """A record to be changed: its folder, and the rows of one clause, which are still to be written."""
    changed = tmp_path / "changed"
    changed.mkdir()
    shutil.copy(reports / "given.json", changed)
    rows = [json.loads(line) for line in (reports / "record.jsonl").read_text("utf-8").split("\n")[:-1]]
    return changed, [row for row in rows if row["clause"] == "ALA-REQ-07"]


def test_the_request_that_departs_from_the_record_is_named(whole: Path, reports: Path, tmp_path: Path) -> None:
    changed, rows = copied(reports, tmp_path)
    body = rows[0]["exchanges"][0]["request"]["body"]
    body["value"] = body["value"].replace("cancellationReason>", "cancellationreason>", 1)
    (changed / "record.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    results = json.loads((again(changed, tmp_path) / "results.json").read_text("utf-8"))
    assert (
        "the scenario departs from its record: request 1 (cancelOrder): its body differs from the record at byte"
        in json.dumps(results)
    )
    assert results["clauses"][0]["verdict"] == "inconclusive"


def test_an_exchange_nobody_asked_for_departs_from_the_record(whole: Path, reports: Path, tmp_path: Path) -> None:
    changed, rows = copied(reports, tmp_path)
    rows[0]["exchanges"].append(rows[0]["exchanges"][-1])
    (changed / "record.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    again(changed, tmp_path)
    assert "of the record is one the scenario does not have" in (tmp_path / "again" / "results.json").read_text("utf-8")


def test_what_is_no_record_is_said_so(tmp_path: Path, whole: Path, reports: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "note.zip").write_text("no zip")
    for arguments, words in (
        (["--replay", tmp_path / "nowhere"], "no such file or folder"),
        (["--replay", tmp_path / "empty"], "a folder of reports is expected"),
        (["--replay", tmp_path / "note.zip"], "neither a folder of reports nor a zip"),
        (["--replay", reports, "--reports", reports], "would be overwritten"),
        (["--replay", whole, "--api", "ala"], "a record has its own target"),
    ):
        done = countermand("run", *arguments, cwd=tmp_path)
        assert done.code == 4, done.said
        assert words in done.said
        assert "Traceback" not in done.said


def test_the_record_holds_no_secret_and_no_path_of_the_machine(whole: Path, reports: Path) -> None:
    given = (reports / "given.json").read_text("utf-8")
    assert "PRIVATE KEY" not in given
    assert str(reports.anchor + "tmp") not in given
    assert json.loads(given)["targets"][0]["buyer"]["private_key"] == "withheld"


UNVERIFIED = "the signature and the files of a certificate were not checked here; countermand verify does that"


def test_whoever_judges_a_certificate_again_is_told_that_nobody_has_verified_it(few: Path, tmp_path: Path) -> None:
    first = again(few, tmp_path)
    assert json.loads((first / "results.json").read_text("utf-8"))["notes"][1] == f"{few.name}: {UNVERIFIED}"
    assert UNVERIFIED in (first / "conformance.md").read_text("utf-8")
    (tmp_path / "second").mkdir()
    second = again(few.parent / "reports", tmp_path / "second")
    assert UNVERIFIED not in (second / "results.json").read_text("utf-8")


def test_a_command_that_reads_a_certificate_says_that_it_does_not_verify_it(few: Path, tmp_path: Path) -> None:
    reports, record, nights = few.parent / "reports", tmp_path / "record.zip", tmp_path / "nights"
    with zipfile.ZipFile(record, "w") as archive:
        archive.write(reports / "results.json", "results.json")
        archive.write(reports / "record.jsonl", "record.jsonl")
    nights.mkdir()
    shutil.copy(few, nights)
    known, out = tmp_path / "known.toml", tmp_path / "all.html"
    known.write_text("", encoding="utf-8")
    for read, arguments in (
        (few, ["compare", few, reports, "--json"]),
        (few, ["compare", reports, few]),
        (nights / few.name, ["matrix", nights, "--out", out, "--json"]),
        (nights / few.name, ["night", nights, "--history", tmp_path / "nights.jsonl", "--json"]),
        (few, ["ticket", "--reports", few, "--json"]),
        (few, ["baseline", known, few, "--json"]),
        (few, ["run", "--failed", few]),
    ):
        done = countermand(*arguments, cwd=tmp_path)
        assert done.err.count(f"note: {read}: {UNVERIFIED}\n") == 1, (arguments, done.said)
        if "--json" in arguments:
            json.loads(done.out)
    done = countermand("compare", record, reports)
    assert (done.code, done.err) == (0, "")
    for name in ("b", "c", "d", "e"):
        shutil.copy(few, nights / f"{name}.zip")
    done = countermand("baseline", known, nights)
    assert f"note: {nights / 'b.zip'}, {nights / 'c.zip'}, {nights / 'd.zip'} and 2 more: {UNVERIFIED}" in done.err
