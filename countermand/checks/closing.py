"""How a run ends.

A seller is asked once more, and what it has refused since it last answered as at the beginning is in doubt. A seller
that dies or closes its doors midway refuses everything; such refusals show nothing. So the buyer asks at the end what
it asked at the beginning, and where orders are left has one more cancellation taken up, if refusals have leant on the
first. One that has shut the buyer out for a while, and let it in again, has shown nothing in that while.
Nor has an order that was called off behind a no, while something else was taken up that may have done it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from countermand.checks import lending, standing
from countermand.model.exchange import Exchange
from countermand.model.message import message, said
from countermand.model.ownership import seller_key
from countermand.model.results import Scenario
from countermand.model.rows import AskedRow, StandingRow
from countermand.model.target import Order, Target
from countermand.model.verdict import Inconclusive, Verdict
from countermand.protocols import front
from countermand.protocols.answer import BUYER, Answer
from countermand.protocols.registry import speak
from countermand.protocols.seller import Seller
from countermand.protocols.variation import Variation
from countermand.run.run import Run
from countermand.run.scene import Scene

SCENARIO = "closing"  # what the record calls what was asked at the end
DECIDED = frozenset({Verdict.CONFORMS, Verdict.DEPARTS, Verdict.DOES_NOT_CONFORM})
#: How many orders in flight may be refused before the seller is thought to take none up any more:
#: one may be listed wrongly.
TRIES = 2
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Doubt:
    """Since when nothing counts, and why: everything, or only what leans on an acceptance, or is about one order."""

    since: datetime
    reason: str
    leaning: bool = False
    about: str = ""  # the seller's name of that order
    until: datetime | None = None  # of a while in the midst of the run
    shown: frozenset[str] = frozenset()  # scenarios that stand all the same, by their ids
    only: str = ""  # the one scenario it is about, by its id

    def covers(self, scenario: Scenario) -> bool:
        """Say whether what a scenario has decided is in doubt."""
        if self.only:
            return scenario.id == self.only
        if self.about:  # a no about an order that proves nothing; what was shown stays shown
            return scenario.verdict is Verdict.CONFORMS and self.about in _orders(scenario)
        if self.until is not None:
            return scenario.id not in self.shown and any(
                self.since <= moment <= self.until for moment in _moments(scenario)
            )
        return _ended(scenario) > self.since and bool(scenario.drawn.get("leans") or not self.leaning)


@dataclass
class Closing:
    """The end of a run with one target."""

    run: Run
    target: Target
    scenarios: list[Scenario]  # of its API
    recorded: AskedRow | None = None  # in a replay: what was asked then
    seen: list[Exchange] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.scene = Scene(self.run, self.target, SCENARIO, "", self.target.masker(), self.recorded)
        self.seller: Seller = speak(self.scene)
        self.seen = [Exchange.of(row) for scenario in self.scenarios for row in scenario.exchanges]

    def whiles(self, opened: StandingRow) -> Iterator[Doubt]:
        """Give the times at which a scenario has found the buyer shut out, each for as long as it was told the same."""
        first, until = standing.opening(opened, self.seller), LONG_AGO
        seen = sorted(self.seen, key=_started)
        for shown in sorted(self._shown(), key=_started):
            if first is None or shown.started <= until:
                continue
            before = reversed([exchange for exchange in seen if exchange.started < shown.started])
            behind = (exchange for exchange in seen if exchange.started > shown.started)
            since, until = (self._as_long_as(shown, others) for others in (before, behind))
            when, said = f"from {since:%H:%M:%S} to {until:%H:%M:%S} UTC", self.seller.read(shown).said
            words = (
                f"the seller answered the buyer with {said} whatever it asked, and at the beginning with {first.said}"
            )
            words = f"{when} {words}: what it said then proves nothing; {front.BUSY}"
            yield Doubt(since, words, until=until, shown=self._broken())

    def chances(self, opened: StandingRow) -> Iterator[Doubt]:
        """Give the scenarios that accuse by what the buyer was told whatever it asked, or for once of nobody's order.

        What stands in front of a seller may answer for it now and then, as one that counts requests does, or one of
        several machines: who asks again a moment later is served.
        """
        first = standing.opening(opened, self.seller)
        if first is None:
            return
        chance, broken = [*map(self.seller.read, self._shown()), *self._strange(first)], self._broken()
        for scenario in self._accused() if chance else ():
            about = None if scenario.id in broken else self._about(scenario)
            answer = None if about is None or about.reply is None else self.seller.read(about)
            if answer and any(standing.stands_as(self.seller, answer, other) for other in chance):
                words = (
                    f"the seller answered the buyer in this run with {answer.said} where it had nothing to do with "
                    f"what was asked, and at the beginning with {first.said}: that it does so here proves nothing"
                )
                yield Doubt(LONG_AGO, f"{words}; {front.BUSY}", only=scenario.id)

    def _strange(self, first: Answer) -> Iterator[Answer]:
        """Give what the buyer was told of an order that does not exist, in words of nobody, and not as at first."""
        accepted = [self.run.made(name) for name in (f"acceptance-{self.target.api}", lending.name(self.target.api))]
        numbers = {order["seller"] for scenario in self.scenarios for order in scenario.drawn.get("orders", ())}
        numbers |= {row["order"]["seller"] for row in accepted if row is not None}
        by_number = re.compile(
            rb"(?<![0-9A-Za-z])(%s)(?![0-9A-Za-z])" % b"|".join(re.escape(n.encode()) for n in numbers)
        )
        for exchange in self._own():
            plain = exchange.sound and not exchange.complete and exchange.reply is not None
            if not plain or (numbers and by_number.search(exchange.request.body)):
                continue
            answer = self.seller.read(exchange)
            foreign = not self.seller.speaks(answer) or self.seller.disowns(answer)
            if foreign and not standing.stands_as(self.seller, answer, first):
                yield answer

    def _about(self, scenario: Scenario) -> Exchange | None:
        """Return the exchange that a scenario accuses the seller by, which may be another scenario's."""
        number, _, rest = (said(scenario.message, "exchange") or "").partition(":")
        whose = next(
            (each for each in self.scenarios if rest.endswith(f"in the scenario {each.name!r} of {each.clause}")),
            scenario,
        )
        return next((Exchange.of(row) for row in whose.exchanges if str(row["number"]) == number), None)

    def strays(self) -> Iterator[Doubt]:
        """Give the scenarios whose order was called off behind a no while others asked, of which one may have done it.

        That is a cancellation that was taken up where it had to be refused, though it named no order its scenario had,
        or whose reply names this one.
        """
        for scenario in self.scenarios:
            order = str(scenario.drawn.get("called_off", "")).encode()
            others = (other for other in self._accused() if other.id != scenario.id) if order else ()
            culprit = next((other for other in others if self._may_call_off(other, order, scenario)), None)
            if culprit is not None:
                words = (
                    f"order {order.decode()} was called off while {culprit.name!r} of {culprit.clause} had a "
                    "cancellation taken up that may have been about it: ask this clause by itself"
                )
                yield Doubt(LONG_AGO, words, only=scenario.id)

    def _may_call_off(self, other: Scenario, order: bytes, scenario: Scenario) -> bool:
        begun, ended, own = min(_moments(scenario)), _ended(scenario), [*map(str.encode, _orders(other))]
        for exchange in map(Exchange.of, other.exchanges):
            at_once = exchange.started <= ended and exchange.started + timedelta(seconds=exchange.elapsed) >= begun
            if at_once and exchange.operation == self.seller.operation and self.seller.read(exchange).decision.taken_up:
                names_own = any(number in exchange.request.body for number in own)
                if not names_own or (exchange.reply is not None and order in exchange.reply.body):
                    return True
        return False

    def _broken(self) -> frozenset[str]:
        """Return the scenarios that have shown what no reply to the buyer takes back, by their ids."""
        return frozenset(
            each.id for each in self._accused() if standing.took_up(self.seller, map(Exchange.of, each.exchanges))
        )

    def _accused(self) -> Iterator[Scenario]:
        """Give the scenarios that have shown something to be wrong."""
        return (each for each in self.scenarios if each.verdict in {Verdict.DOES_NOT_CONFORM, Verdict.DEPARTS})

    def _as_long_as(self, shown: Exchange, others: Iterable[Exchange]) -> datetime:
        """Return when the last exchange was told the same as one, before a cancellation of the buyer's was not.

        It may be a stranger's, where the buyer was told nothing else meanwhile: who lets the buyer in again may have
        turned others away so just before.
        """
        shut, last, served = self.seller.read(shown), shown, False
        for exchange in others:
            same, own = standing.stands_as(self.seller, self.seller.read(exchange), shut), self._is_own(exchange)
            if own and not same:
                break
            served = not own and (served or (exchange.identity == BUYER and not same))
            last = exchange if same and not served else last
        return last.started

    def _shown(self) -> Iterator[Exchange]:
        """Give the exchanges that have shown that the buyer was shut out."""
        for scenario in self.scenarios:
            number = scenario.drawn.get("unserved")
            yield from (Exchange.of(row) for row in scenario.exchanges if row["number"] == number)

    def _own(self) -> Iterator[Exchange]:
        """Give the buyer's cancellations."""
        return filter(self._is_own, self.seen)

    def _is_own(self, exchange: Exchange) -> bool:
        return (exchange.identity, exchange.operation) == (BUYER, self.seller.operation)

    def doubt(self, opened: StandingRow) -> Doubt | None:
        """Ask, and say what is doubtful, if anything is."""
        first = standing.opening(opened, self.seller)
        if first is None:
            return None
        try:
            return self._of_answers(first) or self._of_acceptance()
        except Inconclusive as trouble:
            return Doubt(
                self._last(lambda answer: answer.exchange.reply is not None),
                f"nothing could be asked at the end: {trouble.reason}",
            )
        finally:
            self.scene.orders.settle()

    def _of_answers(self, first: Answer) -> Doubt | None:
        """See whether the buyer is told what it was told at the beginning."""
        now = standing.answered(lambda: self.seller.cancel(self.seller.unknown()))
        if standing.stands_as(self.seller, first, now):
            return None
        since = self._last(
            lambda answer: answer.exchange.reply is not None and not standing.stands_as(self.seller, answer, now)
        )
        words = f"at the end the seller answered the buyer with {now.said}, and at the beginning with {first.said}"
        return Doubt(since, f"{words}: what it says {_since(since)} proves nothing; {front.LATER}")

    def _of_acceptance(self) -> Doubt | None:
        """See whether a cancellation is still taken up, where refusals lean on the first and orders are to spare."""
        accepted = self.run.made(f"acceptance-{self.target.api}")
        since = self._last(lambda answer: answer.decision.taken_up)
        leaning = any(scenario.drawn.get("leans") and _ended(scenario) > since for scenario in self.scenarios)
        if accepted is None or not leaning:
            return None
        self.scene.leaves_out = tuple(accepted.get("without", ()))
        said, refused, state = list[str](), None, accepted["order"]["state"]
        for _ in range(TRIES):
            if (order := self._spared(state)) is None:
                return None  # orders are short: that it answers as at the beginning must do
            answer = self.seller.cancel(order, Variation(without=self.scene.leaves_out))
            if answer.decision.taken_up:
                return self._of_one_order(refused, order) if refused is not None else None
            said.append(f"{order}: {answer.said}")
            refused = order if self.seller.is_own_no(answer) else None
        if self.recorded is None:
            self.run.ledger(self.target).forget_acceptance(seller_key(self.target))
        words = f"at the end the seller took no cancellation up any more ({', '.join(said)})"
        return Doubt(since, f"{words}: what it refused {_since(since)} proves nothing", leaning=True)

    def _of_one_order(self, refused: Order, taken_up: Order) -> Doubt | None:
        """See whether the order that was refused is one that the seller was asked about, and said no each time.

        It is listed wrongly, or was called off behind such a no: either way these say nothing.
        """
        if not any(refused.seller in _orders(scenario) for scenario in self.scenarios):
            return None
        words = f"at the end the seller took the cancellation of order {taken_up} up, and refused that of {refused}"
        why = (
            "either that order is listed wrongly, or it was called off by a request that was refused in words, "
            "or with another order"
        )
        return Doubt(LONG_AGO, f"{words}, about which it was asked in this run: {why}", about=refused.seller)

    def _spared(self, state: str) -> Order | None:
        """Return an order that no clause will miss, or nothing: none is made for this, and no cap is raised."""
        if not self.scene.fact(lambda: self.scene.orders.spares(state, self.run.kept(self.target.api))):
            return None
        try:
            return self.scene.order(state)
        except Inconclusive:
            return None

    def _last(self, holds: Any) -> datetime:  # noqa: ANN401 - a predicate of answers
        """Return when the buyer was last told something of a kind."""
        return max((each.started for each in self._own() if holds(self.seller.read(each))), default=LONG_AGO)


