"""What a whole run, a fault and a repetition use up of the orders that are left, and of which states none is left."""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from countermand.model.api import FOREIGN
from countermand.model.apis import APIS
from countermand.model.ownership import seller_key, seller_keys
from countermand.model.target import Target
from countermand.orders.ledger import Ledger
from countermand.orders.ledger_file import LedgerError

#: Orders that must be left besides the one by which a run sees at its end that the seller still takes any up:
#: a repetition may use up one, and a whole run after the fix two.
KEPT = 3


@dataclass(frozen=True)
class Budget:
    """What there is, and what is needed, of the orders that can be cancelled, and which others there are none of."""

    state: str
    left: int
    spends: int  # that a whole run uses up besides the one that shows that the seller takes any up
    made: bool  # more are made as they are needed
    cap: int  # how many a run may use up
    closing: bool = (
        True  # whether one more shows at the end that cancellations are still taken up, where that leaves enough
    )
    lacking: tuple[str, ...] = ()  # other states of which none is left, and none can be made, though scenarios need one

    @property
    def whole(self) -> int:
        """Orders that a whole run uses up at a seller that conforms."""
        used = 1 + self.spends
        return used + (self.closing and self.left - used > KEPT)  # for the last one none is made

    @property
    def least(self) -> int:
        """Orders without which a whole run cannot find out everything: one to be taken up, and one to be refused."""
        return 2

    @property
    def enough(self) -> int:
        """Orders for a whole run that finds a fault, its repetition, and a whole run after the fix."""
        return (1 + self.spends + 1) + 1 + self.least

    def __str__(self) -> str:
        cost = f"a whole run uses {self.whole}, one more for each clause it finds broken"
        if self.made:
            return f"orders that are {self.state} are made as needed: {cost}"
        return f"{self.left} {self.state.replace('_', ' ')}: {cost}; a repetition 1"

    @property
    def outlook(self) -> str:
        """Say how far they reach, and what that leaves out."""
        if self.is_capped:
            return (
                f"[safety] cancellations = {self.cap} lets a run use no more than that: it cannot find out everything"
            )
        return (
            f"{self._reach}, but for what needs an order that is {_either(self.lacking)}: none is left"
            if self.lacking
            else self._reach
        )

    @property
    def is_capped(self) -> bool:
        """Whether a run may use up fewer than one uses up at a seller that conforms."""
        return self.cap < 1 + self.spends

    @property
    def _reach(self) -> str:
        if self.made or self.left >= self.enough:
            all_three = "enough for a whole run that finds a fault, its repetition, and a whole run after the fix"
            saved = "the last of them without the one by which a run sees at its end that any is still taken up"
            return all_three if self.made or self.left >= 2 * self.whole + 2 else f"{all_three}, {saved}"
        if self.left >= self.least:
            least = "enough for a whole run of a seller that conforms, and not for all clauses once one is broken"
            return f"{least}, its repetition and a whole run after a fix: that takes {self.enough}"
        return f"too few for a whole run: it needs {self.least}, one to be taken up and one to be refused"

    @property
    def suffices(self) -> bool:
        """Whether there is nothing to ask the seller for."""
        return self.reaches and not self.lacking and not self.is_capped

    @property
    def reaches(self) -> bool:
        """Whether there are enough of those that can be cancelled."""
        return self.made or self.left >= self.enough


def made(target: Target, state: str) -> bool:
    """Say whether orders of a state are made as they are needed.

    They are made by the owner's command, or as [orders.register] has it.
    """
    if target.orders.command:
        return True
    wanted, able = target.orders.register, APIS[target.api].registered
    if wanted is None or target.production:
        return False
    if state == FOREIGN:
        return "another_buyer" in target.identities
    return state in (able if wanted.get("process") else able[:1])


def lacking(target: Target, there: Counter[str]) -> tuple[str, ...]:
    """Return the states of which no order is left, none can be made, and the target file does not say there is none."""
    states = APIS[target.api].states
    return tuple(
        state
        for state in states
        if not there[state] and not made(target, state) and not target.lacks(f"{state}_orders")
    )


def _either(states: tuple[str, ...]) -> str:
    named = [state.replace("_", " ") for state in states]
    return " or ".join(filter(None, [", ".join(named[:-1]), named[-1]]))


def left(target: Target, ledger: Ledger) -> Counter[str]:
    """Count the listed orders that nobody has taken, by state."""
    taken = {entry.number for entry in ledger.entries(seller_key(target))}
    return Counter(order.state for order in target.orders.listed if order.seller not in taken)


def of(target: Target, cancellable: tuple[str, ...], spends: int, path: Path) -> Budget:
    """Return the budget of a target by the ledger at a path.

    One that is not there, or cannot be read, knows of no order used.
    """
    there = Counter(order.state for order in target.orders.listed)
    with contextlib.suppress(LedgerError):
        if path.is_file():
            ledger = Ledger(path)
            ledger.join(seller_keys(target))
            there = left(target, ledger)
            ledger.close()
    return counted(target, cancellable, spends, there)


def counted(target: Target, cancellable: tuple[str, ...], spends: int, there: Counter[str]) -> Budget:
    """Return the budget of a target of which so many orders are left.

    They are of the state whose cancellation a run asks for first.
    """
    listed = {order.state for order in target.orders.listed}
    state = next((order_state for order_state in cancellable if order_state in listed), cancellable[0])
    others = tuple(other for other in lacking(target, there) if other != state)
    capped, closing = target.safety.cancellations, not APIS[target.api].ends_taken_up
    return Budget(state, there[state], spends, made(target, state), capped, closing, others)
