"""A front need not read all that HTTP has: whoever sends it a body in chunks, or the whole address, is not served.

Nobody is accused of that, and no order is risked with who waits for what never comes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from running import countermand, rewritten, run, served

from countermand.provider import embedded
from countermand.provider.deviants import deviants
from countermand.provider.http import Request, Response

from .front import CLOSED, PORTAL, Front, nginx

CLAUSES = {"ala": "ALA-SEC-01", "opensrs": "OSRS-SIG-01"}


def is_chunked(request: Request) -> bool:
    return "transfer-encoding" in request.headers


def has_whole_address(request: Request) -> bool:
    return request.target.startswith("https://")


#: What is not read, and what is said to it; where that is nothing, the request is read without a body.
UNREAD: dict[Callable[[Request], bool], dict[str, Response | None]] = {
    is_chunked: {
        "wants a length": nginx(411, b"411 Length Required"),
        "knows no chunks": nginx(501, b"501 Not Implemented"),
        "closes": CLOSED,
        "reads nothing": None,
    },
    has_whole_address: {
        "cannot read it": nginx(400, b"400 Bad Request"),
        "has nothing there": nginx(404, b"404 Not Found"),
        "is not for that host": Response(421),
        "sends elsewhere": PORTAL,
        "closes": CLOSED,
    },
}


class Plain(Front):
    """A front that does not read some requests."""

    unread: Callable[[Request], bool]
    no: Response | None

    def handle(self, request: Request) -> Response:
        if not self.unread(request):
            return super().handle(request)
        return self.no or super().handle(replace(request, body=b""))


def plain(api: str, unread: Callable[[Request], bool], no: Response | None) -> Plain:
    seller = Plain(embedded.SELLERS[api]())
    seller.unread, seller.no = unread, no
    return seller


@pytest.mark.parametrize("api", CLAUSES)
@pytest.mark.parametrize(("unread", "what"), [(unread, what) for unread, noes in UNREAD.items() for what in noes])
def test_a_seller_behind_a_front_that_does_not_read_all_conforms(
    unread: Callable[[Request], bool], what: str, api: str, tmp_path: Path
) -> None:
    with served(api, tmp_path / "seller", plain(api, unread, UNREAD[unread][what])) as target:
        done = run(tmp_path, f"--target={target}", "-m", CLAUSES[api])
    assert (done.code, done.verdicts[CLAUSES[api]]) == (0, "conforms"), done.said


@pytest.mark.parametrize("api", CLAUSES)
def test_a_seller_that_waits_for_what_it_takes_to_be_a_length_is_asked_for_no_order(api: str, tmp_path: Path) -> None:
    with served(api, tmp_path / "seller", plain(api, is_chunked, Response(200, hang=True))) as target:
        rewritten(target, ("[buyer]\n", "[limits]\ntotal = 2\n\n[buyer]\n"))
        done = run(tmp_path, f"--target={target}", "-m", CLAUSES[api])
        used = countermand("orders", "--target", str(target), "--json", cwd=tmp_path)
    assert (done.code, done.verdicts[CLAUSES[api]]) == (0, "conforms"), done.said
    assert "nobody answers a body in chunks" in done.said
    assert "timeout" not in used.stdout, used.stdout


@pytest.mark.parametrize("api", CLAUSES)
def test_who_serves_a_stranger_with_the_whole_address_is_shown_and_replayed(api: str, tmp_path: Path) -> None:
    with served(api, tmp_path / "seller", deviants(api)["Absolute"]()) as target:
        done = run(tmp_path, f"--target={target}", "-m", CLAUSES[api])
    assert done.verdicts[CLAUSES[api]] == "does not conform"
    assert "(as the whole address)" in (done.reports / "tickets" / f"{CLAUSES[api]}.md").read_text(encoding="utf-8")
    (tmp_path / "again").mkdir()
    assert run(tmp_path / "again", f"--replay={done.reports}").verdicts == done.verdicts
