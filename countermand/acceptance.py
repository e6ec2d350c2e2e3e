"""A refusal proves something only beside an acceptance: on one side scenarios that saw a no, on the other the one yes of the run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from countermand.exchange import Exchange
from countermand.scene import Scene
from countermand.seller import Answer, Decision, Seller, Variation
from countermand.target import Order
from countermand.verdict import Inconclusive, NotApplicable

SCENARIO = "acceptance"  # what the record calls an acceptance that no scenario has provided


@dataclass(frozen=True)
class Accepted:
    """A complete cancellation by the rightful buyer, and its answer."""

    order: Order
    answer: Answer


class Acceptance:
    """The rightful buyer's complete cancellation, asked once per run and shared by all scenarios and workers."""

    def __init__(self, scene: Scene, speak: Callable[[Scene], Seller]) -> None:
        self._scene, self._speak = scene, speak
        self._name = f"acceptance-{scene.target.api}"

    def provide(self, order: Order, answer: Answer) -> None:
        """Let a scenario's own complete cancellation serve the run; the first one does."""
        told = self._told()
        served_by_another = self._scene.recorded is not None and (told is None or told["scenario"] != self._scene.scenario)
        may_be_had_plainer = answer.decision is Decision.REFUSED and self._speak(self._scene).optional
        had = answer.exchange.reply is not None and answer.decision is not Decision.THROTTLED and not may_be_had_plainer
        if had and not served_by_another:
            self._scene.run.offer(self._name, _row(order, answer, self._scene))

    def answered(self) -> Accepted:
        """Return the complete cancellation and its answer, whatever that was; raises Inconclusive where none could be had."""
        row = self._asked() if self._scene.recorded is None else self._replayed()
        order, exchange = Order(**row["order"]), Exchange.of(row["exchange"])
        self._scene.leaves_out = tuple(row.get("without", ()))  # what the seller takes nothing up with, no request need name
        return Accepted(order, self._speak(self._scene).read(exchange))

    def proof(self) -> Accepted:
        """Return a cancellation that was taken up; raises NotApplicable or Inconclusive where there is none."""
        if self._scene.target.lacks("takes_up"):
            raise NotApplicable(
                "the target file declares that no cancellation is taken up: a refusal proves nothing ([capabilities] takes_up)"
            )
        accepted = self.answered()
        answer = accepted.answer
        if answer.decision in {Decision.TAKEN_UP, Decision.CANCELLED}:
            return accepted
        if self._speak(self._scene).disowns(answer):
            raise Inconclusive(
                f"the seller does not know us as the buyer: {answer.said}; see countermand doctor",
                received=answer.said,
                exchange=answer.exchange,
            )
        advice = answer.advice or 'if it takes none up at all, declare [capabilities] takes_up = "no"'
        reason = (
            f"a refusal proves something only beside an acceptance, and to a complete cancellation the seller said: {answer.said}; {advice}"
        )
        raise Inconclusive(reason, received=answer.said, at=answer.at, exchange=answer.exchange)

    def _asked(self) -> dict[str, Any]:
        """Ask, unless somebody has; where there was no order to ask with, one who had the last may have provided it meanwhile."""
        try:
            return self._scene.run.once(self._name, self._ask)
        except Inconclusive:
            found = self._scene.run.made(self._name)
            if found is None or not self._scene.attempts or self._scene.attempts[-1]["exchanges"]:
                raise
            self._scene.attempts.pop()
            return found

    def _told(self) -> dict[str, Any] | None:
        """Return the complete cancellation of the record, if there is a record and one in it."""
        record = self._scene.run.record
        return None if record is None else record.acceptance(self._scene.target.api)

    def _replayed(self) -> dict[str, Any]:
        """Return what the scenario was told when it was recorded; what it asked itself and in vain is asked again."""
        then, told = self._scene.recorded or {}, self._told()
        vain = then["drawn"].get("attempts", [])[len(self._scene.attempts) :]
        if vain:
            return self._ask(vain[0])
        if told is None:
            raise Inconclusive("the record has no complete cancellation")
        if told["scenario"] != SCENARIO:  # that scenario is judged where it stands
            return told
        return self._scene.run.once(self._name, lambda: self._ask(told))

    def _ask(self, recorded: dict[str, Any] | None = None) -> dict[str, Any]:
        """Cancel an order of its own, outside any scenario; what was sent is kept, in vain or not, with what came of it."""
        own, without = replace(self._scene, scenario=SCENARIO, recorded=recorded), tuple[str, ...]()
        try:
            seller = self._speak(own)
            order = own.order(seller.in_flight)
            answer = _had(seller.cancel(order))
            if answer.decision is Decision.REFUSED and seller.optional:
                plainer = _had(seller.cancel(order, Variation(without=seller.optional)))
                if plainer.decision is Decision.TAKEN_UP:
                    answer, without = plainer, seller.optional
        except Inconclusive:
            self._scene.attempts.append(_played(own))
            raise
        finally:
            own.orders.settle()
        return {**_row(order, answer, own), **_played(own), "without": list(without)}


def _had(answer: Answer) -> Answer:
    """Return an answer that can serve the run; raises Inconclusive where it is none."""
    if answer.exchange.reply is None or answer.decision is Decision.THROTTLED:
        raise Inconclusive(f"a complete cancellation could not be had: {answer.said}", received=answer.said)
    return answer


def _row(order: Order, answer: Answer, scene: Scene) -> dict[str, Any]:
    return {
        "scenario": scene.scenario,
        "order": {"state": order.state, "seller": order.seller, "buyer": order.buyer},
        "exchange": answer.exchange.masked(scene.veil),
        "drawn": scene.drawn,
    }


def _played(scene: Scene) -> dict[str, Any]:
    return {"exchanges": [exchange.masked(scene.veil) for exchange in scene.exchanges], "drawn": scene.drawn}
