"""Sentences about the one act of a scenario: somebody cancels an order, in one way or another."""

from __future__ import annotations

from dataclasses import replace

from pytest_bdd import parsers, when

from countermand.checks.acceptance import Acceptance, Accepted
from countermand.checks.beside import with_others
from countermand.checks.refusal import must_not_serve
from countermand.document import Spelling
from countermand.model.exchange import (
    FORM_LABEL,
    MADE_UP_COOKIE,
    MADE_UP_CREDENTIALS,
    MADE_UP_TOKEN,
    OTHER_CLIENT,
    OTHER_LABEL,
    OTHER_METHOD,
    TEXT_LABEL,
)
from countermand.model.target import Order
from countermand.model.verdict import Nonconformance, NotApplicable
from countermand.protocols.answer import BUYER, CLOSED_DOOR, Answer
from countermand.protocols.seller import Seller
from countermand.protocols.variation import Damage, OwnName, PathSpelling, Signature, Variation
from countermand.run.scene import Scene

#: What an order is that was called off in this run, whatever the seller calls it.
CALLED_OFF = "called off in this run"
#: How a body comes, or what its headers say, by what stands behind the method; SOAP 1.1, 6.1.1: SOAPAction is a URI.
SENT = {
    "": Variation(),
    "in chunks": Variation(chunked=True),
    "in UTF-16": Variation(spelling=Spelling.UTF16),
    "in CDATA sections": Variation(spelling=Spelling.CDATA),
    "with other prefixes": Variation(spelling=Spelling.PREFIXED),
    "without its envelope": Variation(damage=Damage.BARE),
    "with another action": Variation(action='"urn:countermand:another"'),
    "in gzip": Variation(compressed=True),
    "with another label": Variation(headers=OTHER_LABEL),
    "labelled as text": Variation(headers=TEXT_LABEL),
    "as another client": Variation(headers=OTHER_CLIENT),
    "that headers make POST": Variation(headers=OTHER_METHOD),
    "with the label of a form": Variation(headers=FORM_LABEL),
    "with the buyer's cookies": Variation(cookies=True),
    "with a token made up": Variation(headers=MADE_UP_TOKEN),
    "with credentials made up": Variation(headers=MADE_UP_CREDENTIALS),
    "with a cookie made up": Variation(headers=MADE_UP_COOKIE),
}


@when("the buyer cancels the order", target_fixture="answer")
def buyer_cancels(seller: Seller, order: Order, acceptance: Acceptance) -> Answer:
    if order.state not in seller.cancellable:
        return seller.cancel(order)
    own = acceptance.own(of_nobody=True)  # one was needed before any scenario: it is as good as another
    if own is not None and own.order.state == order.state:
        return own.answer
    answer = seller.cancel(order)
    acceptance.provide(order, answer)
    return answer


@when("the buyer cancels the order, which is not its only one", target_fixture="answer")
def buyer_cancels_beside(seller: Seller, scene: Scene, order: Order, acceptance: Acceptance) -> Answer:
    return with_others(scene, seller, order, lambda: buyer_cancels(seller, order, acceptance))


@when("the buyer cancels the same order again", target_fixture="answer")
def buyer_cancels_again(seller: Seller, accepted: Accepted) -> Answer:
    return seller.cancel(accepted.order)


@when("the buyer cancels the order, and asks for it once more", target_fixture="answer")
def buyer_asks_twice(seller: Seller, order: Order) -> Answer:
    answer = seller.cancel(order)
    return answer if answer.decision.taken_up else seller.cancel(order)


@when(parsers.parse('the buyer cancels the order without its "{field}"'), target_fixture="answer")
def buyer_leaves_out(seller: Seller, order: Order, field: str) -> Answer:
    return seller.cancel(order, Variation(without=(field,)))


@when(parsers.parse('the buyer cancels the order with an empty "{field}"'), target_fixture="answer")
def buyer_leaves_empty(seller: Seller, order: Order, field: str) -> Answer:
    return seller.cancel(order, Variation(values={field: ""}))


@when(parsers.parse('the buyer cancels the order with a blank "{field}"'), target_fixture="answer")
def buyer_leaves_blank(seller: Seller, order: Order, field: str) -> Answer:
    return seller.cancel(order, Variation(values={field: "   "}))


@when(parsers.parse('the buyer cancels the order with a "{field}" that is nil'), target_fixture="answer")
def buyer_leaves_nil(seller: Seller, order: Order, field: str) -> Answer:
    return seller.cancel(order, Variation(values={field: ""}, nil=True))


@when(parsers.parse('the buyer cancels the order with "{value}" as its "{field}"'), target_fixture="answer")
def buyer_writes(seller: Seller, order: Order, value: str, field: str) -> Answer:
    return seller.cancel(order, Variation(values={field: value}))


@when(parsers.parse('the buyer sends "{damage}" about the order'), target_fixture="answer")
def buyer_sends_damage(seller: Seller, order: Order, damage: str) -> Answer:
    return seller.cancel(order, Variation(damage=Damage(damage)))


