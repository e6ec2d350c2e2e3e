"""The last line of a run: its exit code, and the reason of that number in one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from countermand.exits import Exit
from countermand.model.clause import Evidence
from countermand.model.results import Results
from countermand.model.verdict import Verdict
from countermand.model.waiver import Waiver
from countermand.report.naming import listed

#: What is said of codes that do not come from verdicts.
OTHERS = {
    2: "the run was interrupted",
    3: "our own mistake, not the seller's",
    4: "a mistake in the command or in a file",
    Exit.STALE: "an entry of the baseline is stale or has expired",
    Exit.SECRET: "a secret was found in what was written, and withheld",
    Exit.UNUSABLE: "the target cannot be used at all",
    Exit.UNVERIFIED: "what was to be judged again does not verify",
}
EMBEDDED = "the embedded sellers were tested, and nobody else"
MOST = 3  # waivers that are named
STALE = "stale"


def line(code: int, results: Results | None, waivers: Sequence[str] = (), *, embedded: bool = False) -> str:
    """Return the last line: the exit code and why; whoever was not asked is not praised by it."""
    tested = f" ({EMBEDDED})" if embedded else ""
    return f"exit {code}: {why(code, results, waivers)}{tested}"


def why(code: int, results: Results | None, waivers: Sequence[str] = ()) -> str:
    """Return why a run ends with its code; waivers are sentences that say who answers for what until when."""
    if code == Exit.STALE and results is not None:
        return _lapsed(results)
    if code in OTHERS or results is None:
        return OTHERS.get(code, "nothing was judged")
    if code == Exit.CONFORMS:
        return _green(results, waivers)
    if code == Exit.DOES_NOT_CONFORM:
        return _broken(results)
    return _unknown(results)


def _green(results: Results, waivers: Sequence[str]) -> str:
    if waivers and results.verdict is not Verdict.CONFORMS and not results.kept:
        more = f"; and {len(waivers) - MOST} more waivers" if len(waivers) > MOST else ""
        return "; ".join(waivers[:MOST]) + more
    departing = [judged.clause.id for judged in results.clauses if judged.verdict is Verdict.DEPARTS]
    if results.answered:
        departures = (
            f"{listed(departing)} {'is' if len(departing) == 1 else 'are'} departed from, which fails nobody"
            if departing
            else ""
        )
        return f"{departures or 'what was asked is kept'}; only a whole run can say that a seller conforms"
    return f"no documented clause is broken{', and departures fail nobody' if departing else ''}"


def _lapsed(results: Results) -> str:
    """Say of which clauses that are not kept the waiver has expired, and of which an entry is stale."""
    kinds = {"expired": "the waiver of what is not kept has expired", STALE: "an entry of the baseline is stale"}
    clauses = {state: dict.fromkeys(entry.clause for entry in _in_state(results, state)) for state in kinds}
    words = [f"{kind}: {listed(list(clauses[state]))}" for state, kind in kinds.items() if clauses[state]]
    return "; ".join(words) or OTHERS[Exit.STALE]


def _in_state(results: Results, state: str) -> Iterator[Waiver]:
    """Yield the entries of the baseline in a state; one that has expired and excused nothing here changes nothing."""
    return (entry for entry in results.waivers if entry.state == state and (entry.scenarios or state == STALE))


def _broken(results: Results) -> str:
    """Say what is broken that nobody answers for, and name behind it what somebody does."""
    broken = [judged for judged in results.clauses if judged.verdict is Verdict.DOES_NOT_CONFORM]
    waived = [judged.clause.id for judged in broken if results.is_waived(judged.clause.id, judged.verdict)]
    clauses = [judged.clause for judged in broken if judged.clause.id not in waived]
    weaker = all(clause.evidence is not Evidence.DOCUMENTED for clause in clauses)
    kind = "clause that --fail-on counts" if weaker else "documented clause"
    number = f"a {kind} is broken" if len(clauses) == 1 else f"{len(clauses)} clauses are broken"
    words = f"{number}: {listed([clause.id for clause in clauses])}"
    return f"{words} (waived besides: {listed(waived)})" if waived else words


def _unknown(results: Results) -> str:
    unsure = [judged.clause.id for judged in results.clauses if judged.verdict is Verdict.INCONCLUSIVE]
    if unsure:
        return f"{listed(unsure)} could not be found out"
    if results.kept:
        return f"{results.answer}, and the certificate of a part is inconclusive"
    if results.answered:
        return f"nothing that was asked could be decided: {results.answer}"
    if not results.complete:
        return "only a part was played, so the whole was not found out"
    return "what every other clause rests on was not decided"
