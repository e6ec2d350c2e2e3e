"""Sentences about every answer of a run, whatever provoked it."""

from __future__ import annotations

import contextlib
from functools import partial

from pytest_bdd import parsers, then, when

from countermand.checks.acceptance import Acceptance, Accepted
from countermand.checks.refusal import must_decide
from countermand.checks.replies import discreet, each, first_byte, labelled, valid
from countermand.checks.standing import must_know_message
from countermand.document import declared
from countermand.model import suite
from countermand.model.exchange import Exchange
from countermand.model.verdict import Inconclusive, Nonconformance, NotApplicable
from countermand.protocols import front
from countermand.protocols.answer import CLOSED_DOOR, THROTTLED, Answer, Decision
from countermand.protocols.seller import Seller
from countermand.run.run import Run, Seen
from countermand.run.scene import Scene

Everything = list[Seen]


@when("all other scenarios are done", target_fixture="everything")
def others_are_done(
    run: Run, seller: Seller, scene: Scene, acceptance: Acceptance, accepted: Accepted | None
) -> Everything:
    run.wait_for_others()
    own = [Seen(exchange, "this one", "") for exchange in scene.exchanges]
    # What was taken up for a scenario that needs it, and asked for by none, stands in no other.
    if accepted is not None and (nobodys := acceptance.own(of_nobody=True)):
        order = nobodys.order
        also = (nobodys.answer.exchange, *acceptance.beside())
        own += [Seen(exchange, "this one", "", {order.seller: order.state}) for exchange in also]
    return [*run.seen(seller.target.api), *own]


def replies(everything: Everything, *statuses: int) -> Everything:
    """Return what was answered, with one of these statuses."""
    answered = [
        seen for seen in everything if seen.exchange.reply is not None and seen.exchange.reply.status not in THROTTLED
    ]
    return [
        seen for seen in answered if not statuses or (seen.exchange.reply and seen.exchange.reply.status in statuses)
    ]


def at_operation(everything: Everything, seller: Seller, *statuses: int) -> Everything:
    """Return the replies to whatever was asked of the operation and no filter has a reason to stop, whoever has asked."""
    return [seen for seen in replies(everything, *statuses) if seller.reached_operation(seen.exchange.request)]


def ours(everything: Everything, seller: Seller) -> Everything:
    """Return the operation's own replies, which look as is documented: what stands in front of it answers as it likes."""
    return [seen for seen in replies(everything) if seller.is_own_reply(seen.exchange)]


def served(everything: Everything, seller: Seller) -> Everything:
    """Return those of them that do not turn the sender away."""
    return [seen for seen in ours(everything, seller) if not seller.disowns(seller.read(seen.exchange))]


def own_reply(seller: Seller, answer: Answer) -> Exchange:
    """Return an exchange whose reply is the operation's own."""
    if answer.decision in {Decision.NO_ANSWER, Decision.THROTTLED}:
        raise Inconclusive(f"the seller gave no answer: {answer.advised}", received=answer.said)
    if not seller.is_own_reply(answer.exchange):
        raise NotApplicable("what stands in front of the seller may have answered")
    return answer.exchange


def with_body(some: Everything) -> Everything:
    """Return the replies that are not empty."""
    return [seen for seen in some if seen.exchange.reply and seen.exchange.reply.body.strip()]


def complete(everything: Everything, seller: Seller) -> Everything:
    """Return the replies to complete cancellations by whom the seller knows.

    Those are left out that turn the caller away or tell "not now": what stands in front of the seller may say so.
    """
    asked = [
        seen for seen in replies(everything) if seen.exchange.sound and seen.exchange.operation == seller.operation
    ]
    processed = [seen for seen in asked if not seller.not_now(seen.exchange)]
    return [
        seen for seen in processed if seen.exchange.reply is not None and not seller.turns_away(seen.exchange.reply)
    ]


def commands(everything: Everything, seller: Seller) -> Everything:
    """Return these, and the refusals of what lacks nothing but the number of its order: both are replies to a command."""
    lacking = [seen for seen in ours(everything, seller) if seller.lacks_number_alone(seen.exchange)]
    return [*complete(everything, seller), *lacking]


def decided(everything: Everything, seller: Seller, decision: Decision) -> Everything:
    """Return the replies to such cancellations that were decided one way."""
    return [seen for seen in complete(everything, seller) if seller.read(seen.exchange).decision is decision]


