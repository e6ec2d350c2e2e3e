"""What is not found out, as the seller was too busy just then, is inconclusive: it is not called not applicable."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import Told, Watched, run, served

from countermand.provider import embedded
from countermand.provider.http import Request, Response

TRACE = b"<html><body>Traceback (most recent call last): File &quot;/srv/app.py&quot;, line 3</body></html>"
PAGE = b"<html><body>Service Unavailable</body></html>"


class Busy(Watched):
    """Is too busy for what some words are in, and says so on a page."""

    def __init__(self, api: str, words: bytes, page: bytes = PAGE) -> None:
        super().__init__(embedded.SELLERS[api]())
        self.words, self.page = words, page

    def altered(self, request: Request, response: Response) -> Response:
        busy = self.words in request.body
        return Response(503, self.page, (("Content-Type", "text/html"),)) if busy else response


def asked(folder: Path, seller: Busy, api: str, *clauses: str) -> Told:
    with served(api, folder / "seller", seller) as target:
        return run(folder, f"--target={target}", "--no-reports", "-m", " or ".join(clauses))


def test_look_ups_that_are_not_answered_are_not_called_states_that_are_not_told(tmp_path: Path) -> None:
    clauses = ("OSRS-STA-03", "OSRS-STA-04", "OSRS-STA-05", "OSRS-STA-06")
    done = asked(tmp_path, Busy("opensrs", b"get_order_info"), "opensrs", *clauses)
    assert {clause: done.verdicts[clause] for clause in clauses} == dict.fromkeys(clauses, "inconclusive"), done.said
    assert "a look-up was not answered: status 503" in done.said


@pytest.mark.parametrize(("api", "clause"), [("ala", "ALA-FLT-09"), ("opensrs", "OSRS-HTTP-04")])
def test_a_not_now_that_shows_internals_is_seen(tmp_path: Path, api: str, clause: str) -> None:
    beyond_ascii = "\N{GRINNING FACE}".encode()
    shown = asked(tmp_path / "shown", Busy(api, beyond_ascii, TRACE), api, clause)
    assert shown.verdicts[clause] == "departs", shown.said
    plain = asked(tmp_path / "plain", Busy(api, beyond_ascii), api, clause)
    assert plain.verdicts[clause] == "inconclusive", plain.said


class Behind(Watched):
    """Stands behind a gateway that has a page of its own for every no."""

    def altered(self, request: Request, response: Response) -> Response:  # noqa: ARG002 - whatever was asked
        return Response(502, PAGE, (("Content-Type", "text/html"),)) if b">100<" in response.body else response


def test_a_gateway_that_fails_over_orders_nobody_has_does_not_end_the_run(tmp_path: Path) -> None:
    with served("ala", tmp_path / "seller", Behind(embedded.SELLERS["ala"]())) as target:
        done = run(tmp_path, f"--target={target}", "--no-reports")
    documented = [row["verdict"] for row in done.results["clauses"] if row["evidence"] == "documented"]
    assert documented.count("conforms") >= 18, done.said
    assert "in a row" not in done.said


class Portal(Watched):
    """Sends strangers to a page, and answers whoever it knows."""

    def altered(self, request: Request, response: Response) -> Response:  # noqa: ARG002 - whatever was asked
        turned_away = b"AUTHENTICATE" in response.body.upper()
        return Response(302, b"", (("Location", "/login"),)) if turned_away else response


def test_look_ups_of_strangers_are_not_looked_at_for_what_the_buyer_was_told(tmp_path: Path) -> None:
    clauses = ("OSRS-STA-03", "OSRS-STA-04", "OSRS-STA-06", "OSRS-SIG-02")
    with served("opensrs", tmp_path / "seller", Portal(embedded.SELLERS["opensrs"]())) as target:
        done = run(tmp_path, f"--target={target}", "--no-reports", "-m", " or ".join(clauses))
    assert "a look-up was not answered" not in done.said
    assert "inconclusive" not in {done.verdicts[clause] for clause in clauses}, done.said
