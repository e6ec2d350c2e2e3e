"""Sentences about what OpenSRS's successes tell of an order: its state, its number and its domain."""

from __future__ import annotations

from pytest_bdd import parsers, then

from countermand.checks import opensrs as ops
from countermand.checks.acceptance import Accepted
from countermand.checks.replies import each, says_nothing
from countermand.model.exchange import Exchange
from countermand.model.place import a_labels
from countermand.model.verdict import Inconclusive, Nonconformance, NotApplicable, expect
from countermand.protocols.answer import Answer, Decision
from countermand.protocols.seller import Seller
from countermand.run.run import Seen
from countermand.run.scene import Scene

from .every_answer import Everything, decided, replies
from .looking_up import must_have_been_told

#: Characters of the longest domain there is (RFC 1035, 2.3.4).
LONGEST = 253


@then("the state it tells is an allowed one")
def state_is_allowed(seller: Seller, answer: Answer) -> None:
    must_be_allowed(state(seller, answer))


@then("get_order_info tells the same state")
def look_up_agrees(seller: Seller, scene: Scene, accepted: Accepted) -> None:
    replied = state(seller, accepted.answer)
    looked_up = seller.state_of(accepted.order)
    if looked_up is None:
        must_have_been_told(seller, scene.exchanges)
        raise NotApplicable("the seller tells no state when asked for an order")
    expect(replied, looked_up, otherwise="get_order_info tells another state than the cancellation did")


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

    if not pairs:
        must_have_been_told(seller, [seen.exchange for seen in everything])
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
