"""pytest's hooks around one scenario, its steps and phases: from its scene to its verdict and its row."""

from __future__ import annotations

import json
import sys
from collections.abc import Generator
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import pytest

from countermand.checks.standing import Standing
from countermand.guard.foreign import Shown
from countermand.model.exchange import Exchange, timestamp
from countermand.model.results import Scenario
from countermand.model.verdict import Inconclusive, Nonconformance
from countermand.plugin.collection import Case
from countermand.plugin.deadline import deadline
from countermand.plugin.fixtures import SCENE
from countermand.plugin.judging import JUDGED, WEIGHED, Judgement, as_exception, judge, shape
from countermand.plugin.session import SESSION, Session
from countermand.protocols.answer import Answer
from countermand.protocols.registry import speak
from countermand.run.scene import Scene

GHERKIN = pytest.StashKey[Any]()
BEGAN = pytest.StashKey[tuple[datetime, float]]()
GIVEN = pytest.StashKey[bool]()
ABOUT = pytest.StashKey[Exchange]()
WRITTEN = pytest.StashKey[bool]()
#: Why a scenario is not played: the process that played it has ended.
LOST = pytest.StashKey[str]()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Set the scene."""
    state, case = _of(item)
    if state is None or case is None:
        return
    item.stash[BEGAN] = (datetime.now(UTC), datetime.now(UTC).timestamp())
    recorded = state.recorded(item.nodeid)
    target = state.run.targets[case.api]
    try:
        about = state.catalogue[case.clause]
        weighs = about.evidence in WEIGHED[item.config.getoption("fail_on")]
        item.stash[SCENE] = Scene(
            state.run, target, item.nodeid, case.clause, state.maskers[case.api], recorded, weighs, about.spends
        )
    except Exception as trouble:  # a scenario without a scene leaves no row, and others would wait for it in vain
        state.run.stop(trouble.reason if isinstance(trouble, Inconclusive) else f"{type(trouble).__name__}: {trouble}")
        raise
    item.stash[GHERKIN] = state.gherkin(item, case)
    if LOST in item.stash:
        raise Inconclusive(item.stash[LOST])
    if not state.config.option.collectonly:
        Standing(item.stash[SCENE], speak).must_be_served()


def pytest_bdd_before_step(request: pytest.FixtureRequest, step: Any) -> None:  # noqa: ANN401 - pytest-bdd's own
    """Open a step."""
    if gherkin := request.node.stash.get(GHERKIN, None):
        request.node.stash[GIVEN] = step.type == "given"
        gherkin.begin(step)


def pytest_bdd_after_step(request: pytest.FixtureRequest) -> None:
    """Close a step that held."""
    _close_step(request.node)


def pytest_bdd_step_error(request: pytest.FixtureRequest, step_func_args: dict[str, Any], exception: Exception) -> None:
    """Close a step that did not, and remember which answer it is about."""
    if isinstance(answer := step_func_args.get("answer"), Answer):
        request.node.stash[ABOUT] = answer.exchange
    _close_step(request.node, exception)


def _close_step(item: pytest.Item, error: BaseException | None = None) -> None:
    gherkin, scene = item.stash.get(GHERKIN, None), item.stash.get(SCENE, None)
    if gherkin and scene:
        for exchange in scene.exchanges:
            if exchange.number not in gherkin.attached:
                gherkin.attach(scene.masked(exchange))
        gherkin.end(error)


def pytest_bdd_after_scenario(request: pytest.FixtureRequest) -> None:
    """See that the buyer was served until the end, and close what a skip has left open."""
    scene, error = request.node.stash.get(SCENE, None), sys.exc_info()[1]
    try:
        if scene and not isinstance(error, (KeyboardInterrupt, pytest.exit.Exception)):
            Standing(scene, speak).must_be_served_still(accused=isinstance(error, Nonconformance))
    finally:
        _close_step(request.node, error)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn how a phase ended into a verdict before anybody else makes a report of it."""
    state, case = _of(item)
    error = call.excinfo.value if call.excinfo else None
    ended = isinstance(error, (KeyboardInterrupt, pytest.exit.Exception))
    if state is None or case is None or ended or (call.when != "call" and error is None):
        return (yield)
    judgement = _judge(item, state, case, error, phase=call.when)
    raised = as_exception(judgement)
    if call.excinfo is not None:
        where = _innermost(call.excinfo.tb)
        call.excinfo = None if raised is None else pytest.ExceptionInfo.from_exc_info((type(raised), raised, where))
    report = yield
    shape(report, judgement, item)
    if call.when == "call" or error is not None:
        item.stash[JUDGED] = judgement
    return report


