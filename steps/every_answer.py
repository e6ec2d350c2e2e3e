"""Sentences about every answer of a run, whatever provoked it."""

from __future__ import annotations

import re
from functools import partial

from pytest_bdd import parsers, then, when

from countermand.checks import ala as fault
from countermand.checks import opensrs as ops
from countermand.checks.replies import discreet, each, labelled, valid
from countermand.model import suite
from countermand.model.exchange import Exchange
from countermand.model.verdict import Nonconformance, NotApplicable, expect
from countermand.protocols.answer import KNOWN, THROTTLED, Decision
from countermand.protocols.reply import number
from countermand.protocols.seller import Seller
from countermand.run.run import Run, Seen
from countermand.run.scene import Scene

Everything = list[Seen]


@when("all other scenarios are done", target_fixture="everything")
def others_are_done(run: Run, seller: Seller, scene: Scene) -> Everything:
    run.wait_for_others()
    own = [Seen(exchange, "this one", "") for exchange in scene.exchanges]
    return [*run.seen(seller.target.api), *own]


def replies(everything: Everything, *statuses: int) -> Everything:
    """Return what was answered, with one of these statuses."""
    answered = [seen for seen in everything if seen.exchange.reply is not None and seen.exchange.reply.status not in THROTTLED]
    return [seen for seen in answered if not statuses or (seen.exchange.reply and seen.exchange.reply.status in statuses)]


def at_operation(everything: Everything, seller: Seller, *statuses: int) -> Everything:
    """Return the replies to whatever was asked of the operation and no filter has a reason to stop, whoever has asked."""
    return [seen for seen in replies(everything, *statuses) if seller.reached_operation(seen.exchange.request)]


def ours(everything: Everything, seller: Seller) -> Everything:
    """Return the operation's own replies, which look as is documented: what stands in front of it answers as it likes."""
    return [seen for seen in replies(everything) if seller.is_own_reply(seen.exchange)]


def served(everything: Everything, seller: Seller) -> Everything:
    """Return those of them that do not turn the sender away."""
    return [seen for seen in ours(everything, seller) if not seller.disowns(seller.read(seen.exchange))]


def with_body(some: Everything) -> Everything:
    """Return the replies that are not empty."""
    return [seen for seen in some if seen.exchange.reply and seen.exchange.reply.body.strip()]


def commands(everything: Everything) -> Everything:
    """Return the replies to authenticated, well-formed cancellations."""
    return [seen for seen in replies(everything) if ops.is_of_command(seen.exchange)]


def decided(everything: Everything, seller: Seller, decision: Decision) -> Everything:
    """Return the replies to such cancellations that were decided one way."""
    return [seen for seen in commands(everything) if seller.read(seen.exchange).decision is decision]


@then(parsers.parse("every fault with status {status:d} is complete, and whom the seller knows is told that status in one"))
def every_fault_is_complete(everything: Everything, seller: Seller, status: int) -> None:
    def check(exchange: Exchange) -> None:
        if seller.is_own_reply(exchange):
            fault.is_fault(exchange)
        fault.is_complete(exchange)

    some = at_operation(everything, seller, status)
    told = [seen for seen in some if seller.is_own_reply(seen.exchange) or fault.faults(seen.exchange)]
    each(told, check, f"no reply of this run with status {status} is a fault, or given to a party the seller knows")


@then("every stranger who is answered with status 400, 401 or 403 is told so in a fault")
def every_stranger_is_told(everything: Everything, seller: Seller) -> None:
    strangers = [seen for seen in at_operation(everything, seller, *fault.STATUSES) if seen.exchange.identity not in KNOWN]
    each(strangers, fault.is_fault, "no stranger was answered with such a status in this run")


@then("every fault says something")
def every_fault_speaks(everything: Everything, seller: Seller) -> None:
    each(with_faults(everything, seller), fault.says_something, "no reply of this run is a fault")


@then("no fault has more than one detail")
def every_fault_has_one_detail(everything: Everything, seller: Seller) -> None:
    each(with_faults(everything, seller), fault.has_one_detail, "no reply of this run is a fault")


@then(parsers.parse('every fault is valid against "{schema}"'))
def every_fault_is_valid(everything: Everything, seller: Seller, schema: str) -> None:
    check = valid(suite.payload(seller.target.api, schema), fault.bare)
    each(with_faults(everything, seller), check, "no reply of this run is a fault")


@then("no refusal shows internals")
def every_refusal_is_discreet(everything: Everything, seller: Seller) -> None:
    asked = [seen for seen in replies(everything) if seller.is_operation(seen.exchange.request)]
    refusals = [seen for seen in asked if seller.read(seen.exchange).decision is Decision.REFUSED]
    each(refusals, discreet, "no reply of this run is a refusal")


@then("every reply to whom it knows is labelled as XML and is what its label says")
def every_reply_is_labelled(everything: Everything, seller: Seller) -> None:
    each(with_body(ours(everything, seller)), labelled, "no reply of this run has a body")


@then("every reply is valid against the operator's schema")
def every_reply_is_valid_for_operator(everything: Everything, seller: Seller) -> None:
    schema = seller.target.schemas.get("reply")
    if schema is None:
        raise NotApplicable("the target file names no schema of the operator's: [schemas] reply")
    documents = [seen for seen in ours(everything, seller) if seller.read(seen.exchange).tree is not None]
    each(documents, valid(schema, seller.payloads), "no reply of this run is a document")


@then(parsers.parse('every reply is valid against "{schema}"'))
def every_reply_is_valid(everything: Everything, seller: Seller, schema: str) -> None:
    each(commands(everything), valid(suite.payload(seller.target.api, schema)), "there is no reply")


