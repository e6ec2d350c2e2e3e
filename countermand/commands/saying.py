"""Programs that read us.

On one side what a command has found, on the other JSON on standard output, and all other words beside it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, redirect_stdout
from pathlib import Path
from typing import Any

from countermand.guard.foreign import in_json

#: The name of standard output where a file could be named.
HERE = "-"
HELP = "say the same as JSON on standard output, or write it into a FILE as well"


def as_json(payload: Any) -> None:  # noqa: ANN401 - what JSON holds
    """Write JSON to standard output."""
    sys.stdout.write(in_json(json.dumps(payload, ensure_ascii=False, indent=1)) + "\n")


def either(where: str | None, payload: Any, words: str) -> None:  # noqa: ANN401 - what JSON holds
    """Say to people what was found, and to programs as well where they have named a file, or instead.

    Raises CommandError.
    """
    if where == HERE:
        as_json(payload)
        return
    sys.stdout.write(words)
    if where is not None:
        from countermand.commands import redrawn  # noqa: PLC0415 - the reports, which whoever only says something does not need

        redrawn.write(Path(where), in_json(json.dumps(payload, ensure_ascii=False, indent=1)) + "\n")


def wanted(asked: object) -> bool:
    """Say whether a program reads standard output: --json was said, and no file was named with it."""
    return asked is True or asked == HERE


def mistake(words: str, code: int) -> None:
    """Tell a program on one line what kept a command from what it was asked, where it told people already."""
    sys.stdout.write(in_json(json.dumps({"version": 1, "error": words, "exit": int(code)}, ensure_ascii=False)) + "\n")


def aside(*, programs: bool) -> AbstractContextManager[None]:
    """Let what is said to people go to standard error, where a program reads standard output."""
    return _aside() if programs else nullcontext()


@contextmanager
def _aside() -> Iterator[None]:
    sys.stdout.flush()
    with redirect_stdout(sys.stderr):
        yield
