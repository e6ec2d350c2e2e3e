"""What Allure's page has room for: so much of a run's results and of its target's history as still opens.

A browser, a mail and a CI service all have limits. The page's own program is most of it; the rest is the bodies of
messages, of which long ones are shortened, and earlier runs, of which the last ones are shown.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from countermand.report import exchanges

#: Bytes that the page stays below, and of what is put into it:
#: what a byte of an attachment, a result and the history costs.
MOST = 8_000_000
PROGRAM, ATTACHMENT, RESULT, PAST = 3_800_000, 1.4, 4.2, 2.6
#: Characters of a body: how many are tried, from the most to the fewest.
TRIED = (8192, 4096, 2048, 1024, 512, 256, 64, 0)


def left(source: Path) -> float:
    """Return the bytes of the page that are left for its history.

    There are fewer than none where the results alone are too large.
    """
    attached, results = (
        sum(path.stat().st_size for path in source.glob(kind)) for kind in (f"*.{exchanges.EXTENSION}", "*-result.json")
    )
    return MOST - PROGRAM - ATTACHMENT * attached - RESULT * results


def past(lines: Sequence[str], room: float) -> list[str]:
    """Return the last of the earlier runs, as many as there is room for."""
    kept = list[str]()
    for line in reversed(lines):
        room -= PAST * len(line.encode())
        if room < 0:
            break
        kept.insert(0, line)
    return kept


def fitting(source: Path, scratch: Path) -> Path:
    """Return a folder of results that the page has room for.

    It is the one given, or a copy in which bodies are shortened and say so.
    """
    if left(source) >= 0:
        return source
    shutil.copytree(source, scratch)
    for most in TRIED:
        for path in scratch.glob(f"*.{exchanges.EXTENSION}"):
            path.write_text(
                json.dumps(_shortened(json.loads(path.read_text(encoding="utf-8")), most)), encoding="utf-8"
            )
        if left(scratch) >= 0:
            break
    return scratch


def _shortened(exchange: dict[str, dict[str, dict[str, str]]], most: int) -> dict[str, dict[str, dict[str, str]]]:
    """Return an exchange of Allure's viewer with bodies of so many characters."""
    for name in ("request", "response"):
        body = exchange.get(name, {}).get("body", {})
        words = body.get("value", "")
        if len(words) > most:
            start = words[:most].partition(exchanges.SHORTENED)[0]
            body["value"] = (
                f"{start}\n{exchanges.SHORTENED} {body.get('size', len(words))} bytes in all; "
                "the whole is in record.jsonl]"
            )
    return exchange
