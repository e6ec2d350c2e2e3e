"""The ledger of orders used, which outlives every run."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from countermand.model.target import Order
from countermand.orders.acceptances import Acceptances

#: Whether some names are known already, all of them as one seller's.
KNOWN: Final = (
    "SELECT count(*) = ?2 AND count(DISTINCT seller) = 1 FROM names WHERE name IN (SELECT value FROM json_each(?1))"
)
COLUMNS: Final = "number, buyer, target, state, source, maker, run, scenario, taken, outcome, ended"


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


class Ledger(Acceptances):
    """Records an order before it is given to a scenario; one that may have been used up is never given again.

    Raises LedgerError.
    """

    def join(self, names: Sequence[str]) -> None:
        """Learn that all these names are one seller's: an order that was used under one of them is used under all."""
        with self._explained():
            if self._base.execute(KNOWN, (json.dumps(names), len(names))).fetchone()[0]:
                return
            with self._alone():
                sellers = list(dict.fromkeys(self._whose(name) for name in names))
                for other in sellers[1:]:
                    self._become(other, sellers[0])
                for name in {*names, *sellers}:
                    self._base.execute("INSERT OR REPLACE INTO names VALUES (?, ?)", (name, sellers[0]))

    def take(self, claim: Claim, listed: Mapping[str, Order], cap: int) -> Order | None:
        """Record the first listed order that nobody has taken, or one made before that is free, and return it.

        Raises CapError.
        """
        with self._explained(), self._alone():
            claim = self._own(claim)
            if not self._room(claim, cap):
                return None
            taken = {
                number
                for (number,) in self._base.execute("SELECT number FROM orders WHERE seller = ?", (claim.seller,))
            }
            order = next((unused for number, unused in listed.items() if number not in taken), None)
            if order is not None:
                self._insert(claim, order, "listed", None)
            return order or self._free(claim)

    def _own(self, claim: Claim) -> Claim:
        """Return a claim to orders of the seller its name stands for."""
        return claim._replace(seller=self._whose(claim.seller))

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
        row = self._base.execute(query, (claim.seller, claim.state, claim.run)).fetchone()
        if row is None:
            return None
        change = "UPDATE orders SET run = ?, worker = ?, scenario = ?, taken = ? WHERE seller = ? AND number = ?"
        self._base.execute(change, (claim.run, claim.worker, claim.scenario, _now(), claim.seller, row[0]))
        return Order(claim.state, *row)

    def reserve(self, claim: Claim, source: str, cap: int) -> str | None:
        """Record that an order is about to be made, so that one made by a run that dies is not forgotten.

        Raises CapError.
        """
        with self._explained(), self._alone():
            claim = self._own(claim)
            if not self._room(claim, cap):
                return None
            placeholder = f"(being made {secrets.token_hex(4)})"
            self._insert(claim, Order(claim.state, placeholder), source, claim.run)
        return placeholder

    def made(self, claim: Claim, placeholder: str, order: Order) -> bool:
        """Write down the number of an order that was made, or say that somebody has or had the same one."""
        with self._explained(), self._alone():
            claim = self._own(claim)
            known = self._base.execute(
                "SELECT 1 FROM orders WHERE seller = ? AND number = ?", (claim.seller, order.seller)
            ).fetchone()
            if known is None:
                change = "UPDATE orders SET number = ?, buyer = ? WHERE seller = ? AND number = ?"
                self._base.execute(change, (order.seller, order.buyer, claim.seller, placeholder))
        return known is None

    def forget(self, seller: str, placeholder: str) -> None:
        """Remove a placeholder: the order was not made."""
        with self._explained(), self._alone():
            self._base.execute("DELETE FROM orders WHERE seller = ? AND number = ?", (self._whose(seller), placeholder))

    def give_back(self, seller: str, number: str) -> None:
        """Free an order to which every answer was a proven refusal."""
        with self._explained(), self._alone():
            seller = self._whose(seller)
            self._base.execute(
                "DELETE FROM orders WHERE seller = ? AND number = ? AND source = 'listed' AND outcome IS NULL",
                (seller, number),
            )
            change = (
                "UPDATE orders SET run = NULL, worker = NULL, scenario = NULL "
                "WHERE seller = ? AND number = ? AND outcome IS NULL"
            )
            self._base.execute(change, (seller, number))

    def use_up(self, seller: str, number: str, outcome: str) -> None:
        """Note what became of an order."""
        with self._explained(), self._alone():
            self._base.execute(
                "UPDATE orders SET outcome = ? WHERE seller = ? AND number = ?", (outcome, self._whose(seller), number)
            )

    def outlive(self, seller: str, run: str, outcome: str, worker: str | None = None) -> None:
        """Note of every order that a process of the run had when it ended that it may be used up.

        Nobody waits for it any more. Where no process is named all have ended.
        """
        change = "UPDATE orders SET outcome = ? WHERE seller = ? AND run = ? AND outcome IS NULL"
        change += "" if worker is None else " AND worker = ?"
        with self._explained(), self._alone():
            self._base.execute(change, (outcome, self._whose(seller), run, *(() if worker is None else (worker,))))

    def end(self, seller: str, number: str, words: str) -> None:
        """Note that an order we registered needs no further care."""
        with self._explained(), self._alone():
            self._base.execute(
                "UPDATE orders SET ended = ? WHERE seller = ? AND number = ?", (words, self._whose(seller), number)
            )

    def others(self, claim: Claim, cap: int) -> int:
        """Count what other workers of this run have and may give back.

        These are orders of that state, or at the cap any orders.
        """
        with self._explained():
            claim = self._own(claim)
        at_cap = self._one("SELECT count(*) FROM orders WHERE seller = ? AND run = ?", (claim.seller, claim.run)) >= cap
        query = (
            "SELECT count(*) FROM orders WHERE seller = ? AND run = ? AND worker <> ? "
            "AND outcome IS NULL AND state LIKE ?"
        )
        return int(self._one(query, (claim.seller, claim.run, claim.worker, "%" if at_cap else claim.state)))

    def own(self, claim: Claim) -> int:
        """Count the orders this worker has at the moment."""
        query = "SELECT count(*) FROM orders WHERE seller = ? AND run = ? AND worker = ? AND outcome IS NULL"
        with self._explained():
            claim = self._own(claim)
        return int(self._one(query, (claim.seller, claim.run, claim.worker)))

    def had(self, claim: Claim) -> list[str]:
        """Return the numbers of the orders a scenario has at the moment, without those that are still being made."""
        query = (
            "SELECT number FROM orders WHERE seller = ? AND run = ? AND worker = ? AND scenario = ? "
            "AND outcome IS NULL AND number NOT LIKE '(%'"
        )
        with self._explained():
            row = (self._whose(claim.seller), claim.run, claim.worker, claim.scenario)
            return [number for (number,) in self._base.execute(query, row)]

    def used(self, seller: str, run: str) -> int:
        """Count the orders this run has used up; one that was only found to be in another state is not."""
        query = (
            "SELECT count(*) FROM orders WHERE seller = ? AND run = ? "
            "AND outcome IS NOT NULL AND outcome NOT LIKE 'found %'"
        )
        with self._explained():
            seller = self._whose(seller)
        return int(self._one(query, (seller, run)))

    def entries(self, seller: str) -> list[Entry]:
        """Return every entry of a seller."""
        with self._explained():
            query = f"SELECT {COLUMNS} FROM orders WHERE seller = ? ORDER BY taken"  # noqa: S608
            rows = self._base.execute(query, (self._whose(seller),))
            return [Entry(*row) for row in rows]

    def copy_to(self, other: Ledger) -> None:
        """Copy every entry into another ledger, which is empty."""
        with self._explained():
            self._base.backup(other._base)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
