"""The one shape of what is said of a scenario: what was done, then always the same labels in the same order."""

from __future__ import annotations

from collections.abc import Mapping

from countermand.guard import foreign
from countermand.guard.foreign import Shown, shown

LABELS = ("expected", "received", "at", "clause", "exchange", "again")


def message(kind: str, otherwise: str, facts: Mapping[str, object]) -> Shown:
    """Return the one shape every message has: what was done, then always the same labels in the same order."""
    lines = [f"{kind}: {shown(otherwise)}"]
    lines += [f"  {label:<9} {_word(facts.get(label))}" for label in LABELS]
    return foreign.message(lines)


def _word(value: object) -> str:
    words = "nothing" if value is None else shown(value)
    return words or "blank"