def _innermost(traceback: TracebackType) -> TracebackType:
    """Return where it was raised, without the way there: nobody is shown it, and pytest looks at every file on it."""
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback


def _judge(item: pytest.Item, state: Session, case: Case, error: BaseException | None, *, phase: str) -> Judgement:
    scene = item.stash.get(SCENE, None)
    given = phase != "call" or item.stash.get(GIVEN, True)
    exchanges = scene.exchanges if scene else []
    again = state.again(case, getattr(error, "provoked", None))
    facts: dict[str, Any] = {"exchanges": exchanges, "again": again, "about": item.stash.get(ABOUT, None)}
    if scene and scene.replay and (departure := scene.replay.departure()):
        error = Inconclusive(departure)
    fail_on = item.config.getoption("fail_on")
    judgement = judge(error, state.catalogue[case.clause], in_given=given, fail_on=fail_on, **facts)
    masker = state.masker
    for exchange in exchanges:
        masker = masker.with_secrets(exchange.secrets)
    return Judgement(judgement.verdict, judgement.message and Shown(masker.message(judgement.message)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Bound what it may take to judge what a seller answers."""
    if _of(item)[1] is None:
        return (yield)
    with deadline():
        return (yield)


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
        # All of it is written down: pytest keeps its items, and they would keep every reply.
        for key in (SCENE, GHERKIN):
            if key in item.stash:
                del item.stash[key]
        _stop(item)


def _stop(item: pytest.Item) -> None:
    """Play no other scenario once the run was stopped."""
    state = item.config.stash.get(SESSION, None)
    if state is not None and state.run.stopped is not None:
        item.session.shouldstop = state.run.stopped


def _write_down(item: pytest.Item) -> None:
    state, case = _of(item)
    scene = item.stash.get(SCENE, None)
    if state is None or case is None or scene is None or item.stash.get(WRITTEN, False):
        return
    with state.ending.held_off():
        item.stash[WRITTEN] = True
        _write(item, state, case, scene)


def _write(item: pytest.Item, state: Session, case: Case, scene: Scene) -> None:
    judgement = item.stash.get(JUDGED, None) or _judge(
        item, state, case, Inconclusive("the scenario was interrupted"), phase="call"
    )
    scene.settle(judgement.verdict)
    began, clock = item.stash[BEGAN]
    gherkin = item.stash[GHERKIN]
    scenario = Scenario(
        id=item.nodeid,
        name=case.name,
        feature=case.feature,
        file=case.file,
        line=case.line,
        rule=case.rule,
        clause=case.clause,
        api=case.api,
        target=scene.target.name,
        verdict=judgement.verdict,
        message=judgement.message,
        started=timestamp(began),
        elapsed=round(datetime.now(UTC).timestamp() - clock, 6),
        steps=gherkin.finish(),
        exchanges=tuple(scene.masked(exchange) for exchange in scene.exchanges),
        drawn=json.loads(scene.masker.text(json.dumps(scene.drawn, ensure_ascii=False))),
    )
    state.run.append({**scenario.as_json(), "last": case.waits})
    state.describe(item, scenario, case, gherkin)


def _of(item: pytest.Item) -> tuple[Session | None, Case | None]:
    state = item.config.stash.get(SESSION, None)
    return state, state.cases.get(item.nodeid) if state else None
