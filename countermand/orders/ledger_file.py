"""The file of a ledger.

On one side what is read and written in it, on the other SQLite, and everything that can be wrong with a file.
"""

from __future__ import annotations

import os
import re
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from countermand.guard import intake
from countermand.model import place
from countermand.model.verdict import Inconclusive
from countermand.orders.presence import Presence

APPLICATION: Final = 0x434D4E44  # "CMND": tells our file from anybody else's database
VERSION: Final = 2
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
NAMES: Final = """
CREATE TABLE IF NOT EXISTS names (
    name   TEXT NOT NULL PRIMARY KEY,  -- api, host and port in their one spelling, or api and declared instance
    seller TEXT NOT NULL               -- whose orders are meant, as orders.seller says
)
"""

ACCEPTANCES: Final = """
CREATE TABLE IF NOT EXISTS acceptances (
    seller TEXT NOT NULL PRIMARY KEY,
    way    TEXT NOT NULL,  -- who has asked, and how: an acceptance tells nothing of requests that are made otherwise
    run    TEXT NOT NULL,
    taken  TEXT NOT NULL,  -- when it was answered
    told   TEXT NOT NULL   -- JSON: the order, the masked exchange, and what had to be left out
)
"""


class LedgerError(Inconclusive):
    """The ledger cannot be read or written; without it no order is given to anybody."""


