"""What a scenario may not choose freely: identifiers and times.

They are drawn from the run's seed and clock, and again by a replay.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Final

#: How many digits are sure to fit integers of 32 and of 64 bits, in which a seller may keep its orders' numbers.
FITTING: Final = (9, 18)


class Draw:
    """Identifiers from sha256(seed, scenario, n), and a clock whose readings are recorded, or read from a record."""

    def __init__(self, seed: str, scenario: str, readings: Iterable[str] | None = None) -> None:
        self._root = f"{seed}\0{scenario}\0"
        self._count = 0
        self._replayed = None if readings is None else list(readings)
        self.readings: list[str] = []

    def _next(self) -> bytes:
        self._count += 1
        return hashlib.sha256(f"{self._root}{self._count}".encode()).digest()

    def uuid(self) -> str:
        """Return a fresh UUID (version 4 in form)."""
        return str(uuid.UUID(bytes=self._next()[:16], version=4))

    def digits(self, count: int) -> str:
        """Return so many decimal digits, the first of them not zero."""
        number = int.from_bytes(self._next(), "big") % (9 * 10 ** (count - 1))
        return str(number + 10 ** (count - 1))

    def now(self) -> str:
        """Return the time in UTC, to the second, as in 2012-01-20T18:30:43Z."""
        if self._replayed is not None:
            reading = (
                self._replayed[len(self.readings)]
                if len(self.readings) < len(self._replayed)
                else "1970-01-01T00:00:00Z"
            )
        else:
            reading = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.readings.append(reading)
        return reading


def lacking(number: str, longest: Callable[[], int]) -> int:
    """Return how many digits more make an order's number one that nobody has, with the length of the longest known.

    They are two at least more than any has, and no more than fit the seller's integers; nine where that cannot be, and,
    whatever the longest is, for what is no number, and where zeros stand before it, which are no digits of it.
    """
    if number.startswith("0") or not number.isdecimal():
        return 9
    least = longest() + 2
    return next((length - len(number) for length in FITTING if length >= least), 9)
