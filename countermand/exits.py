"""Exit codes: on one side how a command ended, on the other the jobs that act on a number."""

from __future__ import annotations

from enum import IntEnum

from countermand.guard.private import without_password


class Exit(IntEnum):
    """How a command ends; 2, 3, 4 and 6 mean what they mean to pytest."""

    CONFORMS = 0
    DOES_NOT_CONFORM = 1  # or something got worse, or a deviant was not caught
    INTERRUPTED = 2
    FAULT = 3  # of ours, or of what we started
    USAGE = 4
    WARNED = 6  # more often than --max-warnings allows
    INCONCLUSIVE = 10
    STALE = 11  # a baseline entry, or a certificate that has expired
    SECRET = 12  # found in the output
    UNUSABLE = 13  # the target
    UNVERIFIED = 14  # a certificate, or one that is not what was expected


class CommandError(Exception):
    """What the user can mend, in words for the user; ends the command as a mistake does unless it says otherwise."""

    def __init__(self, words: str, code: int = Exit.USAGE) -> None:
        super().__init__(without_password(words))
        self.code = code
        # Whether a program that reads standard output has been told what it asked for all the same.
        self.answered = False


class NamedFileError(CommandError):
    """A mistake in a file that was named, which keeps its target from being tested; no slip on the command line."""
