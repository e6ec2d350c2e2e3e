"""What a target file leaves out, and what becomes of the scenarios that need it."""

from __future__ import annotations

from collections.abc import Iterator

from countermand.doctor.finding import Finding
from countermand.model.api import FOREIGN
from countermand.model.apis import APIS
from countermand.model.target import Target
from countermand.orders import budget
from countermand.orders.ledger_file import LedgerError, default_path
from countermand.protocols.registry import PROTOCOLS


def findings(target: Target) -> Iterator[Finding]:
    """Say what is missing and which scenarios it makes inconclusive or not applicable."""
    yield from _stock(target)
    if "another_buyer" not in target.identities and not target.lacks("foreign_orders"):
        words = "no [another_buyer]: scenarios that need a second party are not applicable"
        yield Finding.note("parties", words, "add [another_buyer] if there is one")
    if APIS[target.api].client_certificate and "expired_buyer" not in target.identities:
        yield Finding.note(
            "parties",
            "no [expired_buyer]: scenarios with an expired certificate are not applicable",
            "add yesterday's certificate",
        )
    if APIS[target.api].client_certificate and "unknown_buyer" not in target.identities:
        words = "no [unknown_buyer]: whether a newcomer of the operator's own authority is served is not tried"
        yield Finding.note(
            "parties", words, "add a certificate of the operator's authority that was agreed with nobody"
        )
    for claim, word in target.capabilities.items():
        if word == "no":
            yield Finding.ok("capabilities", f"{claim} is declared as lacking: what needs it is not applicable")
    if not target.safety.hostile:
        words = (
            "hostile documents are not sent, and scenarios with them are not applicable, "
            "unless the owner agrees ([safety] hostile)"
        )
        yield Finding.note("safety", words)


def _stock(target: Target) -> Iterator[Finding]:
    """Say of which states no order is left, and whether those that are left suffice."""
    speaks = PROTOCOLS[target.api]
    try:
        stock = budget.of(target, speaks.cancellable, speaks.spends(target), default_path())
    except LedgerError as error:
        yield Finding.unchecked("orders", str(error))
        return
    listed = {order.state for order in target.orders.listed}
    if not stock.made and not listed & {*speaks.cancellable} and not target.lacks(f"{stock.state}_orders"):
        words = (
            f"no order that is {stock.state}: no cancellation can be seen to be taken up, "
            "and a run cannot come to a verdict"
        )
        yield Finding.note("orders", words, f"have the seller prepare some, and list them in [orders] {stock.state}")
    for state in stock.lacking:
        yield _lacking(target, state, listed=state in listed)
    yield _enough(target, stock)


def _enough(target: Target, stock: budget.Budget) -> Finding:
    """Say how far the orders reach that can be cancelled."""
    words = f"{stock}; {stock.outlook}"
    if target.lacks("takes_up"):
        return Finding.ok("orders", "the seller takes no cancellation up, so that no order is used up")
    if stock.suffices:
        return Finding.ok("orders", words)
    more = f"list more in [orders] {stock.state}" if not stock.reaches else ""
    more = "raise [safety] cancellations" if stock.is_capped else more
    return Finding.note("orders", words, more)


def _lacking(target: Target, state: str, *, listed: bool) -> Finding:
    """Say what it means that there is no order of a state, or that all that were listed are used up or taken."""
    what = "of another buyer" if state == FOREIGN else f"that is {state}"
    words = f"no order {what}{' is left' if listed else ''}: scenarios that need one will be inconclusive"
    claimed = not listed and f"{state}_orders" in APIS[target.api].claims
    other = f', or set [capabilities] {state}_orders = "no"' if claimed else ""
    return Finding.note("orders", words, f"list {'more' if listed else 'some'} in [orders] {state}{other}")
