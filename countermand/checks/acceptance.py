"""The acceptance, which is the positive control: a refusal proves something only beside the one yes of the run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

from countermand.checks import lending
from countermand.checks.beside import with_others
from countermand.checks.stock import SEE, must_be_known
from countermand.model.apis import APIS
from countermand.model.exchange import Exchange
from countermand.model.rows import AcceptanceRow, AskedRow
from countermand.model.target import Order
from countermand.model.verdict import Inconclusive, NotApplicable
from countermand.protocols import front
from countermand.protocols.answer import Answer, Decision
from countermand.protocols.seller import Seller
from countermand.protocols.variation import Variation
from countermand.run.scene import Scene

SCENARIO = "acceptance"  # what the record calls an acceptance that no scenario has provided


@dataclass(frozen=True)
class Tried:
    """An order that was cancelled, what was answered, what had to be left out, and how it is otherwise than listed."""

    order: Order
    answer: Answer
    without: tuple[str, ...] = ()
    otherwise: str = ""


@dataclass(frozen=True)
class Accepted:
    """A complete cancellation by the rightful buyer, its answer, and how its order is otherwise than listed."""

    order: Order
    answer: Answer
    otherwise: str = ""


class Acceptance:
    """The rightful buyer's complete cancellation, asked once per run and shared by all scenarios and workers."""

    def __init__(self, scene: Scene, speak: Callable[[Scene], Seller]) -> None:
        self._scene, self._speak = scene, speak
        self._name = f"acceptance-{scene.target.api}"

    def state(self) -> str:
        """Return the state in which this seller's orders are cancelled.

        It is that of the run's acceptance, or else the likeliest there is.
        """
        if len(self._speak(self._scene).cancellable) == 1:
            return self._speak(self._scene).cancellable[0]
        return str(self._scene.fact(self._likeliest))

    def _likeliest(self) -> str:
        made = self._scene.run.made(self._name) or self._scene.run.made(lending.name(self._scene.target.api))
        return str(made["order"]["state"]) if made else self._states(self._scene)[0]

    def _states(self, scene: Scene) -> list[str]:
        """Return the states an acceptance may be had in, those there are orders of, the likeliest first."""
        states = self._speak(scene).cancellable
        return [state for state in states if scene.orders.offers(state)] or [states[0]]

    def provide(self, order: Order, answer: Answer) -> None:
        """Let a scenario's own complete cancellation serve the run; the first one does."""
        row = self._recorded()
        served_by_another = self._scene.recorded is not None and (
            row is None or row["scenario"] != self._scene.scenario
        )
        otherwise = self._speak(self._scene).optional or self._states(self._scene) != [order.state]
        may_be_had = answer.decision is Decision.REFUSED and otherwise
        had = answer.exchange.reply is not None and answer.decision is not Decision.THROTTLED and not may_be_had
        if had and not served_by_another:
            self._scene.run.offer(self._name, _row(order, answer, self._scene))
            self._keep(_row(order, answer, self._scene), answer)

    def answered(self) -> Accepted:
        """Return the complete cancellation and its answer, whatever that was.

        Raises Inconclusive where none could be had.
        """
        return self._read(self._row())

    def _read(self, row: AcceptanceRow) -> Accepted:
        order, exchange = row["order"], Exchange.of(row["exchange"])
        # What the seller takes nothing up with, no request need name.
        self._scene.leaves_out = tuple(row.get("without", ()))
        otherwise = row.get("otherwise", "") if row["scenario"] == SCENARIO else ""
        answer = self._speak(self._scene).read(exchange)
        return Accepted(Order(order["state"], order["seller"], order["buyer"]), answer, otherwise)

    def _keep(self, row: AcceptanceRow, answer: Answer) -> None:
        if answer.decision.taken_up:
            lending.keep(self._scene, row)

    def own(self, *, of_nobody: bool = False) -> Accepted | None:
        """Return the run's complete cancellation, if there is one, taken up as it stands, with nothing left out.

        Where it must be of nobody, it is one that no scenario has asked for itself.
        """
        made = self._scene.run.made(self._name)
        whole = made is not None and not made.get("without") and (made["scenario"] == SCENARIO or not of_nobody)
        if not self._scene.fact(lambda: whole):
            return None
        accepted = self.answered()
        return accepted if accepted.answer.decision is Decision.TAKEN_UP else None

    def in_no_scenario(self) -> Accepted | None:
        """Return the run's complete cancellation, whatever was answered, where no scenario has asked it itself."""
        made = self._scene.run.made(self._name)
        there = made is not None and made["scenario"] == SCENARIO
        return self.answered() if self._scene.fact(lambda: there) else None

    def beside(self) -> list[Exchange]:
        """Return what was told of orders beside the cancelled one, where no scenario has cancelled that."""
        exchanges = (Exchange.of(exchange) for exchange in self._row().get("exchanges", ()))
        return [exchange for exchange in exchanges if exchange.operation != self._speak(self._scene).operation]

    def proof(self, *, own: bool = False) -> Accepted:
        """Return a cancellation that was taken up, in this run or, where that will do, in one before.

        Raises NotApplicable or Inconclusive where there is none.
        """
        if self._scene.target.lacks("takes_up"):
            raise NotApplicable(
                "the target file declares that no cancellation is taken up: "
                "a refusal proves nothing ([capabilities] takes_up)"
            )
        accepted = (None if own else self._lent()) or self.answered()
        answer = accepted.answer
        if answer.decision.taken_up:
            self._scene.leans = True
            return accepted
        front.must_be_bare(answer.exchange.reply)
        seller = self._speak(self._scene)
        if seller.disowns(answer):
            raise Inconclusive(not_known(answer), received=answer.said, exchange=answer.exchange)
        said = seller.explained(answer)
        reason = (
            "a refusal proves something only beside an acceptance, "
            f"and to a complete cancellation the seller said: {said}"
        )
        advice = f"{accepted.otherwise}: {SEE}" if accepted.otherwise else self._advice(accepted)
        raise Inconclusive(f"{reason}; {advice}", received=answer.said, at=answer.at, exchange=answer.exchange)

    def _lent(self) -> Accepted | None:
        """Return what an earlier run has had taken up, where this one repeats a part of it."""
        row = lending.lent(self._scene)
        return None if row is None else self._read(row)

    def _advice(self, accepted: Accepted) -> str:
        """Say what to do about a cancellation that was not taken up; that none is, is the last thing to believe."""
        answer, order, seller = accepted.answer, accepted.order, self._speak(self._scene)
        if answer.advice:
            return answer.advice
        if not seller.speaks(answer):
            return f"hardly the seller itself says so: {front.WRONG_PATH}"
        dialect = APIS[self._scene.target.api].has_dialect and seller.values(answer, "faultcode")
        form = f"; {front.UNKNOWN_MESSAGE}" if dialect else ""
        return (
            f"see whether order {order.seller} is still {order.state.replace('_', ' ')}, and list fresh ones under "
            f'[orders]{form}; only if none is taken up at all, declare [capabilities] takes_up = "no"'
        )

    def _row(self) -> AcceptanceRow:
        return self._asked() if self._scene.recorded is None else self._replayed()

    def _asked(self) -> AcceptanceRow:
        """Ask, unless somebody has.

        Where there was no order to ask with, one who had the last may have provided it meanwhile.
        """
        if self._scene.run.made(self._name) is None:
            self._scene.await_turn()  # before the others are made to wait for what is asked here
        try:
            return self._scene.run.once(self._name, self._ask)
        except Inconclusive:
            row: AcceptanceRow | None = self._scene.run.made(self._name)
            if row is None or not self._scene.attempts or self._scene.attempts[-1]["exchanges"]:
                raise
            self._scene.attempts.pop()
            return row

    def _recorded(self) -> AcceptanceRow | None:
        """Return the complete cancellation of the record, if there is a record and one in it."""
        record = self._scene.run.record
        return None if record is None else record.acceptance(self._scene.target.api)

    def _replayed(self) -> AcceptanceRow:
        """Return what the scenario was told when it was recorded; what it asked itself and in vain is asked again."""
        then, row = cast("AskedRow", self._scene.recorded), self._recorded()
        vain = then["drawn"].get("attempts", [])[len(self._scene.attempts) :]
        if vain:
            return self._ask(vain[0])
        if row is None:
            raise Inconclusive("the record has no complete cancellation")
        if row["scenario"] != SCENARIO:  # that scenario is judged where it stands
            return row
        recorded = cast("AskedRow", row)  # what no scenario has provided has all that was asked for it
        return self._scene.run.once(self._name, lambda: self._ask(recorded))

    def _ask(self, recorded: AskedRow | None = None) -> AcceptanceRow:
        """Cancel an order of its own, outside any scenario.

        What was sent is kept, in vain or not, with what came of it.
        """
        own = replace(self._scene, scenario=SCENARIO, recorded=recorded)
        try:
            tried = self._first_taken_up(own)
        except Inconclusive:
            self._scene.attempts.append(_played(own))
            raise
        finally:
            own.orders.settle()
        row: AcceptanceRow = {**_row(tried.order, tried.answer, own), **_played(own), "without": list(tried.without)}
        if tried.otherwise:
            row["otherwise"] = tried.otherwise
        self._keep(row, tried.answer)
        return row

    def _first_taken_up(self, own: Scene) -> Tried:
        """Cancel an order in each state that may be cancelled until one is taken up.

        Where none is, the first refusal stands for all.
        """
        seller, first = self._speak(own), None
        states = own.fact(lambda: self._states(own)) if len(seller.cancellable) > 1 else list(seller.cancellable)
        for state in states:
            order = own.order(state)
            tried = with_others(own, seller, order, partial(_tried, seller, order))
            if tried.answer.decision is not Decision.REFUSED or seller.disowns(tried.answer):
                return tried
            first = first or tried
        if first is None:
            raise Inconclusive("the record tells no state in which an order was cancelled")
        return first


