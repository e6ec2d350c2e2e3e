"""The ledger of orders used: on one side every run that takes an order, on the other an SQLite file that outlives them all."""

from __future__ import annotations

import os
import secrets
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from countermand.presence import Presence
from countermand.target import Order
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
COLUMNS: Final = "number, buyer, target, state, source, maker, run, scenario, taken, outcome, ended"


class LedgerError(Inconclusive):
    """The ledger cannot be read or written; without it no order is given to anybody."""


class CapError(Exception):
    """The run has used up as many orders as it may."""


class Claim(NamedTuple):
    """Who wants an order, of whom and in which state."""

    seller: str
    target: str
    state: str
    run: str
    worker: str
    scenario: str


class Entry(NamedTuple):
    """One order that was taken, or made."""

    number: str
    buyer: str
    target: str
    state: str
    source: str
    maker: str | None
    run: str | None
    scenario: str | None
    taken: str
    outcome: str | None
    ended: str | None

    @property
    def is_placeholder(self) -> bool:
        """Whether it stands for an order that was being made, and whose number was never told."""
        return self.number.startswith("(")


def default_path() -> Path:
    """Return the ledger of this user: COUNTERMAND_LEDGER, or a file in the user's state folder."""
    if named := os.environ.get("COUNTERMAND_LEDGER"):
        return Path(named)
    base = os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else os.environ.get("XDG_STATE_HOME")
    return Path(base) / "countermand" / "ledger.sqlite" if base else Path.home() / ".local" / "state" / "countermand" / "ledger.sqlite"


class Ledger:
    """Records an order before it is given to a scenario; one that may have been used up is never given again. Raises LedgerError."""

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

    def take(self, claim: Claim, listed: Mapping[str, Order], cap: int) -> Order | None:
        """Record the first listed order that nobody has taken, or one made before that is free, and return it; raises CapError."""
        with self._explained(), self._alone():
            if not self._room(claim, cap):
                return None
            taken = {number for (number,) in self._base.execute("SELECT number FROM orders WHERE seller = ?", (claim.seller,))}
            order = next((one for number, one in listed.items() if number not in taken), None)
            if order is not None:
                self._insert(claim, order, "listed", None)
            return order or self._free(claim)

    def _room(self, claim: Claim, cap: int) -> bool:
        """Say whether one more may be used up, should all that are held at the moment be."""
        count = "SELECT count(outcome), count(*) FROM orders WHERE seller = ? AND run = ?"
        used, taken = self._base.execute(count, (claim.seller, claim.run)).fetchone()
        if used >= cap:
            raise CapError
        return bool(taken < cap)

    def _insert(self, claim: Claim, order: Order, source: str, maker: str | None) -> None:
        row = (
            claim.seller,
            order.seller,
            order.buyer,
            claim.target,
            claim.state,
            source,
            maker,
            claim.run,
            claim.worker,
            claim.scenario,
            _now(),
        )
        names = "seller, number, buyer, target, state, source, maker, run, worker, scenario, taken"
        self._base.execute(f"INSERT INTO orders ({names}) VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608 - names of ours

    def _free(self, claim: Claim) -> Order | None:
        """Take an order that was made and given back: by the owner's command in any run, or registered in this one."""
        query = """SELECT number, buyer FROM orders WHERE seller = ? AND state = ? AND run IS NULL AND ended IS NULL
                   AND (source = 'command' OR maker = ?) ORDER BY taken LIMIT 1"""
        found = self._base.execute(query, (claim.seller, claim.state, claim.run)).fetchone()
        if found is None:
            return None
        change = "UPDATE orders SET run = ?, worker = ?, scenario = ?, taken = ? WHERE seller = ? AND number = ?"
        self._base.execute(change, (claim.run, claim.worker, claim.scenario, _now(), claim.seller, found[0]))
        return Order(claim.state, *found)

    def reserve(self, claim: Claim, source: str, cap: int) -> str | None:
        """Record that an order is about to be made, so that one made by a run that dies is not forgotten; raises CapError."""
        with self._explained(), self._alone():
            if not self._room(claim, cap):
                return None
            placeholder = f"(being made {secrets.token_hex(4)})"
            self._insert(claim, Order(claim.state, placeholder), source, claim.run)
        return placeholder

    def made(self, claim: Claim, placeholder: str, order: Order) -> bool:
        """Write down the number of an order that was made, or say that somebody has or had the same one."""
        with self._explained(), self._alone():
            known = self._base.execute("SELECT 1 FROM orders WHERE seller = ? AND number = ?", (claim.seller, order.seller)).fetchone()
            if known is None:
                change = "UPDATE orders SET number = ?, buyer = ? WHERE seller = ? AND number = ?"
                self._base.execute(change, (order.seller, order.buyer, claim.seller, placeholder))
        return known is None

    def forget(self, seller: str, placeholder: str) -> None:
        """Remove a placeholder: the order was not made."""
        with self._explained():
            self._base.execute("DELETE FROM orders WHERE seller = ? AND number = ?", (seller, placeholder))

    def give_back(self, seller: str, number: str) -> None:
        """Free an order to which every answer was a proven refusal."""
        with self._explained(), self._alone():
            self._base.execute("DELETE FROM orders WHERE seller = ? AND number = ? AND source = 'listed'", (seller, number))
            change = "UPDATE orders SET run = NULL, worker = NULL, scenario = NULL WHERE seller = ? AND number = ?"
            self._base.execute(change, (seller, number))

    def use_up(self, seller: str, number: str, outcome: str) -> None:
        """Note what became of an order."""
        with self._explained():
            self._base.execute("UPDATE orders SET outcome = ? WHERE seller = ? AND number = ?", (outcome, seller, number))

    def end(self, seller: str, number: str, words: str) -> None:
        """Note that an order we registered needs no further care."""
        with self._explained():
            self._base.execute("UPDATE orders SET ended = ? WHERE seller = ? AND number = ?", (words, seller, number))

    def others(self, claim: Claim, cap: int) -> int:
        """Count what other workers of this run have and may give back: orders of that state, or at the cap any orders."""
        at_cap = self._one("SELECT count(*) FROM orders WHERE seller = ? AND run = ?", (claim.seller, claim.run)) >= cap
        query = "SELECT count(*) FROM orders WHERE seller = ? AND run = ? AND worker <> ? AND outcome IS NULL AND state LIKE ?"
        return int(self._one(query, (claim.seller, claim.run, claim.worker, "%" if at_cap else claim.state)))

    def own(self, claim: Claim) -> int:
        """Count the orders this worker has at the moment."""
        query = "SELECT count(*) FROM orders WHERE seller = ? AND run = ? AND worker = ? AND outcome IS NULL"
        return int(self._one(query, (claim.seller, claim.run, claim.worker)))

    def used(self, seller: str, run: str) -> int:
        """Count the orders this run has used up."""
        return int(self._one("SELECT count(*) FROM orders WHERE seller = ? AND run = ? AND outcome IS NOT NULL", (seller, run)))

    def entries(self, seller: str) -> list[Entry]:
        """Return every entry of a seller."""
        with self._explained():
            rows = self._base.execute(f"SELECT {COLUMNS} FROM orders WHERE seller = ? ORDER BY taken", (seller,))  # noqa: S608 - names of ours
            return [Entry(*row) for row in rows]

    def copy_to(self, other: Ledger) -> None:
        """Copy every entry into another ledger, which is empty."""
        with self._explained():
            self._base.backup(other._base)  # noqa: SLF001 - of the same class


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
