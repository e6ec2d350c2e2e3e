"""Sentences about who asks elsewhere: whoever answers there is asked about nobody's order before one is risked."""

from __future__ import annotations

from dataclasses import replace

from pytest_bdd import given, parsers, when

from countermand.model.target import Order
from countermand.model.verdict import Inconclusive, NotApplicable
from countermand.protocols.answer import CLOSED_DOOR, Answer, Decision
from countermand.protocols.seller import Seller
from countermand.protocols.variation import Variation

HOST = Variation(speaks_for="buyer", names_host=True)


@given(parsers.parse('another host of the server, where a "{caller}" is not served'))
def another_host(seller: Seller, caller: str) -> None:
    if seller.target.production:
        raise NotApplicable("orders here are real, and what answers as another host may be anybody's")
    whoever = seller.cancel(seller.unknown(), HOST, by=caller)
    if whoever.exchange.reply is None and whoever.exchange.trouble not in CLOSED_DOOR:
        raise NotApplicable(f"nobody answers there: {whoever.said}")
    if _serves_anybody(whoever):
        raise NotApplicable(f"what answers there says {whoever.said!r} of an order that does not exist")


@when(parsers.parse('a "{caller}" cancels the order in the buyer\'s name at that host'), target_fixture="answer")
def caller_names_host(seller: Seller, order: Order, caller: str) -> Answer:
    answer = seller.cancel(order, HOST, by=caller)
    if answer.decision.taken_up and seller.cancel(order).decision is not Decision.REFUSED:
        raise Inconclusive(
            "what answers there takes the cancellation up, and the seller takes it up from the buyer after that: "
            "whether the two are one is not known",
            received=answer.said,
            exchange=answer.exchange,
        )
    return answer


@given(parsers.parse('"{path}", where a "{caller}" is not served'), target_fixture="elsewhere")
def another_path(seller: Seller, path: str, caller: str) -> Variation:
    if seller.path_of_operation == path:
        raise NotApplicable(f"the operation is at {path} itself")
    there = Variation(speaks_for="buyer", path=path)
    with_headers = replace(there, rewritten=True)
    whoever = seller.cancel(seller.unknown(), there, by=caller)
    if _serves_anybody(whoever):
        # Only where the headers make a difference may it be the seller.
        otherwise = seller.cancel(seller.unknown(), with_headers, by=caller)
        if (otherwise.decision, otherwise.said) == (whoever.decision, whoever.said):
            raise NotApplicable(f"what is at {path} says {whoever.said!r} to anybody, with the headers and without")
    return with_headers


@when(
    parsers.parse('a "{caller}" cancels the order there, with the operation\'s path in headers of proxies'),
    target_fixture="answer",
)
def caller_names_path(seller: Seller, order: Order, elsewhere: Variation, caller: str) -> Answer:
    return seller.cancel(order, elsewhere, by=caller)


def _serves_anybody(whoever: Answer) -> bool:
    """Say whether what is asked elsewhere answers of an order that does not exist: no order is spent on such a one."""
    return whoever.decision.taken_up or (whoever.decision is Decision.UNCLEAR and not whoever.is_blank)
