"""Clauses over every answer: whose answers they are about, and whose they are not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from running import Told, Watched, rewritten, run, served

from countermand.provider import embedded
from countermand.provider.deviants import deviants
from countermand.provider.http import Request, Response
from countermand.provider.opensrs.orders import State
from countermand.provider.opensrs.seller import Seller

PAGE = b"<html><body>400 Bad Request</body></html>"
STATUSES = "OSRS-CMD-04 or OSRS-CMD-05"
PROVOKING = (
    "OSRS-CAN-01 or OSRS-SIG-01 or OSRS-SIG-06 or OSRS-XML-14 or OSRS-HTTP-01 "
    "or OSRS-HTTP-02 or OSRS-XML-10 or OSRS-REQ-02"
)


class Guarded(Watched):
    """A seller behind a front server, which answers what it will not pass on with a page of its own."""

    def altered(self, request: Request, response: Response) -> Response:
        seller = self.seller
        assert isinstance(seller, Seller)
        reseller = seller.resellers.get(request.headers.get("x-username", ""))
        stranger = reseller is None or not seller.signed(request, reseller)
        turned_away = stranger or request.method != "POST" or request.path != "/" or b"<!ENTITY" in request.body
        return Response(400, PAGE, (("Content-Type", "text/html"),)) if turned_away else response


class Failing(Guarded):
    """And which answers what is no document with a status of 500."""

    def altered(self, request: Request, response: Response) -> Response:
        broken = request.method == "POST" and b"Invalid XML" in response.body and b"<!ENTITY" not in request.body
        return replace(response, status=500) if broken else super().altered(request, response)


@contextmanager
def staged(folder: Path, seller: Watched, *pairs: tuple[str, str]) -> Iterator[Path]:
    with served("opensrs", folder / "seller", seller) as path:
        yield rewritten(path, ('"embedded-opensrs"', '"staging"'), *pairs)


def message(done: Told, clause: str) -> str:
    row = next(row for row in done.results["clauses"] if row["id"] == clause)
    return "\n".join(scenario["message"] or "" for scenario in row["scenarios"])


@pytest.mark.parametrize(("kind", "verdict"), [(Guarded, "conforms"), (Failing, "departs")])
def test_what_turns_a_caller_away_or_reads_no_hostile_document_is_no_failure_of_a_command(
    tmp_path: Path, kind: type[Watched], verdict: str
) -> None:
    with staged(tmp_path, kind(embedded.SELLERS["opensrs"]())) as target:
        done = run(tmp_path, f"--target={target}", "-m", f"{STATUSES} or {PROVOKING}")
    assert done.verdicts["OSRS-CMD-04"] == verdict, message(done, "OSRS-CMD-04")
    assert done.verdicts["OSRS-CMD-05"] == "conforms"
    assert done.verdicts["OSRS-SIG-01"] == "conforms"
    if verdict == "departs":
        assert "of OSRS-XML-10" in message(done, "OSRS-CMD-04")


def test_an_unknown_order_that_is_not_found_by_status_is_named_with_what_provoked_it(tmp_path: Path) -> None:
    with staged(tmp_path, Watched(deviants("opensrs")["Forwarding"]())) as target:
        done = run(tmp_path, f"--target={target}", "-m", "OSRS-CMD-04 or OSRS-STA-05")
    assert "in the scenario 'An order that was" in message(done, "OSRS-CMD-04")
    assert "OSRS-CMD-04 or OSRS-STA-05" in message(done, "OSRS-CMD-04")


class Signposting(Seller):
    """Names the same page in every refusal."""

    def items(self, answer):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201 - as in the base class
        items = dict(super().items(answer))
        return items if answer.success else {**items, "response_text": f"{answer.text}: see support.opensrs.example"}


@pytest.mark.parametrize(
    ("seller", "asked", "verdict"),
    [
        (deviants("opensrs")["Advertising"], True, "departs"),
        (deviants("opensrs")["Advertising"], False, "inconclusive"),
        (Signposting, True, "conforms"),
        (Signposting, False, "conforms"),
        (embedded.SELLERS["opensrs"], False, "conforms"),
    ],
)
def test_a_domain_is_the_foreign_orders_only_where_its_owner_says_so(
    tmp_path: Path, seller: type[Seller], *, asked: bool, verdict: str
) -> None:
    with staged(tmp_path, Watched(seller())) as target:
        if not asked:
            text = target.read_text(encoding="utf-8")
            target.write_text(re.sub(r"(?ms)^\[another_buyer\].*?(?=^\[|\Z)", "", text), encoding="utf-8")
        done = run(tmp_path, f"--target={target}", "-m", "OSRS-REQ-06")
    assert done.verdicts == {"OSRS-REQ-06": verdict}, message(done, "OSRS-REQ-06")
    assert ("give one as [another_buyer]" in message(done, "OSRS-REQ-06")) is (verdict == "inconclusive")


@dataclass
class Referring(Watched):
    """A seller that writes the reference of the order in its own way."""

    written: Callable[[bytes], bytes] = bytes.lower

    def altered(self, request: Request, response: Response) -> Response:  # noqa: ARG002 - as in the base class
        tag = rb"(<targetSellerOrderReference>)([^<]*)(<)"
        body = re.sub(tag, lambda match: match[1] + self.written(match[2]) + match[3], response.body)
        return replace(response, body=body)


@pytest.mark.parametrize(
    ("written", "verdict"),
    [
        (bytes.lower, "conforms"),
        (lambda reference: b"\n " + reference, "conforms"),
        (lambda _: b"", "not applicable"),
        (lambda reference: reference + b"0", "departs"),
    ],
)
def test_a_reply_names_the_order_however_it_is_written_or_none(
    tmp_path: Path, written: Callable[[bytes], bytes], verdict: str
) -> None:
    seller = Referring(embedded.SELLERS["ala"](), written=written)
    with served("ala", tmp_path / "seller", seller) as target:
        done = run(tmp_path, f"--target={target}", "-m", "ALA-TRC-04")
    assert done.verdicts == {"ALA-TRC-04": verdict}, message(done, "ALA-TRC-04")


@pytest.mark.parametrize(
    ("element", "verdict"),
    [
        (b"<buyerIdentifier>\n spdev1 </buyerIdentifier>", "conforms"),
        (b"<buyerIdentifier/>", "not applicable"),
        (b"", "not applicable"),
        (b"<buyerIdentifier>SPDEV2</buyerIdentifier>", "departs"),
    ],
)
def test_a_reply_names_the_buyer_however_it_is_written_or_none(tmp_path: Path, element: bytes, verdict: str) -> None:
    class Naming(Watched):
        def altered(self, request: Request, response: Response) -> Response:  # noqa: ARG002 - as in the base class
            tag = rb"<buyerIdentifier>[^<]*</buyerIdentifier>"
            return replace(response, body=re.sub(tag, element, response.body))

    with served("ala", tmp_path / "seller", Naming(embedded.SELLERS["ala"]())) as target:
        done = run(tmp_path, f"--target={target}", "-m", "ALA-TRC-05")
    assert done.verdicts == {"ALA-TRC-05": verdict}, message(done, "ALA-TRC-05")


@dataclass
class Noncommittal(Watched):
    """Has a reply of its own for who asks for another's order: a success, of whatever code and with whatever in it."""

    code: str = "200"
    attributes: str = ""

    def altered(self, request: Request, response: Response) -> Response:
        if b"get_order_info" not in request.body or b'"is_success">0' not in response.body:
            return response
        items = f'<item key="attributes"><dt_assoc>{self.attributes}</dt_assoc></item>' if self.attributes else ""
        body = re.sub(rb'(key="is_success">)0', rb"\g<1>1", response.body)
        body = re.sub(rb'(key="response_code">)\d+', rb"\g<1>" + self.code.encode(), body)
        body, ends = re.subn(rb"(?=</dt_assoc>\s*</data_block>)", items.encode(), body)
        assert ends == 1
        return replace(response, body=body)


