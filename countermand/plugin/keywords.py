"""What `-k` may say, in our own words where it says what cannot be meant."""

from __future__ import annotations

import re

import pytest
from _pytest.mark.expression import Expression  # pytest reads it only when all has been collected

from countermand.guard.nearest import meant
from countermand.plugin.session import Session
from countermand.report.terminal import near

JOINING = frozenset({"and", "or", "not"})
_WORD = re.compile(r"[\w-]+")


def must_be_read(words: str) -> None:
    """Go on only with what pytest can read; raises pytest.UsageError."""
    if not words.strip():
        return
    try:
        Expression.compile(words.strip())
    except RecursionError:
        raise pytest.UsageError(f"-k {words[:50]}...: is nested too deep to be read") from None
    except SyntaxError as error:
        at = f" at column {error.offset}" if error.offset else ""
        raise pytest.UsageError(
            f"-k {words}: cannot be read{at}: parts of names of scenarios were expected, "
            "joined with and, or, not and brackets, as in -k 'reference and not foreign'"
        ) from None


def in_vain(state: Session) -> str:
    """Say that nothing is selected, and what may have been meant."""
    words, record = state.config.option.keyword, state.run.record
    if record is not None and not record.rows:
        return f"{near(record.source)}: the record tells of no scenario"
    if not words:
        return "no scenario is selected; countermand clauses lists what can be asked for"
    names = sorted({word.lower() for case in state.cases.values() for word in _WORD.findall(case.name)})
    wanted = [word for word in _WORD.findall(words) if word.lower() not in JOINING]
    lost = next((word for word in wanted if not any(word.lower() in name for name in names)), "")
    advice = meant(lost, names, "it looks at the names of scenarios, and -m at clauses, features and verdicts")
    return f"-k {words}: selects no scenario; {advice}"
