"""What was not applicable: which clauses of a run decided nothing, and for what reason."""

from __future__ import annotations

from collections.abc import Iterable

from countermand.model.verdict import Verdict
from countermand.records.finished import Finished
from countermand.report.naming import headline


def clauses(run: Finished) -> list[tuple[str, str]]:
    """Return the clauses of a run that were not applicable, each with the reason of the first scenario that has one."""
    empty = (judged for judged in run.clauses if judged.verdict is Verdict.NOT_APPLICABLE)
    return [
        (judged.clause.id, next(headline(row) for row in judged.scenarios if row.verdict is Verdict.NOT_APPLICABLE))
        for judged in empty
    ]


def by_reason(rows: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return reasons with the clauses each of them empties, the widest first."""
    grouped: dict[str, list[str]] = {}
    for key, why in rows:
        grouped.setdefault(why, []).append(key)
    return dict(sorted(grouped.items(), key=lambda item: -len(item[1])))
