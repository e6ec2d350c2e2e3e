"""pytest's hooks around a whole session."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from countermand import targetfile
from countermand.baseline.apply import BaselineError
from countermand.exits import Exit
from countermand.model import clause, suite
from countermand.orders.ledger_file import LedgerError
from countermand.plugin import (
    allure_page,
    collection,
    finish,
    keywords,
    last_words,
    parsing,
    reports_folder,
    sentences,
    startup,
)
from countermand.plugin.session import RUN, SESSION, Session
from countermand.records.record import RecordError

PLAYED = pytest.StashKey[pytest.Session]()


class Whole:
    """Lets what is written of a scenario that is over be written whole."""

    def __init__(self, state: Session) -> None:
        self._state = state

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logfinish(self) -> Generator[None, Any, Any]:
        """Hold off what would interrupt whoever writes now."""
        with self._state.ending.held_off():
            return (yield)


def active(config: pytest.Config) -> bool:
    """Say whether this pytest session runs the suite, or only stands in the same folder."""
    places = [
        Path(str(config.invocation_params.dir), argument.partition("::")[0]).resolve() for argument in config.args
    ]
    folders = suite.features()
    return any(
        place == folder or folder in place.parents or place in folder.parents for place in places for folder in folders
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Read targets and catalogue, register a marker per clause, and make the run's shared folder."""
    config.addinivalue_line("markers", "countermand: a scenario of the suite")
    if not active(config):
        return
    keywords.must_be_read(config.option.keyword)
    try:
        catalogue = clause.read(*suite.features())
        state = startup.begin(config, catalogue)
    except RecordError as error:
        if error.hostile:
            pytest.exit(str(error), returncode=Exit.UNVERIFIED)
        raise pytest.UsageError(str(error)) from None
    except (clause.CatalogueError, targetfile.TargetError, BaselineError, LedgerError, OSError, ImportError) as error:
        reports_folder.leave_untested(config, str(error))
        raise pytest.UsageError(str(error)) from None
    for entry in catalogue.values():
        config.addinivalue_line("markers", f"{entry.id}: {entry.says}")
    config.stash[SESSION], config.stash[RUN] = state, state.run
    config.add_cleanup(parsing.share())
    config.add_cleanup(sentences.remember())
    config.pluginmanager.register(Whole(state), "countermand-whole")
    state.ending.begin()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401 - xdist's own
    """Hand a worker what the processes of the run agree on."""
    state = node.config.stash.get(SESSION, None)
    if state is not None:
        node.workerinput["countermand"] = state.agreed


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Hold the features to the guards before anybody reads them otherwise."""
    state = session.config.stash.get(SESSION, None)
    if state is not None and not state.is_worker:
        collection.check_features(state.run.targets, state.catalogue)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the features of other APIs alone."""
    state = config.stash.get(SESSION, None)
    features = next((folder for folder in suite.features() if folder in collection_path.parents), None)
    if state is None or features is None:
        return None
    return True if collection_path.relative_to(features).parts[0] not in state.run.targets else None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Collect a feature file as a module."""
    if file_path.suffix == ".feature" and parent.config.stash.get(SESSION, None) is not None:
        return collection.FeatureModule.from_parent(parent, path=file_path, nodeid=suite.within(file_path))
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tie scenarios to clauses, hold their sentences to meaning one thing, and put them in order."""
    state = config.stash.get(SESSION, None)
    if state is None:
        return
    state.cases = {item.nodeid: case for item in items if (case := collection.case_of(item))}
    state.collected = set(state.cases)
    collection.check_sentences(items, state.cases)
    collection.arrange(items, state.cases, state.catalogue)
    if state.run.record is not None:
        _leave_out_unrecorded(config, items, state)


def _leave_out_unrecorded(config: pytest.Config, items: list[pytest.Item], state: Session) -> None:
    """Deselect what a record knows nothing of."""
    absent = [item for item in items if item.nodeid in state.cases and state.recorded(item.nodeid) is None]
    config.hook.pytest_deselected(items=absent)
    items[:] = [item for item in items if item not in absent]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Count what is left after deselection: what waits for all others must know how many they are."""
    state = session.config.stash.get(SESSION, None)
    if state is not None:
        selected = [state.cases[item.nodeid] for item in session.items if item.nodeid in state.cases]
        state.selected = {item.nodeid for item in session.items if item.nodeid in state.cases}
        state.run.expected = sum(not case.waits for case in selected)
        state.publish()
        gc.freeze()  # what has been collected stays, and need not be looked through again and again


@pytest.hookimpl(tryfirst=True)
def pytest_keyboard_interrupt(excinfo: pytest.ExceptionInfo[BaseException]) -> None:
    """Shorten what pytest tells of where a run was interrupted.

    To write the whole way takes seconds, and there are few.
    """
    excinfo.traceback = excinfo.traceback[-1:]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, Any, Any]:
    """See that there is a folder to return to: pytest does not finish where the one it was started in is gone."""
    try:
        return (yield)
    finally:
        with suppress(OSError):
            session.startpath.mkdir(parents=True, exist_ok=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the outputs and settle the exit code."""
    state = session.config.stash.get(SESSION, None)
    if state is not None:
        session.exitstatus = finish.finish(state, exitstatus)


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say beforehand what the run costs, and what it leaves."""
    state = config.stash.get(SESSION, None)
    return [] if state is None else [state.masker.text(words) for words in state.budgets.values()]


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:  # noqa: ANN401 - pytest's own has no public name
    """Say the verdict."""
    state = config.stash.get(SESSION, None)
    if state is not None:
        for line in last_words.lines(state):
            terminalreporter.write_line(line)
        state.annotate()
        if reason := last_words.reason(state, int(config.stash[PLAYED].exitstatus)):
            terminalreporter.write_line(reason)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Listen to what the terminal is told."""
    state = session.config.stash.get(SESSION, None)
    if state is not None:
        session.config.stash[PLAYED] = session
        state.listen()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Draw Allure's page, which nobody waits for, and close wires and ledgers.

    Only now has the terminal been told everything.
    """
    state = config.stash.get(SESSION, None)
    if state is not None:
        if (allure_page.draw(state) or state.slips()) and PLAYED in config.stash:
            config.stash[PLAYED].exitstatus = Exit.SECRET
        state.close()
