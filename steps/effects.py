"""Sentences about what becomes of an order, by what look-ups tell of it before and after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pytest_bdd import given, parsers, then, when

from countermand.checks import aftermath
from countermand.checks import opensrs as ops
from countermand.checks.acceptance import Acceptance
from countermand.checks.beside import PAUSE
from countermand.checks.refusal import told_twice
from countermand.checks.replies import each
from countermand.checks.stock import order_in
from countermand.model.exchange import Exchange
from countermand.model.target import Order
from countermand.model.verdict import Inconclusive, Nonconformance, NotApplicable
from countermand.protocols.answer import Answer, Decision
from countermand.protocols.seller import Seller
from countermand.protocols.variation import OwnName, Variation
from countermand.run.run import Seen
from countermand.run.scene import Scene

from .every_answer import Everything, decided
from .looking_up import must_have_been_told, must_look_up

#: The states of an order that is over, the one first in which no seller has a reason to say yes.
OVER = ("completed", "declined", "cancelled")


@given("what its owner is told of it", target_fixture="owners_state")
def owner_is_told(seller: Seller, order: Order) -> str | None:
    return seller.owners_state(order)


@when(
    parsers.parse("the buyer cancels an order of its own that is over, and names this one {where}"),
    target_fixture="answer",
)
def buyer_names_both(seller: Seller, scene: Scene, order: Order, owners_state: str | None, where: str) -> Answer:
    if owners_state not in seller.called_off:
        must_have_been_told(seller, scene.exchanges)
        raise NotApplicable("another buyer is not told of its order, so that nothing tells whether it is called off")
    there = [state for state in OVER if not seller.target.lacks(f"{state}_orders")]
    listed = scene.fact(lambda: [state for state in there if scene.orders.offers(state)])
    state = scene.fact(lambda: next((state for state in listed if scene.orders.spares(state, 0)), "".join(listed[:1])))
    if not state:
        raise NotApplicable("the target file lists no order of the buyer's that is over: [orders] completed")
    own = order_in(scene, seller, state)  # nothing becomes of it, whatever the seller makes of the other
    return seller.cancel(own, Variation(another=order.seller, beside=OwnName(where)))


@then("its owner is not told that it was called off")
def owner_keeps_it(seller: Seller, order: Order, answer: Answer, owners_state: str | None) -> None:
    if owners_state in OVER and not answer.decision.taken_up:
        raise NotApplicable(
            f"its owner is told that the order is {owners_state}, which anybody would be refused: list one in flight under "
            "[orders] foreign"
        )
    called_off = seller.called_off.get(owners_state or "", frozenset())
    state = told_twice(seller, lambda: seller.owners_state(order), called_off) if called_off else None
    if state in called_off:
        seller.scene.note(order, f"found {state}", spent=True)
        seller.scene.called_off = order.seller
        says = "says no, and calls" if answer.decision is Decision.REFUSED else "calls"
        otherwise = f"the seller {says} the order of another buyer off all the same"
        raise Nonconformance(otherwise, expected=owners_state, received=state, exchange=answer.exchange)


@then("the order is left in its state if its cancellation is refused")
def order_is_left(seller: Seller, scene: Scene, order: Order, answer: Answer) -> None:
    must_look_up(seller)
    before, states = seller.state_before(order, answer.exchange), [seller.state_of(order)]
    if before is None:
        must_have_been_told(seller, scene.exchanges)
    if answer.decision.taken_up or before != order.state:
        raise NotApplicable("the seller takes the cancellation up, or did not tell the order's state before it")
    waits = answer.decision is Decision.THROTTLED and answer.at is not None and not seller.not_now(answer.exchange)
    if answer.decision is not Decision.REFUSED and not waits:
        raise Inconclusive(f"the answer is neither a yes nor a no: {answer.advised}", received=answer.said)
    if states != [before]:
        scene.rest(PAUSE)  # a look-up may tell for once what it has kept of something else
        states.append(seller.state_of(order))
    if states[-1] == before:
        return
    words = ", and then ".join(state or "in no state" for state in states)
    if waits or {*states} != {ops.REOPENED}:  # what it waits for, or another party, may have done that
        reason = f"the seller refuses to cancel order {order}, which was {before}, and says then that it is {words}"
        raise Inconclusive(reason, received=words, exchange=answer.exchange)
    scene.note(order, f"found {words}", spent=True)
    otherwise = "the seller refuses to cancel an order that is over, and changes its state"
    raise Nonconformance(otherwise, expected=before, received=words, exchange=answer.exchange)


@then("no order is called off whose cancellation was not asked for")
def no_other_is_called_off(everything: Everything, seller: Seller) -> None:
    must_look_up(seller)
    looked_at = {id(other.last): other for other in others(everything, seller)}

    def check(exchange: Exchange) -> None:
        other = looked_at[id(exchange)]
        states = ", and then ".join(state or "in no state" for state in other.after)
        if other.is_called_off(seller):
            raise Nonconformance(
                "the seller calls off an order whose cancellation was not asked for",
                expected=f"order {other.number} {other.before}",
                received=f"order {other.number} {states}, beside the cancellation of order {other.cancelled}",
            )
        if other.after[-1] is None or any(other.are_off(seller)):
            which = f"order {other.number}, which was {other.before} and not to be cancelled"
            reason = (
                f"beside the cancellation of order {other.cancelled} the seller says of {which}, that it is {states}"
            )
            raise Inconclusive(reason, received=states, exchange=exchange)

    lasts = [seen for seen in everything if id(seen.exchange) in looked_at]
    if not lasts:
        must_have_been_told(seller, [seen.exchange for seen in everything])
    # What shows something speaks for all, whatever is not known of others.
    lasts.sort(key=lambda seen: not looked_at[id(seen.exchange)].is_called_off(seller))
    each(lasts, check, "no other order was looked up before a cancellation and after it")


@when("the buyer looks up again what was refused to be cancelled", target_fixture="everything")
def buyer_looks_again(scene: Scene, seller: Seller, everything: Everything, acceptance: Acceptance) -> Everything:
    must_look_up(seller)
    if (nobodys := acceptance.in_no_scenario()) is not None:
        own = Seen(nobodys.answer.exchange, "this one", "", {nobodys.order.seller: nobodys.order.state})
        everything = [*everything, own]
    if any(any(other.are_off(seller)) for other in others(everything, seller)):
        raise NotApplicable("orders are called off beside others here, so that nothing tells what else has done that")
    if aftermath.look_again(scene, seller, everything):
        raise Inconclusive("an order nobody has asked about is called off as well: somebody else has done that")
    return [*everything, *(Seen(exchange, "this one", "") for exchange in scene.exchanges)]


@then("no order is called off whose cancellation was refused")
def refused_cancellation_has_no_effect(everything: Everything, seller: Seller) -> None:
    # Where one request was about several, what shows something speaks for all.
    by_shown = sorted(aftermath.left(everything, seller), key=lambda order: len(order.after))
    orders = {id(order.refused.exchange): order for order in by_shown}

    if not orders:
        must_have_been_told(seller, [seen.exchange for seen in everything])
    stray = aftermath.strays(everything, seller)  # and may have called any of them off, which another clause is about

    def check(exchange: Exchange) -> None:
        order = orders[id(exchange)]
        if order.after and not stray:
            _, states = ops.number_and_states(order.after[-1])
            how = f"order {order.number} {states[0]}, and {order.state} after its cancellation was refused"
            if len(order.after) == 1:
                raise Inconclusive(f"the seller tells {how}, once", received=states[0], exchange=order.after[-1])
            raise Nonconformance(
                "the seller says no, and calls the order off later",
                expected=f"order {order.number} {order.state}",
                received=how,
            )

    each(
        [order.refused for order in reversed(orders.values())],
        check,
        "no order was looked up after its cancellation was refused",
    )


@dataclass(frozen=True)
class Other:
    """An order that was looked up before another one was cancelled, and after it."""

    number: str
    cancelled: str  # the number of the other one
    before: str
    after: tuple[str | None, ...]  # one or more; none where a look-up told no state
    last: Exchange

    def are_off(self, seller: Seller) -> list[bool]:
        """Say of each state told after the cancellation whether the order was called off in it."""
        return [state in seller.called_off.get(self.before, ()) for state in self.after]

    def is_called_off(self, seller: Seller) -> bool:
        """Say whether it was told so twice: a look-up may tell for once what it has kept of something else."""
        return len(self.after) > 1 and all(self.are_off(seller)[-2:])


def others(everything: Everything, seller: Seller) -> Iterator[Other]:
    """Give what was told of each order beside one that was cancelled, within a scenario, which had them for itself.

    In which of them a request was written otherwise, that may name any order, none is known to be another one.
    """
    taken_up = {id(seen) for seen in decided(everything, seller, Decision.TAKEN_UP)}
    asked, looks = dict[tuple[str, str], Everything](), dict[tuple[str, str, str, str], list[Exchange]]()
    for seen in everything:
        exchange = seen.exchange
        if exchange.operation == seller.operation:
            asked.setdefault((seen.clause, seen.scenario), []).append(seen)
        elif exchange.operation == "get_order_info" and exchange.sound:
            looks.setdefault((seen.clause, seen.scenario, exchange.identity, ops.asked(exchange)), []).append(exchange)
    for (clause, scenario, _, number), exchanges in looks.items():
        cancellations = asked.get((clause, scenario), [])
        plain = all(seen.exchange.sound and not _alike(ops.asked(seen.exchange), number) for seen in cancellations)
        cancelled = next((ops.asked(seen.exchange) for seen in cancellations if id(seen) in taken_up), None)
        before, *after = [next(iter(ops.number_and_states(exchange)[1]), None) for exchange in exchanges]
        if plain and cancelled is not None and before is not None and after:
            yield Other(number, cancelled, before, tuple(after), exchanges[-1])


def _alike(number: str, other: str) -> bool:
    """Say whether two numbers may be one that is written in two ways."""
    return number.strip().lstrip("0") == other.strip().lstrip("0")
