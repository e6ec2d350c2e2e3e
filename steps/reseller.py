"""Sentences about the buyer and the reseller that a cancellation names."""

from __future__ import annotations

from pytest_bdd import parsers, then, when

from countermand.checks.acceptance import Acceptance
from countermand.checks.ala import BUYER, RESELLER
from countermand.model.target import Order
from countermand.model.verdict import Inconclusive, Nonconformance, NotApplicable
from countermand.protocols import front
from countermand.protocols.answer import Answer, Decision
from countermand.protocols.seller import Seller
from countermand.protocols.variation import Variation
from countermand.run.scene import Scene

from .naming import otherwise_written


@when("the buyer cancels the order without naming a reseller", target_fixture="answer")
def buyer_names_no_reseller(seller: Seller, order: Order, acceptance: Acceptance) -> Answer:
    if seller.identity("buyer").reseller is None:
        return as_usual(seller, order, acceptance)
    return seller.cancel(order, Variation(without=(RESELLER,)))


@when("the buyer cancels the order and names its reseller", target_fixture="answer")
def buyer_names_reseller(seller: Seller, order: Order, acceptance: Acceptance) -> Answer:
    if seller.identity("buyer").reseller is None:
        raise NotApplicable("the target file gives no reseller: add reseller to [buyer]")
    return as_usual(seller, order, acceptance)


@when(parsers.parse('"{caller}" cancels the order in the buyer\'s name, written {how}'), target_fixture="answer")
def caller_writes_name(seller: Seller, order: Order, caller: str, how: str) -> Answer:
    name, own = (seller.identity(party).identifier or "" for party in ("buyer", caller))
    written = otherwise_written(name, how)
    if written in {name, own} or not name:
        raise NotApplicable("written so it is the same name, or the caller's own")
    return seller.cancel(order, Variation(speaks_for="buyer", values={BUYER: written}), by=caller)


@when(parsers.parse('"{caller}" cancels the order in the name of nobody'), target_fixture="answer")
def caller_names_nobody(seller: Seller, scene: Scene, order: Order, caller: str) -> Answer:
    return seller.cancel(order, Variation(values={BUYER: f"COUNTERMAND-{scene.draw.digits(12)}"}), by=caller)


@then("the seller does not insist on a reseller")
def seller_does_not_insist(seller: Seller, order: Order, answer: Answer) -> None:
    reseller = seller.identity("buyer").reseller or "BAQ"
    must_not_decide_by_reseller(
        seller,
        order,
        answer,
        Variation(values={RESELLER: reseller}),
        "that names no reseller, and takes it up with one",
    )


@then("the seller does not refuse it for naming one")
def seller_does_not_mind(seller: Seller, order: Order, answer: Answer) -> None:
    must_not_decide_by_reseller(
        seller, order, answer, Variation(without=(RESELLER,)), "that names its reseller, and takes it up without one"
    )


def as_usual(seller: Seller, order: Order, acceptance: Acceptance) -> Answer:
    """Return the answer to a complete cancellation: that of the run, if it was taken up, or else one to this order."""
    own = acceptance.own()
    return seller.cancel(order) if own is None else own.answer


def must_not_decide_by_reseller(seller: Seller, order: Order, answer: Answer, otherwise: Variation, words: str) -> None:
    """Hold a seller to a yes, or to a no that the reseller has no part in: the same cancellation, in the other form, is refused as well."""
    if answer.decision.taken_up:
        return
    if seller.target.lacks("takes_up"):
        raise NotApplicable("the target file declares that no cancellation is taken up ([capabilities] takes_up)")
    front.must_be_bare(answer.exchange.reply)
    if answer.decision is not Decision.REFUSED or seller.disowns(answer):
        raise Inconclusive(
            f"the answer is neither a yes nor a no: {answer.advised}", received=answer.said, at=answer.at
        )
    other = seller.cancel(order, otherwise)
    if other.decision.taken_up:
        raise Nonconformance(
            f"the seller refuses a cancellation {words}", expected="taken up", received=answer.said, at=answer.at
        )
    raise Inconclusive(
        f"the seller refuses the cancellation in either form: {seller.explained(other)}; that tells nothing of resellers",
        received=other.said,
        exchange=other.exchange,
    )
