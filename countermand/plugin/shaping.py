"""From verdicts to pytest's own words: on one side a judgement, on the other the exception and the report that say as much."""

from __future__ import annotations

import pytest

from countermand.model.verdict import Verdict
from countermand.plugin.judging import Judgement

JUDGED = pytest.StashKey[Judgement]()


def as_exception(judgement: Judgement) -> BaseException | None:
    """Return what pytest is told was raised: the message alone, as a traceback shows fixture values and costs more than the scenario."""
    words = judgement.message or ""
    if judgement.verdict is Verdict.CONFORMS:
        return None
    if judgement.verdict is Verdict.NOT_APPLICABLE:
        return pytest.skip.Exception(words)
    return pytest.fail.Exception(words, pytrace=False)


def shape(report: pytest.TestReport, judgement: Judgement, item: pytest.Item) -> None:
    """Let pytest's report say no more and no less than the judgement."""
    words = judgement.message or ""
    if judgement.verdict is Verdict.DEPARTS:
        report.outcome, report.wasxfail = "skipped", words  # pytest's own way to say xfailed
    elif judgement.verdict is Verdict.NOT_APPLICABLE:
        report.outcome = "skipped"
    elif judgement.verdict is not Verdict.CONFORMS:
        report.outcome = "failed"
    if judgement.verdict is Verdict.NOT_APPLICABLE:
        report.longrepr = (str(item.path), (item.location[1] or 0) + 1, words)
    elif judgement.verdict is not Verdict.CONFORMS:
        report.longrepr = words
