"""What a check came to, and what a person is to mend first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from countermand.guard.foreign import Shown, shown

NOTHING = shown("")


class State(StrEnum):
    """What a check came to."""

    OK = "ok"
    NOTE = "note"  # the target can be used, and something is worth knowing
    TROUBLE = "trouble"  # the target cannot be used as it stands
    UNCHECKED = "not checked"


@dataclass(frozen=True)
class Finding:
    """One check and what it came to, in words for the user."""

    check: str
    state: State
    words: Shown
    mend: Shown = NOTHING  # what to do about it
    certain: bool = False  # no exchange can come to anything, whatever the seller is like

    @classmethod
    def ok(cls, check: str, words: str) -> Self:
        """Say that all is well."""
        return cls(check, State.OK, shown(words))

    @classmethod
    def note(cls, check: str, words: str, mend: str = "") -> Self:
        """Say what is worth knowing."""
        return cls(check, State.NOTE, shown(words), shown(mend))

    @classmethod
    def trouble(cls, check: str, words: str, mend: str, *, certain: bool = False) -> Self:
        """Say what keeps the target from being used."""
        return cls(check, State.TROUBLE, shown(words), shown(mend), certain)

    @classmethod
    def unchecked(cls, check: str, why: str) -> Self:
        """Say why nobody looked."""
        return cls(check, State.UNCHECKED, shown(f"because {why}"))

    def __str__(self) -> str:
        return f"{self.words}; {self.mend}" if self.mend else self.words


def usable(findings: Sequence[Finding]) -> bool:
    """Say whether the target can be used."""
    return not any(finding.state is State.TROUBLE for finding in findings)


def first_to_mend(findings: Sequence[Finding]) -> Finding | None:
    """Return the first trouble, or where there is none the first note that says what to do."""
    notes = (finding for finding in findings if finding.state is State.NOTE and finding.mend)
    return next((finding for finding in findings if finding.state is State.TROUBLE), next(notes, None))
