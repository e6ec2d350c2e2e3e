"""From a scenario's exception to its verdict and message, and from these to what pytest is told and reports."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from countermand.guard.foreign import Shown, shown
from countermand.identity.tls import CredentialsError
from countermand.model.clause import Clause, Evidence
from countermand.model.exchange import Exchange
from countermand.model.message import message
from countermand.model.verdict import Departure, Inconclusive, Nonconformance, NotApplicable, Verdict


@dataclass(frozen=True)
class Judgement:
    """What is said of a scenario."""

    verdict: Verdict
    message: Shown | None = None


#: Where a scenario keeps what is said of it.
JUDGED = pytest.StashKey[Judgement]()
#: What a departure must at least rest on to fail a target, by --fail-on.
WEIGHED: dict[str | None, frozenset[Evidence]] = {
    None: frozenset({Evidence.DOCUMENTED}),
    "standard": frozenset({Evidence.DOCUMENTED, Evidence.STANDARD}),
    "inferred": frozenset(Evidence),
}


def judge(
    error: BaseException | None,
    clause: Clause,
    *,
    in_given: bool,
    exchanges: list[Exchange],
    again: str,
    about: Exchange | None = None,
    fail_on: str | None = None,
) -> Judgement:
    """Weigh how a scenario ended.

    Only a Then that did not hold accuses, and only a documented clause fails, or what --fail-on adds.
    """
    facts: dict[str, object] = {"clause": str(clause), "exchange": _spoken_of(error, exchanges, about), "again": again}
    if error is None:
        return Judgement(Verdict.CONFORMS)
    if isinstance(error, (NotApplicable, pytest.skip.Exception)):
        why = error.msg if isinstance(error, pytest.skip.Exception) else error
        return Judgement(Verdict.NOT_APPLICABLE, shown(why))
    if isinstance(error, Nonconformance) and not in_given:
        said = {"expected": error.expected, "received": error.received, "at": error.at, **facts}
        verdict = Verdict.DOES_NOT_CONFORM if _fails(error, clause, fail_on) else Verdict.DEPARTS
        return Judgement(verdict, message("Nonconformance", error.otherwise, said))
    return Judgement(Verdict.INCONCLUSIVE, _unsure(error, facts))


def _spoken_of(error: BaseException | None, exchanges: list[Exchange], about: Exchange | None) -> str | None:
    """Name the exchange that is spoken of.

    It is the one the error names, or that of the answer the sentence is about, or the last.
    """
    named = getattr(error, "exchange", None) or about or (exchanges[-1] if exchanges else None)
    if isinstance(named, Exchange) and not any(named is exchange or named == exchange for exchange in exchanges):
        return f"{named}, the complete cancellation all scenarios lean on"
    return None if named is None else str(named)


def _fails(error: Nonconformance, clause: Clause, fail_on: str | None) -> bool:
    """Say whether a departure from a clause fails a target.

    One on a matter no page documents weighs no more than a standard does.
    """
    evidence = clause.evidence
    if isinstance(error, Departure):
        evidence = max(evidence, Evidence.STANDARD, key=list(Evidence).index)
    return evidence in WEIGHED[fail_on]


def _unsure(error: BaseException, facts: dict[str, object]) -> Shown:
    """Say what kept us from finding out."""
    if isinstance(error, Inconclusive):
        return message("Inconclusive", error.reason, {"received": error.received, "at": error.at, **facts})
    if isinstance(error, Nonconformance):
        reason = f"what the scenario starts from could not be had: {error.otherwise}"
        said = {"expected": error.expected, "received": error.received, "at": error.at, **facts}
        return message("Inconclusive", reason, said)
    if isinstance(error, CredentialsError):  # of the user's own file, which the words name
        return message("Inconclusive", str(error), facts)
    return message("Inconclusive", f"our own mistake, not the seller's: {type(error).__name__}: {error}", facts)


def as_exception(judgement: Judgement) -> BaseException | None:
    """Return what pytest is told was raised.

    It is the message alone, as a traceback shows fixture values and costs more than the scenario.
    """
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
