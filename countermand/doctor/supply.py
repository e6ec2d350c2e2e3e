"""What a target file leaves out, and what becomes of the scenarios that need it."""

from __future__ import annotations

from collections.abc import Iterator

from countermand.doctor.finding import Finding
from countermand.model.apis import APIS
from countermand.model.target import Target
from countermand.orders import budget
from countermand.orders.ledger_file import LedgerError, default_path
from countermand.protocols.registry import PROTOCOLS


def findings(target: Target) -> Iterator[Finding]:
    """Say what is missing and which scenarios it makes inconclusive or not applicable."""
    for state in APIS[target.api].states:
        if (found := _orders(target, state)) is not None:
            yield found
    yield _budget(target)
    if "another_buyer" not in target.identities and not target.lacks("foreign_orders"):
        words = "no [another_buyer]: scenarios that need a second party are not applicable"
        yield Finding.note("parties", words, "add [another_buyer] if there is one")
    if APIS[target.api].client_certificate and "expired_buyer" not in target.identities:
        yield Finding.note(
            "parties", "no [expired_buyer]: scenarios with an expired certificate are not applicable", "add yesterday's certificate"
        )
    if APIS[target.api].client_certificate and "unknown_buyer" not in target.identities:
        words = "no [unknown_buyer]: whether a newcomer of the operator's own authority is served is not tried"
        yield Finding.note("parties", words, "add a certificate of the operator's authority that was agreed with nobody")
    for claim, word in target.capabilities.items():
        if word == "no":
            yield Finding.ok("capabilities", f"{claim} is declared as lacking: what needs it is not applicable")
    if not target.safety.hostile:
        words = "hostile documents are not sent, and scenarios with them are not applicable, unless the owner agrees ([safety] hostile)"
        yield Finding.note("safety", words)


def _budget(target: Target) -> Finding:
    """Say whether the orders that are left suffice."""
    speaks = PROTOCOLS[target.api]
    try:
        found = budget.of(target, speaks.cancellable, speaks.spends(target), default_path())
    except LedgerError as error:
        return Finding.unchecked("orders", str(error))
    words = f"{found}; {found.outlook}"
    if target.lacks("takes_up"):
        return Finding.ok("orders", "the seller takes no cancellation up, so that no order is used up")
    if found.suffices or not found.left:
        return Finding.ok("orders", words) if found.suffices else Finding.note("orders", words)
    return Finding.note("orders", words, f"list more in [orders] {found.state}")


def _orders(target: Target, state: str) -> Finding | None:
    """Say what an empty list means, unless something else gives such orders."""
    supply = target.orders
    made = bool(supply.command) or (supply.register is not None and state in APIS[target.api].registered)
    if made or target.lacks(f"{state}_orders") or any(order.state == state for order in supply.listed):
        return None
    others = PROTOCOLS[target.api].cancellable
    if state == others[0] and not any(order.state in others for order in supply.listed):
        words = f"no order that is {state}: no cancellation can be seen to be taken up, and a run cannot come to a verdict"
        return Finding.note("orders", words, f"have the seller prepare some, and list them in [orders] {state}")
    if state == "foreign":
        words = "no order of another buyer: scenarios that need one will be inconclusive"
        return Finding.note("orders", words, 'list some in [orders] foreign, or set [capabilities] foreign_orders = "no"')
    other = f', or set [capabilities] {state}_orders = "no"' if f"{state}_orders" in APIS[target.api].claims else ""
    return Finding.note(
        "orders", f"no order that is {state}: scenarios that need one will be inconclusive", f"list some in [orders] {state}{other}"
    )
