"""Sentences about what OpenSRS tells of an order: its state, its number and its domain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pytest_bdd import given, parsers, then, when

from countermand.checks import aftermath
from countermand.checks import opensrs as ops
from countermand.checks.acceptance import Acceptance, Accepted
from countermand.checks.beside import PAUSE
from countermand.checks.refusal import must_refuse, told_twice
from countermand.checks.replies import each, says_nothing
from countermand.checks.stock import order_in
from countermand.model.exchange import Exchange
from countermand.model.place import a_labels
from countermand.model.target import Order
from countermand.model.verdict import Inconclusive, Nonconformance, NotApplicable, expect
from countermand.protocols.answer import Answer, Decision
from countermand.protocols.seller import Seller
from countermand.protocols.variation import COMPLETE, OwnName, Signature, Variation
from countermand.run.run import Seen
from countermand.run.scene import Scene

from .cancelling import number_written
from .every_answer import Everything, decided, replies
from .telling import must_tell_nothing

#: Characters of the longest domain there is (RFC 1035, 2.3.4).
LONGEST = 253
#: The states of an order that is over, the one first in which no seller has a reason to say yes.
OVER = ("completed", "declined", "cancelled")
#: What makes a number none; whoever takes it for words of SQL means no other order by it.
BEHIND = {"letters": "abc", "a fraction": ".5", "a power": "e0", "a quotation mark": "' -- "}


@when(parsers.parse('a stranger looks the order up with a signature that is "{how}"'), target_fixture="answer")
def stranger_looks_up(seller: Seller, order: Order, how: str) -> Answer:
    must_look_up(seller)
    return seller.look_up(order, by="stranger", variation=Variation(signature=Signature(how)))


@when(parsers.parse('"{caller}" looks the order up in the buyer\'s name'), target_fixture="answer")
@when(parsers.parse('an "{caller}" looks the order up in the buyer\'s name'), target_fixture="answer")
def caller_looks_up(seller: Seller, order: Order, caller: str) -> Answer:
    must_look_up(seller)
    return seller.look_up(order, by=caller, variation=Variation(speaks_for="buyer"))


@when("the buyer looks the order up", target_fixture="answer")
def buyer_looks_up(seller: Seller, order: Order) -> Answer:
    must_look_up(seller)
    return seller.look_up(order)


@when(parsers.parse("the buyer looks the order up by its number {written}"), target_fixture="answer")
def buyer_looks_up_by(seller: Seller, scene: Scene, order: Order, written: str) -> Answer:
    must_look_up(seller)
    answer = seller.look_up(order, variation=number_written(seller, scene, order, written))
    nobodys = seller.unknown()
    if answer.decision.taken_up and any(
        seller.look_up(nobodys, variation=how).decision.taken_up
        for how in (COMPLETE, number_written(seller, scene, nobodys, written))
    ):
        raise NotApplicable("the seller tells of orders that do not exist as well")
    return answer


@then("the seller does not tell of the order")
def seller_keeps_order_to_itself(seller: Seller, scene: Scene, order: Order, answer: Answer) -> None:
    """See that nothing is told of it, whatever the reply decides; a reply that says yes and no decides nothing."""
    if answer.decision.taken_up:
        for place in ops.attributes(answer.exchange, besides="order_id"):
            otherwise = "the seller tells a buyer of an order that is another's"
            raise Nonconformance(otherwise, expected="nothing of it", received=place.text, at=place.at)
    if not answer.decision.taken_up or answer.contradiction:
        must_refuse(seller, answer)
        must_tell_nothing(seller, scene, order, answer)


@when(parsers.parse("the buyer cancels the order with {what} behind its number"), target_fixture="answer")
def buyer_adds_to_number(seller: Seller, order: Order, what: str) -> Answer:
    more = BEHIND[what]
    return seller.cancel(order, Variation(values={"attributes.order_id": f"{order.seller}{more}"}))


@when(parsers.parse('the buyer cancels the order, whose number stands as its "{name}"'), target_fixture="answer")
def buyer_names_elsewhere(seller: Seller, order: Order, name: str) -> Answer:
    return seller.cancel(order, Variation(named_at=name))


@given("what its owner is told of it", target_fixture="owners_state")
def owner_is_told(seller: Seller, order: Order) -> str | None:
    return seller.owners_state(order)


@when(
    parsers.parse("the buyer cancels an order of its own that is over, and names this one {where}"),
    target_fixture="answer",
)
def buyer_names_both(seller: Seller, scene: Scene, order: Order, owners_state: str | None, where: str) -> Answer:
    if owners_state not in seller.called_off:
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


@then("the state it tells is an allowed one")
def state_is_allowed(seller: Seller, answer: Answer) -> None:
    must_be_allowed(state(seller, answer))


@then("the seller tells a state when asked for the order")
def seller_is_asked(seller: Seller, order: Order) -> None:
    seller.state_of(order)  # that it is the one the cancellation told is a clause of its own, over all such answers


@then("the order is left in its state if its cancellation is refused")
def order_is_left(seller: Seller, scene: Scene, order: Order, answer: Answer) -> None:
    must_look_up(seller)
    before, states = seller.state_before(order, answer.exchange), [seller.state_of(order)]
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


@then("get_order_info tells the same state")
def look_up_agrees(seller: Seller, accepted: Accepted) -> None:
    replied = state(seller, accepted.answer)
    looked_up = seller.state_of(accepted.order)
    if looked_up is None:
        raise NotApplicable("the seller tells no state when asked for an order")
    expect(replied, looked_up, otherwise="get_order_info tells another state than the cancellation did")


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


@then("every success tells an allowed state")
def every_state_is_allowed(everything: Everything, seller: Seller) -> None:
    def check(exchange: Exchange) -> None:
        for place in ops.parameters(exchange, "attributes.state"):
            must_be_allowed(place.text, place.at)

    successes = decided(everything, seller, Decision.TAKEN_UP)
    each(telling(successes, "state"), check, "no success of this run tells a state")


@then("get_order_info tells of every order the state its cancellation told")
def every_look_up_agrees(everything: Everything, seller: Seller) -> None:
    cancelled = {id(seen) for seen in decided(everything, seller, Decision.TAKEN_UP)}
    after: dict[tuple[str, str, str], str] = {}  # by scenario: between two of them anything may have happened
    pairs: list[tuple[Seen, str]] = []
    for seen in everything:
        number, states = ops.number_and_states(seen.exchange)
        key = (seen.clause, seen.scenario, number)
        if id(seen) in cancelled and states:
            after[key] = states[0]
        elif seen.exchange.operation == "get_order_info" and states and key in after:
            pairs.append((seen, after.pop(key)))  # a later one may tell what has become of it since
    told_before = {id(seen.exchange): state for seen, state in pairs}

    def check(exchange: Exchange) -> None:
        _, states = ops.number_and_states(exchange)
        expect(
            told_before[id(exchange)],
            states[0],
            otherwise="get_order_info tells another state than the cancellation did",
        )

    each([seen for seen, _ in pairs], check, "no order was asked for after its cancellation")


@then(parsers.parse('every success has a "{name}"'))
@then(parsers.parse('every success has an "{name}"'))
def every_success_has(everything: Everything, seller: Seller, name: str) -> None:
    def check(exchange: Exchange) -> None:
        place = ops.parameter(exchange, f"attributes.{name}")
        if says_nothing(place.text):
            received = place.text or "blank"
            raise Nonconformance(f"the {name} says nothing", expected=f"a {name}", received=received, at=place.at)

    each(decided(everything, seller, Decision.TAKEN_UP), check, "no reply of this run is a success")


@then(parsers.parse('every success for an order that was "{state}" tells one of "{allowed}"'))
def every_state_follows(everything: Everything, seller: Seller, state: str, allowed: str) -> None:
    def check(exchange: Exchange) -> None:
        for place in ops.parameters(exchange, "attributes.state"):
            expect(
                tuple(allowed.split(", ")),
                place.text,
                otherwise=f"that state does not follow from {state}",
                at=place.at,
            )

    successes = [
        seen
        for seen in decided(everything, seller, Decision.TAKEN_UP)
        if seen.orders.get(ops.asked(seen.exchange)) == state
    ]
    each(
        telling(successes, "state"),
        check,
        f"no order that was {state} was cancelled with a success that tells its state",
    )


@then("every success is about the order asked for")
def every_success_is_about_order(everything: Everything, seller: Seller) -> None:
    def check(exchange: Exchange) -> None:
        for place in ops.parameters(exchange, "attributes.order_id"):
            expect(ops.asked(exchange), place.text, otherwise="the reply is about another order", at=place.at)

    looked_up = [
        seen
        for seen in replies(everything)
        if seen.exchange.operation == "get_order_info"
        and seen.exchange.sound
        and seller.read(seen.exchange).decision is Decision.TAKEN_UP
    ]
    successes = [*decided(everything, seller, Decision.TAKEN_UP), *looked_up]
    each(telling(successes, "order_id"), check, "no success of this run tells its order_id")


@then("the domain of an order is the same in every success")
def every_domain_is_the_same(everything: Everything) -> None:
    domains: dict[str, str] = {}

    def check(exchange: Exchange) -> None:
        for place in ops.parameters(exchange, "attributes.domain"):
            first = domains.setdefault(ops.asked(exchange), place.text)
            if _name(first) != _name(place.text):
                expect(first, place.text, otherwise="the domain of the order is another than before", at=place.at)

    named = [seen for seen in replies(everything) if seen.exchange.sound and ops.asked(seen.exchange)]
    each(telling(named, "domain"), check, "no reply of this run tells a domain")


def _name(domain: str) -> str:
    """Return a domain as it is compared: in any case, with a final dot or without, by its A-labels (RFC 5890, UTS 46)."""
    plain = domain.strip().removesuffix(".").lower()
    return plain if plain.isascii() or len(plain) > LONGEST else a_labels(plain)


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


def must_look_up(seller: Seller) -> None:
    """Go on only with a seller that can be asked for an order."""
    if seller.target.lacks("get_order_info"):
        raise NotApplicable("the target file declares that there is no get_order_info ([capabilities] get_order_info)")


def telling(some: Everything, name: str) -> Everything:
    """Return the replies with an attribute of that name that is not blank: that there has to be one is another clause."""
    return [seen for seen in some if any(place.text for place in ops.parameters(seen.exchange, f"attributes.{name}"))]


def must_be_allowed(word: str, at: str | None = None) -> None:
    """Hold a word to being one of the seven states."""
    expect(frozenset(ops.STATES), word, otherwise="the state is not one of the seven allowed values", at=at)


def state(seller: Seller, answer: Answer) -> str:
    """Return the state a successful reply tells; a refused cancellation tells none."""
    if not answer.decision.taken_up:
        if answer.exchange.reply is None or answer.advice:
            raise Inconclusive(f"the order's state is not told: {answer.said}", received=answer.said)
        raise NotApplicable("the seller refuses to cancel such an order, and tells no state")
    states = seller.values(answer, "attributes.state")
    if not states:
        raise Nonconformance("a successful reply tells no state", expected="a state", received="nothing", at=answer.at)
    return states[0].text
