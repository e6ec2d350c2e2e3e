"""How a dry run ends: one screen of what would be sent and used up, and every request for who asks for them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from countermand.checks import closing
from countermand.exits import Exit
from countermand.model.results import Scenario
from countermand.plugin.session import Session
from countermand.report.terminal import near
from countermand.run import plan


def finish(state: Session, exitstatus: int) -> int:
    """Say what would be sent and used up, on one screen, and every request to who asks for them."""
    if state.unwritten:
        sys.stderr.write(f"countermand run: {state.unwritten}\n")
        return exitstatus
    for target in state.run.targets.values():
        closing.closed(state.run, target, [Scenario.of(row) for row in state.run.rows()], complete=False)
    config = state.config
    played, folder = _played(state), config.getoption("requests")
    lines = plan.lines(state.run.rehearsals or {}, played, outlook=state.budgets)
    lines += ["", *plan.requests(played)] if folder == plan.PRINTED else []
    if folder and folder != plan.PRINTED:
        place = Path(config.invocation_params.dir, folder)
        try:
            lines.append(f"{plan.write(place, played, state.masker.text)} scenarios in {near(place)}")
        except OSError as error:
            sys.stderr.write(f"countermand run: --requests {folder}: {error.strerror or error}\n")
            return int(pytest.ExitCode.USAGE_ERROR)
    sys.stdout.write(state.masker.text("\n".join(lines)) + "\n")
    return _foreseen(state, 0 if exitstatus == 1 else exitstatus)


def _foreseen(state: Session, code: int) -> int:
    """Return the code to end with, which is that of the run where its files keep it from being one."""
    if not state.run.given or code:
        return code
    from countermand import doctor  # noqa: PLC0415 - only targets of somebody's own need one

    for rehearsal in (state.run.rehearsals or {}).values():
        if trouble := doctor.preflight(rehearsal.target, sending=False):
            sys.stdout.flush()
            sys.stderr.write(f"countermand run: {rehearsal.target.name} cannot be tested: {trouble}\n")
            code = Exit.UNUSABLE
    return code


def _played(state: Session) -> list[Mapping[str, Any]]:
    """Return what was played, in order, the run's own complete cancellations first."""
    accepted = _asked(state, "the run's one complete cancellation", "acceptance")
    own = [row for row in accepted if row["scenario"] == "acceptance"]
    begun = _asked(state, "to see whether the buyer is served", "standing")
    ended = _asked(state, "to see whether it still is", "closing")
    return [*begun, *own, *state.rows(), *ended]


def _asked(state: Session, name: str, kind: str) -> list[Mapping[str, Any]]:
    """Return what was asked of each seller outside the scenarios."""
    return [{"name": name, **row} for api in state.run.targets if (row := state.run.made(f"{kind}-{api}"))]
