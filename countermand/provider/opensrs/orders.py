"""What the embedded OpenSRS seller knows: its resellers and their orders of SSL certificates.

It stands apart from how either travels.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

KEY_BYTES: Final = 56  # a reseller's key is 112 hexadecimal digits long
NUMBER_DIGITS: Final = 15  # long enough that two sellers never draw the same, short enough for every client's integers


class State(StrEnum):
    """The states of an order that the cancel_order page allows."""

    APPROVER_CONFIRMED = "approver-confirmed"
    AWAITING_APPROVAL = "awaiting-approval"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    DECLINED = "declined"
    IN_PROGRESS = "in-progress"
    PENDING = "pending"


IN_FLIGHT: Final = frozenset({State.PENDING, State.IN_PROGRESS, State.AWAITING_APPROVAL, State.APPROVER_CONFIRMED})

STOCK: Final[Mapping[State, int]] = {
    State.PENDING: 30,
    State.IN_PROGRESS: 8,
    State.AWAITING_APPROVAL: 8,
    State.APPROVER_CONFIRMED: 8,
    State.COMPLETED: 8,
    State.CANCELLED: 8,
    State.DECLINED: 8,
}
FOREIGN_STOCK: Final = 6


@dataclass(frozen=True)
class Reseller:
    """A buyer known to the seller, and the key that signs the buyer's requests."""

    username: str
    key: str = field(repr=False)


@dataclass(frozen=True)
class Order:
    """An order of one SSL certificate; a change of state makes a new one."""

    number: str
    owner: str  # the reseller's user name
    domain: str
    state: State
    product_type: str = "quickssl"
    reg_type: str = "new"
    period: str = "1"

    def become(self, state: State) -> Order:
        """Tell the same order in another state."""
        return replace(self, state=state)


def draw_reseller() -> Reseller:
    """Make up a reseller whom no other seller knows."""
    return Reseller(f"reseller{secrets.token_hex(4)}", secrets.token_hex(KEY_BYTES))


def draw_number(taken: Mapping[str, Order]) -> str:
    """Draw the number of a new order: decimal digits, none of those taken."""
    while True:
        number = str(10 ** (NUMBER_DIGITS - 1) + secrets.randbelow(9 * 10 ** (NUMBER_DIGITS - 1)))
        if number not in taken:
            return number


def stock(buyer: Reseller, another_buyer: Reseller) -> dict[str, Order]:
    """Prepare the orders a seller starts with, by number."""
    orders: dict[str, Order] = {}
    for owner, state in _wanted(buyer, another_buyer):
        number = draw_number(orders)
        orders[number] = Order(number, owner.username, f"www{number}.example.com", state)
    return orders


def _wanted(buyer: Reseller, another_buyer: Reseller) -> Iterator[tuple[Reseller, State]]:
    """Name owner and state of each order of the stock."""
    for state, count in STOCK.items():
        yield from ((buyer, state),) * count
    yield from ((another_buyer, State.PENDING),) * FOREIGN_STOCK
