"""A seller stops answering midway, and the run says so of all it has said since."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from running import Told, run, served

from countermand.provider.ala import seller as ala
from countermand.provider.ala.decision import Answer
from countermand.provider.ala.orders import Order, State
from countermand.provider.http import Request, Response
from standing.conftest import XML, fronted, page

KEY = b"""<?xml version='1.0' encoding='UTF-8' standalone='no' ?>
<OPS_envelope><header><version>0.9</version></header><body><data_block><dt_assoc><item key="protocol">XCP</item>
<item key="response_text">Authentication Error</item><item key="response_code">401</item><item key="is_success">0</item>
</dt_assoc></data_block></body></OPS_envelope>"""
LOCKED = KEY.replace(b"XCP</item>", b'XCP</item><item key="object">TRUST_SERVICE</item><item key="action">REPLY</item>')
DECIDED = {"conforms", "departs", "does not conform"}
#: How many requests are answered as ever: some more than a third of those of a run.
ENOUGH = 100


class Failing:
    """Lets so many requests through, and has one answer for all others."""

    def __init__(self, answer: Response, after: int = ENOUGH) -> None:
        self.answer, self.left = answer, after
        self.since: datetime | None = None

    def __call__(self, _request: Request, response: Response) -> Response:
        self.left -= 1
        if self.left >= 0:
            return response
        self.since = self.since or datetime.now(UTC)
        return self.answer


class Tired(Failing):
    """Takes so many cancellations up, and none after them; all else is answered as ever."""

    def __call__(self, request: Request, response: Response) -> Response:
        if b"Pending" not in response.body:
            return response
        return super().__call__(request, response)


def rows(done: Told) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (done.reports / "record.jsonl").read_text(encoding="utf-8").splitlines()]


def late(row: dict[str, Any], since: datetime) -> bool:
    return any(datetime.fromisoformat(exchange["started"]) > since for exchange in row["exchanges"])


def must_agree(done: Told) -> None:
    """Hold every output to the same counts."""
    counts = done.scenarios
    assert counts == done.record == done.counts
    assert Counter(result["status"] for result in done.allure)["broken"] == counts["inconclusive"]
    assert f"in {counts['inconclusive']} scenarios" in done.said


@pytest.mark.parametrize(
    ("api", "answer"),
    [
        ("ala", page(403)),
        ("ala", Response(200, silent=True)),
        ("ala", Response(400, b"<fault><faultcode>x</faultcode><faultmessage>closed</faultmessage></fault>", XML)),
        ("opensrs", Response(200, KEY, XML)),
        ("opensrs", Response(200, LOCKED, XML)),
    ],
    ids=["403", "closed", "a fault", "key", "locked"],
)
def test_what_a_seller_refuses_since_it_has_closed_its_doors_is_inconclusive(
    tmp_path: Path, api: str, answer: Response
) -> None:
    front = Failing(answer)
    with fronted(api, tmp_path / "seller", front) as (path, _):
        done = run(tmp_path, f"--target={path}")
    assert front.since is not None
    assert done.code == 10, done.said
    since = front.since
    assert not [row["name"] for row in rows(done) if late(row, since) and row["verdict"] in DECIDED]
    assert any(row["verdict"] == "conforms" for row in rows(done))  # what it said before counts
    must_agree(done)
    if not answer.silent:  # each scenario finds by itself that nobody answers
        assert "at the end the seller answered the buyer with" in done.said
    again = run(tmp_path / "reports", "--replay=.", "--reports=again", "--no-reports")
    assert again.code == 10, again.said
    replayed = rows(Told(again.code, again.said, tmp_path / "reports" / "again"))
    assert {row["id"]: row["verdict"] for row in rows(done)} == {row["id"]: row["verdict"] for row in replayed}


@pytest.mark.parametrize(("taken", "verdict"), [(1, "inconclusive"), (2, "conforms")])  # the second is asked for last
def test_what_leans_on_an_acceptance_counts_only_where_one_is_had_at_the_end(
    tmp_path: Path, taken: int, verdict: str
) -> None:
    front = Tired(Response(200, b"<r><status>Rejected</status></r>", XML), after=taken)
    with fronted("ala", tmp_path / "seller", front) as (path, _):
        done = run(
            tmp_path, f"--target={path}", "--no-reports", "-m", "ALA-CAN-01 or ALA-CAN-02 or ALA-REQ-01 or ALA-SEC-01"
        )
    assert done.verdicts["ALA-REQ-01"] == verdict, done.said
    assert (
        done.verdicts["ALA-SEC-01"] == "conforms"
    )  # who was turned away was told otherwise than the buyer, then and at the end
    assert ("took no cancellation up any more" in done.said) == (verdict == "inconclusive")


def test_an_order_that_was_called_off_behind_a_no_is_noticed_at_the_end(tmp_path: Path) -> None:
    behind: set[bytes] = set()

    def front(request: Request, response: Response) -> Response:
        named = re.search(rb"targetSellerOrderReference>([^<]+)<", request.body)
        if response.status == 400 and named:
            behind.add(named[1])
        over = named and named[1] in behind and b"Pending" in response.body
        return Response(200, b"<r><status>Rejected</status></r>", XML) if over else response

    with fronted("ala", tmp_path / "seller", front) as (path, _):
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", "ALA-CAN-01 or ALA-REQ-01 or ALA-SEC-01")
    assert done.verdicts["ALA-REQ-01"] == "inconclusive", done.said
    assert done.verdicts["ALA-CAN-01"] == "conforms"  # it was about another order
    assert "or it was called off by a request that was refused in words" in done.said


class Sweeping(ala.Seller):
    """Calls the next order in flight off with the one whose cancellation it takes up, and conforms in all it says."""

    def take_up(self, order: Order) -> Answer:
        """Take a cancellation up, and call off the order behind it."""
        alike = [other for other in self.orders.values() if (other.owner, other.state) == (order.owner, order.state)]
        for other in alike[alike.index(order) + 1 :][:1]:
            other.state = State.CANCELLED
        return super().take_up(order)


def test_an_order_that_was_called_off_with_another_is_noticed_at_the_end(tmp_path: Path) -> None:
    with served("ala", tmp_path / "seller", Sweeping()) as path:
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", "ALA-CAN-01 or ALA-REQ-01 or ALA-SEC-01")
    assert done.verdicts["ALA-REQ-01"] == "inconclusive", done.said
    assert "called off by a request that was refused in words, or with another order" in done.said


@pytest.mark.parametrize("trouble", [page(502, "Bad Gateway"), page(409, "Conflict"), Response(500, b"")], ids=str)
def test_trouble_that_passes_while_the_last_order_is_cancelled_says_nothing_of_that_order(
    tmp_path: Path, trouble: Response
) -> None:
    answers = iter([None, trouble])

    def front(_request: Request, response: Response) -> Response:
        return (next(answers, None) if b"Pending" in response.body else None) or response

    with fronted("ala", tmp_path / "seller", front) as (path, _):
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", "ALA-CAN-01 or ALA-REQ-01 or ALA-SEC-01")
    assert next(answers, "asked for") == "asked for"
    assert {*done.verdicts.values()} <= {"conforms", "not run"}, done.said


def test_a_fault_that_was_shown_about_an_order_stays_shown_whatever_becomes_of_the_order(tmp_path: Path) -> None:
    behind: set[bytes] = set()

    def front(request: Request, response: Response) -> Response:
        named = re.search(rb"targetSellerOrderReference>([^<]+)<", request.body)
        if named and response.status == 400:
            behind.add(named[1])
            return replace(response, body=response.body.replace(b"faultcode", b"code"))
        over = named and named[1] in behind and b"Pending" in response.body
        return Response(200, b"<r><status>Rejected</status></r>", XML) if over else response

    with fronted("ala", tmp_path / "seller", front) as (path, _):
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", "ALA-CAN-01 or ALA-REQ-01 or ALA-FLT-01")
    assert done.verdicts["ALA-REQ-01"] == "inconclusive", done.said
    assert done.verdicts["ALA-FLT-01"] == "does not conform", done.said


def test_a_seller_that_still_answers_at_the_end_is_judged_by_all_it_said(tmp_path: Path) -> None:
    """The other way round, with a moment of weakness in the middle, when a stranger asks."""
    weak = Failing(page(503, "Service Unavailable"))

    def front(request: Request, response: Response) -> Response:
        waits = weak.left == 0 and request.peer is not None
        return response if weak.left < 0 or waits else weak(request, response)

    with fronted("ala", tmp_path / "seller", front) as (path, _):
        done = run(tmp_path, f"--target={path}", "--no-reports")
    assert done.code == 0, done.said
    assert weak.since is not None
    assert "at the end" not in done.said
