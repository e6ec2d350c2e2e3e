"""Sentences about somebody else who asks what the buyer has asked before: for the same order, or with what it was given."""

from __future__ import annotations

from dataclasses import replace

from pytest_bdd import given, parsers, when

from countermand.checks.acceptance import Acceptance
from countermand.model.target import Order
from countermand.model.verdict import Inconclusive, NotApplicable
from countermand.protocols.answer import Answer
from countermand.protocols.seller import Seller
from countermand.protocols.variation import Signature, Variation

from .attributes import must_look_up
from .cancelling import CALLED_OFF


@given("an order that the buyer has cancelled", target_fixture="order")
def order_called_off(acceptance: Acceptance) -> Order:
    try:
        return replace(acceptance.proof().order, state=CALLED_OFF)
    except Inconclusive as vain:  # what other scenarios of the clause show stands without it
        raise NotApplicable(f"no cancellation was taken up: {vain.reason}") from None


@when(parsers.parse('"{caller}" looks the order up in its own name'), target_fixture="answer")
def caller_looks_up_as_itself(seller: Seller, order: Order, caller: str) -> Answer:
    must_look_up(seller)
    return seller.look_up(order, by=caller)


@when(
    parsers.parse('a stranger cancels the order with the cookies of the buyer and a signature that is "{how}"'),
    target_fixture="answer",
)
def stranger_bears_cookies(seller: Seller, order: Order, how: str) -> Answer:
    return seller.cancel(order, Variation(signature=Signature(how), cookies=True), by="stranger")
