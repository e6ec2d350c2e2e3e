"""One pytest session of the suite: on one side options and collected scenarios, on the other the run's results, outputs and exit code."""

from __future__ import annotations

import json
import secrets
import shlex
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path
from typing import Any

import pytest

from countermand import scan, suite, targetfile
from countermand.clause import Catalogue
from countermand.collecting import Case
from countermand.exchange import timestamp
from countermand.judging import Judgement
from countermand.nightly import baseline as known
from countermand.report import allure, environment, outputs, page, terminal
from countermand.report.gherkin import Gherkin
from countermand.results import Results, Scenario
from countermand.results import Target as Told
from countermand.run import Run
from countermand.secret import Veil
from countermand.target import Target
from countermand.verdict import Verdict

JUDGED = pytest.StashKey[Judgement]()


class Exit(IntEnum):
    """Exit codes of our own, beside pytest's 2 to 6."""

    CONFORMS = 0
    DOES_NOT_CONFORM = 1
    INCONCLUSIVE = 10
    STALE = 11  # a baseline entry
    SECRET = 12  # found in the output
    UNUSABLE = 13  # the target
    UNVERIFIED = 14  # a certificate


class Hooks:
    """What conftest.py lends the plugin."""

    @pytest.hookspec(firstresult=True)
    def pytest_countermand_embedded(self, api: str | None, folder: Path) -> list[Path]:  # type: ignore[empty-body]
        """Start the embedded sellers of one API or of all, and return their target files."""


def as_exception(judgement: Judgement) -> BaseException | None:
    """Return what pytest is told was raised: the message alone, for a traceback would show fixture values and cost more than the scenario."""
    words = judgement.message or ""
    if judgement.verdict is Verdict.CONFORMS:
        return None
    if judgement.verdict is Verdict.NOT_APPLICABLE:
        return pytest.skip.Exception(words)
    return pytest.fail.Exception(words, pytrace=False)


def shape(report: pytest.TestReport, judgement: Judgement, item: pytest.Item) -> None:
    """Let pytest's report say no more and no less than the judgement."""
    words = judgement.message or ""
    if judgement.verdict is Verdict.DEPARTS:
        report.outcome, report.wasxfail = "skipped", words  # pytest's own way to say xfailed
    elif judgement.verdict is Verdict.NOT_APPLICABLE:
        report.outcome = "skipped"
    elif judgement.verdict is not Verdict.CONFORMS:
        report.outcome = "failed"
    if judgement.verdict is Verdict.NOT_APPLICABLE:
        report.longrepr = (str(item.path), (item.location[1] or 0) + 1, words)
    elif judgement.verdict is not Verdict.CONFORMS:
        report.longrepr = words


