"""What was not applicable: which clauses of a run decided nothing, and for what reason."""

from __future__ import annotations

from collections.abc import Iterable

from countermand.model.verdict import Verdict
from countermand.records.finished import Finished
from countermand.report.naming import headline


def clauses(run: Finished) -> list[tuple[str, str]]:
    """Return the clauses of a run that were not applicable, each with the reason of its first scenario."""
    return [(one.clause.id, headline(one.scenarios[0])) for one in run.clauses if one.verdict is Verdict.NOT_APPLICABLE]


def by_reason(rows: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return reasons with the clauses each of them empties, the widest first."""
    grouped: dict[str, list[str]] = {}
    for key, why in rows:
        grouped.setdefault(why, []).append(key)
    return dict(sorted(grouped.items(), key=lambda item: -len(item[1])))
