"""Allure results, made by pytest, pytest-bdd and allure-pytest as they are used in a run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from allure_commons import model2
from allure_commons.logger import AllureFileLogger

from countermand.report import allure

FEATURE = """\
Feature: Cancelling an order
  Background:
    Given an order in flight

  Rule: A cancellation is pending
    Scenario: It conforms
      When the buyer cancels the order
      Then the seller answers "well"

    Scenario Outline: It does not conform
      When the buyer cancels the order
      Then the seller answers "<answer>"
      And nothing else happens
      Examples:
        | answer |
        | badly  |

    Scenario: It departs
      When the buyer cancels the order
      Then the seller answers "oddly"

    Scenario: It is inconclusive
      Given a closed shop
      When the buyer cancels the order

    Scenario: It is not applicable
      Given an open door
      When the buyer cancels the order
"""

WIRING = """
import pytest
from pytest_bdd import given, when, then, parsers, scenarios
from pytest_bdd.scenario import scenario_wrapper_template_registry as templates
from countermand.model.clause import Clause, Evidence
from countermand.report import allure
from countermand.report.gherkin import Gherkin
from countermand.model.results import Scenario
from countermand.model.verdict import Inconclusive, Nonconformance, NotApplicable, Verdict
from made import exchange
from countermand.model.exchange import Reply

allure.quiet()
VERDICTS = {
    "It conforms": Verdict.CONFORMS, "It does not conform": Verdict.DOES_NOT_CONFORM, "It departs": Verdict.DEPARTS,
    "It is inconclusive": Verdict.INCONCLUSIVE, "It is not applicable": Verdict.NOT_APPLICABLE,
}

def pytest_bdd_before_scenario(request, scenario):
    request.node.gherkin = Gherkin(allure.reporter(request.config), scenario.steps)
def pytest_bdd_before_step(request, step):
    request.node.gherkin.begin(step)
def pytest_bdd_after_step(request, step):
    if step.type == "when":
        request.node.gherkin.attach(exchange(1, Reply(200, "OK", "HTTP/1.1", (), b"<ok/>")))
    request.node.gherkin.end()
def pytest_bdd_step_error(request, exception):
    request.node.gherkin.end(exception)
def pytest_bdd_after_scenario(request):
    request.node.steps = request.node.gherkin.finish()

def pytest_runtest_teardown(item):
    example = item.callspec.params["_pytest_bdd_example"] if hasattr(item, "callspec") else {}
    name = templates[item.function].render(example).name
    made = Scenario(
        id=item.nodeid, name=name, feature="Cancelling an order", file="cancel.feature", line=7,
        rule="A cancellation is pending", clause="ALA-REQ-07", api="ala", target="embedded-ala",
        verdict=VERDICTS[name], message="Nonconformance: because \\ud800 \\x00",
        started="2026-11-21T09:30:00Z", elapsed=0.1, steps=item.steps,
        exchanges=(exchange(1, None), exchange(2, Reply(200, "OK", "HTTP/1.1", (), "<a>取消</a>".encode("utf-16")))),
    )
    clause = Clause(
        "ALA-REQ-07", "ala", "a cancellation names the order", Evidence.DOCUMENTED, "the page, fields",
        url="https://docs.example.org/ala",
    )
    attached = item.gherkin.attached
    suite = {"version": "0.1.0", "digest": "sha256:" + "0a" * 32}
    allure.describe(allure.reporter(item.config), made, clause, suite=suite, example=example, attached=attached)

@given("an order in flight", target_fixture="order")
def order(): return "1"
@given("a closed shop")
def closed(): raise Nonconformance("the shop answers 503 with the-secret-word")
@given("an open door")
def door(): raise NotApplicable("strangers are refused in the handshake")
@when("the buyer cancels the order")
def cancels(order): pass
@then(parsers.parse('the seller answers "{word}"'))
def answers(word):
    if word != "well": raise Nonconformance("the-secret-word")