@then("every complete cancellation is taken up or rejected")
@then("every complete cancellation is answered with success or failure")
def every_cancellation_is_decided(scene: Scene, everything: Everything, seller: Seller) -> None:
    def check(exchange: Exchange) -> None:
        # What one was told that the buyer is not known, or in words nobody declared, is said where it was asked.
        with contextlib.suppress(Inconclusive):
            must_know_message(scene, seller, seller.read(exchange))
            must_decide(seller, seller.read(exchange))

    asked = [seen for seen in replies(everything) if seen.exchange.complete]
    each(asked, check, "no complete cancellation was answered in this run")


@then(parsers.parse('no "{caller}" was served in this run'))
def caller_was_never_served(everything: Everything, seller: Seller, caller: str) -> None:
    def check(exchange: Exchange) -> None:
        answer = seller.read(exchange)
        if answer.decision.taken_up and not answer.contradiction:
            otherwise = f"the seller serves a caller it must not: {caller}"
            raise Nonconformance(otherwise, expected="refused", received=answer.said, at=answer.at)

    # What is asked elsewhere, or by another method, is judged where it is asked: others may answer anybody there.
    asked = [
        seen
        for seen in everything
        if seen.exchange.identity == caller and seen.exchange.stranger and seller.is_operation(seen.exchange.request)
    ]
    shut = [seen for seen in asked if seen.exchange.trouble in CLOSED_DOOR]
    each([*replies(asked), *shut], check, f"no cancellation by {caller} was answered in this run")


@then("no refusal shows internals")
def every_refusal_is_discreet(everything: Everything, seller: Seller) -> None:
    asked = [seen for seen in replies(everything) if seller.is_operation(seen.exchange.request)]
    noes = {Decision.REFUSED, Decision.THROTTLED}  # nor does a "not now" show anything
    refusals = [seen for seen in asked if seller.read(seen.exchange).decision in noes]
    each(refusals, discreet, "no reply of this run is a refusal")


@then("the answer shows no internals")
def answer_is_discreet(seller: Seller, answer: Answer) -> None:
    if answer.decision.taken_up:
        raise NotApplicable("the cancellation was not refused, so that there is no refusal to look at")
    front.must_be_bare(answer.exchange.reply)
    if answer.exchange.reply is not None:
        discreet(answer.exchange)
    if answer.decision is not Decision.REFUSED and seller.is_stopped(answer.exchange):
        raise NotApplicable("what stands in front of the seller may have answered")
    if answer.decision is not Decision.REFUSED:
        raise Inconclusive(f"the cancellation was neither refused nor taken up: {answer.advised}", received=answer.said)


@then("every reply to whom it knows is labelled as XML and is what its label says")
def every_reply_is_labelled(everything: Everything, seller: Seller) -> None:
    own = [seen for seen in ours(everything, seller) if not seller.is_stopped(seen.exchange)]
    each(with_body(own), labelled, "no reply of this run has a body")


@then("the reply is labelled as XML and is what its label says")
def reply_is_labelled(seller: Seller, answer: Answer) -> None:
    labelled(own_reply(seller, answer))


@then("the reply is well-formed from its first byte")
def reply_is_well_formed(seller: Seller, answer: Answer) -> None:
    first_byte(own_reply(seller, answer))


@then("every reply is valid against the operator's schema")
def every_reply_is_valid_for_operator(everything: Everything, seller: Seller) -> None:
    schema = seller.target.schemas.get("reply")
    if schema is None:
        raise NotApplicable("the target file names no schema of the operator's: [schemas] reply")
    own = [seen for seen in ours(everything, seller) if not seller.is_stopped(seen.exchange)]
    documents = [seen for seen in own if seller.read(seen.exchange).tree is not None]
    about = partial(seller.payloads, declared=declared(schema))
    each(documents, valid(schema, about), "no reply of this run is a document")


@then(parsers.parse('every reply is valid against "{schema}"'))
def every_reply_is_valid(everything: Everything, seller: Seller, schema: str) -> None:
    each(commands(everything, seller), valid(suite.payload(seller.target.api, schema)), "there is no reply")


@then("every reply is well-formed from its first byte")
def every_reply_is_well_formed(everything: Everything, seller: Seller) -> None:
    each(served(everything, seller), first_byte, "there is no reply")
