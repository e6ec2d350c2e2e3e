"""Acceptances in the ledger: what a seller has taken up is kept for whoever repeats a part of the run soon after."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Final

from countermand.model.rows import AcceptanceRow
from countermand.orders.ledger_file import LedgerFile

#: How long an acceptance tells something of its seller.
RECENT: Final = timedelta(hours=24)
#: Characters of one that are kept; a longer one is had anew.
MOST: Final = 2**18


class Acceptances(LedgerFile):
    """Keeps of each seller the last cancellation it has taken up; raises LedgerError."""

    def keep_acceptance(self, seller: str, way: str, run: str, acceptance: AcceptanceRow) -> None:
        """Write down a cancellation that was taken up; only the last one is kept."""
        words = json.dumps(acceptance, ensure_ascii=False)
        if len(words) > MOST:
            return
        with self._explained(), self._alone():
            row = (self._whose(seller), way, run, str(acceptance["exchange"]["started"]), words)
            self._base.execute("INSERT OR REPLACE INTO acceptances VALUES (?, ?, ?, ?, ?)", row)

    def acceptance(self, seller: str, way: str) -> AcceptanceRow | None:
        """Return the last cancellation taken up, with its run, where it is recent and was asked for in the same way."""
        with self._explained():
            query = "SELECT run, taken, told FROM acceptances WHERE seller = ? AND way = ?"
            row = self._base.execute(query, (self._whose(seller), way)).fetchone()
        if row is None or not timedelta(0) <= datetime.now(UTC) - datetime.fromisoformat(row[1]) <= RECENT:
            return None
        acceptance: AcceptanceRow = json.loads(row[2])
        return {**acceptance, "run": row[0]}

    def forget_acceptance(self, seller: str) -> None:
        """Forget it: the seller takes none up any more."""
        with self._explained(), self._alone():
            self._base.execute("DELETE FROM acceptances WHERE seller = ?", (self._whose(seller),))
