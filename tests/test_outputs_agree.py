"""However a run ends, all its outputs count the same, and the exit code says what they say."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from running import Told, Watched, environment, run, served

from countermand.provider import deviants, embedded
from countermand.provider.http import Request, Response

ALLURE = {
    "conforms": "passed",
    "does not conform": "failed",
    "departs": "skipped",
    "inconclusive": "broken",
    "not applicable": "skipped",
}


@dataclass
class Slow(Watched):
    """Takes its time, so that there is time to interrupt."""

    pause: float = 0.25

    def altered(self, request: Request, response: Response) -> Response:  # noqa: ARG002 - as in the base class
        time.sleep(self.pause)
        return response


def deviant(api: str, clause: str) -> Watched:
    return Watched(next(made for made in deviants.deviants(api).values() if getattr(made, "breaks", None) == clause)())


def conforming(folder: Path) -> Told:
    return run(folder)


def failing(folder: Path) -> Told:
    with served("ala", folder / "seller", deviant("ala", "ALA-REQ-11")) as target:
        return run(folder, f"--target={target}")


def departing(folder: Path) -> Told:
    with served("ala", folder / "seller", deviant("ala", "ALA-TRC-01")) as target:
        return run(folder, f"--target={target}")


def departing_strictly(folder: Path) -> Told:
    with served("ala", folder / "seller", deviant("ala", "ALA-TRC-01")) as target:
        return run(folder, f"--target={target}", "--fail-on", "inferred")


def inconclusive(folder: Path) -> Told:
    with served("ala", folder / "seller") as target:
        text = re.sub(r"(?s)\nin_flight = \[.*?\n?\]\n", "\n", target.read_text(encoding="utf-8"))
        target.write_text(text, encoding="utf-8")
        return run(folder, f"--target={target}")


def selected(folder: Path) -> Told:
    return run(folder, "-m", "OSRS-CAN-01 or ALA-CAN-01")


def stopping_at_the_first(folder: Path) -> Told:
    with served("ala", folder / "seller", deviant("ala", "ALA-CAN-01")) as target:
        return run(folder, f"--target={target}", "-x")


def in_parallel(folder: Path) -> Told:
    with served("ala", folder / "seller", deviant("ala", "ALA-REQ-11")) as target:
        return run(folder, f"--target={target}", "-n", "2")


def interrupted(folder: Path) -> Told:
    with served("ala", folder / "seller", Slow(embedded.SELLERS["ala"]())) as target:
        command = [sys.executable, "-m", "countermand", "run", "--no-page", f"--target={target}"]
        process = subprocess.Popen(
            command, cwd=folder, env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        results = folder / "reports" / "allure-results"
        deadline = time.monotonic() + 300
        while len(list(results.glob("*-result.json"))) < 8 and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=600)
        return Told(process.returncode, said, folder / "reports")


BETWEEN = """
begun = []
def pytest_runtest_logstart(nodeid):
    begun.append(nodeid)
    if len(begun) == 4:
        raise KeyboardInterrupt
