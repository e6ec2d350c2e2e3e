"""Sentences about OpenSRS's replies: the envelope, and the parameters that stand in every one."""

from __future__ import annotations

import re
from functools import partial

from pytest_bdd import parsers, then, when

from countermand.checks import opensrs as ops
from countermand.checks.replies import each
from countermand.model.exchange import Exchange
from countermand.model.verdict import Nonconformance, NotApplicable
from countermand.protocols import front
from countermand.protocols.answer import Answer
from countermand.protocols.reply import number
from countermand.protocols.seller import Seller
from countermand.protocols.variation import Variation
from countermand.run.run import Seen

from .every_answer import Everything, at_operation, commands, own_reply

#: What a complete cancellation may say besides, and how it may say which form its reply is to have (RFC 9110, 12.5.1).
MORE = {
    "an item more": Variation(added={"registrant_ip": "203.0.113.7"}),
    "an attribute more": Variation(added={"attributes.note": "countermand"}),
    "any form accepted": Variation(headers={"Accept": "*/*"}),
}


@when(parsers.parse("the buyer cancels an order of nobody's with {more} in the request"), target_fixture="answer")
def buyer_says_more(seller: Seller, more: str) -> Answer:
    return seller.cancel(seller.unknown(), MORE[more])


@then("the reply is an OPS_envelope as that to a plain one is")
def reply_is_envelope(seller: Seller, answer: Answer) -> None:
    plain = seller.cancel(seller.unknown())
    try:
        ops.is_envelope(own_reply(seller, plain))
    except Nonconformance:
        raise NotApplicable("the reply to the plain cancellation is none either, which every reply is about") from None
    asked = answer.asked
    if asked is not None and answer.exchange.reply is not None and answer.reply.status >= front.FAILS:
        answer = seller.cancel(asked.order, asked.variation)  # it may be trouble that passes
    exchange = own_reply(seller, answer)
    if front.is_page(answer.tree) and 400 <= answer.reply.status < front.FAILS:  # noqa: PLR2004
        raise NotApplicable("what stands in front of the seller may have stopped it")
    ops.is_envelope(exchange)


@then("every reply is an OPS_envelope")
def every_reply_is_envelope(everything: Everything, seller: Seller) -> None:
    each(commands(everything, seller), ops.is_envelope, "there is no reply")


@then("every reply has a version in its header")
def every_reply_has_version(everything: Everything, seller: Seller) -> None:
    each(commands(everything, seller), ops.has_version, "there is no reply")


@then(parsers.parse('every reply says "{words}" as its "{key}"'))
def every_reply_says(everything: Everything, seller: Seller, words: str, key: str) -> None:
    def check(exchange: Exchange) -> None:
        place = ops.parameter(exchange, key)
        if place.text.upper() not in words.split(" or "):
            raise Nonconformance(f"the {key} of the reply is another", expected=words, received=place.text, at=place.at)

    each(commands(everything, seller), check, "there is no reply")


@then("every reply says 0 or 1 as its is_success")
def every_reply_has_success(everything: Everything, seller: Seller) -> None:
    each(
        commands(everything, seller),
        partial(matches, key="is_success", pattern="[01]", wanted="0 or 1"),
        "there is no reply",
    )


@then("every reply says a number as its response_code")
def every_reply_has_code(everything: Everything, seller: Seller) -> None:
    each(
        commands(everything, seller),
        partial(matches, key="response_code", pattern=r"[0-9]+", wanted="a number"),
        "there is no reply",
    )


@then("every reply has a response_text")
def every_reply_has_text(everything: Everything, seller: Seller) -> None:
    each(commands(everything, seller), ops.describes_outcome, "there is no reply")


@then("is_success and response_code say the same in every reply")
def every_reply_agrees_with_itself(everything: Everything, seller: Seller) -> None:
    both = [
        seen
        for seen in at_operation(everything, seller)
        if ops.parameters(seen.exchange, "is_success") and code(seen) is not None
    ]
    each(both, ops.agrees, "no reply of this run has both")


@then("every failure has a response_code of 300 or above")
def every_failure_has_code(everything: Everything, seller: Seller) -> None:
    failures = [seen for seen in with_flag(everything, seller, "0") if code(seen) is not None]
    each(failures, partial(coded, low=300), "no reply of this run is a failure")


@then("every success has a response_code from 200 to 299")
def every_success_has_code(everything: Everything, seller: Seller) -> None:
    successes = [seen for seen in with_flag(everything, seller, "1") if code(seen) is not None]
    each(successes, partial(coded, low=200, high=299), "no reply of this run is a success")


def with_flag(everything: Everything, seller: Seller, flag: str) -> Everything:
    """Return the replies whose is_success says just that."""
    return [
        seen
        for seen in commands(everything, seller)
        if [place.text for place in ops.parameters(seen.exchange, "is_success")] == [flag]
    ]


def code(seen: Seen) -> int | None:
    """Return the response_code of a reply, if it is a number."""
    codes = [place.text for place in ops.parameters(seen.exchange, "response_code")]
    return number(codes[0]) if len(codes) == 1 and re.fullmatch("[0-9]+", codes[0]) else None


def coded(exchange: Exchange, low: int, high: int | None = None) -> None:
    """Hold a reply's code to a range."""
    place = ops.parameter(exchange, "response_code")
    if number(place.text) < low or (high is not None and number(place.text) > high):
        wanted = f"{low} or above" if high is None else f"{low} to {high}"
        raise Nonconformance("success and code do not agree", expected=wanted, received=place.text, at=place.at)


def matches(exchange: Exchange, key: str, pattern: str, wanted: str) -> None:
    """Hold a parameter to a form."""
    place = ops.parameter(exchange, key)
    if not re.fullmatch(pattern, place.text):
        raise Nonconformance(
            f"the {key} of the reply is not {wanted}", expected=wanted, received=place.text or "blank", at=place.at
        )
