"""Judges any number of sellers with one suite, in one session.

Features are collected once. Each seller is then judged in a process of its own, forked from the one that has collected,
so that it costs no more than its scenarios.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import json
import os
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from countermand import targetfile
from countermand.model import suite
from countermand.model.results import Judged, Results, Scenario, Target
from countermand.model.target import Limits
from countermand.model.verdict import Verdict
from countermand.plugin import forking
from countermand.plugin.launch import run_pytest
from countermand.plugin.session import RUN, SESSION, Session
from countermand.provider import embedded, serving
from countermand.run.children import fork
from countermand.run.run import Run

Maker = Callable[[], serving.Application | Path]  # a path is the target file of one that is already up
#: An embedded seller answers at once, but on a busy machine.
LIMITS = Limits(connect=20, total=20, size=2**21, dead=5)
#: What is enough for sellers some of which never answer.
IMPATIENT = Limits(connect=5, total=1.5, size=2**21, dead=3)
#: Plugins of pytest that have nothing to do here,
#: and take a third of the time of a scenario that is over in milliseconds.
NEEDLESS = (
    "terminal", "xdist", "allure_pytest", "hypothesispytest", "anyio", "logging", "warnings", "faulthandler",
    "unraisableexception", "threadexception", "capture", "junitxml", "doctest", "pastebin", "setuponly", "setupplan",
    "stepwise", "unittest", "nose",
)  # fmt: skip


@dataclass(frozen=True)
class Judgement:
    """What the suite says of one seller."""

    clauses: Mapping[str, Verdict]
    scenarios: Mapping[str, tuple[Verdict, str | None]]
    verdict: Verdict = Verdict.INCONCLUSIVE  # of the run
    orders: int = 0  # used up
    trouble: str = ""  # why there is no judgement


class UnjudgedError(RuntimeError):
    """Sellers that were not all judged: what keeps pytest from playing anything, it has said itself."""


def judge(
    api: str,
    sellers: Mapping[str, Maker],
    jobs: int | None = None,
    finished: Callable[[str], None] = lambda _: None,
    limits: Limits = LIMITS,
) -> dict[str, Judgement]:
    """Judge every seller of an API, so many at once; raises RuntimeError where the features cannot be collected."""
    with tempfile.TemporaryDirectory(prefix="countermand-proof-") as scratch:
        folder = Path(scratch)
        served = serving.serve(api, embedded.SELLERS[api](), folder)
        plugin = Field(api, sellers, folder, served, limits, jobs or os.cpu_count() or 1, finished)
        written = [f"--reports={folder / 'reports'}", f"--target={served.target}", "--no-reports", "--no-page"]
        written.append(f"--ledger={folder / 'ledger.sqlite'}")  # the user's own has nothing to do with it
        options = ["-o", "addopts=", *(f"-pno:{name}" for name in NEEDLESS), *written]
        with served:  # its target file is needed to begin, and that somebody is there; nobody asks it
            code = run_pytest(options, plugins=[plugin])
        if code == pytest.ExitCode.INTERRUPTED:
            raise KeyboardInterrupt
        if len(plugin.judgements) != len(sellers):
            raise UnjudgedError(
                f"only {len(plugin.judgements)} of {len(sellers)} sellers were judged: pytest ended with {code}"
            )
        return {name: plugin.judgements[name] for name in sellers}


@dataclass
class Field:
    """Takes the place of pytest's own loop over the collected scenarios: the loop is run once per seller."""

    api: str
    sellers: Mapping[str, Maker]
    folder: Path
    served: serving.Served
    limits: Limits
    jobs: int
    finished: Callable[[str], None]
    judgements: dict[str, Judgement] = field(default_factory=dict)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Fork a process per seller, and gather what they come to."""
        self.served.stop()  # what its threads hold would not survive a fork
        state = session.config.stash[SESSION]
        warm_up(state)
        running: dict[int, str] = {}
        try:
            with state.run.forking():
                for number, (name, make) in enumerate(self.sellers.items()):
                    if len(running) >= self.jobs:
                        self._gather(running)
                    running[self._fork(session, self.folder / f"seller-{number}", make)] = name
                while running:
                    self._gather(running)
        finally:
            for child in running:  # nobody waits for these any more
                with contextlib.suppress(OSError):
                    os.kill(child, signal.SIGKILL)
                    os.waitpid(child, 0)
        return True

    def _fork(self, session: pytest.Session, place: Path, make: Maker) -> int:
        place.mkdir()
        sys.stdout.flush()
        child = fork()
        if child:
            return child
        try:
            gc.disable()  # it ends before it has made much
            outcome = self._outcome(session, make, place)
            (self.folder / f"{os.getpid()}.json").write_text(json.dumps(outcome), encoding="utf-8")
            shutil.rmtree(place, ignore_errors=True)
        finally:
            os._exit(0)  # whatever happens: what the parent was about to do is no child's business

    def _outcome(self, session: pytest.Session, make: Maker, place: Path) -> dict[str, Any]:
        try:
            return self._play(session, make(), place)
        except BaseException:  # noqa: BLE001 - the parent must hear of it
            return {"rows": [], "orders": 0, "trouble": traceback.format_exc()}

    def _play(self, session: pytest.Session, seller: serving.Application | Path, place: Path) -> dict[str, Any]:
        """Run every scenario against one seller."""
        reached = (
            seller
            if isinstance(seller, Path)
            else serving.serve(self.api, seller, place, identities=self.served.certificates).target
        )
        target = dataclasses.replace(targetfile.load(reached), limits=self.limits)
        state = session.config.stash[SESSION]
        run = Run(place, "proof", {self.api: target}, expected=state.run.expected, ledger_path=place / "ledger.sqlite")
        state.run = session.config.stash[RUN] = run
        state.maskers = {self.api: target.masker()}
        for item, following in zip(session.items, [*session.items[1:], None], strict=True):
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        used = sum(ledger.used(f"{self.api} {target.url.partition('//')[2]}", run.id) for ledger in run.ledgers)
        return {"rows": run.rows(), "orders": used, "trouble": "", "verdict": self._verdict(state, run)}

    def _verdict(self, state: Session, run: Run) -> Verdict:
        """Return what the run says of the seller, as a report would."""
        scenarios, target = tuple(map(_scenario, run.rows())), run.targets[self.api]
        reported = Target(target.name, target.api, target.url)
        return Results(
            {}, (reported,), "", "", run.seed, complete=True, scenarios=scenarios, catalogue=state.catalogue
        ).verdict

    def _gather(self, running: dict[int, str]) -> None:
        """Wait for one process and read what it came to."""
        child, _ = os.wait()
        if child not in running:
            return
        name, path = running.pop(child), self.folder / f"{child}.json"
        died: dict[str, Any] = {"rows": [], "orders": 0, "trouble": "the process died"}
        outcome = json.loads(path.read_text(encoding="utf-8")) if path.exists() else died
        rows = list(map(_scenario, outcome["rows"]))
        messages = {row.id: (row.verdict, row.message) for row in rows}
        verdict = Verdict(outcome.get("verdict", Verdict.INCONCLUSIVE))
        self.judgements[name] = Judgement(_clauses(rows), messages, verdict, outcome["orders"], outcome["trouble"])
        self.finished(name)


def warm_up(state: Session) -> None:
    """Do once what every process would do for itself.

    Make up what masks the secrets, and what each process that is forked needs.
    """
    suite.says("")
    for masker in state.maskers.values():
        masker.text("")
    forking.warm_up(state.run.targets)


def _scenario(row: Mapping[str, Any]) -> Scenario:
    return Scenario.of({key: value for key, value in row.items() if key != "last"})


def _clauses(rows: Iterable[Scenario]) -> dict[str, Verdict]:
    by_clause: dict[str, list[Scenario]] = {}
    for row in rows:
        by_clause.setdefault(row.clause, []).append(row)
    return {clause: Judged.verdict_of(scenarios) for clause, scenarios in by_clause.items()}