"""


def interrupted_between_two(folder: Path) -> Told:
    (folder / "between.py").write_text(BETWEEN, encoding="utf-8")
    with served("ala", folder / "seller") as target:
        return run(folder, f"--target={target}", "-p", "between")


def messages(done: Told, verdict: str) -> list[str]:
    return [
        scenario["message"]
        for clause in done.results["clauses"]
        for scenario in clause["scenarios"]
        if scenario["verdict"] == verdict
    ]


LEFT_OUT = r"(\d+) of (\d+) scenarios were not played, and with them all or part of (\d+) documented clauses left out"
RUNS = {
    conforming: (0, "conforms"),
    failing: (1, "does not conform"),
    departing: (0, "conforms"),
    departing_strictly: (1, "does not conform"),
    inconclusive: (10, "inconclusive"),
    selected: (0, "inconclusive"),
    stopping_at_the_first: (1, "does not conform"),
    in_parallel: (1, "does not conform"),
    interrupted: (2, "inconclusive"),
    interrupted_between_two: (2, "inconclusive"),
}


#: What a run leaves, by whether it is held here to the counts of all others; an output that is new is one of these.
COUNTED = {"results.json", "record.jsonl", "conformance.md", "junit.xml", "index.html", "allure-results"}
UNCOUNTED = {"given.json", "AGENTS.md", "tickets"}


@pytest.fixture(scope="module", params=RUNS, ids=lambda made: made.__name__.replace("_", " "))
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Told, int, str]:
    return request.param(tmp_path_factory.mktemp("run")), *RUNS[request.param]


def test_every_output_counts_the_same(ran: tuple[Told, int, str]) -> None:
    done, code, verdict = ran
    assert {path.name for path in done.reports.iterdir()} <= COUNTED | UNCOUNTED
    assert done.code == code, done.said
    assert done.results["verdict"] == verdict
    counts = done.counts
    assert sum(counts.values()) > 0
    assert done.scenarios == counts
    assert done.record == counts
    assert done.markdown == counts
    assert done.front == counts
    assert Counter(result["status"] for result in done.allure) == sum(
        (Counter({ALLURE[word]: n}) for word, n in counts.items()), Counter()
    )
    tags = Counter(
        label["value"]
        for result in done.allure
        for label in result["labels"]
        if label["name"] == "tag" and label["value"] in ALLURE
    )
    assert tags == counts


def test_a_run_that_did_not_come_to_its_end_says_everywhere_how_much_it_left_out(ran: tuple[Told, int, str]) -> None:
    done, _, _ = ran
    played = sum(done.counts.values())
    notes = [re.fullmatch(LEFT_OUT, note) for note in done.results["notes"]]
    matches = [note for note in notes if note]
    assert len(matches) == (played < 40 and not done.results["asked"])
    assert bool(done.results.get("unplayed")) == bool(matches)
    for note in matches:
        missing, asked, documented = map(int, note.groups())
        assert played == asked - missing
        undecided = done.results["coverage"]["documented"] - done.results["coverage"]["decided"]
        assert 0 < undecided - done.counts.get("inconclusive", 0) <= documented
        assert f"note: {note[0]}" in done.said
        assert note[0] in (done.reports / "conformance.md").read_text(encoding="utf-8")
        assert note[0] in (done.reports / "index.html").read_text(encoding="utf-8")


def test_junit_accuses_the_target_alone(ran: tuple[Told, int, str]) -> None:
    done, _, _ = ran
    counts, root = done.counts, done.junit
    skipped = counts.get("departs", 0) + counts.get("not applicable", 0)
    ended = len({clause.partition("-")[0] for clause in done.results.get("unplayed", ())})  # one per API is said so of
    numbers = {
        "tests": sum(counts.values()) + ended,
        "failures": counts.get("does not conform", 0),
        "errors": counts.get("inconclusive", 0) + ended,
    }
    assert {key: int(root.attrib[key]) for key in numbers} == numbers
    suites = root.findall("testsuite")
    assert {key: sum(int(suite.attrib[key]) for suite in suites) for key in (*numbers, "skipped")} == {
        **numbers,
        "skipped": skipped,
    }
    assert len(list(root.iter("failure"))) == numbers["failures"]
    assert len(list(root.iter("error"))) == numbers["errors"]
    assert len(list(root.iter("skipped"))) == skipped
    clauses = {prop.attrib["value"] for prop in root.iter("property") if prop.attrib["name"] == "clause"}
    assert clauses == set(done.verdicts)


def test_the_verdict_is_said_the_same_everywhere(ran: tuple[Told, int, str]) -> None:
    done, _, verdict = ran
    sentence = done.results["sentence"]
    assert sentence.startswith(f"{verdict}: ")
    first = done.results["answer"] or sentence
    assert first in done.said.splitlines()
    assert (done.reports / "conformance.md").read_text(encoding="utf-8").startswith(f"# {first}\n")


def test_a_run_is_complete_only_if_nothing_is_missing(
    ran: tuple[Told, int, str], request: pytest.FixtureRequest
) -> None:
    done, _, _ = ran
    cut_short = {"selected", "stopping at the first", "interrupted", "interrupted between two"}
    assert done.results["complete"] is not any(f"[{name}]" in request.node.name for name in cut_short)


def test_a_failure_is_said_with_the_line_that_repeats_it(ran: tuple[Told, int, str]) -> None:
    done, _, _ = ran
    for clause in done.results["clauses"]:
        for scenario in clause["scenarios"]:
            if scenario["verdict"] in {"does not conform", "departs", "inconclusive"}:
                again = scenario["message"].splitlines()[-1]
                some = rf"'?([A-Z0-9-]+ or )*{clause['id']}( or [A-Z0-9-]+)*'?"
                assert re.fullmatch(
                    rf"  again     countermand run --target \S+ (--fail-on inferred )?-m {some}", again
                ), again


def test_a_stricter_run_says_that_it_is(ran: tuple[Told, int, str], request: pytest.FixtureRequest) -> None:
    done, _, _ = ran
    words = "--fail-on inferred: departures from standard and inferred clauses count as not conforming"
    assert (words in done.results["notes"]) is ("strictly" in request.node.name)
    assert (words in done.said) is ("strictly" in request.node.name)
    assert (words in (done.reports / "conformance.md").read_text(encoding="utf-8")) is ("strictly" in request.node.name)


def test_an_interrupted_scenario_is_neither_green_nor_lost(
    ran: tuple[Told, int, str], request: pytest.FixtureRequest
) -> None:
    done, _, _ = ran
    if "[interrupted" in request.node.name:
        assert done.counts.get("inconclusive", 0) <= 1
        assert all("the scenario was interrupted" in message for message in messages(done, "inconclusive"))
        assert len(done.allure) == sum(done.counts.values())
    assert not list(Path(done.reports).rglob("*.tmp"))
