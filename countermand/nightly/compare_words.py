"""A comparison in words: Markdown for people, JSON for programs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from countermand.model.results import Results
from countermand.nightly.compare import Comparison, Difference, Kind
from countermand.report.markdown import table

VERSION = 1
MEANS = {
    Kind.WORSE: "worse",
    Kind.VANISHED: "vanished: judged then, and not any more",
    Kind.CHANGED: "changed, neither worse nor better",
    Kind.APPEARED: "appeared: not judged then",
    Kind.BETTER: "better",
}


def markdown(comparison: Comparison) -> str:
    """Return the comparison as Markdown: the answer, the two runs, then every difference, the worst first."""
    return "\n".join(_lines(comparison))


def as_json(comparison: Comparison) -> dict[str, Any]:
    """Return what schemas/compare.schema.json describes."""
    return {
        "version": VERSION,
        "regresses": comparison.regresses,
        "old": _side(comparison.old),
        "new": _side(comparison.new),
        "compared": comparison.compared,
        "counts": {kind.value: len(comparison.of(kind)) for kind in Kind},
        "clauses": [_difference(difference) for difference in comparison.clauses],
        "scenarios": [
            {**_fields(difference), "regresses": difference.regresses} for difference in comparison.scenarios
        ],
    }


def headline(comparison: Comparison) -> str:
    """Return the answer in a line."""
    counts = [f"{len(comparison.of(kind))} {kind}" for kind in Kind if comparison.of(kind)]
    answer = "Worse" if comparison.regresses else "Not worse"
    scenarios = f"{comparison.compared} scenario{'' if comparison.compared == 1 else 's'}"
    return f"{answer}: {', '.join(counts) or 'no difference'} ({scenarios} compared)"


def _lines(comparison: Comparison) -> Iterator[str]:
    old, new = comparison.old, comparison.new
    yield from (f"# {headline(comparison)}", "")
    yield from table(("", "Old", "New"), [(name, of(old), of(new)) for name, of in FACTS])
    if new.started < old.started:
        yield from ("> The new run began before the old one: the two may be the wrong way round.", "")
    if old.suite["digest"] != new.suite["digest"]:
        yield from ("> Two different suites judged these runs: a difference may be the suite's.", "")
    if comparison.part:
        sides = "Neither of these runs is" if not (old.complete or new.complete) else "One of these runs is not"
        yield from (f"> {sides} complete: only what both have judged is compared.", "")
    if comparison.clauses:
        yield from ("## Clauses", "")
        rows = [
            (
                difference.clause,
                difference.says,
                difference.old or "not judged",
                difference.new or "not judged",
                difference.kind,
            )
            for difference in comparison.clauses
        ]
        yield from table(("Clause", "What the seller must do", "Old", "New", "Change"), rows)
    for kind in Kind:
        if differences := comparison.of(kind):
            yield from (f"## {MEANS[kind].capitalize()} ({len(differences)})", "")
            yield from table(("Clause", "Scenario", "Old", "New", "What was seen"), map(_row, differences))


FACTS = (
    ("Target", lambda run: ", ".join(target.name for target in run.targets)),
    ("Started", lambda run: run.started),
    ("Suite", lambda run: f"{run.suite['version']} ({run.suite['digest'][:19]})"),
    ("Verdict", lambda run: run.sentence),
    ("Complete", lambda run: "yes" if run.complete else "no"),
)


def _row(difference: Difference) -> tuple[str, ...]:
    before = _first(difference.old_message)
    seen = _first(difference.new_message) or (f"then: {before}" if before else "")
    if difference.kind is Kind.CHANGED and difference.old is difference.new:
        seen = f"{_seen(difference.new_message)} (then: {_seen(difference.old_message)})"
    return (
        difference.clause,
        difference.scenario or "",
        difference.old or "not judged",
        difference.new or "not judged",
        seen,
    )


def _first(message: str | None) -> str:
    return (message or "").strip().partition("\n")[0]


def _seen(message: str | None) -> str:
    """Return the first line and what was received: two failures may differ in that alone."""
    received = re.search(r"^  received  (.*)$", message or "", re.MULTILINE)
    return f"{_first(message)}, received {received[1]}" if received else _first(message)


def _side(results: Results) -> dict[str, Any]:
    targets = [asdict(target) for target in results.targets]
    parts = ("suite", "started", "finished", "complete", "verdict", "sentence")
    return {"targets": targets, **{part: getattr(results, part) for part in parts}}


def _fields(difference: Difference) -> dict[str, Any]:
    return {name: value for name, value in asdict(difference).items() if name != "evidence"}


def _difference(difference: Difference) -> dict[str, Any]:
    return {
        "kind": difference.kind,
        "clause": difference.clause,
        "says": difference.says,
        "old": difference.old,
        "new": difference.new,
    }
