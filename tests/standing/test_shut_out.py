"""What stands before a seller shuts the buyer out for a while, and the run says so of all it was told then."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from running import Told, rewritten, run, served

from countermand.provider.ala.seller import Seller
from countermand.provider.ala.style import Rejection, Style
from countermand.provider.deviants import deviants
from countermand.provider.http import Request, Response
from standing.conftest import XML, Fronted, fronted, page

LOCKED = b"<fault><faultcode>Client.Locked</faultcode><faultmessage>Too many failures.</faultmessage></fault>"
#: The same of OpenSRS, in a code that no order's refusal has.
LOCKED_OUT = b"""<?xml version='1.0'?><OPS_envelope><header><version>0.9</version></header><body><data_block><dt_assoc>
<item key="protocol">XCP</item><item key="action">REPLY</item><item key="object">TRUST_SERVICE</item>
<item key="is_success">0</item><item key="response_code">435</item><item key="response_text">Account locked</item>
</dt_assoc></data_block></body></OPS_envelope>"""
UNKNOWN = b"<fault><faultcode>Server.101</faultcode><faultmessage>There is no such order.</faultmessage></fault>"
ACCUSED = {"departs", "does not conform"}


class Guard:
    """Counts requests, and answers so many of them in its own words whatever they ask, until it lets them in again."""

    def __init__(self, answer: Response, since: int, until: int) -> None:
        self.answer, self.shut, self.asked = answer, range(since, until), 0
        self.times = list[datetime]()

    def __call__(self, _request: Request, response: Response) -> Response:
        self.asked += 1
        if self.asked not in self.shut:
            return response
        self.times.append(datetime.now(UTC))
        return self.answer


def rows(done: Told) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (done.reports / "record.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("api", "answer", "since", "until"),
    [
        ("ala", page(403), 60, 100),  # as mod_evasive and rules of AWS WAF that count requests
        ("ala", page(400, "Bad Request"), 110, 170),
        ("opensrs", page(500, "Internal Server Error"), 60, 100),  # as mod_qos
    ],
    ids=["403", "400", "500"],
)
def test_what_the_buyer_is_told_while_it_is_shut_out_accuses_nobody(
    tmp_path: Path, api: str, answer: Response, since: int, until: int
) -> None:
    guard = Guard(answer, since, until)
    with fronted(api, tmp_path / "seller", guard) as (path, _):
        done = run(tmp_path, f"--target={path}", "--no-reports")
    assert done.code == 10, done.said
    assert not ACCUSED & {*done.verdicts.values()}, done.said
    assert "whatever it asked, and at the beginning with" in done.said
    assert "slow down with [safety] rate" in done.said
    decided = [row for row in rows(done) if row["verdict"] in {"conforms", *ACCUSED}]
    sent = [datetime.fromisoformat(exchange["started"]) for row in decided for exchange in row["exchanges"]]
    assert not [moment for moment in sent if guard.times[0] < moment < guard.times[-1]]
    assert min(sent) < guard.times[0]  # what it said before and after counts
    again = run(tmp_path / "reports", "--replay=.", "--reports=again", "--no-reports")
    replayed = rows(Told(again.code, again.said, tmp_path / "reports" / "again"))
    assert {row["id"]: row["verdict"] for row in rows(done)} == {row["id"]: row["verdict"] for row in replayed}


def test_strangers_who_are_always_told_so_make_that_while_no_longer(tmp_path: Path) -> None:
    guard = Guard(page(403), 100, 120)

    def front(request: Request, response: Response) -> Response:
        answer = guard(request, response)
        return page(403) if b"Authentication Error" in answer.body else answer

    with fronted("opensrs", tmp_path / "seller", front) as (path, _):
        done = run(tmp_path, f"--target={path}", "--no-reports")
    assert done.code == 10, done.said
    assert "whatever it asked, and at the beginning with" in done.said
    before = [
        row
        for row in rows(done)
        if row["clause"].startswith("OSRS-SIG")
        and all(datetime.fromisoformat(exchange["started"]) < guard.times[0] for exchange in row["exchanges"])
    ]
    assert {row["verdict"] for row in before if row["exchanges"]} == {"conforms"}


@pytest.mark.parametrize("status", [400, 403])
def test_a_lock_in_words_of_the_api_accuses_nobody_either(tmp_path: Path, status: int) -> None:
    guard = Guard(Response(status, LOCKED, XML), 15, 40)
    with fronted("ala", tmp_path / "seller", guard) as (path, _):
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", "ALA-CAN-01 or ALA-XML-0[1-5]")
    assert guard.asked > 15
    assert not ACCUSED & {*done.verdicts.values()}, done.said
    assert "the seller tells the buyer the same whatever it asks" in done.said


def test_a_lock_in_a_code_of_the_api_accuses_nobody_either(tmp_path: Path) -> None:
    guard = Guard(Response(200, LOCKED_OUT, XML), 15, 40)
    with fronted("opensrs", tmp_path / "seller", guard) as (path, _):
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", "OSRS-CAN-01 or OSRS-XML-0[1-5]")
    assert guard.asked > 15
    assert not ACCUSED & {*done.verdicts.values()}, done.said


def test_that_a_stranger_is_served_while_the_buyer_is_shut_out_is_shown_all_the_same(tmp_path: Path) -> None:
    guard, seller = Guard(page(403), 6, 15), Fronted(deviants("ala")["Subjecting"]())
    seller.front = lambda request, response: response if request.peer is None else guard(request, response)
    with served("ala", tmp_path / "seller", seller) as path:
        staging = rewritten(path, ('"embedded-ala"', '"staging"'))
        done = run(tmp_path, f"--target={staging}", "--no-reports", "-m", "ALA-SEC-01 or ALA-SEC-03")
    assert guard.asked > 15
    assert done.verdicts["ALA-SEC-01"] == "does not conform", done.said
    assert "whatever it asked, and at the beginning with" in done.said


def away(status: int, kind: type[Seller] = Seller) -> Fronted:
    """Return a seller that turns the buyer away over an order that does not exist, and takes others up."""
    seller = Fronted(kind(Style(rejection=Rejection(str(status)))))
    seller.front = lambda _, response: response
    return seller


@pytest.mark.parametrize("status", [401, 403])
def test_who_turns_the_buyer_away_over_an_order_that_does_not_exist_serves_it_all_the_same(
    tmp_path: Path, status: int
) -> None:
    with served("ala", tmp_path / "seller", away(status)) as path:
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", "ALA-SEC-*")
        again = run(tmp_path / "reports", "--replay=.", "--reports=again", "--no-reports")
    assert {*done.verdicts.values()} == {"conforms"}, done.said
    assert Told(again.code, again.said, tmp_path / "reports" / "again").verdicts == done.verdicts


def test_that_it_serves_a_stranger_as_well_is_shown(tmp_path: Path) -> None:
    with served("ala", tmp_path / "seller", away(403, deviants("ala")["Open"])) as path:
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", "ALA-SEC-01")
    assert done.verdicts["ALA-SEC-01"] == "does not conform", done.said


@pytest.mark.parametrize("requests", [30, 1000], ids=["for a while", "for good"])
def test_that_it_tells_everybody_so_since_it_has_taken_one_up_is_noticed(tmp_path: Path, requests: int) -> None:
    """Its words for the buyer are those of the beginning, and mean another thing: strangers are served otherwise."""
    seller, left = away(403, deviants("ala")["Open"]), [0, requests]

    def front(_request: Request, response: Response) -> Response:
        if left[0] and left[1]:
            left[1] -= 1
            return Response(403, UNKNOWN, XML)
        left[0] += b">Pending<" in response.body
        return response

    seller.front = front
    with served("ala", tmp_path / "seller", seller) as path:
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", "ALA-SEC-01")
    assert done.verdicts["ALA-SEC-01"] in {"inconclusive", "does not conform"}, done.said


def test_that_it_takes_none_up_any_more_is_noticed(tmp_path: Path) -> None:
    seller, taken_up = away(403), list[Request]()

    def front(request: Request, response: Response) -> Response:
        if taken_up and request.peer is not None:
            return Response(403, UNKNOWN, XML)
        taken_up.extend([request] if b">Pending<" in response.body else [])
        return response

    seller.front = front
    with served("ala", tmp_path / "seller", seller) as path:
        done = run(tmp_path, f"--target={path}", "--no-reports")
    assert done.code == 10, done.said
    assert done.verdicts["ALA-SEC-01"] == done.verdicts["ALA-SEC-02"] == "inconclusive"


@pytest.mark.parametrize("code", ["300", "310", "350"])
def test_not_now_in_a_reply_without_a_command_is_no_reply_to_it(tmp_path: Path, code: str) -> None:
    """Who counts commands has read none: such a reply names no more than its code."""
    items = {"response_code": code, "is_success": "0", "response_text": "Command rate exceeded"}
    bare = "".join(f'<item key="{key}">{value}</item>' for key, value in items.items())
    body = f"<OPS_envelope><body><data_block><dt_assoc>{bare}</dt_assoc></data_block></body></OPS_envelope>"
    guard = Guard(Response(200, body.encode(), XML), 6, 7)
    with fronted("opensrs", tmp_path / "seller", guard) as (path, _):
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", "OSRS-RPL-* or OSRS-SCH-* or OSRS-ENV-*")
    bare_ones = [
        exchange for row in rows(done) for exchange in row["exchanges"] if code in json.dumps(exchange["reply"])
    ]
    assert [exchange["operation"] for exchange in bare_ones] == ["cancel_order"]
    assert {*done.verdicts.values()} <= {"conforms", "not applicable"}, done.said


def test_who_answers_a_request_with_a_page_and_the_next_as_ever_shuts_nobody_out(tmp_path: Path) -> None:
    def front(_request: Request, response: Response) -> Response:
        return page(403) if response.status == 400 else response

    with fronted("ala", tmp_path / "seller", front) as (path, _):
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", "ALA-REQ-01 or ALA-FLT-03 or ALA-XML-08")
    assert done.verdicts["ALA-FLT-03"] == "does not conform", done.said
    assert done.verdicts["ALA-REQ-01"] == "conforms"
    assert "whatever it ask" not in done.said


def test_who_tells_every_order_that_does_not_exist_by_a_page_shuts_nobody_out(tmp_path: Path) -> None:
    """Since it has done so from the beginning."""

    def front(_request: Request, response: Response) -> Response:
        return page(404, "Not Found") if b"Rejected" in response.body or response.status == 400 else response

    with fronted("ala", tmp_path / "seller", front) as (path, _):
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", "ALA-REQ-01 or ALA-ORD-01")
    assert {done.verdicts["ALA-REQ-01"], done.verdicts["ALA-ORD-01"]} == {"conforms"}, done.said


def test_who_refuses_what_is_left_out_since_and_hangs_up_shuts_nobody_out(tmp_path: Path) -> None:
    """It is asked whether it has changed with nothing left out, as it was at the beginning."""
    seller = Fronted(deviants("ala")["Snobbish"]())
    seller.front = lambda request, response: response if request.body else Response(200, silent=True)
    with served("ala", tmp_path / "seller", seller) as path:
        staging = rewritten(path, ('"embedded-ala"', '"staging"'))
        done = run(tmp_path, f"--target={staging}", "--no-reports", "-m", "ALA-XML-07")
    assert done.verdicts["ALA-XML-07"] == "departs", done.said
    assert "whatever it ask" not in done.said


@pytest.mark.parametrize(("api", "clauses"), [("ala", "ALA-*"), ("opensrs", "OSRS-XML-*")])
def test_one_machine_of_several_that_shuts_everybody_out_accuses_nobody(tmp_path: Path, api: str, clauses: str) -> None:
    """The buyer is served again by the next: nothing tells what the one has read."""
    asked = [0]

    def front(_request: Request, response: Response) -> Response:
        asked[0] += 1
        return page(403) if asked[0] > 20 and asked[0] % 7 in {0, 3} else response

    with fronted(api, tmp_path / "seller", front) as (path, _):
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", clauses)
        again = run(tmp_path / "reports", "--replay=.", "--reports=again", "--no-reports")
    assert not ACCUSED & {*done.verdicts.values()}, done.said
    assert "slow down with [safety] rate" in done.said
    assert Told(again.code, again.said, tmp_path / "reports" / "again").verdicts == done.verdicts


@pytest.mark.parametrize(
    ("api", "answer", "clause"),
    [
        ("ala", page(403), "ALA-FLT-03"),
        ("ala", page(400, "Bad Request"), "ALA-FLT-01"),
        ("opensrs", page(200, "Checking your browser"), "OSRS-RPL-02"),
    ],
    ids=["403", "400", "200"],
)
def test_a_page_now_and_then_over_what_was_answered_before_accuses_nobody(
    tmp_path: Path, api: str, answer: Response, clause: str
) -> None:
    """As of a limit that is let go by the next request, or of one that asks now and then who is there."""
    asked, away = [0], answer

    def front(_request: Request, response: Response) -> Response:
        asked[0] += 1
        return away if asked[0] % 53 == 30 else response

    with fronted(api, tmp_path / "seller", front) as (path, _):
        done = run(tmp_path, f"--target={path}", "--no-reports", "-n1")
    assert done.code == 10, done.said
    assert "does not conform" not in done.verdicts.values(), done.said
    assert done.verdicts[clause] == "inconclusive", done.said
    assert "where it had nothing to do with what was asked" in done.said