@pytest.mark.parametrize(
    ("code", "attributes", "verdict"),
    [
        ("200", "", "conforms"),
        ("200", '<item key="order_id">1</item>', "conforms"),
        ("200", '<item key="contact"><dt_assoc><item key="city">Hull</item></dt_assoc></item>', "departs"),
        ("501", "", "conforms"),
        ("501", '<item key="state">completed</item>', "departs"),
    ],
)
def test_a_yes_that_tells_nothing_of_anothers_order_tells_nothing(
    code: str, attributes: str, verdict: str, tmp_path: Path
) -> None:
    with staged(tmp_path, Noncommittal(embedded.SELLERS["opensrs"](), code=code, attributes=attributes)) as target:
        done = run(tmp_path, f"--target={target}", "-m", "OSRS-REQ-07")
    assert done.verdicts["OSRS-REQ-07"] == verdict, done.said


class Finished(Seller):
    """A seller with whom another reseller has no order any more that is not over."""

    def __init__(self) -> None:
        super().__init__()
        for order in self.owned(self.another_buyer):
            self.keep(order.become(State.COMPLETED))


@pytest.mark.parametrize(("seller", "verdict"), [(Finished, "not applicable"), (Seller, "conforms")])
def test_that_an_order_which_is_over_is_refused_says_nothing_of_whose_it_is(
    tmp_path: Path, seller: type[Seller], verdict: str
) -> None:
    with staged(tmp_path, Watched(seller())) as target:
        done = run(tmp_path, f"--target={target}", "-m", "OSRS-REQ-05")
    (row,) = done.results["clauses"]
    verdicts = {scenario["name"]: scenario["verdict"] for scenario in row["scenarios"]}
    assert verdicts["An order of another buyer"] == verdict, verdicts
    assert verdicts["Another buyer, and an order of the buyer's"] == row["verdict"] == "conforms"
