"""Sentences about look-ups: who asks for an order, and what they are told of it."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_bdd import parsers, then, when

from countermand.checks import opensrs as ops
from countermand.checks.refusal import must_refuse
from countermand.model.apis import APIS
from countermand.model.exchange import Exchange
from countermand.model.target import Order
from countermand.model.verdict import Inconclusive, Nonconformance, NotApplicable
from countermand.protocols.answer import KNOWN, Answer, Decision
from countermand.protocols.seller import Seller
from countermand.protocols.variation import COMPLETE, Signature, Variation
from countermand.run.scene import Scene

from .naming import number_written
from .ordering import order_of_another_buyer
from .telling import must_tell_nothing


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


@when(parsers.parse('"{caller}" looks the order up in its own name'), target_fixture="answer")
def caller_looks_up_as_itself(seller: Seller, order: Order, caller: str) -> Answer:
    must_look_up(seller)
    return seller.look_up(order, by=caller)


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


@when("the buyer looks an order of another buyer up, and then in its owner's name", target_fixture="answer")
def buyer_looks_up_as_owner(seller: Seller, scene: Scene) -> Answer:
    must_look_up(seller)
    caller, foreign = "stranger in the other reseller's name", order_of_another_buyer(scene, seller)
    seller.identity(caller)
    if seller.look_up(foreign).decision.taken_up:
        raise NotApplicable(
            "the look-ups of this run tell the buyer of it in its own name, which another clause is about"
        )
    return seller.look_up(foreign, by=caller)


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


@then("the seller tells a state when asked for the order")
def seller_is_asked(seller: Seller, order: Order) -> None:
    seller.state_of(order)  # that it is the one the cancellation told is a clause of its own, over all such answers


def must_have_been_told(seller: Seller, exchanges: Iterable[Exchange]) -> None:
    """Go on only where every plain look-up of a buyer was answered, at last: what was not told may be otherwise."""
    look_ups, lasts = APIS[seller.target.api].look_ups, dict[tuple[str, bytes], Exchange]()
    for exchange in exchanges:
        if exchange.operation in look_ups and exchange.sound and exchange.identity in KNOWN:
            lasts[exchange.identity, exchange.request.body] = exchange
    for exchange in lasts.values():
        answer = seller.read(exchange)
        if answer.decision not in {Decision.TAKEN_UP, Decision.REFUSED}:
            reason = f"a look-up was not answered: {answer.advised}"
            raise Inconclusive(reason, received=answer.said, exchange=exchange)


def must_look_up(seller: Seller) -> None:
    """Go on only with a seller that can be asked for an order."""
    if seller.target.lacks("get_order_info"):
        raise NotApplicable("the target file declares that there is no get_order_info ([capabilities] get_order_info)")
