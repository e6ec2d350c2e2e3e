"""Orders from the owner's own command, [orders] command of a target file."""

from __future__ import annotations

import subprocess
from typing import Any

from countermand.guard import commanding, intake, private
from countermand.guard.foreign import shown
from countermand.model.target import Order, Target
from countermand.model.verdict import Inconclusive
from countermand.targetfile import order_of
from countermand.targetfile.piped import folder

#: Seconds the command may take.
PATIENCE = 120


def commanded(target: Target, state: str) -> Order:
    """Run the owner's own command, which prints one order as JSON; raises Inconclusive where it does not."""
    command = [word.replace("{state}", state) for word in target.orders.command]
    try:
        row: Any = intake.parsed(commanding.printed(command, PATIENCE, folder(target.source)))
        return order_of(row if isinstance(row, dict) else {"seller": row}, target.api, state)
    except (OSError, subprocess.SubprocessError, ValueError, AttributeError) as error:
        reason = f"[orders] command {command[0]!r} gave no order that is {state}: {_words(error)}"
        raise Inconclusive(reason) from None


def _words(error: Exception) -> str:
    """Return what a command said, where it said anything."""
    said = getattr(error, "stderr", None)
    last = said.strip().splitlines()[-1:] if isinstance(said, str) else []
    return f"{private.why(error)}: {shown(last[0], 300)}" if last else private.why(error)
