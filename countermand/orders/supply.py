"""The supply of orders in a given state, for scenarios that need one.

Orders come from three places, in this order of preference: the lists of the target file and of the file it names; the
owner's own command; the API itself, where the target file agrees to it. What was made and then given back is used
before anything more is made.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from countermand.model.ownership import Maker, seller_key
from countermand.model.rows import OrderRow
from countermand.model.target import Order, Target
from countermand.model.verdict import Inconclusive, Lost
from countermand.orders.command import commanded
from countermand.orders.ledger import CapError, Claim, Ledger

#: Seconds to wait for an order that another worker of this run has at the moment.
PATIENCE = 600.0
#: The same for a scenario that has an order itself: two that wait for each other would wait for ever.
PATIENCE_HOLDING = 20.0
PAUSE = 0.05
#: What became of an order that was asked about when the run was ended.
INTERRUPTED = "interrupted before an answer was read"
#: What came of a scenario whose process has ended, and of the orders it had.
ENDED = "the process that asked ended"


class Shortage(Inconclusive):
    """There is no order of that state left."""


@dataclass
class Held:
    """An order a scenario has, and what came of it so far."""

    order: Order
    made: bool = False  # through the API, within the scenario
    beside: bool = False  # another one that is only looked at
    outcomes: list[str] = field(default_factory=list)
    spent: bool = False
    doubtful: bool = False  # a request about it is under way, or was when the run was ended
    returned: bool = False  # before the scenario has ended

    def as_json(self) -> OrderRow:
        """Return what a replay must be given again."""
        row: OrderRow = {"state": self.order.state, "seller": self.order.seller, "buyer": self.order.buyer}
        if self.beside:
            return {**row, "beside": True}
        return {**row, "made": True} if self.made else row


class Supply:
    """Gives orders to one scenario and takes them back."""

    def __init__(
        self,
        target: Target,
        ledger: Ledger,
        run: str,
        scenario: str,
        worker: str = "main",
        *,
        maker: Maker | None = None,
        command: Callable[[str], Order] | None = None,
    ) -> None:
        self._target, self._ledger = target, ledger
        self._claim = Claim(seller_key(target), target.name, "", run, worker, scenario)
        self._cap = target.safety.cancellations
        self.maker, self._command = maker, command or partial(commanded, target)
        self._held: dict[str, Held] = {}
        self._taken: list[Held] = []

    @property
    def given(self) -> list[OrderRow]:
        """What a replay must be given again."""
        return [held.as_json() for held in self._taken]

    def take(self, state: str, spare: int = 0, *, patient: bool = True) -> Order:
        """Return an order of that state, recorded as taken.

        Raises Shortage naming the state and the number there was.
        """
        claim = self._claim._replace(state=state)
        free = self._free(state) if spare and not self._makes(state) else spare + 1
        if free <= spare:
            if not free:
                raise self._shortage(claim)
            which = f"the last {free} orders that are {state} are" if free > 1 else f"the last order that is {state} is"
            words = "kept for clauses that cannot be judged without one, and to repeat what was found"
            raise Inconclusive(f"{which} {words}: list more in [orders] {state}")
        try:
            held = self._waited_for(claim, patient=patient)
        except CapError:
            raise self._at_cap() from None
        if held is None:
            raise self._shortage(claim)
        return self._has(held)

    def _has(self, held: Held) -> Order:
        self._taken.append(held)
        self._held[held.order.seller] = held
        return held.order

    def at_hand(self, state: str) -> Order | None:
        """Return another order of that state, only to be looked at: none is waited for, and none is made for this."""
        try:
            order = self._ledger.take(self._claim._replace(state=state), self._listed(state), self._cap)
        except CapError:
            return None
        return None if order is None else self._has(Held(order, beside=True))

    def offers(self, state: str) -> bool:
        """Say whether orders of a state are listed, used up or not, or can be made."""
        return self._makes(state) or any(order.state == state for order in self._target.orders.listed)

    def spares(self, state: str, number: int) -> bool:
        """Say whether more than so many listed orders of a state are left; none is made where one can do without."""
        return self._free(state) > number

    def abounds(self, state: str, processes: int) -> bool:
        """Say whether one listed order is free, and whoever holds one now leaves enough for half as many more.

        What is under the cap counts alone. Who holds an order and waits for others keeps none of them waiting then.
        """
        ours = [entry for entry in self._ledger.entries(self._claim.seller) if entry.run == self._claim.run]
        held = sum(entry.outcome is None and entry.state == state for entry in ours)
        used = sum(entry.outcome is not None for entry in ours)
        free, enough = self._free(state), processes + processes // 2
        return free > 0 and min(free + held, self._cap - used) > enough

    def _listed(self, state: str) -> dict[str, Order]:
        """Return the owner's orders of a state, by the seller's names of them, used up or not."""
        return {order.seller: order for order in self._target.orders.listed if order.state == state}

    def _makes(self, state: str) -> bool:
        """Say whether more orders of a state can be made."""
        return bool(self._target.orders.command) or (self.maker is not None and state in self.maker.states)

    def _free(self, state: str) -> int:
        """Count the listed orders of a state that nobody has taken."""
        taken = {entry.number for entry in self._ledger.entries(self._claim.seller)}
        return sum(order.state == state and order.seller not in taken for order in self._target.orders.listed)

    def _waited_for(self, claim: Claim, *, patient: bool) -> Held | None:
        listed, patience = self._listed(claim.state), 0.0
        if patient:
            patience = PATIENCE_HOLDING if self._ledger.own(claim) else PATIENCE
        deadline = time.monotonic() + patience
        while True:
            order = self._ledger.take(claim, listed, self._cap)
            held = Held(order) if order else self._made(claim)
            if held or time.monotonic() >= deadline or not self._ledger.others(claim, self._cap):
                return held
            time.sleep(PAUSE)

    def _made(self, claim: Claim) -> Held | None:
        """Make an order: by the owner's command, or else through the API."""
        if self._target.orders.command:
            return self._recorded(claim, "command", self._command)
        return (
            self._recorded(claim, "register", self.maker)
            if self.maker is not None and self._makes(claim.state)
            else None
        )

    def _recorded(self, claim: Claim, source: str, make: Callable[[str], Order]) -> Held | None:
        """Make an order that the ledger knows of before it exists."""
        placeholder = self._ledger.reserve(claim, source, self._cap)
        if placeholder is None:
            return None
        try:
            order = make(claim.state)
        except Lost as lost:
            self._ledger.use_up(claim.seller, placeholder, lost.reason)
            raise
        except KeyboardInterrupt:
            self._ledger.use_up(claim.seller, placeholder, INTERRUPTED)
            raise
        except BaseException:
            self._ledger.forget(claim.seller, placeholder)
            raise
        if source == "register" and self._is_named(order):
            self._ledger.forget(claim.seller, placeholder)
            raise Inconclusive(
                f"the order {order}, said to be new, is one that {self._target.source.name} lists: it is left alone",
                received=order.seller,
            )
        if not self._ledger.made(claim, placeholder, order):
            self._ledger.forget(claim.seller, placeholder)
            raise Inconclusive(f"the order {order}, said to be new, has been used before", received=order.seller)
        return Held(order, made=source == "register")

    def _is_named(self, order: Order) -> bool:
        """Say whether an order that a seller says it has just made is one of the owner's, which nobody has used yet.

        What is made is cancelled at the end, whatever its state, and the owner's are not.
        """
        orders = self._target.orders
        named = {listed.seller for listed in (*orders.listed, *([orders.unknown] if orders.unknown else []))}
        return order.seller.strip() in named - {entry.number for entry in self._ledger.entries(self._claim.seller)}

    def _at_cap(self) -> Inconclusive:
        return Inconclusive(
            f"the cap of {self._cap} orders used up in a run is reached; "
            f"raise [safety] cancellations of {self._target.source.name}"
        )

    def _shortage(self, claim: Claim) -> Inconclusive:
        """Say which orders there are not, and what became of those there were."""
        listed = self._listed(claim.state)
        fates = Counter(
            _fate(entry.outcome, entry.run, claim.run)
            for entry in self._ledger.entries(claim.seller)
            if entry.number in listed
        )
        if fates.total() < len(listed):  # there are orders, and one more may not be used up
            return self._at_cap()
        words = (
            "none is listed"
            if not listed
            else f"of {len(listed)} listed " + ", ".join(f"{n} {fate}" for fate, n in sorted(fates.items()))
        )
        return Shortage(
            f"no order that is {claim.state}: {words}; add some to [orders] {claim.state} of {self._target.source.name}"
        )

    def note(self, order: Order, outcome: str, *, spent: bool) -> None:
        """Note what came of a request about an order: whether it may have been used up."""
        if held := self._held.get(order.seller):
            held.outcomes.append(outcome)
            held.spent, held.doubtful = held.spent or spent, False

    def untouched(self, order: Order) -> None:
        """Note that an order is not used up after all: it is seen to be as it was."""
        if held := self._held.get(order.seller):
            held.spent = False

    def doubt(self, order: Order, *, under_way: bool) -> None:
        """Note that a request about an order is under way, or was not processed.

        What is interrupted meanwhile may be used up.
        """
        if held := self._held.get(order.seller):
            held.doubtful = under_way

    def give_back(self, order: Order) -> None:
        """Give an order back at once of which the scenario has only seen how it stands, unless it is used up."""
        held = self._held[order.seller]
        if not held.spent:
            held.returned = True
            self._ledger.give_back(self._claim.seller, order.seller)

    def forget(self, since: int) -> None:
        """Let a replay be given no more than the first so many orders; all are given back in the end as ever."""
        del self._taken[since:]

    def settle(self) -> bool:
        """Give back what was not used up, and say whether anything was.

        A scenario may be interrupted once the ledger has given it an order and before it has seen which.
        """
        for number in self._ledger.had(self._claim):
            if number not in self._held or self._held[number].returned:
                self._ledger.give_back(self._claim.seller, number)
        for held in (held for held in self._held.values() if not held.returned):
            if held.doubtful:
                self.note(held.order, INTERRUPTED, spent=True)
            if held.spent:
                self._ledger.use_up(self._claim.seller, held.order.seller, held.outcomes[-1])
            else:
                self._ledger.give_back(self._claim.seller, held.order.seller)
        return any(held.spent for held in self._held.values())