@dataclass
class Session:
    """What the plugin's hooks share."""

    run: Run
    catalogue: Catalogue
    reports: Path
    config: pytest.Config
    started: datetime
    veils: Mapping[str, Veil]
    shared: dict[str, Any]  # what the processes of the run agree on
    cases: dict[str, Case] = field(default_factory=dict)
    collected: set[str] = field(default_factory=set)
    selected: set[str] = field(default_factory=set)
    baseline: known.Baseline | None = None  # what is known to fail, and waived
    results: Results | None = None
    notices: list[str] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    overheard: scan.Overheard | None = None

    @property
    def veil(self) -> Veil:
        """What masks the secrets of every target."""
        return Veil(word for veil in self.veils.values() for word in veil.words)

    @property
    def is_worker(self) -> bool:
        """Whether this is one of several processes of the run, and not the one that reports."""
        return hasattr(self.config, "workerinput")

    def publish(self) -> None:
        """Let the process that reports know what was collected and selected, where others run the scenarios."""
        if self.is_worker:
            lists = {"collected": list(self.cases), "selected": sorted(self.selected)}
            (self.run.folder / f"collected-{self.run.worker}.json").write_text(json.dumps(lists), encoding="utf-8")

    def _gather(self) -> list[str]:
        """Return every collected scenario in order, wherever it was run."""
        found = sorted(self.run.folder.glob("collected-*.json"))
        if not self.cases and found:
            lists = json.loads(found[0].read_text(encoding="utf-8"))
            self.collected, self.selected = set(lists["collected"]), set(lists["selected"])
            return list(lists["collected"])
        return list(self.cases)

    def whole(self, config: pytest.Config) -> bool:
        """Say whether all features were asked for, so that a clause without a scenario can be told."""
        return all("::" not in argument and Path(argument).is_dir() for argument in config.args)

    def recorded(self, scenario: str) -> dict[str, Any] | None:
        """Return what a recorded scenario drew, in a replay."""
        if self.run.record is None:
            return None
        row = self.run.record.get(scenario)
        drawn: dict[str, Any] = row["drawn"] if row else {"clock": [], "orders": []}
        return drawn

    def again(self, case: Case) -> str:
        """Return the line that repeats a scenario."""
        target = self.run.targets[case.api]
        where = [] if target.embedded else ["--target", _near(target.source)]
        fail_on = self.config.getoption("fail_on")
        which = ["--api", case.api] if target.embedded else []
        return shlex.join(["countermand", "run", *where, *which, *(["--fail-on", fail_on] if fail_on else []), "-m", case.clause])

    def gherkin(self, item: pytest.Item, case: Case) -> Gherkin:
        """Return what mirrors a scenario's steps into Allure."""
        return Gherkin(allure.reporter(item.config), case.steps)

    def describe(self, item: pytest.Item, scenario: Scenario, case: Case, gherkin: Gherkin) -> None:
        """Tell Allure what is known of a scenario that has ended."""
        allure.describe(
            allure.reporter(item.config),
            scenario,
            self.catalogue[case.clause],
            suite=suite.identity(),
            example=case.example,
            attached=gherkin.attached,
        )

    def finish(self, session: pytest.Session, exitstatus: int) -> int:
        """Write every output from the one model, search it for secrets, and return the exit code."""
        if self.is_worker or session.config.option.collectonly:
            return exitstatus
        code = exitstatus if exitstatus in {3, 4} else self._write(session, exitstatus)
        withheld = scan.withhold(self.reports, self.started.timestamp(), self.veil)
        if withheld and self.results:
            told = scan.minimal(self.results, withheld, self.veil)
            if not (self.reports / outputs.RESULTS).exists():
                (self.reports / outputs.RESULTS).write_text(told, encoding="utf-8")
        names = ", ".join(str(path.relative_to(self.reports)) for path in withheld)
        self.notices += [f"withheld, since a secret was found in it: {names}"] if withheld else []
        self.paths = [path for path in self.paths if path.exists()]
        return Exit.SECRET if withheld else code

    def listen(self) -> None:
        """Mask and remember what goes to the terminal from here on."""
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None and not self.is_worker:
            writer = reporter._tw  # noqa: SLF001 - there is no public way to pytest's stream
            self.overheard = writer._file = scan.Overheard(writer._file, self.veil)  # noqa: SLF001

    def slips(self) -> bool:
        """Say whether a secret has reached the terminal, once nothing more is said."""
        if self.overheard is None or not self.overheard.shows_secret:
            return False
        print("a secret was found in what was written to the terminal", file=sys.stderr)
        return True

    def _write(self, session: pytest.Session, exitstatus: int) -> int:
        order = {name: number for number, name in enumerate(self._gather())}
        rows = sorted(self.run.rows(), key=lambda row: order.get(row["id"], len(order)))
        scenarios = tuple(Scenario.of({key: value for key, value in row.items() if key != "last"}) for row in rows)
        if not scenarios:
            return exitstatus
        complete = exitstatus in {0, 1} and self.selected == self.collected == {one.id for one in scenarios} and self.whole(session.config)
        self.results = self._results(scenarios, complete=complete)
        self.paths = outputs.write(self.results, self.reports)
        if not self.config.getoption("no_reports"):
            self._draw(self.results)
        return self._exit(self.results, exitstatus)

    def _results(self, scenarios: tuple[Scenario, ...], *, complete: bool) -> Results:
        targets = self.run.targets.values()
        return Results(
            suite=suite.identity(),
            targets=tuple(Told(target.name, target.api, target.url) for target in targets),
            started=timestamp(self.started),
            finished=timestamp(datetime.now(UTC)),
            seed=self.run.seed,
            complete=complete,
            scenarios=scenarios,
            catalogue=self.catalogue,
            notes=(*(warning for target in targets for warning in target.warnings), *self._remarks()),
        )

    def _remarks(self) -> list[str]:
        """Return what a reader must know of how this run was judged and searched."""
        fail_on = self.config.getoption("fail_on")
        which = {"standard": "standard clauses count", "inferred": "standard and inferred clauses count"}.get(fail_on)
        stricter = [f"--fail-on {fail_on}: departures from {which} as not conforming"] if which else []
        return [*stricter, *scan.unsearched(self.veils.values())]

    def _draw(self, results: Results) -> None:
        environment.write(self.reports / outputs.ALLURE, results)
        if not self.config.getoption("no_page"):
            rendered = page.render(results, self.reports)
            self.notices += [rendered.notice] if rendered.notice else []
            self.paths += [rendered.path] if rendered.way is not page.Way.NONE else []

    def _exit(self, results: Results, exitstatus: int) -> int:
        if exitstatus not in {0, 1}:
            return exitstatus
        if self.baseline is not None:
            outcome = known.apply(results, self.baseline, datetime.now(UTC).date())
            self.notices += outcome.lines
            return outcome.exit_code
        codes = {Verdict.CONFORMS: Exit.CONFORMS, Verdict.DOES_NOT_CONFORM: Exit.DOES_NOT_CONFORM}
        return codes.get(results.verdict, Exit.INCONCLUSIVE)

    def last_words(self) -> list[str]:
        """Return what the terminal says last."""
        if self.results is None:
            return []
        colour = terminal.coloured(sys.stdout.isatty())
        return [self.veil.text(line) for line in terminal.lines(self.results, self.paths, self.notices, colour=colour)]

    def close(self) -> None:
        """Close what was opened, and remove what only this run needed."""
        self.run.close()
        if not self.is_worker:
            shutil.rmtree(self.run.folder, ignore_errors=True)


