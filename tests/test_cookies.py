"""What a seller tells in a cookie is judged, and starred out wherever it is written; a session is no fault."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from running import Watched, run, served

from countermand.model import exchange as sent
from countermand.model.exchange import Exchange, Reply
from countermand.protocols.disclosure import Known, in_cookies
from countermand.provider import embedded
from countermand.provider.deviants import deviants
from countermand.provider.http import Request, Response

TELLING = {"ala": ("ALA-ORD-05", "ALA-SEC-05"), "opensrs": ("OSRS-REQ-06", "OSRS-SIG-08", "OSRS-SIG-09")}
BAKERS = [
    (api, name, kind)
    for api in TELLING
    for name, kind in deviants(api).items()
    if "cookie" in vars(kind).get("slug", "") and "-with-" not in vars(kind)["slug"]  # which a caller has made up
]


class Sticky(Watched):
    """A seller behind what balances loads, keeps sessions and remembers states of its own, for whoever asks."""

    def altered(self, request: Request, response: Response) -> Response:  # noqa: ARG002 - whatever was asked
        cookies = (
            f"SESSION={uuid4().hex}; Path=/completed; Domain=example.com; HttpOnly",
            f"AWSALB={uuid4()}/order/cancelled; Expires=Wed, 21 Oct 2037 07:28:00 GMT",
            f"state={uuid4()}",
            "status=completed",
            "SPDEV2",
            "",
        )
        return replace(response, headers=(*response.headers, *(("Set-Cookie", cookie) for cookie in cookies)))


@pytest.mark.parametrize("api", TELLING)
def test_cookies_that_tell_nothing_of_an_order_are_no_fault(api: str, tmp_path: Path) -> None:
    with served(api, tmp_path / "seller", Sticky(embedded.SELLERS[api]())) as target:
        done = run(tmp_path, f"--target={target}", "--no-page", "-m", " or ".join(TELLING[api]))
    again = run(tmp_path, "--replay", done.reports, "--no-page", "--reports", "again")

    assert [which.verdicts[clause] for which in (done, again) for clause in TELLING[api]] == ["conforms"] * (
        2 * len(TELLING[api])
    )


@pytest.mark.parametrize(("api", "name", "kind"), BAKERS, ids=str)
def test_what_a_cookie_tells_is_found_and_starred_out(api: str, name: str, kind: type, tmp_path: Path) -> None:
    clause = vars(kind)["breaks"]
    with served(api, tmp_path / "seller", Watched(kind())) as target:
        done = run(tmp_path, f"--target={target}", "--no-page", "-m", clause)
    again = run(tmp_path, "--replay", done.reports, "--no-page", "--reports", "again")
    rows = [json.loads(line) for line in (done.reports / "record.jsonl").read_text(encoding="utf-8").splitlines()]
    cookies = {
        value
        for row in rows
        for exchange in row.get("exchanges", ())
        for header, value in (exchange["reply"] or {"headers": ()})["headers"]
        if header.lower() == "set-cookie"
    }

    assert done.verdicts[clause] == again.verdicts[clause] != "conforms"
    assert cookies == {"***"}


def test_there_are_sellers_that_tell_in_cookies() -> None:
    assert {api for api, _, _ in BAKERS} == {*TELLING}


@pytest.mark.parametrize(
    "value",
    [
        "order_state=cancelled",
        "order_state=%22cancelled%22",
        'o={"state": "cancelled"}',
        'o={"order_state": "cancelled"}',
        'o="{\\"state\\": \\"cancelled\\"}"',
        "o=%7B%22order_state%22%3A%22cancelled%22%7D",
        "o=eyJvcmRlcl9zdGF0ZSI6ICJjYW5jZWxsZWQifQ.aGVsbG8.c2lnbmF0dXJl",
        "order_state=in%2Bprogress",
        "owner=SPDEV2",
        "owner=U1BERVYy",
        "order=S-1|SPDEV2|x",
    ],
)
def test_what_a_cookie_tells_is_read_however_it_is_written(value: str) -> None:
    states = [Known("its state", word, is_state=True) for word in ("cancelled", "in progress")]
    known = [*states, Known("its owner", "SPDEV2")]
    assert in_cookies(came_with(f"{value}; Path=/"), known)


@pytest.mark.parametrize(
    "value", ["SESSION=cancelledX", "id=c3RhdGU", "o={", "o=e30", "o=[1]", 'o={"a": [1, {}]}', "=", ""]
)
def test_what_tells_nothing_is_passed_over(value: str) -> None:
    known = [Known("its state", "cancelled", is_state=True), Known("its owner", "SPDEV2")]
    assert in_cookies(came_with(value), known) == []


def came_with(cookie: str) -> Exchange:
    """What was answered with a cookie."""
    request = sent.Request("POST", "https://127.0.0.1:1/", (), b"")
    reply = Reply(400, "Bad Request", "HTTP/1.1", (), b"")
    at = datetime(2026, 11, 27, tzinfo=UTC)
    return Exchange(1, "cancelOrder", "buyer", at, 0.1, request, reply, cookies=(cookie,))


def test_a_finding_says_that_it_was_in_a_cookie(tmp_path: Path) -> None:
    kind = next(kind for _, _, kind in BAKERS if vars(kind)["breaks"] == "ALA-ORD-05")
    with served("ala", tmp_path / "seller", Watched(kind())) as target:
        done = run(tmp_path, f"--target={target}", "--no-page", "-m", "ALA-ORD-05")
    assert "Set-Cookie" in (done.reports / "tickets" / "ALA-ORD-05.md").read_text("utf-8").partition("## ")[0]
