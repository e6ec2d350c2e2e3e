"""Exit codes: on one side how a run ended, on the other the jobs that act on a number."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of our own, beside pytest's 2 to 6."""

    CONFORMS = 0
    DOES_NOT_CONFORM = 1
    INCONCLUSIVE = 10
    STALE = 11  # a baseline entry, or a certificate that has expired
    SECRET = 12  # found in the output
    UNUSABLE = 13  # the target
    UNVERIFIED = 14  # a certificate, or one that is not what was expected