class Replayed:
    """Gives a scenario the orders it was given when it was recorded."""

    def __init__(self, given: Iterable[OrderRow]) -> None:
        self._rows = list(given)
        self.given: list[OrderRow] = []
        self.maker: Maker | None = None

    def take(self, state: str, spare: int = 0, *, patient: bool = True) -> Order:  # noqa: ARG002 - the record has settled that
        """Return the next order of the record.

        One made within the scenario is made again, so that its requests are the recorded ones.
        """
        row = self._next()
        if row is None or row["state"] != state:
            raise Inconclusive(f"the record has no order that is {state} here")
        self.given.append(row)
        if row.get("made") and self.maker is not None:
            self.maker(state)
        return Order(row["state"], row["seller"], row["buyer"])

    def at_hand(self, state: str) -> Order | None:
        """Return the next order of the record where it is of that state and was only looked at.

        In records of before there is none.
        """
        row = self._next()
        return self.take(state) if row is not None and row.get("beside") and row["state"] == state else None

    def _next(self) -> OrderRow | None:
        return next(iter(self._rows[len(self.given) :]), None)

    def give_back(self, order: Order) -> None:
        """Nothing is held in a replay."""

    def offers(self, state: str) -> bool:  # noqa: ARG002 - as a supply's
        """Say nothing of what is left: a record tells which orders there were."""
        return False

    def abounds(self, state: str, processes: int) -> bool:  # noqa: ARG002 - as above
        """Say nothing of what is left, as above."""
        return False

    def spares(self, state: str, number: int) -> bool:  # noqa: ARG002 - as above
        """Say nothing of what is left, as above."""
        return False

    def note(self, order: Order, outcome: str, *, spent: bool) -> None:
        """Nothing is used up in a replay."""

    def untouched(self, order: Order) -> None:
        """Nothing was used up in a replay."""

    def doubt(self, order: Order, *, under_way: bool) -> None:
        """Nothing is under way in a replay."""

    def forget(self, since: int) -> None:
        """Forget nothing: a replay awaits nobody."""

    def settle(self) -> bool:
        """Nothing was taken."""
        return False


def _fate(outcome: str | None, run: str | None, ours: str) -> str:
    if outcome is not None:
        return "used up"
    return "in use by this run" if run == ours else "in use by another run, or left by one that died"
