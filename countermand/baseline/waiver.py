"""Waivers: what a person answers for, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from countermand.model.verdict import Verdict

DEFAULT = Verdict.DOES_NOT_CONFORM


class List(StrEnum):
    """The two lists: whose fault a failure is taken to be."""

    FAILS = "fails"  # the provider fails, and the clause stands
    DISPUTED = "disputed"  # the clause itself is disputed


@dataclass(frozen=True)
class Entry:
    """One waiver: which scenarios of a clause may end with which verdict, who answers for it, and until when."""

    list: List
    clause: str
    expires: date  # the last day on which it counts
    owner: str
    reason: str
    scenario: str | None = None  # its name, its title or its id; none: every scenario of the clause
    target: str | None = None  # none: every target
    verdict: Verdict = DEFAULT
    link: str | None = None
    message: str | None = (
        None  # how it is known to fail: words in this order, * for anything between them; none: however it fails
    )

    def __str__(self) -> str:
        parts = (self.clause, f"{self.scenario!r}" if self.scenario else "", f"of {self.target}" if self.target else "")
        return f"[[{self.list}]] {' '.join(part for part in parts if part)}"

    @property
    def place(self) -> tuple[str | None, ...]:
        """What no two entries may share."""
        return (self.clause, self.scenario, self.target, self.verdict, self.message)

    def holds(self, verdict: Verdict, message: str | None) -> bool:
        """Say whether a scenario that this speaks of ended as it is known to."""
        return verdict is self.verdict and (self.message is None or says(message or "", self.message))


def says(message: str, pattern: str) -> bool:
    """Say whether a message holds the words of a pattern in their order, * standing for anything.

    In time proportional to both: a message repeats what a seller says, and a seller must not choose how long we look.
    """
    words, at = " ".join(message.split()), 0
    for part in (" ".join(part.split()) for part in pattern.split("*")):
        start = words.find(part, at)
        if start < 0:
            return False
        at = start + len(part)
    return True


@dataclass(frozen=True)
class Baseline:
    """All waivers, in the order of the file."""

    entries: tuple[Entry, ...] = ()
