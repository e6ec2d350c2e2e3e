"""The catalogue only grows.

What an id says and weighs never changes silently, and every clause is judged by a Rule of the same words.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any, cast

import pytest
import test_clause_sets
from gherkin.parser import Parser

from countermand.model import clause
from countermand.model.clause import CatalogueError, Evidence

ROOT = Path(__file__).parents[1]
PINNED = Path(__file__).with_name("catalogue.json")
CATALOGUE = clause.read(ROOT / "features")
PINS: dict[str, list[str]] = json.loads(PINNED.read_text(encoding="utf-8")) if PINNED.exists() else {}
#: Words that say nothing of what a clause is about.
COMMON = frozenset(
    "a an and any are as at be by for from has have in is it its not of on".split()  # noqa: SIM905 - easier to read as a sentence
    + "one only or that the their them they this to what which who with".split()  # noqa: SIM905
)
RULES = [
    (path, child["rule"])
    for path in sorted((ROOT / "features").glob("*/*.feature"))
    for child in cast("Any", Parser().parse(path.read_text(encoding="utf-8")))["feature"]["children"]
    if "rule" in child
]


def pin() -> None:
    """Add the clauses that are new; an id that is pinned stays as it is."""
    new = {entry.id: [entry.says, entry.evidence.value] for entry in CATALOGUE.values()}
    PINNED.write_text(
        json.dumps({**new, **PINS}, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8"
    )


@pytest.mark.parametrize("key", PINS)
def test_an_id_keeps_its_wording_and_its_weight(key: str) -> None:
    assert key in CATALOGUE, f"{key} is gone: an id is never removed; where no scenario can exist say why: untested"
    assert [CATALOGUE[key].says, CATALOGUE[key].evidence] == PINS[key], (
        f"{key} has changed: give the new meaning an id of its own"
    )


@pytest.mark.parametrize("key", CATALOGUE)
def test_a_new_id_is_pinned(key: str) -> None:
    assert key in PINS, f"pin {key}: python {Path(__file__).relative_to(ROOT).as_posix()}"


@pytest.mark.parametrize("key", CATALOGUE)
def test_every_clause_has_its_rule_or_says_why_none_can_exist(key: str) -> None:
    rules = [rule for _, rule in RULES if [tag["name"] for tag in rule["tags"]] == [f"@{key}"]]
    assert len(rules) == (0 if CATALOGUE[key].untested else 1)


@pytest.mark.parametrize(
    ("path", "rule"), [pytest.param(path, rule, id=rule["tags"][0]["name"]) for path, rule in RULES]
)
def test_a_rule_says_what_its_clause_says(path: Path, rule: dict[str, Any]) -> None:
    entry = CATALOGUE[rule["tags"][0]["name"].lstrip("@")]
    assert entry.api == path.parent.name
    named, said = words(rule["name"]), words(entry.says)
    assert named & said, f"{entry.id}: the Rule {rule['name']!r} and the clause {entry.says!r} have no word in common"
    assert len(named & said) >= len(named) / 3, f"{entry.id}: {rule['name']!r} and {entry.says!r}"


@pytest.mark.parametrize(
    "path", sorted((ROOT / "features").glob("*/*.feature")), ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_a_feature_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 115
    for rule in [rule for where, rule in RULES if where == path]:
        for scenario in [child["scenario"] for child in rule["children"] if "scenario" in child]:
            kinds = [step["keywordType"] for step in scenario["steps"]]
            assert kinds.count("Action") <= 1, f"{scenario['name']}: one When per scenario"
            assert len(kinds) <= 5


@pytest.mark.parametrize("api", ["ala", "opensrs"])
def test_each_api_has_one_outcome_and_it_is_documented(api: str) -> None:
    (outcome,) = [entry for entry in CATALOGUE.of(api) if entry.outcome]
    assert outcome.evidence is Evidence.DOCUMENTED
    assert {entry.evidence for entry in CATALOGUE.of(api)} == set(Evidence)


def test_a_source_names_a_page_or_a_standard() -> None:
    for entry in CATALOGUE.values():
        assert len(entry.source) > 15, entry.id
        assert not entry.says.endswith("."), entry.id
        assert (
            entry.says[0].islower()
            or entry.says.split()[0].isupper()
            or "_" in entry.says.split()[0]
            or entry.says[0] in "\"'"
        ), entry.id


def test_the_nearest_id_is_offered() -> None:
    assert CATALOGUE.nearest("ALA-CAN-1") == "ALA-CAN-01"


@pytest.mark.parametrize(
    ("text", "words_of_error"),
    [
        ("[ALA-CAN-01", "not TOML"),
        ('[ALA-1]\nsays = "a"', "an id is API, topic and two digits, as in ALA-REQ-07"),
        ('[ALA-CAN-01]\nsays = "a"\nsource = "b"', "lacks evidence"),
        (
            '[ALA-CAN-01]\nsays = "a"\nsource = "b"\nevidence = "rumour"',
            "evidence is one of documented, standard, inferred, not 'rumour'",
        ),
        ('[ALA-CAN-01]\nsays = "a"\nsource = "b"\nevidence = "standard"\nweigth = 1', "unknown key weigth; known are"),
    ],
)
def test_a_catalogue_that_cannot_be_read_says_where(tmp_path: Path, text: str, words_of_error: str) -> None:
    (tmp_path / "ala").mkdir()
    (tmp_path / "ala" / "clauses.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=re.escape(words_of_error)) as caught:
        clause.read(tmp_path)
    assert "clauses.toml" in str(caught.value)


def words(text: str) -> set[str]:
    """Return the words of a sentence that carry its meaning, by their stems."""
    return {word[:5] for word in re.findall(r"[a-z]+", text.lower()) if word not in COMMON}


if __name__ == "__main__":
    pin()
    test_clause_sets.freeze()


@pytest.mark.parametrize("key", CATALOGUE)
def test_every_clause_says_where_its_source_can_be_read(key: str) -> None:
    assert re.fullmatch(r"https?://[^\s{}]+", CATALOGUE[key].url)
    if CATALOGUE[key].evidence is Evidence.STANDARD:  # and not on the page of the provider
        standards = tomllib.loads((ROOT / "features/standards.toml").read_text(encoding="utf-8"))
        assert CATALOGUE[key].url == clause.address(CATALOGUE[key].source, standards) != ""


def test_a_source_is_read_where_the_document_it_names_first_stands() -> None:
    addresses = {
        "the page": "https://page",
        "RFC 9110": "https://rfc9110#section-{section}",
        "otherwise": "https://otherwise",
    }
    assert clause.address("RFC 9110, 15.5.6; the page: POST", addresses) == "https://rfc9110#section-15.5.6"
    assert clause.address("the page: POST; RFC 9110, 15.5.6", addresses) == "https://page"
    assert clause.address("RFC 9110 as a whole", addresses) == "https://rfc9110"
    assert clause.address("our reading", addresses) == "https://otherwise"
    assert clause.address("our reading", {}) == ""


def test_evidence_has_a_level_in_the_words_of_the_field() -> None:
    assert [evidence.level for evidence in Evidence] == ["MUST", "SHOULD", "MAY"]