def closed(run: Run, target: Target, scenarios: Iterable[Scenario], *, complete: bool) -> list[Scenario]:
    """Ask the seller at the end, and return its API's scenarios, with what it said since it changed as inconclusive."""
    own = [scenario for scenario in scenarios if scenario.api == target.api]
    opened = run.made(standing.name(target.api))
    if not own or opened is None or opened["cause"]:
        return own
    recorded = None if run.record is None else run.record.closing(target.api)
    if run.record is not None and recorded is None:
        lacking = Doubt(LONG_AGO, "the record does not tell whether the seller still answered at the end")
        return [_doubted(scenario, lacking) for scenario in own] if complete else own
    closing = Closing(run, target, own, recorded)
    doubts = [
        *filter(None, [closing.doubt(opened)]),
        *closing.whiles(opened),
        *closing.chances(opened),
        *closing.strays(),
    ]
    scene = closing.scene
    run.offer(
        f"closing-{target.api}",
        {"exchanges": [exchange.masked(scene.masker) for exchange in scene.exchanges], "drawn": scene.drawn},
    )
    for doubt in doubts:
        own = list(_weighed(own, doubt, run))
    return own


def _weighed(scenarios: list[Scenario], doubt: Doubt, run: Run) -> Iterator[Scenario]:
    """Return the scenarios with what is doubtful as inconclusive.

    What judges every answer is, as soon as any other is.
    """
    late = {scenario.id for scenario in scenarios if doubt.covers(scenario)}
    whole = not doubt.leaning and not doubt.about and not doubt.only
    waiting = {row["id"] for row in run.rows() if row["last"]} if late and whole else set[str]()
    for scenario in scenarios:
        yield _doubted(scenario, doubt) if scenario.id in late | waiting else scenario


