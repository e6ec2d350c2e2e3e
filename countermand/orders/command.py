"""Orders from the owner's own command, [orders] command of a target file."""

from __future__ import annotations

import contextlib
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from countermand.guard import commanding, intake, private
from countermand.guard.foreign import shown
from countermand.model.target import Order, Target
from countermand.model.verdict import Inconclusive
from countermand.targetfile import order_of
from countermand.targetfile.piped import folder

#: Seconds the command may take, and how often in a row it may fail in a run before it is not run any more.
PATIENCE, TRIES = 120, 2


@dataclass(frozen=True)
class Command:
    """The owner's own command, as all processes of a run ask it for orders."""

    target: Target
    folder: Path  # of the run

    def __call__(self, state: str) -> Order:
        """Return an order; raises Inconclusive, and once it has failed again and again, at once.

        Scores of scenarios may want one, and it may take its time to fail.
        """
        is_told = any("{state}" in word for word in self.target.orders.command)  # or it fails whatever is asked for
        failures = self.folder / f"command-{self.target.api}{f'-{state}' if is_told else ''}"
        with contextlib.suppress(OSError):
            if len(before := failures.read_text(encoding="utf-8").splitlines()) >= TRIES:
                raise Inconclusive(f"{before[-1]}; it has failed {len(before)} times, and is not run again in this run")
        try:
            order = commanded(self.target, state)
        except Inconclusive as failure:
            with contextlib.suppress(OSError), failures.open("a", encoding="utf-8", errors="backslashreplace") as lines:
                lines.write(f"{failure.reason}\n")
            raise
        with contextlib.suppress(OSError):
            failures.unlink()
        return order


def commanded(target: Target, state: str) -> Order:
    """Run the owner's own command, which prints one order as JSON; raises Inconclusive where it does not."""
    command = [word.replace("{state}", state) for word in target.orders.command]
    try:
        row: Any = intake.parsed(commanding.printed(command, PATIENCE, folder(target.source)), once=True)
        return order_of(row if isinstance(row, dict) else {"seller": row}, target.api, state)
    except (OSError, subprocess.SubprocessError, ValueError, AttributeError) as error:
        reason = f"[orders] command {command[0]!r} gave no order that is {state}: {_words(error)}"
        raise Inconclusive(reason) from None


def _words(error: Exception) -> str:
    """Return what a command said, where it said anything."""
    said = getattr(error, "stderr", None)
    last = said.strip().splitlines()[-1:] if isinstance(said, str) else []
    return f"{private.why(error)}: {shown(last[0], 300)}" if last else private.why(error)