@when(parsers.parse('the buyer cancels the order at "{path}"'), target_fixture="answer")
def buyer_cancels_at(seller: Seller, order: Order, path: str) -> Answer:
    return seller.cancel(order, Variation(path=path))


@when("the buyer asks for the cancellation with GET", target_fixture="answer")
def buyer_gets(seller: Seller, order: Order) -> Answer:
    return seller.cancel(order, Variation(method="GET", damage=Damage.EMPTY))


@when(parsers.parse("the buyer sends the cancellation by {method}"), target_fixture="answer")
def buyer_sends_by(seller: Seller, order: Order, method: str) -> Answer:
    return _sent(seller, order, _sent_by(method), BUYER)


@when(
    parsers.parse('the buyer sends the cancellation without its "{field}" by {method}'),
    target_fixture="answer",
)
def buyer_leaves_out_by(seller: Seller, order: Order, field: str, method: str) -> Answer:
    return _sent(seller, order, replace(_sent_by(method), without=(field,)), BUYER)


@when(parsers.parse('a "{caller}" sends the cancellation in the buyer\'s name by {method}'), target_fixture="answer")
@when(parsers.parse('"{caller}" sends the cancellation in the buyer\'s name by {method}'), target_fixture="answer")
def caller_sends_by(seller: Seller, order: Order, caller: str, method: str) -> Answer:
    return _sent(seller, order, replace(_sent_by(method), speaks_for="buyer"), caller)


@when(
    parsers.parse('a stranger sends the cancellation by {method} with a signature that is "{how}"'),
    target_fixture="answer",
)
def stranger_sends_by(seller: Seller, order: Order, method: str, how: str) -> Answer:
    return _sent(seller, order, replace(_sent_by(method), signature=Signature(how)), "stranger")


def _sent(seller: Seller, order: Order, how: Variation, caller: str) -> Answer:
    """Let somebody cancel an order; in chunks only where a server that reads none does not wait for more (RFC 9112, 6).

    The buyer asks in another form than usual where that is answered at all.
    """
    otherwise = caller == BUYER and how.method == "POST"
    if how.chunked or otherwise:
        whoever = seller.cancel(seller.unknown(), how, by=caller)
        if whoever.exchange.reply is None and (otherwise or whoever.exchange.trouble not in CLOSED_DOOR):
            what = "a body in chunks" if how.chunked else "what is sent so"
            raise NotApplicable(f"nobody answers {what}: {whoever.said}")
    return seller.cancel(order, how, by=caller)


def _sent_by(method: str) -> Variation:
    """Say how a cancellation is sent: by a method, and in which way."""
    name, _, how = method.partition(" ")
    return replace(SENT[how], method=name)


@when(parsers.parse('a "{caller}" cancels the order in the buyer\'s name'), target_fixture="answer")
@when(parsers.parse('an "{caller}" cancels the order in the buyer\'s name'), target_fixture="answer")
@when(parsers.parse('"{caller}" cancels the order in the buyer\'s name'), target_fixture="answer")
def caller_cancels(seller: Seller, order: Order, caller: str) -> Answer:
    return seller.cancel(order, Variation(speaks_for="buyer"), by=caller)


@when(
    parsers.parse('a "{caller}" cancels the order, with the buyer\'s certificate in the header {header}'),
    target_fixture="answer",
)
@when(
    parsers.parse('"{caller}" cancels the order, with the buyer\'s certificate in the header {header}'),
    target_fixture="answer",
)
def caller_names_certificate(seller: Seller, order: Order, caller: str, header: str) -> Answer:
    return seller.cancel(order, Variation(speaks_for="buyer", forwarded=header), by=caller)


@when(
    parsers.parse('a "{caller}" cancels the order in the buyer\'s name at the path written "{spelling}"'),
    target_fixture="answer",
)
def caller_cancels_at(seller: Seller, order: Order, caller: str, spelling: str) -> Answer:
    return seller.cancel(order, Variation(speaks_for="buyer", path_spelling=PathSpelling(spelling)), by=caller)


@when(
    parsers.parse('a stranger cancels the order at the path written "{spelling}" with a signature that is "{how}"'),
    target_fixture="answer",
)
def stranger_signs_at(seller: Seller, order: Order, spelling: str, how: str) -> Answer:
    variation = Variation(signature=Signature(how), path_spelling=PathSpelling(spelling))
    return seller.cancel(order, variation, by="stranger")


@when(
    parsers.parse("a \"{caller}\" cancels the order in the buyer's name, as if from the seller's own machine"),
    target_fixture="answer",
)
def caller_cancels_locally(seller: Seller, order: Order, caller: str) -> Answer:
    return seller.cancel(order, Variation(speaks_for="buyer", local=True), by=caller)


@when(
    parsers.parse('a stranger cancels the order as if from the seller\'s own machine with a signature that is "{how}"'),
    target_fixture="answer",
)
def stranger_signs_locally(seller: Seller, order: Order, how: str) -> Answer:
    return seller.cancel(order, Variation(signature=Signature(how), local=True), by="stranger")


