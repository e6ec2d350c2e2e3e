"""Programs that read us: on one side what a command has found, on the other JSON on standard output, and all other words beside it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, redirect_stdout
from typing import Any

from countermand.guard.foreign import in_json

#: The name of standard output where a file could be named.
HERE = "-"


def as_json(told: Any) -> None:  # noqa: ANN401 - what JSON holds
    """Write JSON to standard output."""
    sys.stdout.write(in_json(json.dumps(told, ensure_ascii=False, indent=1)) + "\n")


def aside(*, programs: bool) -> AbstractContextManager[None]:
    """Let what is said to people go to standard error, where a program reads standard output."""
    return _aside() if programs else nullcontext()


@contextmanager
def _aside() -> Iterator[None]:
    sys.stdout.flush()
    with redirect_stdout(sys.stderr):
        yield
