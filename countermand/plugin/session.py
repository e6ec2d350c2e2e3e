"""One pytest session of the suite: what the hooks share, from collected scenarios to results."""

from __future__ import annotations

import contextlib
import json
import shlex
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from countermand.baseline.apply import Baseline, Outcome
from countermand.guard import foreign
from countermand.model import suite
from countermand.model.clause import Catalogue
from countermand.model.results import Results, Scenario
from countermand.model.rows import PlayedRow, ScenarioRow
from countermand.model.secret import Masker
from countermand.plugin.agreed import Agreed
from countermand.plugin.collection import Case
from countermand.records import inputs
from countermand.report import allure, leaks, outputs, page
from countermand.report.gherkin import Gherkin
from countermand.report.terminal import near
from countermand.run.ending import Ending
from countermand.run.run import Run


@dataclass
class Session:
    """What the plugin's hooks share."""

    run: Run
    catalogue: Catalogue
    reports: Path
    config: pytest.Config
    started: datetime
    maskers: Mapping[str, Masker]
    agreed: Agreed  # what the processes of the run agree on
    cases: dict[str, Case] = field(default_factory=dict)
    collected: set[str] = field(default_factory=set)
    clauses: dict[str, str] = field(default_factory=dict)  # of every collected scenario, wherever it was run
    selected: set[str] = field(default_factory=set)
    baseline: Baseline | None = None  # what is known to fail, and waived
    outcome: Outcome | None = None  # what that makes of the results
    results: Results | None = None
    notices: list[str] = field(default_factory=list)
    annotations: list[foreign.Annotation] = field(default_factory=list)  # for the service that runs us
    paths: list[Path] = field(default_factory=list)
    budgets: dict[str, str] = field(default_factory=dict)  # what orders are left and what the run costs, by API
    aside: Path | None = None  # where the run is that stood in the folder of reports before
    unwritten: str | None = None  # why there are no reports, where there are none
    masking_stream: leaks.MaskingStream | None = None
    ending: Ending = field(init=False)
    _shown: dict[str, dict[str, Any]] = field(default_factory=dict, init=False)  # the targets, by API
    tidied: list[str] = field(default_factory=list)  # what became of the orders the run has registered

    def __post_init__(self) -> None:
        self.ending = Ending(self.run.folder, self.run.worker if self.is_worker else None)

    @property
    def masker(self) -> Masker:
        """What masks the secrets of every target."""
        return Masker(word for masker in self.maskers.values() for word in masker.words)

    @property
    def is_worker(self) -> bool:
        """Whether this is one of several processes of the run, and not the one that reports."""
        return hasattr(self.config, "workerinput")

    def publish(self) -> None:
        """Let the process that reports know what was collected and selected, where others run the scenarios."""
        if self.is_worker:
            lists = {
                "collected": {name: case.clause for name, case in self.cases.items()},
                "selected": sorted(self.selected),
            }
            (self.run.folder / f"collected-{self.run.worker}.json").write_text(json.dumps(lists), encoding="utf-8")

    def rows(self) -> list[PlayedRow]:
        """Return every scenario that is done, in the order of the collected ones, wherever they were run."""
        order = {name: number for number, name in enumerate(self._gather())}
        return sorted(self.run.rows(), key=lambda row: order.get(row["id"], len(order)))

    def _gather(self) -> list[str]:
        """Return every collected scenario in order, wherever it was run."""
        paths = sorted(self.run.folder.glob("collected-*.json"))
        if not self.cases and paths:
            lists = json.loads(paths[0].read_text(encoding="utf-8"))
            self.collected, self.selected = set(lists["collected"]), set(lists["selected"])
            self.clauses = lists["collected"]
        else:
            self.clauses = {name: case.clause for name, case in self.cases.items()}
        return list(self.clauses)

    def recorded(self, scenario: str) -> ScenarioRow | None:
        """Return a scenario as it was recorded, in a replay."""
        return self.run.record.rows.get(scenario) if self.run.record else None

    def again(self, case: Case, provoked: str | None = None) -> str:
        """Return the line that repeats a scenario, with those of the clause in whose scenario it came up."""
        clauses = case.clause if provoked in {None, case.clause} else f"{case.clause} or {provoked}"
        target, record = self.run.targets[case.api], self.run.record
        ours = not self.config.option.target  # a seller that was served apart is asked again by its target file
        where = [] if ours else ["--target", near(target.source)]
        if record is not None:
            return shlex.join(["countermand", "run", "--replay", near(record.source), "-m", clauses])
        fail_on = self.config.getoption("fail_on")
        which = ["--api", case.api] if ours else []
        which += ["--ledger", self.config.option.ledger] if self.config.option.ledger and not ours else []
        return shlex.join(
            ["countermand", "run", *where, *which, *(["--fail-on", fail_on] if fail_on else []), "-m", clauses]
        )

    def gherkin(self, item: pytest.Item, case: Case) -> Gherkin:
        """Return what mirrors a scenario's steps into Allure."""
        return Gherkin(allure.reporter(item.config), case.steps)

    def describe(self, item: pytest.Item, scenario: Scenario, case: Case, gherkin: Gherkin) -> None:
        """Tell Allure what is known of a scenario that has ended."""
        if (reporter := allure.reporter(item.config)) is None:
            return
        allure.describe(
            reporter,
            scenario,
            self.catalogue[case.clause],
            suite=suite.identity(),
            example=case.example,
            attached=gherkin.attached,
            target=self._given(case.api),
        )

    def _given(self, api: str) -> dict[str, Any]:
        """Return a target as it was given, and may be shown."""
        if api not in self._shown:
            self._shown[api] = json.loads(self.masker.text(json.dumps(inputs.table(self.run.targets[api]))))
        return self._shown[api]

    def withdraw(self, results: Results, reason: str) -> None:
        """Let every output say that nothing counts as tested: screen, exit code and reports agree."""
        self.results = bare = leaks.bare(results, reason, self.masker)
        outputs.restate(bare, self.reports)
        if (self.reports / outputs.PAGE).exists():
            page.front(bare, self.reports)
        leaks.withhold(self.reports, self.started.timestamp(), self.masker)

    def listen(self) -> None:
        """Mask and remember what goes to the terminal from here on."""
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None and not self.is_worker:
            writer = reporter._tw  # noqa: SLF001 - there is no public way to pytest's stream
            self.masking_stream = writer._file = leaks.MaskingStream(foreign.walled(writer._file), self.masker)  # noqa: SLF001

    def slips(self) -> bool:
        """Say whether a secret has reached the terminal, once nothing more is said."""
        if self.masking_stream is None or not self.masking_stream.shows_secret:
            return False
        sys.stderr.write("a secret was found in what was written to the terminal\n")
        if self.results is not None and self.unwritten is None:
            with contextlib.suppress(OSError):
                self.withdraw(self.results, "a secret was found in what was written to the terminal")
        return True

    def annotate(self) -> None:
        """Give the service that runs us its commands, last of all."""
        if self.masking_stream is not None:
            for line in self.annotations:
                self.masking_stream.annotate(line)

    def close(self) -> None:
        """Close what was opened, and remove what only this run needed."""
        self.ending.end()
        self.run.close()
        if not self.is_worker:
            shutil.rmtree(self.run.folder, ignore_errors=True)


def is_part(config: pytest.Config) -> bool:
    """Say whether somebody has asked for a part of the suite."""
    option = config.option
    return bool(
        option.markexpr or option.keyword or option.deselect or any("::" in argument for argument in config.args)
    )


RUN = pytest.StashKey[Run]()
SESSION = pytest.StashKey[Session]()
