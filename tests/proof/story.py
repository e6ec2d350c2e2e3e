"""A tester's story with few orders.

A whole run at a seller that is wrong, the line it prints, and a whole run after the fix.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from countermand import targetfile
from countermand.checks import closing
from countermand.model.ownership import seller_key
from countermand.model.results import Scenario
from countermand.model.target import Order, Target
from countermand.model.verdict import Verdict
from countermand.plugin import scenario as played
from countermand.plugin.judging import JUDGED
from countermand.plugin.launch import run_pytest
from countermand.plugin.session import RUN, SESSION
from countermand.proof.field import LIMITS, NEEDLESS, Field, _clauses, _scenario
from countermand.provider import embedded, serving
from countermand.run.run import Run

#: What a scenario leaves with its item, and would be found there when it is played again.
LEFT: tuple[Any, ...] = (played.WRITTEN, JUDGED, played.GIVEN, played.ABOUT)


@dataclass(frozen=True)
class Act:
    """One run of a story."""

    clauses: Mapping[str, Verdict]
    scenarios: Mapping[str, tuple[Verdict, str | None]]
    verdict: Verdict
    used: Mapping[str, int]  # orders, by state


@dataclass(frozen=True)
class Story:
    """What the three runs came to: with the fault, its clause repeated, and with the fault mended."""

    wrong: Act
    again: Act
    mended: Act


def few(target: Target, number: int) -> Target:
    """Return a target as somebody writes it who was given so many orders of each state that can be cancelled."""
    kept, seen = [], dict[str, int]()
    for order in target.orders.listed:
        seen[order.state] = seen.get(order.state, 0) + 1
        if seen[order.state] <= number:
            kept.append(order)
    return replace(target, name="staging", embedded=False, orders=replace(target.orders, listed=tuple(kept)))


class Stage(Field):
    """Plays the three runs of each seller, one after another, with one ledger."""

    number = 6
    port = 0
    listed: tuple[Order, ...] = ()
    stories: dict[str, Story]

    def _play(self, session: pytest.Session, seller: serving.Application | Path, place: Path) -> dict[str, Any]:
        assert not isinstance(seller, Path)
        clause = str(vars(type(seller))["breaks"])
        acts = [self._act(session, seller, place, "wrong", None), self._act(session, seller, place, "again", clause)]
        seller.__class__ = type(embedded.SELLERS[self.api]())  # the fix: its orders are as they were
        acts.append(self._act(session, seller, place, "mended", None))
        return {"rows": [], "orders": 0, "trouble": "", "acts": acts}

    def _act(
        self, session: pytest.Session, seller: serving.Application, place: Path, name: str, clause: str | None
    ) -> dict[str, Any]:
        folder = place / name
        folder.mkdir()
        with serving.serve(self.api, seller, place, self.port, identities=self.served.certificates) as served:
            self.port = served.server.server_address[1]
            target = few(targetfile.load(served.target), self.number)
            self.listed = self.listed or target.orders.listed  # what was given once, and no more
            target = replace(target, limits=self.limits, orders=replace(target.orders, listed=self.listed))
            return self._judged(session, target, folder, clause)

    def _judged(self, session: pytest.Session, target: Target, folder: Path, clause: str | None) -> dict[str, Any]:
        state = session.config.stash[SESSION]
        items = [item for item in session.items if clause is None or state.cases[item.nodeid].clause == clause]
        expected = sum(not state.cases[item.nodeid].waits for item in items)
        ledger = folder.parent / "ledger.sqlite"
        run = Run(
            folder,
            "story",
            {self.api: target},
            ledger_path=ledger,
            given=True,
            expected=expected,
            lent=clause is not None,
        )
        state.run = session.config.stash[RUN] = run
        state.maskers = {self.api: target.masker()}
        for item, following in zip(items, [*items[1:], None], strict=True):
            for key in LEFT:
                if key in item.stash:
                    del item.stash[key]
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        scenarios = [Scenario.of({key: value for key, value in row.items() if key != "last"}) for row in run.rows()]
        ended = closing.closed(run, target, scenarios, complete=clause is None)
        entries = [
            entry
            for entry in run.ledger(target).entries(seller_key(target))
            if entry.run == run.id and entry.outcome is not None
        ]
        used = {kind: sum(entry.state == kind for entry in entries) for kind in {entry.state for entry in entries}}
        act = {"rows": [scenario.as_json() for scenario in ended], "used": used, "verdict": self._verdict(state, run)}
        run.close()
        return act

    def _gather(self, running: dict[int, str]) -> None:
        child, _ = os.wait()
        if child not in running:
            return
        name, path = running.pop(child), self.folder / f"{child}.json"
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["trouble"]:
            raise RuntimeError(f"{name}: {document['trouble']}")
        self.stories[name] = Story(*(_act(row) for row in document["acts"]))
        self.judgements[name] = None  # type: ignore[assignment]


def _act(row: Mapping[str, Any]) -> Act:
    rows = [_scenario(scenario) for scenario in row["rows"]]
    return Act(
        _clauses(rows),
        {scenario.id: (scenario.verdict, scenario.message) for scenario in rows},
        Verdict(row["verdict"]),
        row["used"],
    )


def staged(api: str, sellers: Mapping[str, type], number: int = 6, jobs: int = 2) -> dict[str, Story]:
    """Play the story of each seller with so many orders."""
    with tempfile.TemporaryDirectory(prefix="countermand-story-") as scratch:
        folder = Path(scratch)
        served = serving.serve(api, embedded.SELLERS[api](), folder)
        stage = Stage(api, sellers, folder, served, LIMITS, jobs, lambda _: None)
        stage.number, stage.stories = number, {}
        written = [f"--reports={folder / 'reports'}", f"--target={served.target}", "--no-reports", "--no-page"]
        with served:
            run_pytest(["-o", "addopts=", *(f"-pno:{name}" for name in NEEDLESS), *written], plugins=[stage])
        return dict(stage.stories)
