"""Stops a collection in which there is a mistake that pytest-bdd accepts in silence, and says what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from gherkin.errors import ParserError
from pytest_bdd.steps import step_function_context_registry as CONTEXTS  # noqa: N812 - a constant by nature

from countermand.guard.nearest import nearest
from countermand.model.clause import Catalogue, Clause
from countermand.plugin import sentences
from countermand.plugin.parsing import Tree, parsed

#: What stands before a colon in a description is close to a keyword: what follows it would be prose to the parser.
KEYWORDS = ("Rule", "Scenario", "Scenario Outline", "Background", "Examples", "Feature")


def of_features(paths: Iterable[Path], catalogue: Catalogue, called: Callable[[Path], str]) -> list[str]:
    """Return what is wrong with the feature files of some APIs and with their outcome.

    That includes which of their clauses have no scenario.
    """
    problems, tied, apis = list[str](), set[str](), set[str]()
    for path in paths:
        apis.add(path.parent.name)
        problems += [f"{called(path)}:{words}" for words in _of_feature(path, catalogue, tied)]
    clauses = [clause for api in sorted(apis) for clause in catalogue.of(api)]
    return [
        *problems,
        *_undecided(sorted(apis), catalogue),
        *_untied([clause for clause in clauses if clause.id not in tied]),
    ]


def _undecided(apis: Iterable[str], catalogue: Catalogue) -> Iterator[str]:
    """Say of which APIs nobody could tell whether a run has come to anything.

    They are those without one clause that has to be decided.
    """
    for api in apis:
        outcomes = [clause.id for clause in catalogue.of(api) if clause.outcome]
        if len(outcomes) != 1:
            advice = "let one say `outcome = true`, the one without which nothing is known"
            yield f"{len(outcomes)} clauses of {api} are its outcome ({', '.join(outcomes) or 'none'}): {advice}"


def _untied(clauses: Iterable[Clause]) -> Iterator[str]:
    for clause in clauses:
        if clause.untested is None:
            advice = f'write a Rule tagged @{clause.id}, or say why none can exist: untested = "..." in clauses.toml'
            yield f"{clause.id} has no scenario: {advice}"


def _of_feature(path: Path, catalogue: Catalogue, tied: set[str]) -> Iterator[str]:
    try:
        feature: Tree | None = parsed(path.read_text(encoding="utf-8")).get("feature")
    except ParserError as error:
        yield f" {error}"
        return
    if not feature:
        yield " there is no Feature in it: nothing would run"
        return
    names: dict[str, int] = {}
    yield from _prose(feature, "Feature")
    for child in feature["children"]:
        yield from _prose(child.get("background"), "Background", allowed=False)
        if "rule" in child:
            yield from _of_rule(child["rule"], path.parent.name, catalogue, tied, names)
        elif "scenario" in child:
            name, at = child["scenario"]["name"], child["scenario"]["location"]["line"]
            yield f"{at}: {name!r} stands outside a Rule: put it under the Rule of the clause it judges"


def _of_rule(rule: Tree, api: str, catalogue: Catalogue, tied: set[str], names: dict[str, int]) -> Iterator[str]:
    at, tags = rule["location"]["line"], [tag["name"].lstrip("@") for tag in rule["tags"]]
    if len(tags) != 1:
        yield f"{at}: the Rule {rule['name']!r} has {len(tags)} tags: it has one, the id of its clause"
    for tag in tags:
        tied.add(tag)
        if tag not in catalogue:
            yield f"{at}: no clause {tag}: {catalogue.advice(tag)} (clauses stand in features/{api}/clauses.toml)"
        elif catalogue[tag].api != api:
            yield f"{at}: {tag} is a clause of {catalogue[tag].api}, and this is a feature of {api}"
        elif catalogue[tag].untested is not None:
            yield f"{at}: {tag} is said to be untested, and here is a scenario: take `untested` out of clauses.toml"
    yield from _prose(rule, "Rule")
    for child in rule["children"]:
        yield from _prose(child.get("background"), "Background", allowed=False)
    scenarios = [child["scenario"] for child in rule["children"] if "scenario" in child]
    if not scenarios:
        yield f"{at}: the Rule {rule['name']!r} has no scenario"
    for scenario in scenarios:
        yield from _of_scenario(scenario, names)


def _of_scenario(scenario: Tree, names: dict[str, int]) -> Iterator[str]:
    name, at = scenario["name"], scenario["location"]["line"]
    kinds = [step["keywordType"] for step in scenario["steps"]]
    if name in names:
        yield f"{at}: {name!r} repeats the name of line {names[name]}: pytest-bdd would keep only the last one"
    names[name] = at
    if not kinds:
        yield f"{at}: {name!r} has no steps: it would pass"
    elif "Outcome" not in kinds:
        yield f"{at}: {name!r} has no Then: it asserts nothing"
    if scenario["tags"]:
        yield f"{at}: {name!r} has a tag: the clause's id on the Rule is the only one"
    yield from _prose(scenario, "Scenario", allowed=False)
    for example in scenario["examples"]:
        yield from _prose(example, "Examples", allowed=False)
        if example["tags"]:
            yield f"{at}: the examples of {name!r} have a tag: the clause's id on the Rule is the only one"
        if not example["tableBody"]:
            yield f"{at}: the examples of {name!r} have no rows: nothing would run"


def _prose(part: Tree | None, kind: str, *, allowed: bool = True) -> Iterator[str]:
    """Return the lines that a parser takes for a description because their keyword is mistyped.

    Only Feature and Rule may have one.
    """
    at = part["location"]["line"] if part else 0
    for line in ((part or {}).get("description") or "").strip().splitlines():
        word, colon, _ = line.strip().partition(":")
        if line.strip() and not allowed:
            keywords = "Given, When, Then, And, But"
            yield (
                f"{at}: the {kind} has a description: {line.strip()!r}: "
                f"is it a step whose keyword is mistyped? ({keywords})"
            )
        elif colon and (keyword := nearest(word.title(), KEYWORDS, cutoff=0.75)):
            yield (
                f"{at}: the description of the {kind} has {line.strip()!r}: "
                f"is {keyword}: meant? As it stands, nothing of it would run"
            )


def of_sentences(
    item: pytest.Function, steps: Iterable[Any], known: dict[tuple[str, str], str | None]
) -> Iterator[str]:
    """Return the sentences of a scenario that mean nothing, or more than one thing."""
    for step in steps:
        key = (step.type, step.name)
        if key not in known:
            known[key] = _of_sentence(item, step)
        if known[key]:
            yield f"{step.keyword} {step.name}: {known[key]}"


def _of_sentence(item: pytest.Function, step: Any) -> str | None:  # noqa: ANN401 - pytest-bdd's own
    manager = item.session._fixturemanager  # noqa: SLF001 - there is no public way to a step's definitions
    meanings = {CONTEXTS[definition.func].parser.name for definition in sentences.definitions(step, manager, item)}
    if not meanings:
        return "no step says what this means: define it in steps/, or use a sentence that exists"
    if len(meanings) > 1:
        return f"means more than one thing: {' | '.join(sorted(meanings))}"
    return None
