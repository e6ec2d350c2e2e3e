"""A request is labelled with the charset it is in, so that a seller who goes by the label can read it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from running import Watched, rewritten, run, served

from countermand.provider import embedded
from countermand.provider.http import Request, Response


class ByItsLabel(Watched):
    """A seller that decodes what it is sent by its label, as stacks of SOAP do, and else goes by its first bytes."""

    def handle(self, request: Request) -> Response:
        label = re.search(r'charset="?([\w-]+)', request.headers.get("content-type", ""), re.IGNORECASE)
        words = request.body.decode(label[1], "replace").lstrip("\ufeff") if label else ""
        body = re.sub(r"^<\?xml.*?\?>", "", words).encode() or request.body
        return super().handle(replace(request, body=body))


@pytest.mark.parametrize("label", ["text/xml", "text/xml; charset=utf-8", 'text/xml; CHARSET="UTF-8"; action=x'])
def test_a_seller_that_goes_by_the_label_reads_every_charset(tmp_path: Path, label: str) -> None:
    seller = ByItsLabel(embedded.SELLERS["ala"]())
    with served("ala", tmp_path / "seller", seller) as path:
        rewritten(path, ("[safety]", f"[dialect]\ncontent_type = '{label}'\n\n[safety]"))
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", "ALA-XML-04 or ALA-XML-05")
    assert (done.verdicts["ALA-XML-04"], done.verdicts["ALA-XML-05"]) == ("conforms", "conforms"), done.said
    labels = {request.headers["content-type"] for request in seller.asked}
    assert all(words.lower().count("charset") <= 1 for words in labels)
