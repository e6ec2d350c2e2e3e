"""OpenSRS turns the caller away, in every form, and no run accuses or praises anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import cast

import pytest
import running

from countermand.model.exchange import Exchange, Reply, Trouble
from countermand.model.exchange import Request as Sent
from countermand.model.target import Target
from countermand.model.verdict import Verdict
from countermand.proof.field import judge
from countermand.protocols.carrier import Desk
from countermand.protocols.opensrs import OpensrsSeller
from countermand.protocols.registry import PROTOCOLS
from countermand.provider import embedded
from countermand.provider.http import Request, Response
from countermand.provider.toml import Table

from .front import Front, told

ADDRESS = told("400", "Authentication Error: address not allowed")
KEY = told("415", "Authentication Error.")
BODY = ADDRESS.body.decode()
ABOUT = '<item key="object">{}</item><item key="action">REPLY</item></dt_assoc>'


def reply(status: int = 200, body: str = BODY) -> Reply:
    return Reply(status, "", "HTTP/1.1", (("Content-Type", "text/xml"),), body.encode())


def about(thing: str, body: str = BODY) -> str:
    return body.replace("</dt_assoc>", ABOUT.format(thing))


@pytest.mark.parametrize(
    ("given", "turned"),
    [
        (reply(), True),
        (reply(body=BODY.replace("400", "401")), True),
        (reply(body=BODY.replace("400", "410")), True),
        (reply(body=BODY.replace("400", "415")), True),
        (reply(body=about("AUTHENTICATE")), True),
        (reply(401, "<html>"), True),
        (reply(403, "{}"), True),
        (reply(403, about("TRUST_SERVICE")), True),
        (reply(302, ""), True),
        (reply(400, "<html><center>No required SSL certificate was sent</center>"), True),
        (
            reply(
                body=about(
                    "TRUST_SERVICE",
                    BODY.replace("Authentication Error: address not allowed", "Access denied: invalid IP address"),
                )
            ),
            True,
        ),
        (reply(body=about("TRUST_SERVICE")), False),
        (reply(body=BODY.replace("400", "465")), False),  # a recorded reply names neither object nor action
        (reply(body=BODY.replace("400", "405")), False),
        (reply(404, "<html>"), False),
        (reply(400, "<html>Bad request"), False),
        (reply(200, ""), False),
    ],
)
def test_one_function_tells_a_reply_about_the_caller_from_one_about_the_command(given: Reply, turned: bool) -> None:
    assert OpensrsSeller.turns_away(given) == turned


@pytest.mark.parametrize(
    "answer", [ADDRESS, KEY, told("410", "Reseller authentication error"), Response(403, b"<html>No")]
)
def test_a_seller_that_does_not_let_us_in_breaks_and_keeps_no_clause_about_replies(answer: Response) -> None:
    judgement = judge("opensrs", {"shut": partial(Front, embedded.SELLERS["opensrs"](), everything=answer)}, 1)["shut"]
    messages = [message or "" for _, message in judgement.scenarios.values()]
    assert Verdict.DOES_NOT_CONFORM not in judgement.clauses.values()
    assert judgement.clauses["OSRS-CAN-01"] is Verdict.INCONCLUSIVE
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert not any("takes_up" in message for message in messages)


@pytest.mark.parametrize(
    ("answer", "cause"), [(ADDRESS, "our address is refused: code 400"), (KEY, "the signature is refused: code 415")]
)
def test_doctor_and_run_name_the_cause_before_an_order_is_touched(answer: Response, cause: str, tmp_path: Path) -> None:
    front = Front(embedded.SELLERS["opensrs"](), everything=answer)
    with running.served("opensrs", tmp_path / "served", front) as target:
        running.rewritten(target, ('name = "embedded-opensrs"', 'name = "shut"'))
        ran = running.countermand("run", "--target", target, "--no-page", cwd=tmp_path)
        said = running.countermand("doctor", "--target", target, cwd=tmp_path)
    assert (ran.returncode, said.returncode) == (13, 13)
    assert cause in ran.stdout + ran.stderr
    assert cause in said.stdout


@pytest.mark.parametrize(("looks", "sig"), [(True, Verdict.CONFORMS), (False, Verdict.INCONCLUSIVE)])
def test_a_reply_that_says_yes_and_no_serves_nobody_and_is_shown(looks: bool, sig: Verdict) -> None:
    front = partial(Contradicting, looks=looks)
    judgement = judge("opensrs", {"contradicting": front}, 1)["contradicting"]
    assert judgement.clauses["OSRS-SIG-07"] is sig
    assert judgement.clauses["OSRS-RPL-09"] is Verdict.DEPARTS
    assert Verdict.DOES_NOT_CONFORM not in judgement.clauses.values()
    shown = [message for verdict, message in judgement.scenarios.values() if verdict is Verdict.DEPARTS]
    assert any("is_success says yes, and response_code says no" in (message or "") for message in shown)


class Contradicting(Front):
    """Answers a request without a user as a public client's tests have it."""

    def __init__(self, *, looks: bool) -> None:
        super().__init__(
            embedded.SELLERS["opensrs"](), strangers=told("404", "The header X-Username is missing", success="1")
        )
        self._looks = looks

    def knows(self, request: Request) -> bool:
        return "x-username" in request.headers

    def target(self) -> dict[str, Table]:
        made = dict(super().target())
        return made if self._looks else made | {"capabilities": {"get_order_info": "no"}}


def test_a_document_without_http_turns_the_caller_away_too() -> None:
    said = "illegal status line: bytearray(b\"<?xml version='1.0'?>\")"
    request = Sent("POST", "https://seller.example/", (), b"")
    bare = Exchange(
        1, "cancel_order", "buyer", datetime(2026, 11, 25, tzinfo=UTC), 0.1, request, None, Trouble.NOT_HTTP, said
    )
    other = replace(bare, said="illegal status line: bytearray(b'SSH-2.0-OpenSSH_9.2')")
    seller = PROTOCOLS["opensrs"](cast("Target", None), Desk())
    assert seller.disowns(seller.read(bare))
    assert not seller.disowns(seller.read(other))


class Single(running.Watched):
    """Turns a header that is given twice away with a page, as servers may (RFC 9110, 5.3)."""

    def altered(self, request: Request, response: Response) -> Response:
        twice = "," in request.headers.get("x-username", "")
        return Response(400, b"<html><body>Bad Request", (("Content-Type", "text/html"),)) if twice else response


def test_a_header_that_is_given_twice_may_be_turned_away_with_a_page(tmp_path: Path) -> None:
    seller = Single(embedded.SELLERS["opensrs"]())
    clauses = ("OSRS-SIG-03", "OSRS-ENV-01", "OSRS-HTTP-03")
    with running.served("opensrs", tmp_path / "seller", seller) as target:
        done = running.run(tmp_path, f"--target={target}", "-m", " or ".join(clauses))
    assert any(response.body.startswith(b"<html>") for response in seller.answered)
    assert {clause: done.verdicts[clause] for clause in clauses} == dict.fromkeys(clauses, "conforms")