def begin(config: pytest.Config, catalogue: Catalogue) -> Session:
    """Read the targets and make the run; raises targetfile.TargetError."""
    option, worker = config.option, getattr(config, "workerinput", None)
    shared = worker["countermand"] if worker else _shared(config)
    folder = Path(shared["folder"])
    targets = _targets([Path(name) for name in shared["targets"]])
    ledger = Path(option.ledger) if option.ledger else None
    run = Run(folder, shared["seed"], targets, worker["workerid"] if worker else "main", ledger)
    reports = Path(config.invocation_params.dir, option.reports)
    _prepare(config, reports, worker=worker is not None)
    veils = {api: target.veil() for api, target in targets.items()}
    if worker is None and not option.collectonly:
        _look_first(targets)
    waived = known.read(Path(config.invocation_params.dir, option.baseline), catalogue) if option.baseline else None
    return Session(run, catalogue, reports, config, datetime.now(UTC), veils, shared, baseline=waived)


def _shared(config: pytest.Config) -> dict[str, Any]:
    """Settle what every process of the run must agree on."""
    folder = Path(tempfile.mkdtemp(prefix="countermand-"))
    targets = config.option.target or _embedded(config, folder)
    return {
        "folder": str(folder),
        "seed": config.option.seed or secrets.token_hex(8),
        "targets": [str(Path(path).absolute()) for path in targets],
    }


def _look_first(targets: Mapping[str, Target]) -> None:
    """End with a code of its own where a target cannot be used at all, before any order is touched."""
    for target in targets.values():
        if not target.embedded:
            from countermand import doctor  # noqa: PLC0415 - only targets of somebody's own need one

            if trouble := doctor.preflight(target):
                words = f"{target.name} cannot be tested: {trouble}\nsee countermand doctor --target {_near(target.source)}"
                pytest.exit(words, returncode=Exit.UNUSABLE)


def _embedded(config: pytest.Config, folder: Path) -> list[Path]:
    found: list[Path] = config.hook.pytest_countermand_embedded(api=config.option.api, folder=folder)
    return found


def _targets(paths: list[Path]) -> dict[str, Target]:
    targets: dict[str, Target] = {}
    for path in paths:
        target = targetfile.load(path)
        if target.api in targets:
            raise targetfile.TargetError(f"{path}: a second target of {target.api}: give each a session of its own")
        targets[target.api] = target
    return targets


def _prepare(config: pytest.Config, reports: Path, *, worker: bool) -> None:
    """Clean the folder of reports and point allure-pytest at it; a worker finds it clean."""
    if not worker:
        outputs.clean(reports)
    if config.option.no_reports:
        return
    if not config.option.allure_report_dir:
        config.option.allure_report_dir = str(reports / outputs.ALLURE)
    allure.quiet()


def _near(path: Path) -> str:
    """Return a path as somebody standing here would write it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
