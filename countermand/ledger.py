"""The ledger of orders used: on one side every run that takes an order, on the other an SQLite file that outlives them all."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    seller   TEXT NOT NULL,  -- api, host and port: whose order it is
    number   TEXT NOT NULL,  -- the seller's reference
    state    TEXT NOT NULL,  -- as listed
    run      TEXT NOT NULL,
    scenario TEXT NOT NULL,
    taken    TEXT NOT NULL,
    outcome  TEXT,           -- NULL while a scenario has it, and for ever if that scenario died with it
    made     INTEGER NOT NULL DEFAULT 0,  -- by us, through the API
    PRIMARY KEY (seller, number)
)
"""


class Entry(NamedTuple):
    """One order that was taken."""

    number: str
    state: str
    run: str
    scenario: str
    taken: str
    outcome: str | None
    made: int


def default_path() -> Path:
    """Return the ledger of this user: COUNTERMAND_LEDGER, or a file in the user's state folder."""
    if named := os.environ.get("COUNTERMAND_LEDGER"):
        return Path(named)
    base = os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else os.environ.get("XDG_STATE_HOME")
    return Path(base) / "countermand" / "ledger.sqlite" if base else Path.home() / ".local" / "state" / "countermand" / "ledger.sqlite"


class Ledger:
    """Records an order before it is given to a scenario; one that may have been used up is never given again."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._base = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
        self._base.execute("PRAGMA journal_mode=WAL")
        self._base.execute("PRAGMA synchronous=NORMAL")  # survives the death of the process; a power cut may lose the last entry
        self._base.execute(SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._base.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._base.execute("ROLLBACK")
            raise
        self._base.execute("COMMIT")

    def take(self, seller: str, candidates: Iterable[str], state: str, run: str, scenario: str) -> str | None:
        """Record the first candidate that nobody has taken, and return it."""
        with self._alone():
            taken = {number for (number,) in self._base.execute("SELECT number FROM orders WHERE seller = ?", (seller,))}
            number = next((one for one in candidates if one not in taken), None)
            if number is not None:
                row = (seller, number, state, run, scenario, _now())
                self._base.execute("INSERT INTO orders (seller, number, state, run, scenario, taken) VALUES (?, ?, ?, ?, ?, ?)", row)
        return number

    def made(self, seller: str, number: str, state: str, run: str, scenario: str) -> None:
        """Record an order we made ourselves, as taken."""
        row = (seller, number, state, run, scenario, _now())
        self._base.execute(
            "INSERT OR REPLACE INTO orders (seller, number, state, run, scenario, taken, made) VALUES (?, ?, ?, ?, ?, ?, 1)", row
        )

    def give_back(self, seller: str, number: str) -> None:
        """Free an order to which every answer was a proven refusal."""
        self._base.execute("DELETE FROM orders WHERE seller = ? AND number = ?", (seller, number))

    def use_up(self, seller: str, number: str, outcome: str) -> None:
        """Note what became of an order."""
        self._base.execute("UPDATE orders SET outcome = ? WHERE seller = ? AND number = ?", (outcome, seller, number))

    def held(self, seller: str, state: str, run: str) -> int:
        """Count the orders of a state that scenarios of this run have at this moment."""
        query = "SELECT count(*) FROM orders WHERE seller = ? AND state = ? AND run = ? AND outcome IS NULL"
        return int(self._base.execute(query, (seller, state, run)).fetchone()[0])

    def used(self, seller: str, run: str) -> int:
        """Count the orders this run has used up."""
        query = "SELECT count(*) FROM orders WHERE seller = ? AND run = ? AND outcome IS NOT NULL"
        return int(self._base.execute(query, (seller, run)).fetchone()[0])

    def entries(self, seller: str) -> list[Entry]:
        """Return every entry of a seller."""
        query = "SELECT number, state, run, scenario, taken, outcome, made FROM orders WHERE seller = ? ORDER BY taken"
        return [Entry(*row) for row in self._base.execute(query, (seller,))]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
