"""The one shape of what is said of a scenario.

It is what was done, then what there is to say under the same labels in the same order.
"""

from __future__ import annotations

from collections.abc import Mapping

from countermand.guard import foreign
from countermand.guard.foreign import Shown, shown

LABELS = ("expected", "received", "at", "clause", "exchange", "again")


def message(kind: str, otherwise: str, facts: Mapping[str, object]) -> Shown:
    """Return the one shape every message has.

    It is what was done, then what there is to say under the same labels in the same order.
    """
    labels = [
        label
        for label in LABELS
        if facts.get(label) is not None or (label == "received" and facts.get("expected") is not None)
    ]
    return foreign.message(
        [f"{kind}: {shown(otherwise)}", *(f"  {label:<9} {_word(facts.get(label))}" for label in labels)]
    )


def _word(value: object) -> str:
    words = "nothing" if value is None else shown(value)
    return words or "blank"
