"""What the terminal says last.

The verdict and its causes, which orders are used up, and the exit code with its reason.
"""

from __future__ import annotations

import shutil
import sys

from countermand.exits import Exit
from countermand.plugin.session import Session
from countermand.report import last_line, terminal


def lines(state: Session) -> list[str]:
    """Return what the terminal says last."""
    if state.is_worker:
        return []
    if state.results is None:
        return [state.masker.text(words) for words in _spent(state)]
    stream = sys.stdout
    colour = terminal.coloured(stream.isatty())
    width = shutil.get_terminal_size().columns if stream.isatty() else None
    summary = terminal.lines(state.results, state.paths, state.notices, colour=colour, width=width)
    return [state.masker.text(line) for line in [*summary, *_spent(state)]]


def reason(state: Session, code: int) -> str | None:
    """Return the very last line: the exit code and why."""
    if state.is_worker or state.run.rehearsals is not None or state.config.option.collectonly:
        return None
    if code == Exit.INCONCLUSIVE and state.results and state.unwritten:
        return state.masker.text(
            f"exit {code}: the reports could not be written, and what nobody can look into is not called conforming"
        )
    option = state.config.option
    waived = [waiver.sentence for waiver in state.results.waivers if waiver.state == "excused"] if state.results else []
    return state.masker.text(
        last_line.line(
            code, state.results, waived, embedded=state.results is not None and not option.target and not option.replay
        )
    )


def _spent(state: Session) -> list[str]:
    """Say which orders are used up, where a run has not come to its end, in lines that nothing shortens."""
    words = [state.unwritten] if state.unwritten else []
    words += [f"the run was stopped: {state.run.stopped}"] if state.run.stopped else []
    spent = state.run.used_up()
    interrupted = state.ending.signals > 0 and state.run.record is None and state.run.rehearsals is None
    if interrupted or (words and (spent or state.run.stopped or state.results)):
        words.append(f"used up, or perhaps: {', '.join(spent) or 'no order'}")
    return words
