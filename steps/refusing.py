"""Sentences about what the seller makes of a cancellation: it takes it up, refuses it, or does not even open the door."""

from __future__ import annotations

from functools import partial

from pytest_bdd import parsers, then

from countermand.checks import standing
from countermand.checks.acceptance import Acceptance, Accepted
from countermand.checks.fingerprint import Fingerprint, contradicts, fingerprint, told_apart, whole, without_codes
from countermand.checks.notation import must_read
from countermand.checks.refusal import (
    must_decide,
    must_have_been_read,
    must_not_serve,
    must_refuse,
    must_serve_buyer,
)
from countermand.checks.standing import must_know_message
from countermand.checks.stock import must_be_known
from countermand.document import Spelling
from countermand.model.target import Order
from countermand.model.verdict import Nonconformance, NotApplicable, expect
from countermand.protocols.answer import Answer, Decision
from countermand.protocols.seller import Seller
from countermand.run.scene import Scene


@then("the seller takes the cancellation up or rejects it")
@then("the seller says whether it has cancelled the order")
def seller_decides(scene: Scene, seller: Seller, answer: Answer) -> None:
    must_know_message(scene, seller, answer)
    must_decide(seller, answer)
    must_be_known(seller, answer)


@then("nothing is taken up")
@then("the seller refuses the cancellation")
def seller_refuses(seller: Seller, answer: Answer) -> None:
    must_refuse(seller, answer)


@then("the seller does not serve the caller")
def seller_does_not_serve(seller: Seller, answer: Answer) -> None:
    must_not_serve(seller, answer)


@then("the seller serves the buyer")
def seller_serves_buyer(scene: Scene, seller: Seller, answer: Answer, acceptance: Acceptance) -> None:
    scene.risks_no_more()
    must_serve_buyer(seller, answer, acceptance, scene.run.made(standing.name(seller.target.api)))


@then(parsers.parse("the seller refuses with status {status:d}"))
def seller_refuses_with(seller: Seller, answer: Answer, status: int) -> None:
    must_refuse(seller, answer)
    expect(status, answer.reply.status, otherwise="the refusal has another status")


@then(parsers.parse("the seller refuses with status {status:d}, unless it closes the door"))
def seller_refuses_with_or_closes(seller: Seller, answer: Answer, status: int) -> None:
    must_not_serve(seller, answer)
    if answer.exchange.reply is not None:
        expect(status, answer.reply.status, otherwise="the refusal has another status")


@then("the seller refuses the second cancellation or answers as before")
def seller_refuses_or_repeats(seller: Seller, answer: Answer, accepted: Accepted) -> None:
    if seller.words_are_open and answer.contradiction and answer.decision is Decision.REFUSED:
        return  # it is pending as before, which is why it is refused: either would be right
    if not answer.decision.taken_up:
        must_refuse(seller, answer)
    elif _contradicts(seller, answer, accepted.answer):
        otherwise = "the seller takes the same order up once more, and answers otherwise than before"
        raise Nonconformance(otherwise, expected="refused, or the first answer", received=answer.said, at=answer.at)


@then("the seller tells no more than of an order that does not exist")
def seller_tells_no_more(seller: Seller, answer: Answer) -> None:
    must_have_been_refused(seller, answer)
    nobodys, asked = seller.unknown(), answer.asked

    def refusal_of(order: Order) -> Answer:
        refusal = seller.cancel(order, by=asked.by) if asked else seller.cancel(order)
        must_have_been_refused(seller, refusal)
        return refusal

    def said(refusal: Answer) -> Fingerprint | None:
        mark = whole(refusal)
        return mark and without_codes(mark)

    def again(order: Order) -> Fingerprint | None:
        return said(refusal_of(order))

    of_nobody = refusal_of(nobodys)
    ours, others = said(answer), said(of_nobody)
    if ours is None or others is None or asked is None:
        return
    next_ones = [partial(again, order) for order in (asked.order, nobodys, seller.made_up())]
    if more := told_apart(ours, others, *next_ones):
        must_have_been_read(seller, answer, of_nobody)
        otherwise = "the refusal of another buyer's order tells it from an order that does not exist"
        raise Nonconformance(otherwise, expected="the same words", received=more)


@then("the seller tells none of its attributes")
def seller_tells_no_attributes(seller: Seller, answer: Answer) -> None:
    must_have_been_refused(seller, answer)
    keys = [key for name in ("domain", "state") for key in (f"attributes.{name}", name)]
    said = [(key, place) for key in keys for place in seller.values(answer, key) if place.text.strip()]
    of_nobody = seller.cancel(seller.unknown()) if said else answer
    must_have_been_refused(seller, of_nobody)
    for key, place in said:
        if place.text not in {each.text for each in seller.values(of_nobody, key)}:
            raise Nonconformance(
                "the refusal tells of another buyer's order",
                expected=f"no {key.rpartition('.')[2]}",
                received=place.text,
                at=place.at,
            )


@then("the seller reads it like any other")
def seller_reads(seller: Seller, scene: Scene, acceptance: Acceptance, spelling: Spelling) -> None:
    must_read(seller, scene, acceptance.proof(), spelling)


def must_have_been_refused(seller: Seller, answer: Answer) -> None:
    """Go on only with a refusal: that there has to be one is another clause."""
    if answer.decision.taken_up:
        raise NotApplicable("the cancellation was not refused, so that there is no refusal to look at")
    must_refuse(seller, answer)


def _contradicts(seller: Seller, answer: Answer, before: Answer) -> bool:
    """Say whether an answer decides otherwise than the one before, or numbers or names in its place what that did."""
    mark, other = fingerprint(answer, numbers=True), fingerprint(before, numbers=True)
    if answer.decision is not before.decision:
        return True
    if not contradicts(mark, other):
        return False
    return contradicts(mark, other, fingerprint(seller.cancel(seller.unknown()), numbers=True))