@then("every reply is well-formed from its first byte")
def every_reply_is_well_formed(everything: Everything, seller: Seller) -> None:
    each(served(everything, seller), ops.first_byte, "there is no reply")


@then("every reply is an OPS_envelope")
def every_reply_is_envelope(everything: Everything) -> None:
    each(commands(everything), ops.is_envelope, "there is no reply")


@then("every reply has a version in its header")
def every_reply_has_version(everything: Everything) -> None:
    each(commands(everything), ops.has_version, "there is no reply")


@then(parsers.parse('every reply says "{words}" as its "{key}"'))
def every_reply_says(everything: Everything, words: str, key: str) -> None:
    def check(exchange: Exchange) -> None:
        place = ops.parameter(exchange, key)
        if place.text.upper() not in words.split(" or "):
            raise Nonconformance(f"the {key} of the reply is another", expected=words, received=place.text, at=place.at)

    each(commands(everything), check, "there is no reply")


@then("every reply says 0 or 1 as its is_success")
def every_reply_has_success(everything: Everything) -> None:
    each(commands(everything), partial(matches, key="is_success", pattern="[01]", wanted="0 or 1"), "there is no reply")


@then("every reply says a number as its response_code")
def every_reply_has_code(everything: Everything) -> None:
    each(commands(everything), partial(matches, key="response_code", pattern=r"[0-9]+", wanted="a number"), "there is no reply")


@then("every reply has a response_text")
def every_reply_has_text(everything: Everything) -> None:
    each(commands(everything), partial(matches, key="response_text", pattern=r"(?s).*\S.*", wanted="a description"), "there is no reply")


@then("is_success and response_code say the same in every reply")
def every_reply_agrees_with_itself(everything: Everything, seller: Seller) -> None:
    both = [seen for seen in at_operation(everything, seller) if ops.told(seen.exchange, "is_success") and code(seen) is not None]
    each(both, ops.agrees, "no reply of this run has both")


@then("every failure has a response_code of 300 or above")
def every_failure_has_code(everything: Everything) -> None:
    failures = [seen for seen in with_flag(everything, "0") if code(seen) is not None]
    each(failures, partial(coded, low=300), "no reply of this run is a failure")


@then("every success has a response_code from 200 to 299")
def every_success_has_code(everything: Everything) -> None:
    successes = [seen for seen in with_flag(everything, "1") if code(seen) is not None]
    each(successes, partial(coded, low=200, high=299), "no reply of this run is a success")


@then(parsers.parse('every success has a "{name}"'))
@then(parsers.parse('every success has an "{name}"'))
def every_success_has(everything: Everything, seller: Seller, name: str) -> None:
    def check(exchange: Exchange) -> None:
        place = ops.parameter(exchange, f"attributes.{name}")
        if not place.text:
            raise Nonconformance(f"the {name} is blank", expected=f"a {name}", received="blank", at=place.at)

    each(decided(everything, seller, Decision.TAKEN_UP), check, "no reply of this run is a success")


@then(parsers.parse('every success for an order that was "{state}" tells one of "{allowed}"'))
def every_state_follows(everything: Everything, seller: Seller, state: str, allowed: str) -> None:
    def check(exchange: Exchange) -> None:
        for place in ops.told(exchange, "attributes.state"):
            expect(tuple(allowed.split(", ")), place.text, otherwise=f"that state does not follow from {state}", at=place.at)

    successes = [seen for seen in decided(everything, seller, Decision.TAKEN_UP) if seen.orders.get(ops.asked(seen.exchange)) == state]
    each(telling(successes, "state"), check, f"no order that was {state} was cancelled with a success that tells its state")


@then("every success is about the order asked for")
def every_success_is_about_order(everything: Everything, seller: Seller) -> None:
    def check(exchange: Exchange) -> None:
        for place in ops.told(exchange, "attributes.order_id"):
            expect(ops.asked(exchange), place.text, otherwise="the reply is about another order", at=place.at)

    successes = decided(everything, seller, Decision.TAKEN_UP)
    each(telling(successes, "order_id"), check, "no success of this run tells its order_id")


@then("the domain of an order is the same in every success")
def every_domain_is_the_same(everything: Everything) -> None:
    domains: dict[str, str] = {}

    def check(exchange: Exchange) -> None:
        for place in ops.told(exchange, "attributes.domain"):
            first = domains.setdefault(ops.asked(exchange), place.text)
            expect(first, place.text, otherwise="the domain of the order is another than before", at=place.at)

    named = [seen for seen in replies(everything) if seen.exchange.sound and ops.asked(seen.exchange)]
    each(telling(named, "domain"), check, "no reply of this run tells a domain")


def telling(some: Everything, name: str) -> Everything:
    """Return the replies with an attribute of that name that is not blank: that there has to be one is another clause."""
    return [seen for seen in some if any(place.text for place in ops.told(seen.exchange, f"attributes.{name}"))]


def with_faults(everything: Everything, seller: Seller) -> Everything:
    """Return the operation's replies with status 400, 401 or 403 that have a fault in them, whoever is given them."""
    return [seen for seen in at_operation(everything, seller, *fault.STATUSES) if fault.faults(seen.exchange)]


def with_flag(everything: Everything, flag: str) -> Everything:
    """Return the replies whose is_success says just that."""
    return [seen for seen in commands(everything) if [place.text for place in ops.told(seen.exchange, "is_success")] == [flag]]


def code(seen: Seen) -> int | None:
    """Return the response_code of a reply, if it is a number."""
    found = [place.text for place in ops.told(seen.exchange, "response_code")]
    return number(found[0]) if len(found) == 1 and re.fullmatch("[0-9]+", found[0]) else None


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
        raise Nonconformance(f"the {key} of the reply is not {wanted}", expected=wanted, received=place.text or "blank", at=place.at)
