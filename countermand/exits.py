"""Exit codes: on one side how a run ended, on the other the jobs that act on a number."""

from __future__ import annotations

from enum import IntEnum

from countermand.guard.private import without_password


class Exit(IntEnum):
    """Exit codes of our own, beside pytest's 2 to 6."""

    CONFORMS = 0
    DOES_NOT_CONFORM = 1
    INCONCLUSIVE = 10
    STALE = 11  # a baseline entry
    SECRET = 12  # found in the output
    UNUSABLE = 13  # the target
    UNVERIFIED = 14  # a certificate


class CommandError(Exception):
    """What the user can mend, in words for the user; ends the command with a code, 4 (usage) unless it says otherwise."""

    def __init__(self, words: str, code: int = 4) -> None:
        super().__init__(without_password(words))
        self.code = code
