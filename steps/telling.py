"""Sentences about what a reply must not tell: keys, signatures, and orders of somebody else."""

from __future__ import annotations

import functools
from collections.abc import Callable

from pytest_bdd import given, then

from countermand.checks.fingerprint import NO_ANSWER, Fingerprint, told_apart, whole
from countermand.checks.refusal import must_have_been_read, must_not_serve, must_refuse
from countermand.checks.replies import each
from countermand.model.apis import APIS
from countermand.model.exchange import Exchange
from countermand.model.target import Order
from countermand.model.verdict import Inconclusive, Nonconformance, NotApplicable
from countermand.protocols import disclosure
from countermand.protocols.answer import Answer
from countermand.protocols.disclosure import Known
from countermand.protocols.seller import Seller
from countermand.protocols.variation import Signature, Variation
from countermand.run.scene import Scene

from .every_answer import Everything, replies


@given("a cancellation with a wrong signature that was answered")
def wrongly_signed(seller: Seller) -> None:
    seller.cancel(seller.unknown(), Variation(signature=Signature.WRONG))


@then("no reply shows a key, or a signature its caller has not sent")
def no_reply_shows_secrets(everything: Everything) -> None:
    def check(exchange: Exchange) -> None:
        if exchange.shows:
            raise Nonconformance(
                "the reply shows what only the holder of a key knows",
                expected="no secret",
                received=", ".join(exchange.shows),
            )

    each(replies(everything), check, "there is no reply")


@then("the seller tells the caller nothing of the order")
def caller_is_told_nothing(seller: Seller, scene: Scene, order: Order, answer: Answer) -> None:
    if answer.decision.taken_up:
        raise NotApplicable("the caller was served, so that there is no refusal to look at")
    if answer.exchange.reply is None:
        must_not_serve(seller, answer)
    must_tell_no_state(seller, answer)
    must_tell_nothing(seller, scene, order, answer)
    must_not_tell_existence(seller, answer)


@then("the seller tells nothing of the order that is not the buyer's")
def buyer_is_told_nothing(seller: Seller, scene: Scene, order: Order, answer: Answer) -> None:
    if answer.decision.taken_up:
        raise NotApplicable("the cancellation was not refused, so that there is no refusal to look at")
    must_refuse(seller, answer)
    must_tell_nothing(seller, scene, order, answer)


def must_tell_no_state(seller: Seller, answer: Answer) -> None:
    """Hold a refusal to telling no state, of whichever order that is."""
    states = {state.replace("_", "-") for state in APIS[seller.target.api].states}
    for place in seller.values(answer, "attributes.state"):
        if place.text.strip().casefold() in states:
            otherwise = "the refusal tells the state of an order"
            raise Nonconformance(otherwise, expected="no state", received=place.text, at=place.at)


def must_not_tell_existence(seller: Seller, answer: Answer) -> None:
    """Hold a refusal to being that of an order that does not exist as well; what differs does so whenever it is asked."""
    asked = answer.asked
    if asked is None:
        return
    ask = seller.cancel if answer.exchange.operation == seller.operation else seller.look_up
    nobodys = seller.unknown()

    def refusal_of(order: Order) -> Answer:
        return ask(order, variation=asked.variation, by=asked.by)

    def again(order: Order) -> Fingerprint | None:
        return whole(refusal_of(order))

    of_nobody = refusal_of(nobodys)
    if answer.exchange.reply is None and of_nobody.exchange.reply is None:
        return
    ours, others = whole(answer) or NO_ANSWER, whole(of_nobody) or NO_ANSWER
    next_ones = [functools.partial(again, order) for order in (asked.order, nobodys, seller.made_up())]
    if told_apart(ours, others, *next_ones):
        must_have_been_read(seller, answer, of_nobody)
        raise Nonconformance(
            "the refusal tells somebody whose order it is not that there is such an order",
            expected=f"as of an order that does not exist: {seller.explained(of_nobody)}",
            received=seller.explained(answer),
            exchange=answer.exchange,
        )


def must_tell_nothing(seller: Seller, scene: Scene, order: Order, answer: Answer) -> None:
    """Hold a refusal to telling nothing that only the order's owner knows, and that is not said of an order that does not exist."""
    asked, private = answer.asked, seller.private(order)
    if asked is None:
        return

    @functools.cache
    def of_nobody() -> Exchange:
        ask = seller.cancel if answer.exchange.operation == seller.operation else seller.look_up
        return ask(seller.unknown(), variation=asked.variation, by=asked.by).exchange

    def must_tell_no_more(tells: Callable[[Exchange], list[Known]], at: str | None = None) -> None:
        disclosed = tells(answer.exchange)
        of_any = tells(of_nobody()) if disclosed else []
        for known in disclosed:
            if known not in of_any:
                otherwise = f"the refusal tells {known.what} to somebody whose order it is not"
                raise Nonconformance(
                    otherwise, expected="nothing of the order", received=known.word, at=at, exchange=answer.exchange
                )

    must_tell_no_more(lambda exchange: disclosure.disclosed(exchange, private))
    must_tell_no_more(lambda exchange: _in_cookies(scene, exchange, private), at="Set-Cookie")
    hosts = disclosure.hosts(answer.exchange)
    knows_domain = any(known.what == "its domain" for known in private)
    if not hosts or not seller.has_domains or knows_domain:
        return
    if more := hosts - disclosure.hosts(of_nobody()):
        reason = f"the refusal names {min(more)}, and whether that is the order's domain only its owner can tell: give one as [another_buyer]"
        raise Inconclusive(reason, received=min(more), exchange=answer.exchange)


def _in_cookies(scene: Scene, exchange: Exchange, private: list[Known]) -> list[Known]:
    """Return what of it a reply's cookies tell, which are seen once: a record says which were told."""
    if exchange.reply is None or not exchange.reply.cookies:
        return []
    shown = scene.fact(lambda: list(map(_name, disclosure.in_cookies(exchange, private))))
    if not isinstance(shown, list):
        raise Inconclusive("the record does not say what the cookies told here")
    return [known for known in private if _name(known) in shown]


def _name(known: Known) -> str:
    """Name a fact as a record may: a state by its word, and what only the owner knows by its kind."""
    return f"{known.what}: {known.word}" if known.is_state else known.what
