"""A front need not read the whole address in a request line: whoever writes it is not served, and nobody accused."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import run, served

from countermand.provider import embedded
from countermand.provider.deviants import deviants
from countermand.provider.http import Request, Response

from .front import CLOSED, PORTAL, Front, nginx

CLAUSES = {"ala": "ALA-SEC-01", "opensrs": "OSRS-SIG-01"}
NOES = {
    "cannot read it": nginx(400, b"400 Bad Request"),
    "has nothing there": nginx(404, b"404 Not Found"),
    "is not for that host": Response(421),
    "sends elsewhere": PORTAL,
    "closes": CLOSED,
}


class Plain(Front):
    """A front that reads nothing but paths."""

    no: Response

    def handle(self, request: Request) -> Response:
        return self.no if request.target.startswith("https://") else super().handle(request)


@pytest.mark.parametrize(("api", "what"), [(api, what) for api in CLAUSES for what in NOES])
def test_a_seller_behind_a_front_that_reads_paths_alone_conforms(api: str, what: str, tmp_path: Path) -> None:
    seller = Plain(embedded.SELLERS[api]())
    seller.no = NOES[what]
    with served(api, tmp_path / "seller", seller) as target:
        done = run(tmp_path, f"--target={target}", "-m", CLAUSES[api])
    assert (done.code, done.verdicts[CLAUSES[api]]) == (0, "conforms"), done.said


@pytest.mark.parametrize("api", CLAUSES)
def test_who_serves_a_stranger_there_is_shown_and_replayed(api: str, tmp_path: Path) -> None:
    with served(api, tmp_path / "seller", deviants(api)["Absolute"]()) as target:
        done = run(tmp_path, f"--target={target}", "-m", CLAUSES[api])
    assert done.verdicts[CLAUSES[api]] == "does not conform"
    assert "(as the whole address)" in (done.reports / "tickets" / f"{CLAUSES[api]}.md").read_text(encoding="utf-8")
    (tmp_path / "again").mkdir()
    assert run(tmp_path / "again", f"--replay={done.reports}").verdicts == done.verdicts
