"""The orders an ALA seller knows."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import uuid4

from countermand.provider.certificates import ANOTHER_BUYER, BUYER


class State(StrEnum):
    """Where an order stands."""

    IN_FLIGHT = "in flight"
    PENDING_CANCELLATION = "pending cancellation"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


@dataclass
class Order:
    """One order."""

    seller_reference: str
    owner: str
    state: State
    buyer_reference: str = field(default_factory=lambda: str(uuid4()))

    def references(self) -> dict[str, str]:
        """Give the two references as the target file writes them."""
        return {"seller": self.seller_reference, "buyer": self.buyer_reference}


def stock() -> list[Order]:
    """Make the orders of a new seller; their numbers are drawn, so that no two sellers share one."""
    kinds = [
        *[(BUYER, State.IN_FLIGHT)] * 16,
        *[(BUYER, State.COMPLETED)] * 4,
        *[(BUYER, State.CANCELLED)] * 4,
        *[(ANOTHER_BUYER, State.IN_FLIGHT)] * 4,
    ]
    series = secrets.token_hex(4).upper()
    return [Order(f"CF-{series}-{number:04d}", owner, state) for number, (owner, state) in enumerate(kinds, 1)]
