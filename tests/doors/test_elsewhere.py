"""What stands beside the operation may answer anybody in words of its own: it serves no stranger a cancellation."""

from __future__ import annotations

import ssl
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import trustme
from running import Watched, rewritten, run, served

from countermand.provider import embedded
from countermand.provider.certificates import Certificates
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
        if "localhost" in {request.headers.get("host"), request.server_name}:
            answer: Response = self.simulator.handle(request)
            return answer
        return super().handle(request)


def test_a_simulator_on_another_host_of_the_server_is_not_taken_for_the_seller(tmp_path: Path) -> None:
    with served("ala", tmp_path / "seller", Twofold()) as target:
        done = run(tmp_path, f"--target={target}", "-m", "ALA-SEC-01")
    assert done.verdicts["ALA-SEC-01"] == "inconclusive", done.said
    assert "whether the two are one is not known" in done.said


def named(target: Path) -> Path:
    """Have a seller reached by a name."""
    return rewritten(target, ('url = "https://127.0.0.1:', 'url = "https://localhost:'))


def test_one_that_serves_whoever_names_nobody_in_the_handshake_is_found(tmp_path: Path) -> None:
    kind = type("Defaulting", (deviants("ala")["Renamed"],), {"served": ""})
    with served("ala", tmp_path / "seller", Watched(kind())) as target:
        done = run(tmp_path, f"--target={named(target)}", "-m", "ALA-SEC-01")
    assert done.verdicts["ALA-SEC-01"] == "does not conform", done.said
    assert "names no host in the handshake" in done.said


class Strict(Watched):
    """A seller that is answered for by somebody else where another host is named in the handshake, or none."""

    certificate: Path | None = None  # of somebody else; without it the handshake is refused

    @property
    def door(self) -> Any:  # noqa: ANN401 - as much of a door as is needed
        return SimpleNamespace(asks=self.seller.door.asks, context=self._context)

    def _context(self, certificates: Certificates) -> ssl.SSLContext:
        made, other = self.seller.door.context(certificates), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if self.certificate is not None:
            other.load_cert_chain(self.certificate)

        def choose(connection: Any, name: str | None, _context: ssl.SSLContext) -> int | None:  # noqa: ANN401
            if name == "localhost":
                return None
            if self.certificate is None:
                return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
            connection.context = other
            return None

        made.sni_callback = choose
        return made


@pytest.mark.parametrize("has_certificate", [False, True])
def test_one_that_knows_no_other_name_is_not_blamed(has_certificate: bool, tmp_path: Path) -> None:
    seller = Strict(embedded.SELLERS["ala"]())
    if has_certificate:
        issued, seller.certificate = trustme.CA().issue_cert("other.example"), tmp_path / "other.pem"
        issued.private_key_and_cert_chain_pem.write_to_path(str(seller.certificate))
    with served("ala", tmp_path / "seller", seller) as target:
        done = run(tmp_path, f"--target={named(target)}", "-m", "ALA-SEC-01")
    assert (done.code, done.verdicts["ALA-SEC-01"]) == (0, "conforms"), done.said
    assert "nobody answers there: " in done.said
