"""The one shape of what is said of a scenario.

It is what was done, then what there is to say under the same labels in the same order.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

from countermand.guard import foreign
from countermand.guard.foreign import Shown, shown

#: What a line to repeat something may ask of our own command, each with one word more.
ASKED = frozenset({"--target", "--api", "--ledger", "--fail-on", "--replay", "-m"})
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


def said(words: str | None, label: str) -> str | None:
    """Return what a message says under a label."""
    match = re.search(rf"^  {label:<9} (.*)$", words or "", re.MULTILINE)
    return match[1] if match else None


def repeats(line: str) -> bool:
    """Say whether a line does nothing but repeat: whoever reads it under `again` pastes it into a shell."""
    plain = re.sub(r"\*+", "x", line)  # of a secret that stood in a path
    try:
        words = shlex.split(plain)
    except ValueError:
        return False
    asked = words[2:]
    known = all(option in ASKED for option in asked[::2]) and len(asked) % 2 == 0
    return words[:2] == ["countermand", "run"] and known and shlex.join(words) == plain == foreign.visible(plain)


def _word(value: object) -> str:
    words = "nothing" if value is None else shown(value)
    return words or "blank"
