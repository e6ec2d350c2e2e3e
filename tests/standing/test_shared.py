"""A stranger asks on the buyer's connection, also where that was left just before."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from countermand.model.target import Order
from countermand.model.verdict import NotApplicable
from steps.cancelling import stranger_shares_connection

ORDER = Order("1", "in_flight")


def asked(*, lasts: bool, left: int) -> tuple[Any, list[str]]:
    """Ask a seller whose connections last or do not; one is left before the request of that number."""
    exchanges = list[str]()

    def ask(*_: object, by: str = "buyer") -> SimpleNamespace:
        exchanges.append(by)
        exchange = SimpleNamespace(reused=lasts and len(exchanges) != left)
        return SimpleNamespace(exchange=exchange, decision=SimpleNamespace(taken_up=False))

    def cancel(order: Order, _: object, by: str) -> SimpleNamespace:
        return ask(order, by=by)

    seller: Any = SimpleNamespace(greet=ask, cancel=cancel)
    scene: Any = SimpleNamespace(fact=lambda look: look())
    return stranger_shares_connection(seller, scene, ORDER), exchanges


@pytest.mark.parametrize(("left", "requests"), [(1, 2), (2, 4), (3, 2)])
def test_a_stranger_shares_a_connection_that_lasts(left: int, requests: int) -> None:
    answer, exchanges = asked(lasts=True, left=left)

    assert answer.exchange.reused
    assert exchanges == ["buyer", "stranger on the buyer's connection"] * (requests // 2)


def test_none_is_shared_that_does_not_last() -> None:
    with pytest.raises(NotApplicable, match="did not last"):
        asked(lasts=False, left=0)
