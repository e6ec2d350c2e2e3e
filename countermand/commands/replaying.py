"""The process that judges a record again: `countermand run` behind a wall."""

from __future__ import annotations

import json
import sys

from countermand.records import wall


def main() -> int:
    """Put up the wall, and run; what to write where, and how long it may take, is the first argument."""
    facts = json.loads(sys.argv.pop(1))
    wall.limit(facts["patience"])
    wall.Wall(facts["folders"]).raised()
    from countermand.plugin.launch import run_pytest  # noqa: PLC0415 - behind the wall

    return run_pytest(sys.argv[1:])
