"""An entry of a baseline as a run tells of it, in the one sentence that says it everywhere."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Waiver:
    """An entry of a baseline that speaks of this run: who answers for what, until when, and why."""

    list: str  # fails or disputed
    clause: str
    owner: str
    reason: str
    expires: str  # a day
    state: str  # excused, stale, expired, or another reason: it fails, and not as was waived
    scenario: str | None = None
    target: str | None = None
    link: str | None = None
    scenarios: tuple[str, ...] = ()  # the ids of those it speaks of
    message: str | None = None  # how it is known to fail, * for anything

    @property
    def sentence(self) -> str:
        """Say it as it is said everywhere."""
        why = f"{self.reason}, {self.link}" if self.link else self.reason
        match self.state:
            case "excused":
                return f"{self.clause} is waived by {self.owner} until {self.expires}: {why}"
            case "expired":
                return f"{self.clause} was waived by {self.owner} until {self.expires}, and is no more: {why}"
            case "stale":
                return (
                    f"{self.clause} is waived by {self.owner} and conforms now, or is gone: take the entry out ({why})"
                )
            case _:
                return (
                    f"{self.clause} is waived by {self.owner} where it says {self.message!r}, "
                    f"and fails otherwise: {why}"
                )
