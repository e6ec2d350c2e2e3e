"""Draws Allure's page when the verdict has been said, or says why there is none."""

from __future__ import annotations

import contextlib
import time

from countermand.exits import Exit
from countermand.plugin.session import Session
from countermand.report import leaks, outputs, page


def draw(state: Session) -> bool:
    """Draw the page, search it for secrets, and say what came of it.

    Return whether a secret was found, and all is withdrawn.
    """
    results, config = state.results, state.config
    if results is None or results.untested is not None or state.unwritten is not None:
        return False
    if config.getoption("no_reports"):
        return False
    if config.getoption("no_page"):
        with contextlib.suppress(OSError):
            page.lead(state.reports)
        return False
    began, drawn = time.time(), page.Rendered((), f"{outputs.ALLURE_PAGE} was not drawn: the run was ended")
    if not state.ending.signals:
        with state.ending.may_be_left_out():
            drawn = page.allure(results, state.reports, alone=state.run.record is not None)
    if state.ending.signals and not drawn.paths:
        with contextlib.suppress(OSError):
            page.lead(state.reports)
    withheld = leaks.withhold(state.reports, began, state.masker)
    names = [str(path.relative_to(state.reports)) for path in withheld]
    if withheld:
        state.withdraw(results, leaks.found_in(withheld))
        _say(state, f"exit {int(Exit.SECRET)}: withheld, since a secret was found in it: {', '.join(names)}")
    elif drawn.notice:
        _say(state, f"note: {drawn.notice}")
    else:
        _say(state, f"Allure's page: {', '.join(map(str, drawn.paths))}")
    return bool(withheld)


def _say(state: Session, words: str) -> None:
    reporter = state.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        reporter.write_line(state.masker.text(words))
