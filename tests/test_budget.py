"""Orders are money: a whole run of ALA uses at most six in flight, and none twice, whatever run asks for them."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest
from running import Watched, rewritten, run, served

from countermand.document import named, parse, text
from countermand.ledger import Ledger
from countermand.provider import embedded
from countermand.targetfile import load

BUDGET = 6
UNKNOWN = re.compile("COUNTERMAND-.*")


def references(seller: Watched) -> list[tuple[str, bool]]:
    """Return every order a request named in its proper place, and whether the seller took its cancellation up."""
    told = []
    for request, response in zip(seller.asked, seller.answered, strict=True):
        try:
            names = [text(one).strip() for one in named(parse(request.body), "targetSellerOrderReference")]
        except ValueError:
            continue
        told += [(name, response.status == 200 and b"Pending" in response.body) for name in names if name]
    return told


@pytest.fixture
def seller() -> Watched:
    return Watched(embedded.SELLERS["ala"]())


def test_a_run_uses_at_most_six_orders_in_flight_and_the_next_run_uses_others(tmp_path: Path, seller: Watched) -> None:
    with served("ala", tmp_path / "seller", seller) as path:
        rewritten(path, ('"embedded-ala"', '"staging"'))
        target = load(path)
        in_flight = {order.seller for order in target.orders.listed if order.state == "in_flight"}
        listed = {order.seller for order in target.orders.listed}
        first = run(tmp_path, f"--target={path}")
        assert first.code == 0, first.said
        named_first = references(seller)
        seller.asked.clear()
        seller.answered.clear()
        second = run(tmp_path, f"--target={path}")
        assert second.code == 0, second.said
        named_second = references(seller)
    used = [{name for name, taken_up in named_orders if taken_up and name in in_flight} for named_orders in (named_first, named_second)]
    assert 1 <= len(used[0]) <= BUDGET
    assert 1 <= len(used[1]) <= BUDGET
    assert not used[0] & {name for name, _ in named_second}
    assert all(name in listed or UNKNOWN.fullmatch(name) for name, _ in named_first + named_second)
    with closing(Ledger(tmp_path / "ledger.sqlite")) as ledger:
        entries = [entry for entry in ledger.entries(f"ala {target.url.partition('//')[2]}") if entry.state == "in_flight"]
    assert {entry.number for entry in entries} >= used[0] | used[1]
    assert len({entry.number for entry in entries}) == len(entries) <= 2 * BUDGET


def test_an_order_in_flight_is_reused_while_every_answer_to_it_was_a_refusal(tmp_path: Path, seller: Watched) -> None:
    with served("ala", tmp_path / "seller", seller) as path:
        told = run(tmp_path, f"--target={path}", "-m", "ALA-REQ-01 or ALA-REQ-02 or ALA-REQ-03 or ALA-REQ-04 or ALA-CAN-01")
    assert told.scenarios == {"conforms": 5}
    named = {name for name, _ in references(seller) if not UNKNOWN.fullmatch(name)}
    assert len(named) == 2  # one for the acceptance, and one for all refusals and the acceptance at the end


@pytest.mark.parametrize("api", ["ala", "opensrs"])
def test_a_seller_served_apart_can_be_tested_again(tmp_path: Path, api: str) -> None:
    clauses = "ALA-CAN-01 or ALA-REQ-11 or OSRS-CAN-01 or OSRS-REQ-01" if api == "ala" else "OSRS-CAN-01 or OSRS-REQ-01"
    with served(api, tmp_path / "seller") as path:
        runs = [run(tmp_path, f"--target={path}", "-m", clauses) for _ in range(2)]
    assert [told.scenarios for told in runs] == [{"conforms": 2}] * 2, runs[1].said