def default_path() -> Path:
    """Return the ledger of this user: COUNTERMAND_LEDGER, or a file in the user's state folder.

    A folder of the system's that is relative is none (XDG Base Directory Specification, 0.8): a ledger in it would be
    another one wherever somebody stands, and know no order as used. What somebody names for us may be relative, as a
    `--ledger` may.
    """
    if named := os.environ.get("COUNTERMAND_LEDGER"):
        return Path(named)
    state = Path(os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_STATE_HOME", ""))
    if not state.is_absolute():
        with suppress(RuntimeError):  # nobody knows it
            state = Path.home() / ".local" / "state"
    if not state.is_absolute():
        raise LedgerError(
            "nobody knows where this user's home is: name a ledger of orders with --ledger or COUNTERMAND_LEDGER"
        )
    return state / "countermand" / "ledger.sqlite"


def named(words: str) -> Path:
    """Return a ledger that somebody names; raises LedgerError where its folder is not there, which he has mistyped."""
    path = Path(words)
    if not path.absolute().parent.exists():
        raise LedgerError(no_folder(path))
    return path


def no_folder(path: Path) -> str:
    """Say that a ledger has no folder to be in."""
    return f"--ledger {path}: there is no folder {path.parent} for a ledger of orders that were used"


class LedgerFile:
    """An open ledger; whatever cannot be read or written raises LedgerError, in words."""

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        self.path, self._opened = path, False
        with self._explained():
            if intake.exists(path) and not path.is_file():
                raise OSError("it is no file")
            path.parent.mkdir(parents=True, exist_ok=True)
            self._place = path.resolve()  # SQLite follows a link as well, and writes its log beside what it leads to
            _see_alone(self._place)
            self._base = sqlite3.connect(self._place, timeout=60, isolation_level=None, check_same_thread=False)
            try:
                self._lay_out(durable=durable)
            except BaseException:
                self._base.close()
                raise
            self._files, self._opened = self._on_disk(), True
        self.presence = Presence(path.with_name(path.name + ".runs"))

    def _lay_out(self, *, durable: bool) -> None:
        tables = {name for (name,) in self._base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        (application,), (version,) = (
            self._base.execute(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version")
        )
        if tables and application != APPLICATION:
            raise sqlite3.DatabaseError("it is a database of something else")
        if version > VERSION:
            raise sqlite3.DatabaseError("a newer version of Countermand has written it")
        (sane,) = self._base.execute("PRAGMA quick_check(1)").fetchone()
        if sane != "ok":
            raise sqlite3.DatabaseError(sane)
        self._base.execute("PRAGMA journal_mode = WAL")
        # FULL: an entry survives a power cut as well; what ends with the run,
        # as the embedded sellers' orders do, need not.
        self._base.execute(f"PRAGMA synchronous = {'FULL' if durable else 'OFF'}")
        with self._alone():
            self._base.execute(SCHEMA)
            self._base.execute(NAMES)
            self._base.execute(ACCEPTANCES)
            if version == 1:
                self._respell()
            self._base.execute(f"PRAGMA application_id = {APPLICATION}")
            self._base.execute(f"PRAGMA user_version = {VERSION}")

    def _respell(self) -> None:
        """Give sellers the one spelling they have now: the first version wrote them as the target file did."""
        for (name,) in self._base.execute("SELECT DISTINCT seller FROM orders").fetchall():
            api, _, written = name.partition(" ")
            try:
                spelt = f"{api} {place.of_words(written)}"
            except ValueError:
                continue
            if spelt != name:
                self._become(name, spelt)

    def _become(self, name: str, seller: str) -> None:
        """Let two sellers be one.

        An order that either of them has used is used, and one that either has in hand is in hand.
        """
        used = (
            "UPDATE orders SET outcome = "
            "(SELECT outcome FROM orders o WHERE o.seller = ? AND o.number = orders.number) "
            "WHERE seller = ? AND outcome IS NULL "
            "AND number IN (SELECT number FROM orders WHERE seller = ? AND outcome IS NOT NULL)"
        )
        self._base.execute(used, (name, seller, name))
        self._base.execute("UPDATE OR IGNORE orders SET seller = ? WHERE seller = ?", (seller, name))
        self._base.execute("DELETE FROM orders WHERE seller = ?", (name,))
        self._base.execute("UPDATE OR REPLACE acceptances SET seller = ? WHERE seller = ?", (seller, name))
        self._base.execute("UPDATE names SET seller = ? WHERE seller = ?", (seller, name))

    def _whose(self, name: str) -> str:
        """Return the seller that a name stands for."""
        row = self._base.execute("SELECT seller FROM names WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else name

    def _on_disk(self) -> list[tuple[int, int] | None]:
        """Tell the files that are written to from others of their names.

        What is deleted while it is open can still be written to.
        """
        return [_identity(self.path), _identity(self._place.with_name(self._place.name + "-wal"))]

    def _hold(self) -> None:
        """See that what is written will be found again; raises OSError."""
        if self._opened and self._on_disk() != self._files:
            raise OSError("it was removed or replaced while it was in use")

    @property
    def identity(self) -> tuple[int, int] | None:
        """What tells the file from another one of its name."""
        return self._files[0]

    def lost(self, identity: tuple[int, int] | None) -> str | None:
        """Say that the file is another one by now, or none, and what follows; nothing where it is the same."""
        return (
            None
            if _identity(self.path) == identity
            else str(self._unusable(OSError("it was removed or replaced while it was in use")))
        )

    def close(self) -> None:
        """Close the file."""
        self._base.close()
        self.presence.leave()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise self._unusable(error) from None

    def _unusable(self, error: Exception) -> LedgerError:
        done = "no order is used without it" if self._opened else "nothing was sent"
        advice = "mend or move the file, or name another with --ledger or COUNTERMAND_LEDGER"
        words = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) and error.filename else error
        return LedgerError(f"the ledger of orders {self.path} cannot be used: {words}; {done}; {advice}")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._hold()
        self._base.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            with suppress(sqlite3.Error):  # a disk that is full may have rolled back by itself
                self._base.execute("ROLLBACK")
            raise
        self._base.execute("COMMIT")
        self._hold()

    def _one(self, query: str, values: Iterable[Any]) -> Any:  # noqa: ANN401 - whatever the column holds
        with self._explained():
            row = self._base.execute(query, tuple(values)).fetchone()
        return row and row[0]


def _see_alone(path: Path) -> None:
    """See that a file has one name only; raises OSError.

    SQLite writes its log under the name by which it was opened: whoever opens the file by another does not see what is
    in it, and gives the same orders once more.
    """
    if not intake.exists(path):
        return
    if path.stat().st_nlink > 1:
        raise OSError(
            "it has a second name (a hard link), under which the same orders would be used once more: leave it one name"
        )
    if _is_mounted(path):
        raise OSError(
            "the file itself is mounted, and whoever mounts it elsewhere would use the same orders once more: "
            "mount the folder it lies in"
        )


def _is_mounted(path: Path) -> bool:
    """Say whether a file is where something was mounted, as a container does that is given a single file."""
    with suppress(OSError):
        mounts = Path("/proc/self/mountinfo").read_bytes().splitlines()
        places = (line.split(b" ")[4] for line in mounts if line.count(b" ") > 4)  # noqa: PLR2004 - proc(5)
        if os.fsencode(path) in {
            re.sub(rb"\\([0-7]{3})", lambda code: bytes([int(code[1], 8)]), place) for place in places
        }:
            return True
    return os.path.ismount(path)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino
