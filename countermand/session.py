"""One pytest session of the suite: on one side options and collected scenarios, on the other the run's results, outputs and exit code."""

from __future__ import annotations

import json
import secrets
import shlex
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path
from typing import Any

import pytest

from countermand import claims, given, rehearsal, safety, scan, suite, targetfile, tidying
from countermand.clause import Catalogue
from countermand.collecting import Case
from countermand.exchange import timestamp
from countermand.judging import Judgement
from countermand.ledger import Ledger, default_path
from countermand.nightly import baseline as known
from countermand.replay import Record, RecordError
from countermand.replay import read as read_record
from countermand.report import allure, environment, github, outputs, page, terminal
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

    @pytest.hookspec(firstresult=True)
    def pytest_countermand_stand_in(  # type: ignore[empty-body]
        self, api: str, parties: dict[str, dict[str, str]], request_root: str
    ) -> rehearsal.StandIn:
        """Return a seller that answers in a target's place, in this process, in a dry run."""


def as_exception(judgement: Judgement) -> BaseException | None:
    """Return what pytest is told was raised: the message alone, as a traceback shows fixture values and costs more than the scenario."""
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
    annotations: list[str] = field(default_factory=list)  # for the service that runs us
    paths: list[Path] = field(default_factory=list)
    overheard: scan.Overheard | None = None
    tidied: list[str] = field(default_factory=list)  # what became of the orders the run has registered

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
        """Return a scenario as it was recorded, in a replay."""
        return self.run.record.rows.get(scenario) if self.run.record else None

    def again(self, case: Case) -> str:
        """Return the line that repeats a scenario."""
        target, record = self.run.targets[case.api], self.run.record
        ours = not self.config.option.target  # a seller that was served apart is asked again by its target file
        where = [] if ours else ["--target", _near(target.source)]
        if record is not None:
            return shlex.join(["countermand", "run", "--replay", _near(record.source), "-m", case.clause])
        fail_on = self.config.getoption("fail_on")
        which = ["--api", case.api] if ours else []
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
        if self.run.rehearsals is not None:
            sys.stdout.write(self.veil.text("\n".join(rehearsal.lines(self.run.rehearsals, self.run.targets, self._played()))) + "\n")
            return 0 if exitstatus == 1 else exitstatus
        code = exitstatus if exitstatus in {3, 4} else self._write(session, exitstatus)
        withheld = scan.withhold(self.reports, self.started.timestamp(), self.veil)
        if withheld and self.results:
            told = scan.minimal(self.results, withheld, self.veil)
            if not (self.reports / outputs.RESULTS).exists():
                (self.reports / outputs.RESULTS).write_text(told, encoding="utf-8")
        names = ", ".join(str(path.relative_to(self.reports)) for path in withheld)
        self.notices += [f"withheld, since a secret was found in it: {names}"] if withheld else []
        self.paths = [path for path in self.paths if path.exists()]
        self.annotations = github.tell(self.results) if self.results and not withheld else []
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
        sys.stderr.write("a secret was found in what was written to the terminal\n")
        return True

    def _write(self, session: pytest.Session, exitstatus: int) -> int:
        if self.run.record is None:
            self.tidied = [words for target in self.run.targets.values() for words in tidying.tidy(self.run, target)]
        order = {name: number for number, name in enumerate(self._gather())}
        rows = sorted(self.run.rows(), key=lambda row: order.get(row["id"], len(order)))
        scenarios = tuple(Scenario.of({key: value for key, value in row.items() if key != "last"}) for row in rows)
        if not scenarios:
            return exitstatus
        complete = exitstatus in {0, 1} and self.selected == self.collected == {one.id for one in scenarios} and self.whole(session.config)
        self.results = self._results(scenarios, complete=complete)
        self.paths = [*outputs.write(self.results, self.reports), self._write_given()]
        if not self.config.getoption("no_reports"):
            self._draw(self.results)
        return self._exit(self.results, exitstatus)

    def _write_given(self) -> Path:
        """Write down what a replay must be given again, besides what single scenarios were."""
        accepted = {api: self.run.made(f"acceptance-{api}") for api in self.run.targets}
        return given.write(
            self.reports,
            suite=suite.identity(),
            seed=self.run.seed,
            fail_on=self.config.getoption("fail_on"),
            targets=self.run.targets,
            acceptances={api: row for api, row in accepted.items() if row},
            veil=self.veil,
        )

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
            notes=(
                *(warning for target in targets for warning in target.warnings),
                *self._contradicted(scenarios),
                *self.tidied,
                *self._remarks(),
            ),
        )

    def _played(self) -> list[dict[str, Any]]:
        """Return what was played, in order, the run's own complete cancellations first."""
        accepted = [self.run.made(f"acceptance-{api}") for api in self.run.targets]
        own = [{"name": "the run's one complete cancellation", **row} for row in accepted if row and row["scenario"] == "acceptance"]
        order = {name: number for number, name in enumerate(self._gather())}
        return [*own, *sorted(self.run.rows(), key=lambda row: order.get(row["id"], len(order)))]

    def _contradicted(self, scenarios: tuple[Scenario, ...]) -> list[str]:
        """Return the claims of target files that the run contradicts."""
        return [words for target in self.run.targets.values() for words in claims.contradicted(target, scenarios, self.catalogue)]

    def _remarks(self) -> list[str]:
        """Return what a reader must know of how this run was judged and searched."""
        fail_on = self.config.getoption("fail_on")
        which = {"standard": "standard clauses count", "inferred": "standard and inferred clauses count"}.get(fail_on)
        stricter = [f"--fail-on {fail_on}: departures from {which} as not conforming"] if which else []
        return [*self._replayed(), *stricter, *scan.unsearched(self.veils.values())]

    def _replayed(self) -> list[str]:
        """Say that nothing was sent, where a record was judged again, and whether by the suite that made it."""
        record = self.run.record
        if record is None:
            return []
        words = f"judged again from the record {record.source.name}: nothing was sent"
        if absent := sorted(self.collected - record.rows.keys()):
            words += f"; of {len(self.collected)} scenarios it lacks {len(absent)}: {', '.join(absent[:5])}{' ...' if absent[5:] else ''}"
        made = f"suite {record.suite['version']} ({record.suite['digest'][:19]})"
        return [words] if record.suite == suite.identity() else [words, f"the record was made by another suite: {made}"]

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
        told = terminal.lines(self.results, self.paths, self.notices, colour=colour)
        return [self.veil.text(line) for line in [*told, *self.annotations]]

    def close(self) -> None:
        """Close what was opened, and remove what only this run needed."""
        self.run.close()
        if not self.is_worker:
            shutil.rmtree(self.run.folder, ignore_errors=True)


