"""The tables of a target file that describe an ALA seller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countermand.provider.ala.orders import State
from countermand.provider.ala.style import Names, Style
from countermand.provider.certificates import ANOTHER_BUYER, BUYER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from countermand.provider.ala.orders import Order
    from countermand.provider.toml import Table, Value

_SCHEMA_FILE = "reply.xsd"
RESELLER = "BAQ"  # the example of the cancelOrder page

# The operator's own schema of the reference's replies: it settles the order and presence of the blocks, and leaves
# their content open, so that a seller may be wrong about one field and right about the schema.
SCHEMA = """<?xml version="1.0" encoding="utf-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">
  <xs:element name="cancelOrderResponse">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="message" type="xs:anyType"/>
        <xs:element name="buyer" type="xs:anyType"/>
        <xs:element name="seller" type="xs:anyType"/>
        <xs:element name="orderReferences" type="xs:anyType"/>
        <xs:element name="targetSellerOrderReference" type="xs:string"/>
        <xs:element name="status" type="xs:string"/>
        <xs:element name="cancellationReference" type="xs:string" minOccurs="0"/>
        <xs:element name="rejection" type="xs:anyType" minOccurs="0"/>
      </xs:sequence>
    </xs:complexType>
  </xs:element>
  <xs:element name="fault" type="xs:anyType"/>
</xs:schema>
"""


def tables(orders: Iterable[Order], style: Style) -> Mapping[str, Table]:
    """Give the tables of the target file."""
    made: dict[str, Table] = {
        "buyer": {"identifier": BUYER, "reseller": RESELLER},
        "another_buyer": {"identifier": ANOTHER_BUYER},
        "expired_buyer": {"identifier": BUYER},
        "seller": {"identifier": "CITYFIBRE"},
        "orders": _orders(orders),
        "dialect": _dialect(style),
        "capabilities": {} if style.takes_up else {"takes_up": "no"},
        "schemas": {"reply": _SCHEMA_FILE} if files(style) else {},
    }
    return {name: table for name, table in made.items() if table}


def files(style: Style) -> Mapping[str, str]:
    """Give the schema of replies, where the style is the one it was written for."""
    return {_SCHEMA_FILE: SCHEMA} if style == Style() else {}


def _orders(orders: Iterable[Order]) -> Table:
    """Write the orders, those of the other buyer in a list of their own."""
    lists: dict[str, list[Value]] = {"in_flight": [], "completed": [], "cancelled": [], "foreign": []}
    names = {State.IN_FLIGHT: "in_flight", State.COMPLETED: "completed", State.CANCELLED: "cancelled"}
    for order in orders:
        if order.state in names:
            lists[names[order.state] if order.owner == BUYER else "foreign"].append(dict(order.references()))
    return dict(lists)


def _dialect(style: Style) -> Table:
    """Write what differs from the default dialect."""
    code = style.reason_code
    wanted: dict[str, tuple[Value, Value]] = {
        "request_root": (style.request_root, "cancelOrderRequest"),
        "namespace": (style.request_namespace or "", ""),
        "envelope": (style.request_envelope is not False, True),
        "content_type": (style.request_content_type or "application/xml", "application/xml"),
        "buyer_reference": ("fresh" if style.buyer_reference is Names.FRESH else "original", "original"),
        "reason": ({"code": code, "message": "No longer needed"} if code else "", ""),
        "decision": (_decision(style), _decision(Style())),
        "pending": ([style.pending.strip()], ["Pending"]),
        "rejected": ([style.rejected.strip()], ["Rejected"]),
    }
    return {key: value for key, (value, default) in wanted.items() if _folded(value) != _folded(default)}


def _decision(style: Style) -> str:
    """Give the path of the decision, the default one where that finds it."""
    if style.decision_element in {"status", "orderStatus"}:
        return "//*[local-name()='status' or local-name()='orderStatus']"
    return f"//*[local-name()='{style.decision_element}']"


def _folded(value: Value) -> str:
    """Compare words as the dialect does, without regard to case."""
    return str(value).casefold() if isinstance(value, list) else str(value)
