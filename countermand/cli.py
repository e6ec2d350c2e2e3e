"""The command line as a system starts it.

Nothing is imported before an interruption is heard, for that takes half a second.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence

from countermand import interruption

#: As exits.Exit has them, which is not imported yet.
INTERRUPTED, FAULT = 2, 3


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command and return its exit code; also whoever interrupts it at once is told so in one line."""
    _stand_in()
    pressed = interruption.listen()
    try:
        from countermand.commands import dispatch  # noqa: PLC0415 - see above

        return dispatch.main(argv)
    except (KeyboardInterrupt, Exception) as error:  # noqa: BLE001 - what is imported says all else itself
        if isinstance(error, Exception) and not pressed:
            return _incomplete(error)
        interruption.ignore()
        sys.stderr.write("countermand: interrupted\n")
        return INTERRUPTED
    finally:
        # `python -m` kills itself by SIGINT when all is done if an interruption passed through a string that was
        # executed, as those of dataclasses are, though it was heard. The next such string lets it forget.
        exec("")  # noqa: S102 - nothing is in it


def _incomplete(error: Exception) -> int:
    """Say what could not be imported, and from where; return the exit code of a fault of ours."""
    import traceback  # noqa: PLC0415 - a suite that is whole needs none

    traceback.print_exception(error)
    # Python 3.11 leaves a part of its bytecode where the disk is full, and reads it ever after.
    cached = ", without its folders __pycache__" if isinstance(error, EOFError) else ""
    sys.stderr.write(f"countermand: a part of the suite cannot be imported (see above): install it anew{cached}\n")
    return FAULT


def _stand_in() -> None:
    """Put something in the place of streams that whoever started us has closed.

    The next file that is opened, as a ledger is, would take the number of one, and get what is written to it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        with contextlib.suppress(OSError):
            os.fstat(number)
            continue
        os.open(os.devnull, os.O_RDWR)  # the lowest number that is free is this one
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8", closefd=False))  # noqa: SIM115 - a descriptor, for as long as we live