@when(parsers.parse('a stranger cancels the order with a signature that is "{how}"'), target_fixture="answer")
def stranger_signs(seller: Seller, order: Order, how: str) -> Answer:
    return of_called_off(seller.cancel(order, Variation(signature=Signature(how)), by="stranger"))


@when(
    parsers.parse('a stranger cancels the order with the cookies of the buyer and a signature that is "{how}"'),
    target_fixture="answer",
)
def stranger_bears_cookies(seller: Seller, order: Order, how: str) -> Answer:
    return seller.cancel(order, Variation(signature=Signature(how), cookies=True), by="stranger")


@when(
    parsers.parse('a stranger writes the cancellation with "{spelling}" and a wrong signature'), target_fixture="answer"
)
def stranger_writes_otherwise(seller: Seller, order: Order, spelling: str) -> Answer:
    variation = Variation(signature=Signature.WRONG, spelling=Spelling(spelling))
    return seller.cancel(order, variation, by="stranger")


@when(
    parsers.parse('a stranger cancels the order with "{value}" as its "{field}" and a wrong signature'),
    target_fixture="answer",
)
def stranger_writes(seller: Seller, order: Order, value: str, field: str) -> Answer:
    return seller.cancel(order, Variation(values={field: value}, signature=Signature.WRONG), by="stranger")


@when("a stranger cancels the order on the buyer's connection with a wrong signature", target_fixture="answer")
def stranger_shares_connection(seller: Seller, scene: Scene, order: Order) -> Answer:
    def shared() -> tuple[Answer, bool]:
        seller.greet(order)  # so that there is a connection on which the buyer was just served
        answer = seller.cancel(order, Variation(signature=Signature.WRONG), by="stranger on the buyer's connection")
        return answer, scene.fact(lambda: answer.exchange.reused) or answer.decision.taken_up

    for answer, tells in (shared() for _ in range(2)):  # it may have been left just then, after so many commands
        if tells:
            return answer
    raise NotApplicable("the connection on which the buyer was served did not last until a stranger could use it")


@when("a stranger repeats the cancellation with a wrong signature", target_fixture="answer")
def stranger_repeats(seller: Seller, accepted: Accepted) -> Answer:
    return _repeated(seller, accepted, Variation(signature=Signature.WRONG), "stranger")


@when(parsers.parse('a "{caller}" repeats the cancellation in the buyer\'s name'), target_fixture="answer")
@when(parsers.parse('"{caller}" repeats the cancellation in the buyer\'s name'), target_fixture="answer")
def caller_repeats(seller: Seller, accepted: Accepted, caller: str) -> Answer:
    again = seller.marks(accepted.answer)
    return _repeated(seller, accepted, Variation(speaks_for="buyer", values=again), caller)


def _repeated(seller: Seller, accepted: Accepted, variation: Variation, by: str) -> Answer:
    """Let somebody else cancel an order that has been called off already."""
    return of_called_off(seller.cancel(replace(accepted.order, state=CALLED_OFF), variation, by=by))


def of_called_off(answer: Answer) -> Answer:
    """Return an answer that does not say both of an order that was called off; elsewhere its state tells what is true."""
    if answer.contradiction and answer.asked is not None and answer.asked.order.state == CALLED_OFF:
        raise NotApplicable(f"the reply contradicts itself about an order that was over before: {answer.contradiction}")
    return answer


@when(parsers.parse('"{caller}" cancels the order in its own name'), target_fixture="answer")
def caller_cancels_as_itself(seller: Seller, order: Order, caller: str) -> Answer:
    return of_called_off(seller.cancel(order, by=caller))


@when(
    parsers.parse('"{caller}" cancels the order in the buyer\'s name, and in its own {where}'), target_fixture="answer"
)
def caller_names_both(seller: Seller, order: Order, caller: str, where: str) -> Answer:
    try:
        must_not_serve(seller, seller.cancel(order, by=caller))
    except Nonconformance:
        raise NotApplicable(f"{caller} is served in its own name alone, which another clause is about") from None
    return seller.cancel(order, Variation(speaks_for="buyer", own_name=OwnName(where)), by=caller)


@when(parsers.parse('"{caller}" signs a cancellation in the buyer\'s name'), target_fixture="answer")
def caller_signs(seller: Seller, order: Order, caller: str) -> Answer:
    return seller.cancel(order, Variation(speaks_for="buyer"), by=f"buyer with the key of {caller}")


@when(parsers.parse('an "{caller}" cancels the order with a signature that is "{how}"'), target_fixture="answer")
@when(parsers.parse('"{caller}" cancels the order with a signature that is "{how}"'), target_fixture="answer")
def caller_signs_otherwise(seller: Seller, order: Order, caller: str, how: str) -> Answer:
    return seller.cancel(order, Variation(signature=Signature(how)), by=caller)


@when(parsers.parse('the buyer writes a cancellation with "{spelling}"'), target_fixture="spelling")
def buyer_writes_otherwise(spelling: str) -> Spelling:
    return Spelling(spelling)
