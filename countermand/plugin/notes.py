"""What a reader must know of a run besides its verdicts.

Warnings, claims it contradicts, what it leant on, and how it was judged.
"""

from __future__ import annotations

from countermand.checks import capabilities, lending
from countermand.guard import foreign
from countermand.model import suite
from countermand.model.clause import Evidence
from countermand.model.results import Scenario
from countermand.plugin.session import Session
from countermand.records import container
from countermand.report import leaks
from countermand.run import throttle


def notes(state: Session, scenarios: tuple[Scenario, ...]) -> tuple[str, ...]:
    """Return all notes as they may be read: what a seller has said at the end may be among them."""
    targets, masker = state.run.targets.values(), state.masker
    lines = [
        *_left_out(state, scenarios),
        *(warning for target in targets for warning in target.warnings),
        *_contradicted(state, scenarios),
        *state.tidied,
        *(
            words
            for target in targets
            for words in throttle.advice(target.name, target.safety.rate, state.run.throttle(target).learnt)
        ),
        *_remarks(state),
    ]
    return tuple(masker.message(foreign.shown(note)) for note in lines)


def _left_out(state: Session, scenarios: tuple[Scenario, ...]) -> list[str]:
    """Say how much of what was asked for a run that was ended before its time has not played.

    A short list of findings is no praise.
    """
    missing = state.selected - {scenario.id for scenario in scenarios}
    if not missing:
        return []
    about = {state.clauses[name] for name in missing}
    documented = sum(state.catalogue[clause].evidence is Evidence.DOCUMENTED for clause in about)
    of_them = f"all or part of {documented} documented clause{'' if documented == 1 else 's'}"
    return [f"{len(missing)} of {len(state.selected)} scenarios were not played, and with them {of_them} left out"]


def _contradicted(state: Session, scenarios: tuple[Scenario, ...]) -> list[str]:
    """Return the claims of target files that the run contradicts.

    Return as well what it has not tried for want of somebody to try it with.
    """
    targets = state.run.targets.values()
    claims = [words for target in targets for words in capabilities.contradicted(target, scenarios, state.catalogue)]
    return [*claims, *(words for target in targets for words in capabilities.untried(target, scenarios))]


def _remarks(state: Session) -> list[str]:
    """Return what a reader must know of how this run was judged and searched."""
    fail_on = state.config.getoption("fail_on")
    which = {"standard": "standard clauses count", "inferred": "standard and inferred clauses count"}.get(fail_on)
    stricter = [f"--fail-on {fail_on}: departures from {which} as not conforming"] if which else []
    stopped = [f"the run was stopped: {state.run.stopped}"] if state.run.stopped else []
    leant = [words for target in state.run.targets.values() for words in lending.remark(state.run, target)]
    return [*stopped, *_replayed(state), *leant, *stricter, *leaks.unsearched(state.maskers.values())]


def _replayed(state: Session) -> list[str]:
    """Say that nothing was sent, where a record was judged again, and whether by the suite that made it."""
    record = state.run.record
    if record is None:
        return []
    source = record.source.name
    words = f"judged again from the record {source}: nothing was sent"
    if absent := sorted(state.collected - record.rows.keys()):
        words += (
            f"; of {len(state.collected)} scenarios it lacks {len(absent)}: "
            f"{', '.join(absent[:5])}{' ...' if absent[5:] else ''}"
        )
    made = f"suite {record.suite['version']} ({record.suite['digest'][:19]})"
    unverified = [f"{source}: {container.UNVERIFIED}"] if container.is_certificate(record.source) else []
    other = [] if record.suite == suite.identity() else [f"the record was made by another suite: {made}"]
    return [words, *unverified, *other]