def _started(exchange: Exchange) -> datetime:
    return exchange.started


def _since(moment: datetime) -> str:
    return "in this run" if moment == LONG_AGO else f"since {moment:%H:%M:%S} UTC"


def _orders(scenario: Scenario) -> set[str]:
    """Return the orders a scenario was given to ask about, by the seller's names of them."""
    return {order["seller"] for order in scenario.drawn.get("orders", ()) if not order.get("beside")}


def _ended(scenario: Scenario) -> datetime:
    """Return when the last request of a scenario was sent."""
    return max(_moments(scenario), default=LONG_AGO)


def _moments(scenario: Scenario) -> Iterator[datetime]:
    """Give when the requests of a scenario were sent."""
    return (datetime.fromisoformat(row["started"]) for row in scenario.exchanges)


def _doubted(scenario: Scenario, doubt: Doubt) -> Scenario:
    """Return a scenario that was decided as inconclusive, and remember what it was."""
    if scenario.verdict not in DECIDED:
        return scenario
    again = said(scenario.message, "again") or "the whole run"
    words = message("Inconclusive", doubt.reason, {"clause": scenario.clause, "again": again})
    return replace(
        scenario,
        verdict=Verdict.INCONCLUSIVE,
        message=words,
        drawn={**scenario.drawn, "before": scenario.verdict.value},
    )
