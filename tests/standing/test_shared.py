"""A stranger asks on the buyer's connection, also where that was left just before."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from running import run, served

from countermand.model.target import Order
from countermand.model.verdict import NotApplicable
from countermand.provider.deviants import deviants
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


def test_one_is_shared_also_where_a_rate_has_us_wait(tmp_path: Path) -> None:
    kind = next(
        kind
        for kind in deviants("opensrs").values()
        if vars(kind).get("slug") == "checks-only-first-signature-of-connection"
    )
    with served("opensrs", tmp_path / "seller", kind()) as target:
        text = target.read_text(encoding="utf-8")
        assert "[safety]\n" in text
        target.write_text(text.replace("[safety]\n", "[safety]\nrate = 2\n"), encoding="utf-8")
        done = run(tmp_path, f"--target={target}", "--no-page", "-m", "OSRS-SIG-01", "-k", "just_served")
    assert done.verdicts["OSRS-SIG-01"] == "does not conform"
