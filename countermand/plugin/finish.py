"""How a run ends.

The seller is asked once more, and every output is written from the one model, and searched for secrets.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from countermand.baseline.apply import apply as weigh
from countermand.checks import closing
from countermand.exits import Exit
from countermand.model import suite
from countermand.model.exchange import timestamp
from countermand.model.ownership import seller_key
from countermand.model.results import Results, Scenario
from countermand.model.results import Target as TestedTarget
from countermand.model.verdict import Inconclusive, Verdict
from countermand.orders.supply import ENDED
from countermand.plugin import amendment, dry_run, keywords
from countermand.plugin.notes import notes
from countermand.plugin.session import Session, is_part
from countermand.records import inputs
from countermand.report import allure, environment, github, leaks, outputs, page, shelf, ticket, untested
from countermand.report.terminal import near
from countermand.run import cleanup


def finish(state: Session, exitstatus: int) -> int:
    """Write every output from the one model, search it for secrets, and return the exit code."""
    state.ending.closing = True
    if state.is_worker:
        return exitstatus
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:  # however it was asked: nothing that was asked for is there
        state.unwritten = keywords.in_vain(state)
        exitstatus = pytest.ExitCode.USAGE_ERROR
    if state.config.option.collectonly:
        return exitstatus
    if state.run.rehearsals is not None:
        return dry_run.finish(state, exitstatus)
    if state.run.stopped is not None and exitstatus == pytest.ExitCode.INTERRUPTED:
        exitstatus = pytest.ExitCode.TESTS_FAILED  # by us: there is a verdict, if on a part alone
    if state.run.record is None and state.unwritten is None:
        _outlive(state)
    try:
        if state.unwritten is not None:  # a slip of the hand, for which no run before is given up
            shelf.put_back(state.reports, state.aside)
            return exitstatus
        shelf.prune(state.reports)
        return _reported(state, exitstatus)
    except OSError as error:
        return _unreported(state, error)


def _reported(state: Session, exitstatus: int) -> int:
    code = exitstatus if exitstatus in {3, 4} else _write(state, exitstatus)
    if state.results is None and code:
        _leave_untested(state, code)
    withheld = leaks.withhold(state.reports, state.started.timestamp(), state.masker)
    if withheld and state.results:
        state.withdraw(state.results, leaks.found_in(withheld))
    names = ", ".join(str(path.relative_to(state.reports)) for path in withheld)
    state.notices += [f"withheld, since a secret was found in it: {names}"] if withheld else []
    state.paths = [path for path in state.paths if path.exists()]
    state.annotations = github.tell(state.results) if state.results else []
    if state.results and (state.reports / outputs.RESULTS).is_file():
        state.config.hook.pytest_countermand_finished(reports=state.reports)
    return Exit.SECRET if withheld else code


def _outlive(state: Session) -> None:
    """Note of the orders that a process which was killed still had that they may be used up: all others have ended."""
    for target in state.run.targets.values():
        with contextlib.suppress(Inconclusive, OSError):
            state.run.ledger(target).outlive(seller_key(target), state.run.id, ENDED)


def _leave_untested(state: Session, code: int) -> None:
    """Leave reports that say why targets of somebody's own were not tested, where no scenario came to an end."""
    why = {3: "an error of the suite itself"}
    if state.config.option.target and state.run.record is None:
        reason = state.run.stopped or why.get(code, "it ended early")
        reported = [TestedTarget(target.name, target.api, target.url) for target in state.run.targets.values()]
        words = state.masker.message(f"no scenario came to its end: {reason} (exit {code})")
        untested.leave(state.reports, reported, words)


def _unreported(state: Session, error: OSError) -> int:
    """Say on the terminal alone what came of a run whose reports cannot be written.

    What nobody can look into does not conform.
    """
    outputs.retract(state.reports)
    with contextlib.suppress(OSError):
        allure.tidy(state.reports / outputs.ALLURE)
    with contextlib.suppress(OSError):
        leaks.withhold(state.reports, state.started.timestamp(), state.masker)
    state.paths, state.annotations = [], []
    state.unwritten = f"the reports cannot be written to {near(state.reports)}: {error.strerror or error}"
    if state.results is None:
        return Exit.INCONCLUSIVE
    state.results = replace(state.results, complete=False, asked=())
    return Exit.DOES_NOT_CONFORM if state.results.verdict is Verdict.DOES_NOT_CONFORM else Exit.INCONCLUSIVE


def _write(state: Session, exitstatus: int) -> int:
    scenarios = tuple(map(Scenario.of, state.rows()))
    ended = exitstatus in {0, 1} and state.run.stopped is None
    played = {scenario.id for scenario in scenarios}
    complete = ended and not is_part(state.config) and state.selected == state.collected == played and _is_whole(state)
    if ended:  # who interrupts a run wants nothing more to be asked
        scenarios = _closed(state, scenarios, complete=complete)
    else:
        allure.keep(state.reports / outputs.ALLURE, played)
    if state.run.record is None:
        _tidy(state)
    if not scenarios:
        return Exit.INCONCLUSIVE if state.run.stopped else exitstatus
    asked = _wanted(state, scenarios) if ended else ()
    state.results = _weighed(state, _results(state, scenarios, complete=complete, asked=asked))
    state.paths = [*outputs.write(state.results, state.reports), _write_given(state)]
    ticket.write(state.results, _target_tables(state), state.reports)
    if not state.config.getoption("no_reports"):
        _draw(state, state.results)
    return _exit(state, state.results, exitstatus)


