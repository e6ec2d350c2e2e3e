"""A seller of ALA may take cancellations up with a status alone: no public page shows another reply than its faults."""

from __future__ import annotations

from pathlib import Path

from running import Watched, rewritten, run, served

from countermand.provider import embedded
from countermand.provider.http import Request, Response

DECLARED = ("[buyer]", "[dialect]\npending_status = [202]\n\n[buyer]")


class Curt(Watched):
    """Says yes with nothing but a status."""

    def altered(self, request: Request, response: Response) -> Response:  # noqa: ARG002 - whatever was asked
        return Response(202, b"") if b"Pending" in response.body else response


class Careless(Curt):
    """Says so of an order that does not exist as well."""

    def altered(self, request: Request, response: Response) -> Response:
        response = super().altered(request, response)
        return Response(202, b"") if b">100<" in response.body else response


def test_a_yes_without_a_body_is_one_where_the_target_file_declares_its_status(tmp_path: Path) -> None:
    with served("ala", tmp_path / "seller", Curt(embedded.SELLERS["ala"]())) as target:
        undeclared = run(tmp_path, f"--target={target}", "--no-reports", "-m", "ALA-CAN-01")
        assert undeclared.verdicts == {"ALA-CAN-01": "inconclusive"}
        assert "if it is a yes, set [dialect] pending_status = [202]" in undeclared.said
        done = run(tmp_path, f"--target={rewritten(target, DECLARED)}", "--no-reports")
        again = run(tmp_path / "reports", "--replay=.", "--reports=again", "--no-reports")
    assert {"does not conform", "departs", "inconclusive"}.isdisjoint(done.verdicts.values()), done.said
    assert (done.code, again.code) == (0, 0)


def test_a_status_is_held_against_a_seller_like_a_word(tmp_path: Path) -> None:
    with served("ala", tmp_path / "seller", Careless(embedded.SELLERS["ala"]())) as target:
        done = run(tmp_path, f"--target={rewritten(target, DECLARED)}", "--no-reports", "-m", "ALA-ORD-01")
    assert done.verdicts == {"ALA-ORD-01": "departs"}


class Once(Curt):
    """Says "not now" to the first cancellation of an order there is, with nothing but a status as well."""

    def handle(self, request: Request) -> Response:
        if b">CF-" in request.body and not any(each.status == 429 for each in self.answered):
            self.answered.append(Response(429, b"", (("Retry-After", "0"),)))
            return self.answered[-1]
        return super().handle(request)

    def altered(self, request: Request, response: Response) -> Response:
        response = super().altered(request, response)
        return Response(200, b"") if response.status == 202 else response


def test_a_not_now_without_a_body_is_no_yes(tmp_path: Path) -> None:
    with served("ala", tmp_path / "seller", Once(embedded.SELLERS["ala"]())) as target:
        declared = rewritten(target, (DECLARED[0], DECLARED[1].replace("202", "200")))
        done = run(tmp_path, f"--target={declared}", "--no-reports", "-m", "ALA-CAN-01")
    assert done.verdicts == {"ALA-CAN-01": "conforms"}
    assert 'said "not now" once: nothing was used up by it' in done.said
