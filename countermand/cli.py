"""The command line as a system starts it.

Nothing is imported before an interruption is heard, for that takes half a second.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence

#: As exits.Exit has it, which is not imported yet.
INTERRUPTED = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command and return its exit code; also whoever interrupts it at once is told so in one line."""
    try:
        from countermand.commands import dispatch  # noqa: PLC0415 - see above

        return dispatch.main(argv)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # once more is the same, and would end us without our exit code
        sys.stderr.write("countermand: interrupted\n")
        return INTERRUPTED
