"""What pytest-bdd accepts in silence stops collection here, with words that say what to do."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from gherkin.parser import Parser
from pytest_bdd import gherkin_parser, parsers
from running import ROOT, checkout, countermand, environment

from countermand.model import clause
from countermand.plugin import feature_lint, parsing, sentences

FEATURE = """\
Feature: Cancelling an order in flight
  The buyer may call off an order which the seller has not yet finished.

  Background:
    Given an order in flight

  @ALA-CAN-01
  Rule: A cancellation is pending, or rejected up front
    Scenario: A complete cancellation
      When the buyer cancels the order
      Then the seller takes the cancellation up or rejects it

  @ALA-REQ-11
  Rule: A cancellation names the seller's reference of the order
    Scenario Outline: The cancellation lacks its <field>
      When the buyer cancels the order without its "<field>"
      Then the seller refuses the cancellation

      Examples:
        | field                      |
        | targetSellerOrderReference |
"""
CLAUSES = """\
[ALA-CAN-01]
says     = "a complete cancellation is taken up as pending, or rejected up front"
evidence = "documented"
source   = "the cancelOrder page, description"
outcome  = true

[ALA-REQ-11]
says     = "a cancellation names the seller's reference of the order"
evidence = "documented"
source   = "the cancelOrder page, request fields"
"""
MISTAKES = {
    "unknown clause": (
        "@ALA-REQ-11",
        "@ALA-REQ-99",
        "no clause ALA-REQ-99: did you mean ALA-REQ-11? (clauses stand in features/ala/clauses.toml)",
    ),
    "no clause": ("  @ALA-REQ-11\n", "", "has 0 tags: it has one, the id of its clause"),
    "two tags": ("@ALA-REQ-11", "@ALA-REQ-11 @ALA-CAN-01", "has 2 tags: it has one, the id of its clause"),
    "outside a Rule": (
        "  @ALA-CAN-01\n",
        (
            "  Scenario: Loose\n    When the buyer cancels the order\n"
            "    Then the seller refuses the cancellation\n\n  @ALA-CAN-01\n"
        ),
        "'Loose' stands outside a Rule: put it under the Rule of the clause it judges",
    ),
    "Rule without a scenario": (
        "  @ALA-REQ-11\n",
        "  @ALA-CAN-01\n  Rule: Nothing to see\n\n  @ALA-REQ-11\n",
        "the Rule 'Nothing to see' has no scenario",
    ),
    "tagged scenario": (
        "    Scenario: A",
        "    @slow\n    Scenario: A",
        "has a tag: the clause's id on the Rule is the only one",
    ),
    "tagged examples": (
        "      Examples:",
        "      @slow\n      Examples:",
        "have a tag: the clause's id on the Rule is the only one",
    ),
    "undefined sentence": (
        "      When the buyer cancels the order\n",
        "      When the buyer calls the order off\n",
        (
            "When the buyer calls the order off: no step says what this means: "
            "define it in steps/, or use a sentence that exists"
        ),
    ),
    "sentence of another kind": (
        "      Then the seller takes the cancellation up or rejects it\n",
        "      Then the seller takes the cancellation up or rejects it\n      And the buyer cancels the order\n",
        "And the buyer cancels the order: no step says what this means",
    ),
    "duplicate name": (
        "Scenario Outline: The cancellation lacks its <field>",
        "Scenario Outline: A complete cancellation",
        "'A complete cancellation' repeats the name of line 9: pytest-bdd would keep only the last one",
    ),
    "no steps": (
        "      When the buyer cancels the order\n      Then the seller takes the cancellation up or rejects it\n",
        "",
        "'A complete cancellation' has no steps: it would pass",
    ),
    "no Then": (
        "      Then the seller takes the cancellation up or rejects it\n",
        "",
        "'A complete cancellation' has no Then: it asserts nothing",
    ),
    "mistyped first keyword": (
        "      When the buyer cancels the order\n",
        "      Wehn the buyer cancels the order\n",
        "the Scenario has a description: 'Wehn the buyer cancels the order': is it a step whose keyword is mistyped?",
    ),
    "mistyped keyword of the background": (
        "    Given an order in flight\n",
        "    Gievn an order in flight\n",
        "the Background has a description: 'Gievn an order in flight': is it a step whose keyword is mistyped?",
    ),
    "mistyped Scenario": (
        FEATURE[FEATURE.index("    Scenario: A") : FEATURE.index("\n  @ALA-REQ-11")],
        "    Scenaro: A complete cancellation\n",
        "the description of the Rule has 'Scenaro: A complete cancellation': is Scenario: meant?",
    ),
    "mistyped later keyword": ("      Then the seller refuses", "      Thne the seller refuses", "expected: #EOF"),
    "empty examples": ("        | targetSellerOrderReference |\n", "", "have no rows: nothing would run"),
    "no feature": (FEATURE, "# later\n", "there is no Feature in it: nothing would run"),
    "clause of another API": (
        "@ALA-REQ-11",
        "@OSRS-CAN-01",
        "OSRS-CAN-01 is a clause of opensrs, and this is a feature of ala",
    ),
}
CATALOGUE_MISTAKES = {
    "clause without a scenario": (
        CLAUSES + CLAUSES[CLAUSES.index("[ALA-REQ-11]") :].replace("REQ-11", "REQ-12"),
        "ALA-REQ-12 has no scenario: write a Rule tagged @ALA-REQ-12, or say why none can exist: untested",
    ),
    "untested with a scenario": (
        CLAUSES + 'untested = "nobody can"\n',
        "ALA-REQ-11 is said to be untested, and here is a scenario: take `untested` out of clauses.toml",
    ),
    "no outcome": (
        CLAUSES.replace("outcome  = true\n", ""),
        "0 clauses of ala are its outcome (none): let one say `outcome = true`",
    ),
    "two outcomes": (
        CLAUSES + "outcome = true\n",
        "2 clauses of ala are its outcome (ALA-CAN-01, ALA-REQ-11): let one say",
    ),
    "no id": (CLAUSES.replace("ALA-REQ-11", "ALA-11"), "[ALA-11]: an id is API, topic and two digits"),
    "no source": (
        CLAUSES.replace('source   = "the cancelOrder page, request fields"\n', ""),
        "[ALA-REQ-11]: lacks source",
    ),
    "unknown key": (CLAUSES + "weight = 3\n", "[ALA-REQ-11]: unknown key weight; known are"),
    "unknown evidence": (
        CLAUSES.replace('"documented"', '"rumoured"'),
        "evidence is one of documented, standard, inferred, not 'rumoured'",
    ),
    "not TOML": (CLAUSES + "=\n", "clauses.toml: not TOML"),
}

SENTENCES = {"undefined sentence", "sentence of another kind"}
STATIC = [name for name in MISTAKES if name not in SENTENCES]


def wrong(mistake: str) -> str:
    old, new, _ = MISTAKES[mistake]
    assert old in FEATURE
    return FEATURE.replace(old, new, 1)


def file_of(mistake: str) -> str:
    return f"{mistake.lower().replace(' ', '_')}.feature"


@dataclass(frozen=True)
class Tree:
    """A copy of the suite with features of its own."""

    root: Path

    def collect(
        self, cwd: Path, features: Mapping[str, str], clauses: str = CLAUSES
    ) -> subprocess.CompletedProcess[str]:
        folder = self.root / "features" / "ala"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / "clauses.toml").write_text(clauses, encoding="utf-8")
        for name, text in features.items():
            (folder / name).write_text(text, encoding="utf-8")
        return countermand("run", "--api", "ala", "--collect-only", "-q", cwd=cwd, path=self.root)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    return Tree(checkout(tmp_path_factory.mktemp("suite"), "opensrs/clauses.toml"))


@pytest.fixture(scope="module")
def stopped(tree: Tree, tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """A collection of one feature without a mistake and one for each mistake that can be seen in a feature alone."""
    features = {"right.feature": FEATURE} | {file_of(mistake): wrong(mistake) for mistake in STATIC}
    return tree.collect(tmp_path_factory.mktemp("here"), features)


def test_features_without_a_mistake_are_collected(tree: Tree, tmp_path: Path) -> None:
    done = tree.collect(tmp_path, {"right.feature": FEATURE})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 tests collected" in done.stdout


def test_mistakes_in_features_stop_collection(stopped: subprocess.CompletedProcess[str]) -> None:
    assert stopped.returncode == 4
    assert "right.feature" not in stopped.stderr
    assert "Traceback" not in stopped.stdout + stopped.stderr


@pytest.mark.parametrize("mistake", STATIC)
def test_a_mistake_is_named_with_its_place_and_what_to_do(
    stopped: subprocess.CompletedProcess[str], mistake: str
) -> None:
    said = [line for line in stopped.stderr.splitlines() if f"features/ala/{file_of(mistake)}:" in line]
    assert any(MISTAKES[mistake][2] in line for line in said) or MISTAKES[mistake][2] in stopped.stderr, said


@pytest.mark.parametrize("mistake", STATIC)
def test_each_mistake_would_do_alone(tmp_path: Path, mistake: str) -> None:
    (tmp_path / "ala").mkdir()
    (tmp_path / "ala" / "clauses.toml").write_text(CLAUSES, encoding="utf-8")
    path = tmp_path / "ala" / file_of(mistake)
    path.write_text(wrong(mistake), encoding="utf-8")
    assert feature_lint.of_features([path], clause.read(tmp_path), lambda path: path.name)
    path.write_text(FEATURE, encoding="utf-8")
    assert feature_lint.of_features([path], clause.read(tmp_path), lambda path: path.name) == []


def test_a_sentence_means_exactly_one_thing(tree: Tree, tmp_path: Path) -> None:
    steps = tree.root / "steps" / "cancelling.py"
    text = steps.read_text(encoding="utf-8")
    sentence = '@when(parsers.parse("the buyer cancels the {thing}"), target_fixture="answer")'
    again = f"{sentence}\ndef buyer_cancels_thing(thing: str) -> str:\n    return thing\n"
    steps.write_text(f"{text}\n\n{again}", encoding="utf-8")
    try:
        done = tree.collect(
            tmp_path, {"right.feature": FEATURE} | {file_of(mistake): wrong(mistake) for mistake in SENTENCES}
        )
    finally:
        steps.write_text(text, encoding="utf-8")
    assert done.returncode == 4
    both = "the buyer cancels the order | the buyer cancels the {thing}"
    assert f"right.feature:9: When the buyer cancels the order: means more than one thing: {both}" in done.stderr
    for mistake in SENTENCES:
        assert MISTAKES[mistake][2] in done.stderr


@pytest.mark.parametrize("mistake", CATALOGUE_MISTAKES)
def test_a_mistake_in_the_catalogue_is_named(tmp_path: Path, mistake: str) -> None:
    clauses, words = CATALOGUE_MISTAKES[mistake]
    (tmp_path / "ala").mkdir()
    (tmp_path / "ala" / "clauses.toml").write_text(clauses, encoding="utf-8")
    (tmp_path / "ala" / "right.feature").write_text(FEATURE, encoding="utf-8")
    try:
        said = feature_lint.of_features(
            [tmp_path / "ala" / "right.feature"], clause.read(tmp_path), lambda path: path.name
        )
    except clause.CatalogueError as error:
        said = [str(error)]
    assert any(words in line for line in said), said


@pytest.mark.parametrize("mistake", ["clause without a scenario", "no outcome", "no source"])
def test_a_mistake_in_the_catalogue_stops_collection(tree: Tree, tmp_path: Path, mistake: str) -> None:
    clauses, words = CATALOGUE_MISTAKES[mistake]
    done = tree.collect(tmp_path, {"right.feature": FEATURE}, clauses)
    assert done.returncode == 4
    assert words in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_pytest_bdd_is_given_what_the_guards_have_parsed(tmp_path: Path) -> None:
    (tmp_path / "a.feature").write_text(FEATURE, encoding="utf-8")
    alone = gherkin_parser.get_gherkin_document(str(tmp_path / "a.feature"))
    parsing.parsed(FEATURE)
    hits, end = parsing.parsed.cache_info().hits, parsing.share()
    try:
        shared = gherkin_parser.get_gherkin_document(str(tmp_path / "a.feature"))
    finally:
        end()
    assert shared == alone
    assert parsing.parsed.cache_info().hits == hits + 1
    assert vars(gherkin_parser)["Parser"] is Parser


def test_a_definition_is_passed_over_only_where_it_is_of_no_such_sentence() -> None:
    written = [line for path in ROOT.glob("steps/*.py") for line in path.read_text(encoding="utf-8").split('"')]
    patterns = sorted({words for words in written if words.startswith(("the ", "a ")) and "\n" not in words})
    asked = [*patterns, *(words.upper() for words in patterns), *(words[1:] for words in patterns)]
    of_each = [parsers.parse(words) for words in patterns]
    fitting = [(parser, words) for parser in of_each for words in asked if parser.is_matching(words)]
    assert [(parser, words) for parser in of_each for words in asked if sentences.matches(parser, words)] == fitting
    assert len(fitting) >= 2 * len(patterns) > 100


def test_our_own_tests_leave_the_plugin_asleep(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "tests/test_guards.py",
        "--collect-only",
        "-q",
        f"--reports={tmp_path / 'reports'}",
    ]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert "features/" not in done.stdout
    assert not (tmp_path / "reports").exists()
