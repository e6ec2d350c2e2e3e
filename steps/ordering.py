"""Sentences about the state of things before anything is cancelled: orders, and cancellations already answered."""

from __future__ import annotations

from pytest_bdd import given, parsers

from countermand.acceptance import Acceptance, Accepted
from countermand.scene import Scene
from countermand.seller import Answer, Seller, Variation
from countermand.target import Order
from countermand.verdict import Inconclusive, NotApplicable


@given("a seller who takes cancellations up")
def seller_takes_up(acceptance: Acceptance) -> None:
    acceptance.proof()


@given("a cancellation the seller has taken up", target_fixture="accepted")
def cancellation_taken_up(acceptance: Acceptance) -> Accepted:
    return acceptance.proof()


@given("a complete cancellation that was answered", target_fixture="accepted")
def cancellation_answered(acceptance: Acceptance) -> Accepted:
    return acceptance.answered()


@given("an order in flight", target_fixture="order")
def order_in_flight(scene: Scene, seller: Seller) -> Order:
    return proven(seller, scene.take(seller.in_flight))


@given(parsers.parse('an order that is "{state}"'), target_fixture="order")
def order_in_state(scene: Scene, seller: Seller, state: str) -> Order:
    if seller.target.lacks(f"{state}_orders"):
        raise NotApplicable(f"the target file declares that there are no {state} orders ([capabilities] {state}_orders)")
    return proven(seller, scene.take(state))


@given("an order of another buyer", target_fixture="order")
def order_of_another_buyer(scene: Scene, seller: Seller) -> Order:
    if seller.target.lacks("foreign_orders"):
        raise NotApplicable("the target file declares that there are no orders of another buyer ([capabilities] foreign_orders)")
    return scene.take("foreign")


@given("an order that does not exist", target_fixture="order")
def order_of_nobody(seller: Seller) -> Order:
    return seller.unknown()


@given("an incomplete cancellation that was answered")
def incomplete_cancellation(scene: Scene, seller: Seller) -> Answer:
    return seller.cancel(scene.take(seller.in_flight), Variation(without=seller.required[-1:]))


@given(parsers.parse('a cancellation by a "{caller}" that was answered'))
@given(parsers.parse('a cancellation by "{caller}" that was answered'))
def cancellation_by(scene: Scene, seller: Seller, caller: str) -> Answer:
    return seller.cancel(scene.take(seller.in_flight), Variation(speaks_for="buyer"), by=caller)


def proven(seller: Seller, order: Order) -> Order:
    """Return the order if the seller tells the state it is listed with, or cannot be asked."""
    told = seller.state_of(order)
    if told is not None and told != order.state:
        raise Inconclusive(f"the order {order} is listed as {order.state}, and the seller says that it is {told}", received=told)
    return order
