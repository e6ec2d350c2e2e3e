"""What a seller's Date header says of our clock, whatever it is."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from countermand.doctor import clock
from countermand.doctor.finding import State
from countermand.doctor.look import Look
from countermand.doctor.route import Route
from countermand.model.exchange import Reply

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("date", "state"),
    [
        (format_datetime(NOON, usegmt=True), State.OK),
        ("Sun, 29 Nov 2026 11:00:00 GMT", State.NOTE),
        ("yesterday", State.UNCHECKED),
        (f"Mon, 01 Jan 2024 00:00:00 +{'9' * 20}", State.UNCHECKED),
        (f"Mon, 01 Jan 2024 {'9' * 20}:00:00 GMT", State.UNCHECKED),
    ],
)
def test_a_clock_is_judged_by_a_date_and_by_nothing_else(date: str, state: State) -> None:
    seen = Look(Route("url", "seller.example", 443, "seller.example"), started=NOON, elapsed=1.0)
    seen.reply = Reply(200, "OK", "HTTP/1.1", (("Date", date),), b"")
    assert clock.finding(seen).state is state
