"""How many scenarios at once pay, by what a seller took to answer at first."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from countermand.model.exchange import Exchange
from countermand.model.target import Target

#: Seconds of waiting that one more process makes up for,
#: and the most processes there are where nobody has named a number.
WORTH, MOST = 0.02, 16


def number(words: str) -> int | None:
    """Return how many were asked for, or nothing where the seller's answers are to tell."""
    if words == "auto":
        return None
    return processors() if words == "logical" else int(words)


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def paying(targets: Iterable[tuple[Target, Mapping[str, Any]]]) -> int:
    """Return how many pay, by what each target took to answer when it was seen to serve the buyer; a rate bounds it."""
    return max((_paying(target, standing) for target, standing in targets), default=1)


def _paying(target: Target, standing: Mapping[str, Any]) -> int:
    took = [
        exchange.elapsed for exchange in map(Exchange.of, standing.get("exchanges", ())) if exchange.reply is not None
    ]
    if not took:
        return 1
    latency = min(took)  # the way there and back: whatever took longer was computing, here or there
    wanted = min(1 + int(latency / WORTH), MOST)
    return wanted if target.safety.rate is None else min(wanted, 1 + int(latency * target.safety.rate))
