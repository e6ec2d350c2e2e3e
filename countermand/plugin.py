"""The pytest plugin: on one side pytest's and pytest-bdd's hooks, on the other scenes, verdicts and the run's outputs."""

from __future__ import annotations

import sys
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from countermand import clause, collecting, session, suite, targetfile
from countermand.acceptance import Acceptance
from countermand.collecting import Case
from countermand.exchange import timestamp
from countermand.judging import Judgement, judge
from countermand.ledger import LedgerError
from countermand.nightly.baseline import BaselineError
from countermand.replay import RecordError
from countermand.results import Scenario
from countermand.run import Run
from countermand.scene import Scene
from countermand.seller import Seller
from countermand.speaking import SPEAKERS, speak
from countermand.verdict import Inconclusive

RUN = pytest.StashKey[Run]()
SESSION = pytest.StashKey[session.Session]()
SCENE = pytest.StashKey[Scene]()
GHERKIN = pytest.StashKey[Any]()
BEGAN = pytest.StashKey[tuple[datetime, float]]()
GIVEN = pytest.StashKey[bool]()
WRITTEN = pytest.StashKey[bool]()
PLAYED = pytest.StashKey[pytest.Session]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the suite's own options."""
    group = parser.getgroup("countermand", "conformance")
    group.addoption(
        "--target", action="append", default=[], metavar="FILE", help="a target file; without one the embedded sellers are tested"
    )
    group.addoption("--api", choices=sorted(SPEAKERS), help="test the embedded seller of one API only")
    group.addoption("--reports", default="reports", metavar="DIR", help="the folder to write reports to (default: reports)")
    group.addoption(
        "--replay", metavar="FILE", help="judge a recorded run again, from a folder of reports or a certificate; nothing is sent"
    )
    group.addoption("--seed", metavar="WORDS", help="draw the same identifiers as the run that said this seed")
    group.addoption("--fail-on", choices=["standard", "inferred"], help="let departures from such clauses fail the target as well")
    group.addoption("--baseline", metavar="FILE", help="known failures and waivers: they change the exit code, never a verdict")
    group.addoption("--ledger", metavar="FILE", help="the ledger of orders used (default: one per user)")
    group.addoption("--production", action="append", default=[], metavar="NAME", help="agree that the target so named is production")
    group.addoption("--dry-run", action="store_true", help="say which orders are needed and what would be sent, and send nothing")
    group.addoption("--no-page", action="store_true", help="do not draw index.html")
    group.addoption("--no-reports", action="store_true", help="write nothing but results.json and record.jsonl")


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the hook by which conftest.py brings the embedded sellers in."""
    pluginmanager.add_hookspecs(session.Hooks)


def active(config: pytest.Config) -> bool:
    """Say whether this pytest session runs the suite, or only stands in the same folder."""
    features = suite.root() / "features"
    places = [Path(str(config.invocation_params.dir), argument.partition("::")[0]).resolve() for argument in config.args]
    return any(place == features or features in place.parents or place in features.parents for place in places)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Read targets and catalogue, register a marker per clause, and make the run's shared folder."""
    config.addinivalue_line("markers", "countermand: a scenario of the suite")
    if not active(config):
        return
    try:
        catalogue = clause.read(suite.root() / "features")
        state = session.begin(config, catalogue)
    except (clause.CatalogueError, targetfile.TargetError, BaselineError, RecordError, LedgerError) as error:
        raise pytest.UsageError(str(error)) from None
    for one in catalogue.values():
        config.addinivalue_line("markers", f"{one.id}: {one.says}")
    config.stash[SESSION], config.stash[RUN] = state, state.run


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401 - xdist's own
    """Hand a worker what the processes of the run agree on."""
    state = node.config.stash.get(SESSION, None)
    if state is not None:
        node.workerinput["countermand"] = state.shared


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Hold the features to the guards before anybody reads them otherwise."""
    state = session.config.stash.get(SESSION, None)
    if state is not None and not state.is_worker:
        collecting.check_features(state.run.targets, state.catalogue, suite.root())


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the features of other APIs alone."""
    state = config.stash.get(SESSION, None)
    features = suite.root() / "features"
    if state is None or features not in collection_path.parents:
        return None
    return True if collection_path.relative_to(features).parts[0] not in state.run.targets else None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Collect a feature file as a module."""
    if file_path.suffix == ".feature" and parent.config.stash.get(SESSION, None) is not None:
        return collecting.FeatureModule.from_parent(parent, path=file_path)
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tie scenarios to clauses, hold their sentences to meaning one thing, and put them in order."""
    state = config.stash.get(SESSION, None)
    if state is None:
        return
    state.cases = {item.nodeid: one for item in items if (one := collecting.case(item, suite.root()))}
    state.collected = set(state.cases)
    collecting.check_sentences(items, state.cases)
    collecting.arrange(items, state.cases, state.catalogue)
    if state.run.record is not None:
        _leave_out_unrecorded(config, items, state)


