"""A seller need not take a body that comes in chunks: whoever sends one is not served, and nobody is accused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from running import countermand, rewritten, run, served

from countermand.provider import embedded
from countermand.provider.http import Request, Response

from .front import CLOSED, Front, nginx

CLAUSES = {"ala": "ALA-SEC-01", "opensrs": "OSRS-SIG-01"}
NOES = {
    "wants a length": nginx(411, b"411 Length Required"),
    "knows no chunks": nginx(501, b"501 Not Implemented"),
    "closed": CLOSED,
    "reads nothing": None,
}


class Whole(Front):
    """A front that takes bodies of a known length alone."""

    no: Response | None = None

    def handle(self, request: Request) -> Response:
        if "transfer-encoding" not in request.headers:
            return super().handle(request)
        return self.no or super().handle(replace(request, body=b""))


@pytest.mark.parametrize(("api", "what"), [(api, what) for api in CLAUSES for what in NOES])
def test_a_seller_that_takes_no_chunks_conforms(api: str, what: str, tmp_path: Path) -> None:
    seller = Whole(embedded.SELLERS[api]())
    seller.no = NOES[what]
    with served(api, tmp_path / "seller", seller) as target:
        done = run(tmp_path, f"--target={target}", "-m", CLAUSES[api])
    assert (done.code, done.verdicts[CLAUSES[api]]) == (0, "conforms"), done.said


@pytest.mark.parametrize("api", CLAUSES)
def test_a_seller_that_waits_for_what_it_takes_to_be_a_length_is_asked_for_no_order(api: str, tmp_path: Path) -> None:
    seller = Whole(embedded.SELLERS[api]())
    seller.no = Response(200, hang=True)
    with served(api, tmp_path / "seller", seller) as target:
        rewritten(target, ("[buyer]\n", "[limits]\ntotal = 2\n\n[buyer]\n"))
        done = run(tmp_path, f"--target={target}", "-m", CLAUSES[api])
        used = countermand("orders", "--target", str(target), "--json", cwd=tmp_path)
    assert (done.code, done.verdicts[CLAUSES[api]]) == (0, "conforms"), done.said
    assert "nobody answers a body in chunks" in done.said
    assert "timeout" not in used.stdout, used.stdout