def _tidy(state: Session) -> None:
    """Clear away what the run has registered, as far as there is time.

    One more signal leaves the rest to another time.
    """
    with state.ending.may_be_left_out():
        for target in state.run.targets.values():
            for words in cleanup.tidy(state.run, target, state.ending.hurry):
                state.tidied.append(words)


def _closed(state: Session, scenarios: tuple[Scenario, ...], *, complete: bool) -> tuple[Scenario, ...]:
    """See that each seller still answers as at the beginning.

    What it refused after that is inconclusive in every output.
    """
    weighed = {
        scenario.id: scenario
        for target in state.run.targets.values()
        for scenario in closing.closed(state.run, target, scenarios, complete=complete)
    }
    changed = [weighed[scenario.id] for scenario in scenarios if weighed[scenario.id].verdict is not scenario.verdict]
    allure.amend(state.reports / outputs.ALLURE, changed)
    amendment.amend(state.config, changed)
    amendment.fold(state.config)
    return tuple(weighed[scenario.id] for scenario in scenarios)


def _write_given(state: Session) -> Path:
    """Write down what a replay must be given again, besides what single scenarios were."""
    asked = {
        f"{kind}s": {api: row for api in state.run.targets if (row := state.run.made(f"{kind}-{api}"))}
        for kind in ("acceptance", "standing", "closing", "lent")
    }
    asked = {kind: rows for kind, rows in asked.items() if rows or kind in inputs.ASKED}
    return inputs.write(
        state.reports,
        suite=suite.identity(),
        seed=state.run.seed,
        fail_on=state.config.getoption("fail_on"),
        targets=state.run.targets,
        asked=asked,
        masker=state.masker,
    )


def _results(state: Session, scenarios: tuple[Scenario, ...], *, complete: bool, asked: tuple[str, ...]) -> Results:
    targets = state.run.targets.values()
    return Results(
        suite=suite.identity(),
        targets=tuple(TestedTarget(target.name, target.api, target.url) for target in targets),
        started=timestamp(state.started),
        finished=timestamp(datetime.now(UTC)),
        seed=state.run.seed,
        complete=complete,
        scenarios=scenarios,
        catalogue=state.catalogue,
        asked=asked,
        unplayed=_unplayed(state, scenarios),
        notes=notes(state, scenarios),
    )


def _unplayed(state: Session, scenarios: tuple[Scenario, ...]) -> tuple[str, ...]:
    """Return the clauses of which scenarios were asked for and not played."""
    left = {state.clauses[name] for name in state.selected - {scenario.id for scenario in scenarios}}
    return tuple(clause for clause in state.catalogue if clause in left)


def _weighed(state: Session, results: Results) -> Results:
    """Return the results with those who answer for what in them, where there is a baseline."""
    if state.baseline is None:
        return results
    state.outcome = weigh(results, state.baseline, datetime.now(UTC).date())
    return replace(results, waivers=state.outcome.waivers)


def _draw(state: Session, results: Results) -> None:
    environment.write(state.reports / outputs.ALLURE, results)
    allure.waive(state.reports / outputs.ALLURE, results)
    drawn = page.front(results, state.reports, _target_tables(state))
    state.notices += [drawn.notice] if drawn.notice else []
    state.paths += drawn.paths


def _exit(state: Session, results: Results, exitstatus: int) -> int:
    if exitstatus not in {0, 1}:
        return exitstatus
    if state.outcome is not None:
        state.notices += state.outcome.lines
        return state.outcome.exit_code
    if results.kept and not state.config.option.certified:  # whoever reads a certificate has asked for no part
        return Exit.CONFORMS
    codes = {Verdict.CONFORMS: Exit.CONFORMS, Verdict.DOES_NOT_CONFORM: Exit.DOES_NOT_CONFORM}
    return codes.get(results.verdict, Exit.INCONCLUSIVE)


def _wanted(state: Session, scenarios: tuple[Scenario, ...]) -> tuple[str, ...]:
    """Return the clauses somebody has asked for in whole, of a run that has come to its end.

    There are none where nobody has selected any.
    """
    if not is_part(state.config) or not state.selected <= {scenario.id for scenario in scenarios}:
        return ()
    short = {clause for name, clause in state.clauses.items() if name not in state.selected}
    wanted = {state.clauses[name] for name in state.selected} - short
    return tuple(clause for clause in state.catalogue if clause in wanted)


def _is_whole(state: Session) -> bool:
    """Say whether all features were asked for, so that a clause without a scenario can be told."""
    return all("::" not in argument and Path(argument).is_dir() for argument in state.config.args)


def _target_tables(state: Session) -> list[dict[str, Any]]:
    """Return the targets as given.json tells them, each with what its scenarios lean on."""
    return [
        inputs.with_acceptance(inputs.table(target), state.run.made(f"acceptance-{api}"))
        for api, target in state.run.targets.items()
    ]
