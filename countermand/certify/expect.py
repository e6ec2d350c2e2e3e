"""What a reader expects of a certificate, and what of that is not so, or too old."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from countermand.certify.printable import line, quoted
from countermand.certify.terms import day
from countermand.model.verdict import Verdict


@dataclass(frozen=True)
class Expected:
    """What was asked of a certificate beside that it verifies."""

    target: str | None = None  # a name or an address
    api: str | None = None
    seed: str | None = None
    age: timedelta | None = None
    verdict: Verdict | None = None
    on: date | None = None  # the day it is judged on; today where nobody says

    @property
    def day(self) -> date:
        """The day it is judged on."""
        return self.on or datetime.now(UTC).date()

    def unmet(self, said: Mapping[str, Any]) -> Iterator[str]:
        """Say what a certificate is not, and was to be."""
        yield from unissued(said, self.day)
        named = [word for target in said["targets"] for word in (target["name"], target["url"])]
        if self.target is not None and self.target.rstrip("/") not in [word.rstrip("/") for word in named]:
            yield line(
                f"it is about {', '.join(quoted(word, 200) for word in named)}, "
                f"and not about {quoted(self.target, 200)}"
            )
        apis = sorted({target["api"] for target in said["targets"]})
        if self.api is not None and self.api not in apis:
            yield line(f"it is about the API {', '.join(apis)}, and not {self.api}")
        if self.verdict is not None and self.verdict != said["verdict"]:
            yield line(f"it says {said['verdict']}, and not {self.verdict}")
        if self.seed is not None and self.seed != said["seed"]:
            yield (
                f"its record was made with the seed {quoted(said['seed'], 200)}, "
                f"and not with your challenge {quoted(self.seed, 200)}: "
                "it may have been made before you chose it"
            )

    def late(self, said: Mapping[str, Any]) -> Iterator[str]:
        """Say in which way a certificate is too old."""
        if self.day > day(said["validUntil"]):
            yield line(f"it has expired: it was valid until {said['validUntil']}, and this is judged on {self.day}")
        if self.age is not None and self.day - day(said["finished"]) > self.age:
            yield line(
                f"it is too old: its run ended on {said['finished'][:10]}, "
                f"more than {self.age.days} days before {self.day}"
            )


def unissued(said: Mapping[str, Any], on: date) -> Iterator[str]:
    """Say so where a certificate was not there yet on some day."""
    if on < day(said["finished"]):
        yield line(f"it was not yet issued on {on}: its run ended on {said['finished'][:10]}")


def age(words: str) -> timedelta:
    """Read how old something may be, as in 90d."""
    match = re.fullmatch(r"(\d{1,5})([dwmy]?)", words)
    if not match:
        raise argparse.ArgumentTypeError(
            f"{words!r}: an age is a number of days, weeks, months or years, as in 90d, 12w, 6m or 1y"
        )
    return timedelta(days=int(match[1]) * {"": 1, "d": 1, "w": 7, "m": 30, "y": 365}[match[2]])


def a_day(words: str) -> date:
    """Read a day."""
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{words!r}: a day is written as in 2026-11-25") from None