@then("nothing else happens")
def nothing(): pass
"""


@pytest.fixture(scope="module")
def by_name(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Results of Allure by name of scenario; the raw text of all files under the name of nothing."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "cancel.feature").write_text(FEATURE, encoding="utf-8")
    (folder / "conftest.py").write_text(WIRING, encoding="utf-8")
    (folder / "made.py").write_text(
        (Path(__file__).parent / "conftest.py").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (folder / "test_cancel.py").write_text(
        "from pytest_bdd import scenarios\nscenarios('cancel.feature')\n", encoding="utf-8"
    )
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(folder),
        "--alluredir",
        str(folder / "results"),
    ]
    root = str(Path(__file__).parents[2])
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([root, str(folder)])}
    run = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=600)
    assert run.returncode == 1, run.stdout + run.stderr
    files = sorted((folder / "results").iterdir())
    results = {
        row["name"]: row
        for row in (json.loads(path.read_text("utf-8")) for path in files if path.name.endswith("-result.json"))
    }
    return {**results, "": {"folder": folder / "results", "text": "".join(path.read_text("utf-8") for path in files)}}


def test_each_verdict_has_its_status_category_and_reason(by_name: dict[str, Any]) -> None:
    rows = {name: (row["status"], tags(row)) for name, row in by_name.items() if name}
    assert rows == {
        "It conforms": ("passed", {"conforms", "ALA-REQ-07"}),
        "It does not conform": ("failed", {"does not conform", "ALA-REQ-07"}),
        "It departs": ("skipped", {"departs", "ALA-REQ-07"}),
        "It is inconclusive": ("broken", {"inconclusive", "ALA-REQ-07"}),
        "It is not applicable": ("skipped", {"not applicable", "ALA-REQ-07"}),
    }
    assert by_name["It departs"]["statusDetails"]["message"].startswith("departs: ")
    assert by_name["It is not applicable"]["statusDetails"]["message"].startswith("not applicable: ")


def test_the_steps_are_shown_with_those_not_reached(by_name: dict[str, Any]) -> None:
    assert [(step["name"], step["status"]) for step in by_name["It does not conform"]["steps"]] == [
        ("Given an order in flight", "passed"),
        ("When the buyer cancels the order", "passed"),
        ('Then the seller answers "badly"', "failed"),
        ("And nothing else happens (not reached)", "skipped"),
    ]
    assert [step["status"] for step in by_name["It is inconclusive"]["steps"]] == ["passed", "broken", "skipped"]
    assert [step["status"] for step in by_name["It is not applicable"]["steps"]] == ["passed", "skipped", "skipped"]


def test_every_exchange_is_attached_once(by_name: dict[str, Any]) -> None:
    row = by_name["It conforms"]
    inside = [attachment["name"] for step in row["steps"] for attachment in step.get("attachments", [])]
    assert inside == ["1: cancelOrder as buyer -> 200 (12 ms, TLSv1.3)"]
    assert [attachment["name"] for attachment in row["attachments"]] == [
        "2: cancelOrder as buyer -> 200 (12 ms, TLSv1.3)"
    ]
    assert row["attachments"][0]["type"] == "application/vnd.allure.http+json"
    body = json.loads((by_name[""]["folder"] / row["attachments"][0]["source"]).read_text("utf-8"))
    assert body["response"]["body"]["value"] == "<a>取消</a>"
    assert {"name": "(identity)", "value": "buyer"} in body["request"]["headers"]
    assert {"name": "X-Signature", "value": "__ALLURE_REDACTED__"} in body["request"]["headers"]


def test_an_outline_shows_its_values_and_nothing_of_pytest_bdd(by_name: dict[str, Any]) -> None:
    assert by_name["It does not conform"]["parameters"] == [{"name": "answer", "value": "badly"}]


def test_the_clause_is_the_story_and_the_description(by_name: dict[str, Any]) -> None:
    row = by_name["It conforms"]
    labels = {label["name"]: label["value"] for label in row["labels"] if label["name"] != "tag"}
    assert labels == {
        "epic": "ALA cancelOrder 2.30",
        "feature": "Cancelling an order",
        "story": "ALA-REQ-07: a cancellation names the order",
        "severity": "critical",
    }
    assert "the page, fields" in row["description"]
    assert [link["url"] for link in row["links"]] == ["conformance.md#ala-req-07", "https://docs.example.org/ala"]
    assert row["titlePath"] == ["ALA cancelOrder 2.30", "Cancelling an order", "A cancellation is pending"]


def test_no_machine_name_no_path_and_no_unmasked_text_is_written(by_name: dict[str, Any]) -> None:
    text = by_name[""]["text"]
    assert os.uname().nodename not in text
    assert str(by_name[""]["folder"].parent) not in text
    assert "the-secret-word" not in text, "the text of an exception reached the results past the mask"
    assert "correct-horse-battery" not in text
    assert Counter(path.name.rpartition("-")[2] for path in by_name[""]["folder"].iterdir())["container.json"] == 0


def test_each_scenario_has_a_history_of_its_own(by_name: dict[str, Any]) -> None:
    assert len({row["historyId"] for name, row in by_name.items() if name}) == 5


def tags(row: dict[str, Any]) -> set[str]:
    return {label["value"] for label in row["labels"] if label["name"] == "tag"}


@pytest.mark.parametrize("indented", [False, True])
def test_a_result_is_what_allure_commons_would_have_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, indented: bool
) -> None:
    if indented:  # whoever wants it so has it written as ever
        monkeypatch.setenv(allure.INDENTED, "1")
    step = model2.TestStepResult(name="Given an order", status="failed", start=1, stop=2)
    result = model2.TestResult(
        uuid="1", name='Zoë "x" <ö>', status="failed", steps=[step], labels=[model2.Label("tag", "ALA-CAN-01")]
    )
    logger: Any = AllureFileLogger  # it has no types
    for name, write in (("theirs", allure._WRITE), ("ours", allure._write_whole)):
        write(logger(str(tmp_path / name)), result)
    (theirs,), (ours,) = (list((tmp_path / name).iterdir()) for name in ("theirs", "ours"))
    assert ours.name.endswith("-result.json")
    assert len(ours.name) == len(theirs.name)
    assert json.loads(ours.read_text(encoding="utf-8")) == json.loads(theirs.read_text(encoding="utf-8"))
    assert ("\n" in ours.read_text(encoding="utf-8")) is indented
