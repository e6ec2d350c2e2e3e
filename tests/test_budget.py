"""Orders are money.

A whole run of ALA uses as few in flight as the documents say, and none twice, whatever run asks for them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

import pytest
import tomli_w
from running import ROOT, Told, Watched, countermand, is_nearly, rewritten, run, served

from countermand.document import named, parse, text
from countermand.orders.ledger import Ledger
from countermand.provider import embedded
from countermand.provider.ala import seller as ala
from countermand.provider.ala.decision import Answer, Decision
from countermand.provider.ala.request import Cancellation
from countermand.provider.deviants import deviants
from countermand.provider.http import Response
from countermand.targetfile import load

GUIDE = (ROOT / "docs" / "staging-ala.md").read_text(encoding="utf-8")
EXAMPLE = (ROOT / "targets" / "ala.toml").read_text(encoding="utf-8")
NUMBERS = (
    "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen",
)  # fmt: skip
UNKNOWN = re.compile("COUNTERMAND-.*|0{40}")


def said(pattern: str, text: str = GUIDE) -> int:
    """Return the number of orders that a document gives in a word."""
    match = re.search(pattern, text)
    assert match, pattern
    return NUMBERS.index(match[1].lower())


def is_nobodys(name: str, listed: Collection[str]) -> bool:
    """Say whether an order is one that nobody has: made up, or nearly a listed one."""
    return is_nearly(name, listed) or UNKNOWN.fullmatch(name) is not None


BUDGET = said(r"It uses up (\w+) orders in flight of an operator that conforms")
CURT = said(r"and at most (\w+), if every no is said in the same words")
ENOUGH = said(r"Orders: (\w+) in flight")
ENOUGH_IF_CURT = said(r"(\w+) in flight, if the operator says every no in the same words")


class Curt(ala.Seller):
    """Says every no to a buyer in the same words, and conforms."""

    def refuse(self, refusal: ala.RefusalError) -> Response:
        """Refuse every cancellation alike."""
        return self.fault(refusal.status if refusal.status in {401, 403} else 400, "Client", "Refused.")

    def answer(self, asked: Cancellation, answer: Answer) -> Response:
        """Refuse every order alike."""
        return (
            self.fault(400, "Client", "Refused.")
            if answer.decision is Decision.REJECTED
            else super().answer(asked, answer)
        )


def used_up(folder: Path, seller: ala.Seller, orders: int) -> tuple[int, Told]:
    """Run against a seller with so many orders in flight listed; return how many it has taken up, and what was said."""
    with served("ala", folder / "seller", seller) as path:
        text = path.read_text(encoding="utf-8")
        listed = re.search(r"(?ms)^in_flight = \[(.*?)\]$", text)
        assert listed
        few = ", ".join(re.findall(r"\{.*?\}", listed[1])[:orders])
        path.write_text(
            text.replace(listed[0], f"in_flight = [{few}]").replace('"embedded-ala"', '"staging"'), encoding="utf-8"
        )
        done = run(folder, f"--target={path}")
        with closing(Ledger(folder / "ledger.sqlite")) as ledger:
            entries = ledger.entries(f"ala {load(path).url.partition('//')[2]}")
    taken_up = [entry for entry in entries if entry.state == "in_flight" and entry.outcome == "Pending"]
    return len(taken_up), done


def references(seller: Watched) -> list[tuple[str, bool]]:
    """Return every order a request named in its proper place, and whether the seller took its cancellation up."""
    orders = []
    for request, response in zip(seller.asked, seller.answered, strict=True):
        try:
            names = [text(element).strip() for element in named(parse(request.body), "targetSellerOrderReference")]
        except ValueError:
            continue
        orders += [(name, response.status == 200 and b"Pending" in response.body) for name in names if name]
    return orders


@pytest.fixture
def seller() -> Watched:
    return Watched(embedded.SELLERS["ala"]())


def test_so_many_orders_are_enough_and_so_many_are_used_up_as_the_documents_say(tmp_path: Path) -> None:
    used, done = used_up(tmp_path, ala.Seller(), ENOUGH)
    assert (used, done.counts.get("inconclusive", 0)) == (BUDGET, 0)
    assert {said(r"(\w+) in flight are enough for a whole run", EXAMPLE), EXAMPLE.count('{ seller = "S-1')} == {ENOUGH}


def test_a_seller_that_says_every_no_in_the_same_words_uses_up_what_a_dry_run_counts(tmp_path: Path) -> None:
    used, done = used_up(tmp_path, Curt(), ENOUGH_IF_CURT)
    assert (used, done.counts.get("inconclusive", 0)) == (
        CURT - 1,
        0,
    )  # so few are left that the last acceptance is left out
    planned = countermand("run", "--dry-run", "--api=ala", cwd=tmp_path).stdout
    (row,) = re.findall(r"^  in_flight +\d+ +(\d+) ", planned, re.MULTILINE)
    assert int(row) == CURT
    assert said(r"or (\w+) where every no is said in the same words", EXAMPLE) == ENOUGH_IF_CURT


def test_each_clause_that_is_broken_costs_one_order_more(tmp_path: Path) -> None:
    used, done = used_up(
        tmp_path, deviants("ala")["Careless"](), ENOUGH + 2
    )  # so many that the last acceptance is not left out
    broken = [clause for clause, verdict in done.verdicts.items() if verdict in {"does not conform", "departs"}]
    assert "ALA-REQ-07" in broken
    assert used == BUDGET + len(broken)
    assert (
        done.verdicts["ALA-REQ-15"] == done.verdicts["ALA-FLT-06"] == "not applicable"
    )  # both follow, and cost nothing


def test_what_is_said_beforehand_is_what_a_run_uses(tmp_path: Path) -> None:
    used, done = used_up(tmp_path, ala.Seller(), ENOUGH)
    assert f"{ENOUGH} in flight: a whole run uses {used}, one more for each clause it finds broken" in done.said
    assert "enough for a whole run that finds a fault, its repetition, and a whole run after the fix" in done.said


def test_a_run_uses_few_orders_in_flight_and_the_next_run_uses_others(tmp_path: Path, seller: Watched) -> None:
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
    used = [
        {name for name, taken_up in named_orders if taken_up and name in in_flight}
        for named_orders in (named_first, named_second)
    ]
    assert [len(names) for names in used] == [BUDGET, BUDGET]
    assert not used[0] & {name for name, _ in named_second}
    assert all(name in listed or is_nobodys(name, listed) for name, _ in named_first + named_second)
    with closing(Ledger(tmp_path / "ledger.sqlite")) as ledger:
        entries = [
            entry for entry in ledger.entries(f"ala {target.url.partition('//')[2]}") if entry.state == "in_flight"
        ]
    assert {entry.number for entry in entries} >= used[0] | used[1]
    assert len({entry.number for entry in entries}) == len(entries) <= 2 * BUDGET


def test_an_order_in_flight_is_reused_while_every_answer_to_it_was_a_refusal(tmp_path: Path, seller: Watched) -> None:
    with served("ala", tmp_path / "seller", seller) as path:
        done = run(
            tmp_path, f"--target={path}", "-m", "ALA-REQ-01 or ALA-REQ-02 or ALA-REQ-03 or ALA-REQ-04 or ALA-CAN-01"
        )
    assert done.scenarios == {"conforms": 12}  # one looks at all complete cancellations
    named = {name for name, _ in references(seller) if not UNKNOWN.fullmatch(name)}
    assert len(named) == 2  # one for the acceptance, and one for all refusals and the acceptance at the end


@pytest.mark.parametrize("api", ["ala", "opensrs"])
def test_a_seller_served_apart_can_be_tested_again(tmp_path: Path, api: str) -> None:
    clauses = "ALA-CAN-01 or ALA-REQ-11 or OSRS-CAN-01 or OSRS-REQ-01" if api == "ala" else "OSRS-CAN-01 or OSRS-REQ-01"
    with served(api, tmp_path / "seller") as path:
        runs = [run(tmp_path, f"--target={path}", "-m", clauses) for _ in range(2)]
    assert [done.scenarios for done in runs] == [{"conforms": 9 if api == "ala" else 6}] * 2, runs[1].said


def test_what_another_target_breaks_keeps_no_order_of_this_one_back(tmp_path: Path) -> None:
    with (
        served("ala", tmp_path / "ala", deviants("ala")["Careless"]()) as wrong,
        served("opensrs", tmp_path / "opensrs") as right,
    ):
        table = tomllib.loads(right.read_text(encoding="utf-8"))
        table["orders"]["in-progress"] = table["orders"]["in-progress"][:2]
        right.write_text(tomli_w.dumps(table), encoding="utf-8")
        done = run(tmp_path, f"--target={wrong}", f"--target={right}")
    assert done.verdicts["ALA-REQ-07"] == "does not conform"
    assert {name: verdict for name, verdict in done.verdicts.items() if verdict == "inconclusive"} == {}