def begin(config: pytest.Config, catalogue: Catalogue) -> Session:
    """Read the targets and make the run; raises targetfile.TargetError."""
    option, worker = config.option, getattr(config, "workerinput", None)
    reports = Path(config.invocation_params.dir, option.reports)
    record = _record(config, reports) if option.replay else None
    shared = worker["countermand"] if worker else _shared(config, record)
    folder = Path(shared["folder"])
    targets = record.targets(folder) if record else _targets([Path(name) for name in shared["targets"]])
    ledger = Path(option.ledger) if option.ledger else None
    run = Run(folder, shared["seed"], targets, worker["workerid"] if worker else "main", ledger, record, given=bool(option.target))
    if record is None:
        safety.agree(targets.values(), option.production)
        run = _rehearsed(config, run) if option.dry_run else run
        _open_ledgers(run)
    _prepare(config, reports, worker=worker is not None)
    veils = {api: target.veil() for api, target in targets.items()}
    if worker is None and record is None and not option.collectonly and not option.dry_run:
        _look_first(targets)
    waived = known.read(Path(config.invocation_params.dir, option.baseline), catalogue) if option.baseline else None
    return Session(run, catalogue, reports, config, datetime.now(UTC), veils, shared, baseline=waived)


def _open_ledgers(run: Run) -> None:
    """See, before anything is sent, that what is used can be written down; raises ledger.LedgerError."""
    for target in run.targets.values():
        if not target.embedded:
            run.ledger(target)


def _rehearsed(config: pytest.Config, run: Run) -> Run:
    """Return the run as a dry one: a stand-in answers for each target, and a copy of the ledger is written to."""
    if getattr(config.option, "numprocesses", None):
        raise targetfile.TargetError("--dry-run plays in one process: leave -n out")
    path = run.ledger_path or default_path()
    copied = Ledger(run.folder / "rehearsal.sqlite", durable=False)
    if path.exists():
        kept = Ledger(path)
        kept.copy_to(copied)
        kept.close()
    rehearsals = {}
    for api, target in run.targets.items():
        stand_in = config.hook.pytest_countermand_stand_in(**rehearsal.facts(target))
        if stand_in is None:
            raise targetfile.TargetError("nobody stands in for the target: say countermand run --dry-run")
        rehearsals[api] = rehearsal.Rehearsal(stand_in, rehearsal.left(target, copied))
    copied.close()
    played = {api: rehearsal.understudied(target) for api, target in run.targets.items()}
    return replace(run, targets=played, ledger_path=copied.path, rehearsals=rehearsals)


def _record(config: pytest.Config, reports: Path) -> Record:
    """Read the record to judge again, and be as strict as its run was; raises replay.RecordError."""
    path = Path(config.invocation_params.dir, config.option.replay)
    if config.option.target or config.option.api or config.option.seed:
        raise RecordError(f"{path}: a record has its own target and seed: leave --target, --api and --seed out")
    if reports.resolve() == path.resolve():
        raise RecordError(f"{path}: the record would be overwritten: give --reports another folder")
    record = read_record(path)
    config.option.fail_on = config.option.fail_on or record.fail_on
    return record


def _shared(config: pytest.Config, record: Record | None = None) -> dict[str, Any]:
    """Settle what every process of the run must agree on."""
    folder = Path(tempfile.mkdtemp(prefix="countermand-"))
    if record is not None:
        return {"folder": str(folder), "seed": record.seed, "targets": []}
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
    """Clean the folder of reports and point allure-pytest at it; a worker finds it clean, and a dry run leaves it as it is."""
    if config.option.dry_run:
        config.option.no_reports = config.option.no_page = True
        return
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
