"""What stands beside the operation may answer anybody in words of its own: it serves no stranger a cancellation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from running import Watched, run, served

from countermand.provider import embedded
from countermand.provider.deviants import deviants
from countermand.provider.http import Request, Response

SAYS = {
    "its health": "<health><status>UP</status></health>",
    "jobs": "<jobs><job><status>Pending</status></job></jobs>",
    "a page": "<html><body>Welcome</body></html>",
    "nothing": "",
}


class Beside(Watched):
    """A seller at whose root something else answers whoever asks."""

    words = ""

    def altered(self, request: Request, response: Response) -> Response:
        if request.path != "/":
            return response
        return Response(200, self.words.encode(), (("Content-Type", "application/xml"),))


@pytest.mark.parametrize("what", SAYS)
def test_what_answers_anybody_elsewhere_is_no_seller_and_costs_no_order(what: str, tmp_path: Path) -> None:
    seller = Beside(embedded.SELLERS["ala"]())
    seller.words = SAYS[what]
    with served("ala", tmp_path / "seller", seller) as target:
        done = run(tmp_path, f"--target={target}", "-m", "ALA-SEC-01")
    assert any(request.path == "/" for request in seller.asked)
    assert (done.code, done.verdicts["ALA-SEC-01"]) == (0, "conforms"), done.said
    assert "[dialect]" not in done.said
    assert "used" not in done.said.partition("enough for a whole run")[2]


def test_one_that_serves_there_by_the_headers_alone_is_found(tmp_path: Path) -> None:
    kind = next(
        kind for kind in deviants("ala").values() if vars(kind).get("slug") == "serves-stranger-at-path-of-header"
    )
    with served("ala", tmp_path / "seller", Watched(kind())) as target:
        assert run(tmp_path, f"--target={target}", "-m", "ALA-SEC-01").verdicts["ALA-SEC-01"] == "does not conform"


class Twofold(Watched):
    """Two sellers on one server: the other host is a simulator, which takes up every number of the house's form."""

    def __init__(self) -> None:
        super().__init__(embedded.SELLERS["ala"]())
        self.simulator = deviants("ala")["Open"]()
        self.simulator.orders = {name: replace(order) for name, order in self.seller.orders.items()}  # type: ignore[attr-defined]

    def handle(self, request: Request) -> Response:
        if request.headers.get("host") == "localhost":
            answer: Response = self.simulator.handle(request)
            return answer
        return super().handle(request)


def test_a_simulator_on_another_host_of_the_server_is_not_taken_for_the_seller(tmp_path: Path) -> None:
    with served("ala", tmp_path / "seller", Twofold()) as target:
        done = run(tmp_path, f"--target={target}", "-m", "ALA-SEC-01")
    assert done.verdicts["ALA-SEC-01"] == "inconclusive", done.said
    assert "whether the two are one is not known" in done.said
