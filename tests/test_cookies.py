"""What a seller tells in a cookie is judged, and starred out wherever it is written; a session is no fault."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from running import Watched, run, served

from countermand.provider import embedded
from countermand.provider.deviants import deviants
from countermand.provider.http import Request, Response

TELLING = {"ala": ("ALA-ORD-05", "ALA-SEC-05"), "opensrs": ("OSRS-REQ-06", "OSRS-SIG-08", "OSRS-SIG-09")}
BAKERS = [
    (api, name, kind)
    for api in TELLING
    for name, kind in deviants(api).items()
    if "-cookie" in vars(kind).get("slug", "") or vars(kind).get("slug", "").startswith("cookie-")
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
