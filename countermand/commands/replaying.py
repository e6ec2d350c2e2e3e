"""The process that judges a record again: `countermand run` behind a wall, and the page of a certificate."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from countermand.commands import lasting
from countermand.exits import CommandError
from countermand.records import wall


def main() -> int:
    """Put up the wall, and run; what to write where, and how long it may take, is the first argument."""
    facts = json.loads(sys.argv.pop(1))
    with lasting.streams():
        wall.limit(facts["patience"])
        wall.Wall(facts["folders"]).raised()
        from countermand.plugin.launch import run_pytest  # noqa: PLC0415 - behind the wall

        try:
            code = run_pytest(sys.argv[1:])
        except CommandError as error:
            print(f"countermand run: {error}", file=sys.stderr)
            return error.code
        if facts["page"]:
            from countermand.certify import drawing  # noqa: PLC0415 - behind the wall

            drawing.draw(*map(Path, facts["page"]))
    return code
