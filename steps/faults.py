"""Sentences about ALA's faults and envelopes: what every one of a run says, and in what form."""

from __future__ import annotations

from pytest_bdd import parsers, then

from countermand.checks import ala as fault
from countermand.checks.replies import each, valid
from countermand.model import suite
from countermand.model.exchange import Exchange
from countermand.protocols import front
from countermand.protocols.answer import KNOWN
from countermand.protocols.seller import Seller

from .every_answer import Everything, at_operation, ours


@then(
    parsers.parse(
        "every fault with status {status:d} is complete, and whom the seller knows is told that status in one"
    )
)
def every_fault_is_complete(everything: Everything, seller: Seller, status: int) -> None:
    def is_owed(exchange: Exchange) -> bool:
        return seller.is_own_reply(exchange) and not seller.is_stopped(exchange)

    def check(exchange: Exchange) -> None:
        if is_owed(exchange):
            fault.is_fault(exchange)
        fault.is_complete(exchange)

    some = at_operation(everything, seller, status)
    replies = [seen for seen in some if is_owed(seen.exchange) or fault.faults(seen.exchange)]
    each(replies, check, f"no reply of this run with status {status} is a fault, or given to a party the seller knows")


@then("every stranger who is answered with status 400, 401 or 403 is told so in a fault")
def every_stranger_is_told(everything: Everything, seller: Seller) -> None:
    strangers = [
        seen
        for seen in at_operation(everything, seller, *fault.STATUSES)
        if seen.exchange.identity not in KNOWN and front.passes(seen.exchange.request.body)
    ]
    each(strangers, fault.is_fault, "no stranger was answered with such a status in this run")


@then("every fault says something")
def every_fault_speaks(everything: Everything, seller: Seller) -> None:
    each(with_faults(everything, seller), fault.says_something, "no reply of this run is a fault")


@then("no fault has more than one detail")
def every_fault_has_one_detail(everything: Everything, seller: Seller) -> None:
    each(with_faults(everything, seller), fault.has_one_detail, "no reply of this run is a fault")


@then("every reply in an envelope is one message in one of SOAP 1.1")
def every_envelope_is_of_soap(everything: Everything, seller: Seller) -> None:
    enveloped = [seen for seen in ours(everything, seller) if fault.is_enveloped(seen.exchange)]
    each(enveloped, fault.is_in_soap, "no reply of this run is in an envelope, to a request in one")


@then(parsers.parse('every fault is valid against "{schema}"'))
def every_fault_is_valid(everything: Everything, seller: Seller, schema: str) -> None:
    check = valid(suite.payload(seller.target.api, schema), fault.bare)
    each(with_faults(everything, seller), check, "no reply of this run is a fault")


def with_faults(everything: Everything, seller: Seller) -> Everything:
    """Return the operation's replies with status 400, 401 or 403 that have a fault in them, whoever is given them."""
    return [seen for seen in at_operation(everything, seller, *fault.STATUSES) if fault.faults(seen.exchange)]