def _leave_out_unrecorded(config: pytest.Config, items: list[pytest.Item], state: session.Session) -> None:
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
        state.run.expected = sum(not one.waits for one in selected)
        state.publish()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Set the scene."""
    state, one = _of(item)
    if state is None or one is None:
        return
    item.stash[BEGAN] = (datetime.now(UTC), datetime.now(UTC).timestamp())
    recorded = state.recorded(item.nodeid)
    target = state.run.targets[one.api]
    item.stash[SCENE] = Scene(state.run, target, item.nodeid, one.clause, state.veils[one.api], recorded)
    item.stash[GHERKIN] = state.gherkin(item, one)


def pytest_bdd_before_step(request: pytest.FixtureRequest, step: Any) -> None:  # noqa: ANN401 - pytest-bdd's own
    """Open a step."""
    if gherkin := request.node.stash.get(GHERKIN, None):
        request.node.stash[GIVEN] = step.type == "given"
        gherkin.begin(step)


def pytest_bdd_after_step(request: pytest.FixtureRequest) -> None:
    """Close a step that held."""
    _close_step(request.node)


def pytest_bdd_step_error(request: pytest.FixtureRequest, exception: Exception) -> None:
    """Close a step that did not."""
    _close_step(request.node, exception)


def _close_step(item: pytest.Item, error: BaseException | None = None) -> None:
    gherkin, scene = item.stash.get(GHERKIN, None), item.stash.get(SCENE, None)
    if gherkin and scene:
        for exchange in scene.exchanges:
            if exchange.number not in gherkin.attached:
                gherkin.attach(exchange.masked(scene.veil))
        gherkin.end(error)


def pytest_bdd_after_scenario(request: pytest.FixtureRequest) -> None:
    """Close what a skip has left open."""
    _close_step(request.node, sys.exc_info()[1])


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn how a phase ended into a verdict before anybody else makes a report of it."""
    state, one = _of(item)
    error = call.excinfo.value if call.excinfo else None
    ended = isinstance(error, (KeyboardInterrupt, pytest.exit.Exception))
    if state is None or one is None or ended or (call.when != "call" and error is None):
        return (yield)
    judgement = _judge(item, state, one, error, phase=call.when)
    raised = session.as_exception(judgement)
    if call.excinfo is not None:
        told = None if raised is None else pytest.ExceptionInfo.from_exc_info((type(raised), raised, call.excinfo.tb))
        call.excinfo = told
    report = yield
    session.shape(report, judgement, item)
    if call.when == "call" or error is not None:
        item.stash[session.JUDGED] = judgement
    return report


def _judge(item: pytest.Item, state: session.Session, one: Case, error: BaseException | None, *, phase: str) -> Judgement:
    scene = item.stash.get(SCENE, None)
    given = phase != "call" or item.stash.get(GIVEN, True)
    exchanges = scene.exchanges if scene else []
    if scene and scene.replay and (departure := scene.replay.departure()):
        error = Inconclusive(departure)
    fail_on = item.config.getoption("fail_on")
    found = judge(error, state.catalogue[one.clause], in_given=given, exchanges=exchanges, again=state.again(one), fail_on=fail_on)
    veil = state.veil.also(secret for exchange in exchanges for secret in exchange.secrets)
    message = found.message and veil.message(found.message)
    return Judgement(found.verdict, message)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Give orders back, and write the scenario down at once."""
    _write_down(item)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Write down a scenario that was interrupted too, which no teardown reaches, before Allure takes it for passed."""
    try:
        return (yield)
    finally:
        _write_down(item)


def _write_down(item: pytest.Item) -> None:
    state, one = _of(item)
    scene = item.stash.get(SCENE, None)
    if state is None or one is None or scene is None or item.stash.get(WRITTEN, False):
        return
    item.stash[WRITTEN] = True
    judgement = item.stash.get(session.JUDGED, None) or _judge(item, state, one, Inconclusive("the scenario was interrupted"), phase="call")
    scene.settle(judgement.verdict)
    began, clock = item.stash[BEGAN]
    gherkin = item.stash[GHERKIN]
    told = Scenario(
        id=item.nodeid,
        name=one.name,
        feature=one.feature,
        file=one.file,
        line=one.line,
        rule=one.rule,
        clause=one.clause,
        api=one.api,
        target=scene.target.name,
        verdict=judgement.verdict,
        message=judgement.message,
        started=timestamp(began),
        elapsed=round(datetime.now(UTC).timestamp() - clock, 6),
        steps=gherkin.finish(),
        exchanges=tuple(exchange.masked(scene.veil) for exchange in scene.exchanges),
        drawn=scene.drawn,
    )
    state.run.append({**told.as_json(), "last": one.waits})
    state.describe(item, told, one, gherkin)


def _of(item: pytest.Item) -> tuple[session.Session | None, Case | None]:
    state = item.config.stash.get(SESSION, None)
    return state, state.cases.get(item.nodeid) if state else None


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the outputs and settle the exit code."""
    state = session.config.stash.get(SESSION, None)
    if state is not None:
        session.exitstatus = state.finish(session, exitstatus)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:  # noqa: ANN401 - pytest's own has no public name
    """Say the verdict."""
    state = config.stash.get(SESSION, None)
    if state is not None:
        for line in state.last_words():
            terminalreporter.write_line(line)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Listen to what the terminal is told."""
    state = session.config.stash.get(SESSION, None)
    if state is not None:
        session.config.stash[PLAYED] = session
        state.listen()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Close wires and ledgers; only now has the terminal been told everything."""
    state = config.stash.get(SESSION, None)
    if state is not None:
        if state.slips() and PLAYED in config.stash:
            config.stash[PLAYED].exitstatus = session.Exit.SECRET
        state.close()


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest) -> Run:
    """The run all scenarios belong to."""
    return request.config.stash[RUN]


@pytest.fixture
def scene(request: pytest.FixtureRequest) -> Scene:
    """The scenario as it is played."""
    return request.node.stash[SCENE]  # type: ignore[no-any-return]


@pytest.fixture
def seller(scene: Scene) -> Seller:
    """The seller, spoken to in its protocol."""
    return speak(scene)


@pytest.fixture
def acceptance(scene: Scene) -> Acceptance:
    """The one complete cancellation of the run."""
    return Acceptance(scene, speak)
