"""One pytest session of the suite: from collected scenarios to results, outputs and exit code."""

from __future__ import annotations

import contextlib
import json
import shlex
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from countermand.baseline import apply as known
from countermand.checks import capabilities, closing, lending
from countermand.exits import Exit
from countermand.guard import foreign
from countermand.model import suite
from countermand.model.clause import Catalogue
from countermand.model.exchange import timestamp
from countermand.model.results import Results, Scenario
from countermand.model.results import Target as Told
from countermand.model.rows import ScenarioRow
from countermand.model.secret import Masker
from countermand.model.verdict import Verdict
from countermand.plugin import amendment
from countermand.plugin.collection import Case
from countermand.records import inputs
from countermand.report import allure, environment, github, last_line, leaks, outputs, page, terminal, ticket, untested
from countermand.report.gherkin import Gherkin
from countermand.report.terminal import near
from countermand.run import cleanup, plan, throttle
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
    shared: dict[str, Any]  # what the processes of the run agree on
    cases: dict[str, Case] = field(default_factory=dict)
    collected: set[str] = field(default_factory=set)
    clauses: dict[str, str] = field(default_factory=dict)  # of every collected scenario, wherever it was run
    selected: set[str] = field(default_factory=set)
    baseline: known.Baseline | None = None  # what is known to fail, and waived
    outcome: known.Outcome | None = None  # what that makes of the results
    results: Results | None = None
    notices: list[str] = field(default_factory=list)
    annotations: list[foreign.Annotation] = field(default_factory=list)  # for the service that runs us
    paths: list[Path] = field(default_factory=list)
    budgets: dict[str, str] = field(default_factory=dict)  # what orders are left and what the run costs, by API
    unwritten: str | None = None  # why there are no reports, where there are none
    masking_stream: leaks.MaskingStream | None = None
    ending: Ending = field(init=False)
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
            lists = {"collected": {name: case.clause for name, case in self.cases.items()}, "selected": sorted(self.selected)}
            (self.run.folder / f"collected-{self.run.worker}.json").write_text(json.dumps(lists), encoding="utf-8")

    def _gather(self) -> list[str]:
        """Return every collected scenario in order, wherever it was run."""
        found = sorted(self.run.folder.glob("collected-*.json"))
        if not self.cases and found:
            lists = json.loads(found[0].read_text(encoding="utf-8"))
            self.collected, self.selected = set(lists["collected"]), set(lists["selected"])
            self.clauses = lists["collected"]
        else:
            self.clauses = {name: case.clause for name, case in self.cases.items()}
        return list(self.clauses)

    def _wanted(self, scenarios: tuple[Scenario, ...]) -> tuple[str, ...]:
        """Return the clauses somebody has asked for in whole, of a run that has come to its end; none where nobody has selected any."""
        if not is_part(self.config) or not self.selected <= {one.id for one in scenarios}:
            return ()
        short = {clause for name, clause in self.clauses.items() if name not in self.selected}
        wanted = {self.clauses[name] for name in self.selected} - short
        return tuple(one for one in self.catalogue if one in wanted)

    def whole(self, config: pytest.Config) -> bool:
        """Say whether all features were asked for, so that a clause without a scenario can be told."""
        return all("::" not in argument and Path(argument).is_dir() for argument in config.args)

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
        return shlex.join(["countermand", "run", *where, *which, *(["--fail-on", fail_on] if fail_on else []), "-m", clauses])

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
            target=json.loads(self.masker.text(json.dumps(inputs.table(self.run.targets[case.api])))),
        )

    def finish(self, session: pytest.Session, exitstatus: int) -> int:
        """Write every output from the one model, search it for secrets, and return the exit code."""
        self.ending.closing = True
        if self.is_worker or session.config.option.collectonly:
            return exitstatus
        if self.run.rehearsals is not None:
            for target in self.run.targets.values():
                closing.closed(self.run, target, [Scenario.of(row) for row in self.run.rows()], complete=False)
            return self._plan(session.config, exitstatus)
        if self.run.stopped is not None and exitstatus == pytest.ExitCode.INTERRUPTED:  # by us: there is a verdict, if on a part alone
            exitstatus = pytest.ExitCode.TESTS_FAILED
        try:
            return self._reported(session, exitstatus)
        except OSError as error:
            return self._unreported(error)

    def _plan(self, config: pytest.Config, exitstatus: int) -> int:
        """Say what would be sent and used up, on one screen, and every request to who asks for them."""
        played, folder = self._played(), config.getoption("requests")
        told = plan.lines(self.run.rehearsals or {}, played, outlook=self.budgets)
        told += ["", *plan.requests(played)] if folder == plan.PRINTED else []
        if folder and folder != plan.PRINTED:
            place = Path(config.invocation_params.dir, folder)
            try:
                told.append(f"{plan.write(place, played, self.masker.text)} scenarios in {near(place)}")
            except OSError as error:
                sys.stderr.write(f"--requests {folder}: cannot be written: {error.strerror or error}\n")
                return int(pytest.ExitCode.USAGE_ERROR)
        sys.stdout.write(self.masker.text("\n".join(told)) + "\n")
        return 0 if exitstatus == 1 else exitstatus

    def _reported(self, session: pytest.Session, exitstatus: int) -> int:
        code = exitstatus if exitstatus in {3, 4} else self._write(session, exitstatus)
        if self.results is None and code:
            self._leave_untested(code)
        withheld = leaks.withhold(self.reports, self.started.timestamp(), self.masker)
        if withheld and self.results:
            self.withdraw(self.results, leaks.found_in(withheld))
        names = ", ".join(str(path.relative_to(self.reports)) for path in withheld)
        self.notices += [f"withheld, since a secret was found in it: {names}"] if withheld else []
        self.paths = [path for path in self.paths if path.exists()]
        self.annotations = github.tell(self.results) if self.results else []
        if self.results and (self.reports / outputs.RESULTS).is_file():
            self.config.hook.pytest_countermand_finished(reports=self.reports)
        return Exit.SECRET if withheld else code

    def _leave_untested(self, code: int) -> None:
        """Leave reports that say why targets of somebody's own were not tested, where no scenario came to an end."""
        why = {3: "an error of the suite itself"}
        if self.config.option.target and self.run.record is None:
            reason = self.run.stopped or self.unwritten or why.get(code, "it ended early")
            told = [Told(one.name, one.api, one.url) for one in self.run.targets.values()]
            untested.leave(self.reports, told, self.masker.message(f"no scenario came to its end: {reason} (exit {code})"))

    def withdraw(self, results: Results, reason: str) -> None:
        """Let every output say that nothing counts as tested: screen, exit code and reports agree."""
        self.results = told = leaks.bare(results, reason, self.masker)
        outputs.restate(told, self.reports)
        if (self.reports / outputs.PAGE).exists():
            page.front(told, self.reports)
        leaks.withhold(self.reports, self.started.timestamp(), self.masker)

    def _unreported(self, error: OSError) -> int:
        """Say on the terminal alone what came of a run whose reports cannot be written: what nobody can look into does not conform."""
        outputs.retract(self.reports)
        with contextlib.suppress(OSError):
            leaks.withhold(self.reports, self.started.timestamp(), self.masker)
        self.paths, self.annotations = [], []
        self.unwritten = f"the reports cannot be written to {near(self.reports)}: {error.strerror or error}"
        if self.results is None:
            return Exit.INCONCLUSIVE
        self.results = replace(self.results, complete=False, asked=())
        return Exit.DOES_NOT_CONFORM if self.results.verdict is Verdict.DOES_NOT_CONFORM else Exit.INCONCLUSIVE

    def _spent(self) -> list[str]:
        """Say which orders are used up, where a report or the ledger may not tell, in lines that nothing shortens."""
        why = [self.unwritten] if self.unwritten else []
        why += [f"the run was stopped: {self.run.stopped}"] if self.run.stopped else []
        spent = self.run.used_up()
        told = [f"used up, or perhaps: {', '.join(spent) or 'no order'}"] if spent or self.run.stopped or self.results else []
        return [*why, *told] if why else []

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

    def _write(self, session: pytest.Session, exitstatus: int) -> int:
        order = {name: number for number, name in enumerate(self._gather())}
        rows = sorted(self.run.rows(), key=lambda row: order.get(row["id"], len(order)))
        scenarios = tuple(map(Scenario.of, rows))
        ended = exitstatus in {0, 1} and self.run.stopped is None
        complete = ended and self.selected == self.collected == {one.id for one in scenarios} and self.whole(session.config)
        if ended:  # who interrupts a run wants nothing more to be asked
            scenarios = self._closed(scenarios, complete=complete)
        if self.run.record is None:
            self._tidy()
        if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            self.unwritten = "no scenario is selected; countermand clauses lists what can be asked for"
            return pytest.ExitCode.USAGE_ERROR
        if not scenarios:
            return Exit.INCONCLUSIVE if self.run.stopped else exitstatus
        self.results = self._weighed(self._results(scenarios, complete=complete, asked=self._wanted(scenarios) if ended else ()))
        self.paths = [*outputs.write(self.results, self.reports), self._write_given()]
        ticket.write(self.results, self._told_targets(), self.reports)
        if not self.config.getoption("no_reports"):
            self._draw(self.results)
        return self._exit(self.results, exitstatus)

    def _tidy(self) -> None:
        """Clear away what the run has registered, as far as there is time; one more signal leaves the rest to another time."""
        with self.ending.may_be_left_out():
            for target in self.run.targets.values():
                for words in cleanup.tidy(self.run, target, self.ending.hurry):
                    self.tidied.append(words)

    def _closed(self, scenarios: tuple[Scenario, ...], *, complete: bool) -> tuple[Scenario, ...]:
        """See that each seller still answers as at the beginning; what it refused after that is inconclusive in every output."""
        weighed = {
            one.id: one for target in self.run.targets.values() for one in closing.closed(self.run, target, scenarios, complete=complete)
        }
        changed = [weighed[one.id] for one in scenarios if weighed[one.id].verdict is not one.verdict]
        allure.amend(self.reports / outputs.ALLURE, changed)
        amendment.amend(self.config, changed)
        amendment.fold(self.config)
        return tuple(weighed[one.id] for one in scenarios)

    def _write_given(self) -> Path:
        """Write down what a replay must be given again, besides what single scenarios were."""
        asked = {
            f"{kind}s": {api: row for api in self.run.targets if (row := self.run.made(f"{kind}-{api}"))}
            for kind in ("acceptance", "standing", "closing", "lent")
        }
        asked = {kind: rows for kind, rows in asked.items() if rows or kind in inputs.ASKED}
        return inputs.write(
            self.reports,
            suite=suite.identity(),
            seed=self.run.seed,
            fail_on=self.config.getoption("fail_on"),
            targets=self.run.targets,
            asked=asked,
            masker=self.masker,
        )

    def _results(self, scenarios: tuple[Scenario, ...], *, complete: bool, asked: tuple[str, ...]) -> Results:
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
            asked=asked,
            notes=self._told(
                *(warning for target in targets for warning in target.warnings),
                *self._contradicted(scenarios),
                *self.tidied,
                *(words for one in targets for words in throttle.told(one.name, one.safety.rate, self.run.throttle(one).learnt)),
                *self._remarks(),
            ),
        )

    def _weighed(self, results: Results) -> Results:
        """Return the results with those who answer for what in them, where there is a baseline."""
        if self.baseline is None:
            return results
        self.outcome = known.apply(results, self.baseline, datetime.now(UTC).date())
        return replace(results, waivers=self.outcome.waivers)

    def _told(self, *notes: str) -> tuple[str, ...]:
        """Return notes as they may be read: what a seller has said at the end may be among them."""
        masker = self.masker
        return tuple(masker.message(foreign.shown(note)) for note in notes)

    def _played(self) -> list[Mapping[str, Any]]:
        """Return what was played, in order, the run's own complete cancellations first."""
        accepted = self._asked("the run's one complete cancellation", "acceptance")
        own = [row for row in accepted if row["scenario"] == "acceptance"]
        order = {name: number for number, name in enumerate(self._gather())}
        rows = sorted(self.run.rows(), key=lambda row: order.get(row["id"], len(order)))
        begun, ended = self._asked("to see whether the buyer is served", "standing"), self._asked("to see whether it still is", "closing")
        return [*begun, *own, *rows, *ended]

    def _asked(self, name: str, kind: str) -> list[Mapping[str, Any]]:
        """Return what was asked of each seller outside the scenarios."""
        return [{"name": name, **row} for api in self.run.targets if (row := self.run.made(f"{kind}-{api}"))]

    def _contradicted(self, scenarios: tuple[Scenario, ...]) -> list[str]:
        """Return the claims of target files that the run contradicts, and what it has not tried for want of somebody to try it with."""
        targets = self.run.targets.values()
        found = [words for target in targets for words in capabilities.contradicted(target, scenarios, self.catalogue)]
        return [*found, *(words for target in targets for words in capabilities.untried(target, scenarios))]

    def _remarks(self) -> list[str]:
        """Return what a reader must know of how this run was judged and searched."""
        fail_on = self.config.getoption("fail_on")
        which = {"standard": "standard clauses count", "inferred": "standard and inferred clauses count"}.get(fail_on)
        stricter = [f"--fail-on {fail_on}: departures from {which} as not conforming"] if which else []
        stopped = [f"the run was stopped: {self.run.stopped}"] if self.run.stopped else []
        leant = [words for target in self.run.targets.values() for words in lending.remark(self.run, target)]
        return [*stopped, *self._replayed(), *leant, *stricter, *leaks.unsearched(self.maskers.values())]

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
        allure.waive(self.reports / outputs.ALLURE, results)
        drawn = page.front(results, self.reports, self._told_targets())
        self.notices += [drawn.notice] if drawn.notice else []
        self.paths += drawn.paths

    def _told_targets(self) -> list[dict[str, Any]]:
        """Return the targets as given.json tells them."""
        return [inputs.table(target) for target in self.run.targets.values()]

    def _exit(self, results: Results, exitstatus: int) -> int:
        if exitstatus not in {0, 1}:
            return exitstatus
        if self.outcome is not None:
            self.notices += self.outcome.lines
            return self.outcome.exit_code
        if results.kept:
            return Exit.CONFORMS
        codes = {Verdict.CONFORMS: Exit.CONFORMS, Verdict.DOES_NOT_CONFORM: Exit.DOES_NOT_CONFORM}
        return codes.get(results.verdict, Exit.INCONCLUSIVE)

    def last_words(self) -> list[str]:
        """Return what the terminal says last."""
        if self.is_worker:
            return []
        if self.results is None:
            return [self.masker.text(words) for words in self._spent()]
        stream = sys.stdout
        colour = terminal.coloured(stream.isatty())
        width = shutil.get_terminal_size().columns if stream.isatty() else None
        told = terminal.lines(self.results, self.paths, self.notices, colour=colour, width=width)
        return [self.masker.text(line) for line in [*told, *self._spent()]]

    def reason(self, code: int) -> str | None:
        """Return the very last line: the exit code and why."""
        if self.is_worker or self.run.rehearsals is not None or self.config.option.collectonly:
            return None
        option = self.config.option
        waived = [one.sentence for one in self.results.waivers if one.state == "excused"] if self.results else []
        return self.masker.text(last_line.line(code, self.results, waived, embedded=not option.target and not option.replay))

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
    return bool(option.markexpr or option.keyword or option.deselect or any("::" in argument for argument in config.args))


RUN = pytest.StashKey[Run]()
SESSION = pytest.StashKey[Session]()
