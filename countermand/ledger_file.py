"""The file of a ledger: on one side what is read and written in it, on the other SQLite, and everything that can be wrong with a file."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from countermand.presence import Presence
from countermand.verdict import Inconclusive

APPLICATION: Final = 0x434D4E44  # "CMND": tells our file from anybody else's database
VERSION: Final = 1
SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS orders (
    seller   TEXT NOT NULL,  -- api, host and port: whose order it is
    number   TEXT NOT NULL,  -- the seller's reference; of an order being made, a placeholder in brackets
    buyer    TEXT NOT NULL,  -- the buyer's reference, where there is one
    target   TEXT NOT NULL,  -- the name in the target file
    state    TEXT NOT NULL,  -- as listed
    source   TEXT NOT NULL,  -- listed, command or register: where it comes from
    maker    TEXT,           -- the run it was made in
    run      TEXT,           -- who has it; NULL for an order that was made, given back, and is free again
    worker   TEXT,
    scenario TEXT,
    taken    TEXT NOT NULL,
    outcome  TEXT,           -- NULL while a scenario has it, and for ever if that scenario died with it
    ended    TEXT,           -- of an order we registered: what became of it when it was cleared away
    PRIMARY KEY (seller, number)
)
"""


class LedgerError(Inconclusive):
    """The ledger cannot be read or written; without it no order is given to anybody."""


def default_path() -> Path:
    """Return the ledger of this user: COUNTERMAND_LEDGER, or a file in the user's state folder."""
    if named := os.environ.get("COUNTERMAND_LEDGER"):
        return Path(named)
    base = os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else os.environ.get("XDG_STATE_HOME")
    return Path(base) / "countermand" / "ledger.sqlite" if base else Path.home() / ".local" / "state" / "countermand" / "ledger.sqlite"


class LedgerFile:
    """An open ledger; whatever cannot be read or written raises LedgerError, in words."""

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        self.path = path
        with self._explained():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._base = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
            self._lay_out(durable=durable)
        self.presence = Presence(path.with_name(path.name + ".runs"))

    def _lay_out(self, *, durable: bool) -> None:
        tables = {name for (name,) in self._base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        (application,), (version,) = (self._base.execute(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version"))
        if tables and application != APPLICATION:
            raise sqlite3.DatabaseError("it is a database of something else")
        if version > VERSION:
            raise sqlite3.DatabaseError("a newer version of Countermand has written it")
        (sane,) = self._base.execute("PRAGMA quick_check(1)").fetchone()
        if sane != "ok":
            raise sqlite3.DatabaseError(sane)
        self._base.execute("PRAGMA journal_mode = WAL")
        # FULL: an entry survives a power cut as well; what ends with the run, as the embedded sellers' orders do, need not.
        self._base.execute(f"PRAGMA synchronous = {'FULL' if durable else 'OFF'}")
        with self._alone():
            self._base.execute(SCHEMA)
            self._base.execute(f"PRAGMA application_id = {APPLICATION}")
            self._base.execute(f"PRAGMA user_version = {VERSION}")

    def close(self) -> None:
        """Close the file."""
        self._base.close()
        self.presence.leave()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            advice = "mend or move the file, or name another with --ledger or COUNTERMAND_LEDGER"
            raise LedgerError(f"the ledger of orders {self.path} cannot be used: {error}; nothing was sent; {advice}") from None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._base.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._base.execute("ROLLBACK")
            raise
        self._base.execute("COMMIT")

    def _one(self, query: str, values: Iterable[Any]) -> Any:  # noqa: ANN401 - whatever the column holds
        with self._explained():
            found = self._base.execute(query, tuple(values)).fetchone()
        return found and found[0]
