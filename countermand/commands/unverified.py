"""Certificates that a command reads as it reads any run: what is not checked there is said, and who checks it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from countermand.guard import intake
from countermand.records import container

#: Certificates that are named one by one.
NAMED = 3


def say(paths: Iterable[Path]) -> None:
    """Say in one line which of some runs are certificates that nobody has verified here."""
    names = [intake.shown(path) for path in dict.fromkeys(paths) if container.is_certificate(path)]
    if names:
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        print(f"note: {', '.join(names[:NAMED])}{more}: {container.UNVERIFIED}", file=sys.stderr)
