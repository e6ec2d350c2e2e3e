"""Times in a certificate that cannot have been so, since the holder of the key could edit them.

No check can bind a time to the day; but a run lasts as long as its parts,
and requests say themselves when they were made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from countermand.guard import bounds
from countermand.records import inputs
from countermand.report import outputs

#: A clock may be set while a run goes on; requests tell the time to the second.
SLACK = timedelta(seconds=5)


def problems(files: Mapping[str, bytes]) -> Iterator[str]:
    """Say where the times of a run contradict each other."""
    results = bounds.parsed(files[outputs.RESULTS])
    begun, ended = (datetime.fromisoformat(results[key]) for key in ("started", "finished"))
    if ended < begun - SLACK:
        yield f"{outputs.RESULTS}: it finished before it started"
    for _, row in bounds.lines(files[outputs.RECORD]):
        yield from (f"{outputs.RECORD}: {row['id']}: {words}" for words in _of_scenario(row, begun, ended))
    given = bounds.parsed(files[inputs.FILE], largest=inputs.LARGEST)
    yield from (
        f"{inputs.FILE}: the run leans on an acceptance of {api} that was not its own" for api in given.get("lents", {})
    )
    for api, acceptance in given["acceptances"].items():
        exchanges = [acceptance["exchange"], *acceptance.get("exchanges", [])]
        if any(words for exchange in exchanges for words in _of_exchange(exchange, begun, ended)):
            yield f"{inputs.FILE}: the acceptance of {api} was not during the run"


def _of_scenario(row: Mapping[str, Any], begun: datetime, ended: datetime) -> Iterator[str]:
    start = datetime.fromisoformat(row["started"])
    stop = start + timedelta(seconds=row["elapsed"])
    if start < begun - SLACK or stop > ended + SLACK:
        yield "it was not played during the run"
    before = start
    for exchange in row["exchanges"]:
        yield from _of_exchange(exchange, before, stop)
        before = max(before, datetime.fromisoformat(exchange["started"]))
    for reading in row["drawn"]["clock"]:
        if not start - SLACK <= datetime.fromisoformat(reading) <= stop + SLACK:
            yield f"a request of it says that it was made at {reading}, when the scenario was not played"


def _of_exchange(exchange: Mapping[str, Any], after: datetime, until: datetime) -> Iterator[str]:
    start = datetime.fromisoformat(exchange["started"])
    if start < after - SLACK or start + timedelta(seconds=exchange["elapsed"]) > until + SLACK:
        yield f"exchange {exchange['number']} was not made when it says, or did not take as long"
