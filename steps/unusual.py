"""Sentences about cancellations that say what others do, and not in the usual words or places."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pytest_bdd import parsers, then, when

from countermand.checks.acceptance import Accepted
from countermand.model.target import Order
from countermand.model.verdict import Inconclusive, Nonconformance, NotApplicable
from countermand.protocols import front
from countermand.protocols.answer import Answer, Decision
from countermand.protocols.seller import Seller
from countermand.protocols.variation import Variation
from countermand.run.scene import Scene

#: The fields of a cancellation whose values are free.
MESSAGE_ID, CORRELATION_ID, SENT_AT = ("message.messageId", "message.correlationId", "message.sentAt")
REASON = "cancellationReason.cancellationReasonMessage"
#: More than the columns of databases that are made by default (255), and what is no letter of the Latin alphabet.
LONG = "The line is not needed any more, for the reasons the customer has given on the telephone. " * 4
FOREIGN = "Zoë moves to 漢口 \N{EURO SIGN} \N{GRINNING FACE}"
#: A name as systems other than ours give it: no UUID, longer than one, and not in one case or of ASCII alone.
NAME = "Chain-{}: Zoë Ltd, the orders that were placed together"
#: What a complete cancellation may say as well as another.
WRITTEN: Mapping[str, Callable[[Scene], Variation]] = {
    "a long reason": lambda _: Variation(values={REASON: LONG.strip()}),
    "a reason beyond ASCII": lambda _: Variation(values={REASON: FOREIGN}),
    "a time with a fraction and an offset": lambda scene: Variation(
        values={SENT_AT: scene.draw.now().replace("Z", ".123456+00:00")}
    ),
    "ids that are no UUIDs": lambda scene: Variation(
        values={name: f"MSG-{scene.draw.digits(12)}" for name in (MESSAGE_ID, CORRELATION_ID)}
    ),
    "a header in its envelope": lambda _: Variation(headed=True),
}


@when(parsers.parse("the buyer cancels nobody's order with {what}"), target_fixture="answer")
def buyer_says_it_otherwise(seller: Seller, scene: Scene, what: str) -> Answer:
    order, how = seller.unknown(), WRITTEN[what](scene)
    answer = seller.cancel(order, how)
    reply = answer.exchange.reply
    return seller.cancel(order, how) if reply is None or reply.status >= front.FAILS else answer  # once may be chance


@then("the seller answers it in its own words, as it does without")
def seller_answers(seller: Seller, answer: Answer) -> None:
    plain = seller.cancel(seller.unknown())
    if not seller.speaks(plain):
        raise NotApplicable(f"nor does it without: {plain.said}")
    _must_be_let_through(seller, answer)
    if answer.decision in {Decision.NO_ANSWER, Decision.THROTTLED}:
        raise Inconclusive(f"the seller gave no answer: {answer.advised}", received=answer.said)
    if not seller.speaks(answer):
        raise Nonconformance(
            "a complete cancellation is answered with something else", expected=plain.said, received=answer.said
        )


@when("the buyer cancels an order of nobody's by a correlation id that is no UUID", target_fixture="answer")
def buyer_names_its_chain(seller: Seller, scene: Scene) -> Answer:
    answer = seller.cancel(seller.unknown(), Variation(values={CORRELATION_ID: NAME.format(scene.draw.digits(6))}))
    _must_be_let_through(seller, answer)
    return answer


def _must_be_let_through(seller: Seller, answer: Answer) -> None:
    if seller.is_stopped(answer.exchange) or seller.is_cut(answer.exchange):
        raise NotApplicable("what stands in front of the seller may have answered")


@when("the buyer cancels an order of nobody's with the correlation id of the cancellation", target_fixture="answer")
def buyer_goes_on_in_chain(seller: Seller, accepted: Accepted) -> Answer:
    before = seller.marks(accepted.answer)
    return seller.cancel(seller.unknown(), Variation(values={CORRELATION_ID: before[CORRELATION_ID]}))


@when(
    parsers.parse('the buyer cancels the order with the fields of its "{field}" by themselves'), target_fixture="answer"
)
def buyer_unwraps(seller: Seller, order: Order, field: str) -> Answer:
    return seller.cancel(order, Variation(unwrapped=field))


@when(parsers.parse('the buyer cancels the order with nothing but a comment as its "{field}"'), target_fixture="answer")
def buyer_comments(seller: Seller, order: Order, field: str) -> Answer:
    return seller.cancel(order, Variation(values={field: ""}, interrupted={field: 0}))