def _tried(seller: Seller, order: Order) -> Tried:
    """Cancel an order, and where that is refused once more without what need not be said.

    One the seller does not know proves nothing.
    """
    answer = _had(seller.cancel(order))
    if answer.decision is Decision.REFUSED and seller.optional:
        plainer = _had(seller.cancel(order, Variation(without=seller.optional)))
        if plainer.decision is Decision.TAKEN_UP:
            return Tried(order, plainer, seller.optional)
    return Tried(order, answer, otherwise=must_be_known(seller, answer))


def not_known(answer: Answer) -> str:
    """Say that the buyer itself was turned away, and what to do."""
    if answer.exchange.reply is not None and front.is_redirect(answer.exchange.reply):
        return f"the seller sends the buyer elsewhere: {answer.said}; {answer.advice}"
    return f"the seller does not know us as the buyer: {answer.said}; see countermand doctor"


def _had(answer: Answer) -> Answer:
    """Return an answer that can serve the run; raises Inconclusive where it is none."""
    if answer.exchange.reply is None or answer.decision is Decision.THROTTLED:
        raise Inconclusive(f"a complete cancellation could not be had: {answer.advised}", received=answer.said)
    return answer


def _row(order: Order, answer: Answer, scene: Scene) -> AcceptanceRow:
    return {
        "scenario": scene.scenario,
        "order": {"state": order.state, "seller": order.seller, "buyer": order.buyer},
        "exchange": answer.exchange.masked(scene.masker),
        "drawn": scene.drawn,
    }


def _played(scene: Scene) -> AskedRow:
    return {"exchanges": [exchange.masked(scene.masker) for exchange in scene.exchanges], "drawn": scene.drawn}
