"""Feature files as pytest modules, their scenarios tied to clauses."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd import scenarios
from pytest_bdd.scenario import scenario_wrapper_template_registry as TEMPLATES  # noqa: N812 - a constant by nature

from countermand.model import suite
from countermand.model.clause import Catalogue, Evidence
from countermand.model.results import WAITS
from countermand.plugin import feature_lint


class FeatureModule(pytest.Module):
    """A feature file, collected as if a module beside it called `scenarios`."""

    def _getobj(self) -> types.ModuleType:
        module = types.ModuleType(self.path.stem)
        module.__file__ = str(self.path)
        module.__dict__.update(scenarios=scenarios, feature=str(self.path))
        # A caller without a file would be looked for among all modules.
        code = compile("scenarios(feature)", self.path, "exec")
        exec(code, module.__dict__)  # noqa: S102 - `scenarios` puts the tests into the namespace of its caller
        del module.__dict__["scenarios"], module.__dict__["feature"]
        return module


@dataclass(frozen=True)
class Case:
    """What a collected scenario is about."""

    api: str
    clause: str
    name: str
    feature: str
    file: str
    line: int
    rule: str
    steps: tuple[Any, ...]
    example: Mapping[str, str]

    @property
    def waits(self) -> bool:
        """Whether it judges every answer of the run, and so comes last."""
        return any(step.name == WAITS for step in self.steps)


def case_of(item: pytest.Item) -> Case | None:
    """Return what a scenario is about, or nothing for a test that is none."""
    template = TEMPLATES.get(item.function) if isinstance(item, pytest.Function) else None
    if template is None or not isinstance(item, pytest.Function):
        return None
    parameters: dict[str, Any] = dict(item.callspec.params) if hasattr(item, "callspec") else {}
    example: dict[str, str] = parameters.get("_pytest_bdd_example", {})
    scenario, rule = template.render(example), template.rule
    path = Path(template.feature.filename)
    return Case(
        api=path.parent.name,
        clause=next(iter(rule.tags), "") if rule else "",
        name=scenario.name,
        feature=template.feature.name or "",
        file=suite.within(path.resolve()),
        line=template.line_number,
        rule=rule.name if rule else "",
        steps=tuple(scenario.steps),
        example=dict(example),
    )


def check_features(apis: Iterable[str], catalogue: Catalogue) -> None:
    """Stop where a feature is not what it seems, before pytest-bdd has read any; raises pytest.UsageError."""
    paths = sorted(path for api in apis for path in (suite.home(api) / "features" / api).glob("*.feature"))
    _stop(feature_lint.of_features(paths, catalogue, suite.within))


def check_sentences(items: list[pytest.Item], cases: Mapping[str, Case]) -> None:
    """Stop where a sentence means nothing, or more than one thing; raises pytest.UsageError."""
    known: dict[tuple[str, str], str | None] = {}
    problems = list[str]()
    for item in items:
        if (case := cases.get(item.nodeid)) and isinstance(item, pytest.Function):
            wrong = feature_lint.of_sentences(item, case.steps, known)
            problems += [f"{case.file}:{case.line}: {words}" for words in wrong]
    _stop(problems)


def _stop(problems: list[str]) -> None:
    if problems:
        raise pytest.UsageError(
            "the features cannot be run as they are:\n" + "\n".join(f"  {words}" for words in dict.fromkeys(problems))
        )


def arrange(items: list[pytest.Item], cases: Mapping[str, Case], catalogue: Catalogue) -> None:
    """Put the outcome clauses first, since others lean on them, and what waits for all others last.

    Between them comes what may use an order up, by weight, and then what surely does, the heaviest last:
    its order serves all others before.
    """

    def rank(item: pytest.Item) -> int:
        case = cases.get(item.nodeid)
        if case is None or case.clause not in catalogue:
            return 1
        clause = catalogue[case.clause]
        weight = list(Evidence).index(clause.evidence)
        if case.waits or clause.spends:
            return 3 * len(Evidence) if case.waits else 2 * len(Evidence) - weight
        return 0 if clause.outcome else 1 + weight

    items.sort(key=rank)
