"""A filter that stops documents for a CDATA section, a comment or a reference to a character, with a page of its own.

That they are not read is a departure; no clause about faults or labels is broken by it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from running import Watched, run, served

from countermand.provider import embedded
from countermand.provider.http import Request, Response

PAGE = b"<html><body><h1>403 Forbidden</h1>\nRequest forbidden by administrative rules.\n</body></html>"
HTML = (("Content-Type", "text/html"),)
ABOUT_REPLIES = ("ALA-FLT-01", "ALA-FLT-02", "ALA-FLT-03", "ALA-HTTP-03")


class Filtering(Watched):
    """Stands behind a filter that looks for one mark."""

    def __init__(self, mark: bytes, status: int) -> None:
        super().__init__(embedded.SELLERS["ala"]())
        self.mark, self.status = mark, status

    def handle(self, request: Request) -> Response:
        stopped = request.peer is not None and self.mark in request.body
        return Response(self.status, PAGE, HTML) if stopped else super().handle(request)


@pytest.mark.parametrize("status", [400, 403])
@pytest.mark.parametrize(
    ("mark", "clause"),
    [(b"<![CDATA[", "ALA-XML-02"), (b"<!--", "ALA-XML-03"), (b"&#", "ALA-XML-14"), (b"pending-of-nobody", "")],
    ids=["section", "comment", "reference", "nothing"],
)
def test_a_page_of_a_filter_is_no_fault_of_the_seller_s(mark: bytes, clause: str, status: int, tmp_path: Path) -> None:
    with served("ala", tmp_path / "seller", Filtering(mark, status)) as target:
        done = run(tmp_path, f"--target={target}", "--no-reports")
    assert {clause: done.verdicts[clause] for clause in ABOUT_REPLIES} == dict.fromkeys(ABOUT_REPLIES, "conforms")
    assert done.code == 0, done.said
    assert {name for name, verdict in done.verdicts.items() if verdict == "departs"} >= ({clause} - {""})


def test_a_page_of_its_own_for_a_plain_cancellation_is_one(tmp_path: Path) -> None:
    with served("ala", tmp_path / "seller", Filtering(b"targetSellerOrderReference>COUNTERMAND-", 403)) as target:
        done = run(tmp_path, f"--target={target}", "--no-reports", "-m", "ALA-FLT-03 or ALA-ORD-01 or ALA-HTTP-03")
    assert done.verdicts["ALA-FLT-03"] == "does not conform", done.said
    assert "a reply is a page" in done.said
