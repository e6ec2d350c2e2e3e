"""Real runs of a right seller and of a wrong one, and nights made of them by changing verdicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path

import pytest
import warm

from countermand.model.results import Results, Target
from countermand.model.verdict import Verdict
from countermand.provider import deviants, serving
from countermand.records import finished
from countermand.report import outputs

Night = Callable[..., Path]


def run(*arguments: str) -> None:
    done = warm.done([*warm.COMMAND, "run", "--no-page", *arguments])
    assert done.returncode in {0, 1}, done.stdout + done.stderr


@pytest.fixture(scope="session")
def right(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reports of the embedded seller that conforms."""
    folder = tmp_path_factory.mktemp("right")
    run("--api", "ala", "--reports", str(folder))
    return folder


@pytest.fixture(scope="session")
def wrong(right: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reports of a seller that is wrong in one clause, asked after the one that is right."""
    folder = tmp_path_factory.mktemp("wrong")
    target = folder / "target.toml"
    with serving.serve("ala", deviants.deviants("ala")["Careless"](), folder, 0, target=target):
        run("--target", str(target), "--reports", str(folder / "reports"))
    return folder / "reports"


def plain(results: Results) -> Results:
    """A run whose verdict is reckoned anew, not told."""
    return Results(**{field.name: getattr(results, field.name) for field in fields(Results)})


def changed(
    results: Results, verdicts: Mapping[str, Verdict], *, message: str = "Nonconformance: it did otherwise"
) -> Results:
    """The run with other verdicts, by clause or by scenario."""
    scenarios = []
    for scenario in results.scenarios:
        verdict = verdicts.get(scenario.id, verdicts.get(scenario.clause, scenario.verdict))
        words = scenario.message
        if verdict is not scenario.verdict:
            words = None if verdict is Verdict.CONFORMS else message
        scenarios.append(replace(scenario, verdict=verdict, message=words))
    return replace(plain(results), scenarios=tuple(scenarios))


@pytest.fixture
def night(right: Path, tmp_path: Path) -> Night:
    """Make the reports of one night of November, with some verdicts changed."""

    def make(
        day: int, verdicts: Mapping[str, Verdict] | None = None, target: str = "staging", *, complete: bool = True
    ) -> Path:
        results = changed(finished.read(right), verdicts or {})
        targets = tuple(Target(target, original.api, original.url) for original in results.targets)
        scenarios = tuple(replace(scenario, target=target) for scenario in results.scenarios)
        moment = f"2026-11-{day:02d}T02:00:00.000000Z"
        folder = tmp_path / f"{target}-{day:02d}"
        outputs.write(
            replace(results, targets=targets, scenarios=scenarios, started=moment, seed=str(day), complete=complete),
            folder,
        )
        return folder

    return make
