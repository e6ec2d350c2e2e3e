"""Sentences about the state of things before anything is cancelled: orders, and cancellations already answered."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from pytest_bdd import given, parsers

from countermand.checks.acceptance import Acceptance, Accepted
from countermand.checks.stock import order_in
from countermand.model.target import Order
from countermand.model.verdict import Inconclusive, NotApplicable
from countermand.protocols.seller import Seller
from countermand.protocols.variation import Variation
from countermand.run.scene import Scene

from .cancelling import CALLED_OFF


@given("a seller who takes cancellations up")
def seller_takes_up(acceptance: Acceptance) -> None:
    acceptance.proof()


@given("a cancellation the seller has taken up", target_fixture="accepted")
def cancellation_taken_up(acceptance: Acceptance) -> Accepted:
    return acceptance.proof(own=True)


@given("a complete cancellation that was answered", target_fixture="accepted")
def cancellation_answered(acceptance: Acceptance) -> Accepted:
    return acceptance.answered()


@given("an order in flight", target_fixture="order")
def order_in_flight(scene: Scene, seller: Seller, acceptance: Acceptance) -> Order:
    return order_in(scene, seller, acceptance.state())


@given(parsers.parse('an order that is "{state}"'), target_fixture="order")
def order_in_state(scene: Scene, seller: Seller, state: str) -> Order:
    if seller.target.lacks(f"{state}_orders"):
        raise NotApplicable(
            f"the target file declares that there are no {state} orders ([capabilities] {state}_orders)"
        )
    return order_in(scene, seller, state)


@given(parsers.parse('an order that is "{state}", if there is one'), target_fixture="order")
def order_in_state_if_any(scene: Scene, seller: Seller, state: str) -> Order:
    """Take an order that other scenarios of the clause can do without."""
    if not scene.fact(lambda: scene.orders.offers(state)):
        raise NotApplicable(f"the target file lists no order of the buyer's that is {state}: [orders] {state}")
    return order_in_state(scene, seller, state)


@given("an order of another buyer", target_fixture="order")
def order_of_another_buyer(scene: Scene, seller: Seller) -> Order:
    if seller.target.lacks("foreign_orders"):
        raise NotApplicable(
            "the target file declares that there are no orders of another buyer ([capabilities] foreign_orders)"
        )
    return scene.take("foreign")


@given("an order that the buyer has cancelled", target_fixture="order")
def order_called_off(acceptance: Acceptance) -> Order:
    try:
        return replace(acceptance.proof().order, state=CALLED_OFF)
    except Inconclusive as vain:  # what other scenarios of the clause show stands without it
        raise NotApplicable(f"no cancellation was taken up: {vain.reason}") from None


@given("an order that does not exist", target_fixture="order")
def order_of_nobody(seller: Seller) -> Order:
    return seller.unknown()


@given("an incomplete cancellation that was answered")
def incomplete_cancellation(seller: Seller) -> None:
    seller.cancel(seller.unknown(), Variation(without=seller.required[-1:]))


@given("a cancellation of nobody's order that was answered")
def cancellation_of_nobody(seller: Seller) -> None:
    seller.cancel(seller.unknown())


@given(parsers.parse('a cancellation by a "{caller}" that was answered'))
@given(parsers.parse('a cancellation by "{caller}", if there is one, that was answered'))
def cancellation_by(seller: Seller, caller: str) -> None:
    # Whom the target file does not have, the rest of the run may still have seen refused.
    with contextlib.suppress(NotApplicable):
        seller.cancel(seller.unknown(), Variation(speaks_for="buyer"), by=caller)
