"""Orders made on the spot: what a seller is asked to make and to cancel."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from countermand.model import suite
from countermand.protocols.opensrs_registration import document
from countermand.provider.http import Request, Response
from countermand.provider.opensrs.orders import State
from orders.conftest import Opensrs

REGISTER = '\n[orders.register]\nproduct_type = "quickssl"\ndomain = "www{n}.example.com"\n'
TWO = "OSRS-CAN-01 or OSRS-REQ-01"


def test_the_example_is_valid_and_a_filled_one_too() -> None:
    dtd = etree.DTD(str(suite.payload("opensrs", "ops.dtd")))
    example = etree.parse(str(suite.payload("opensrs", "sw_register.xml")))
    assert dtd.validate(example), dtd.error_log
    filled = document({"product_type": "x", "domain": "a{n}.example"}, handle="save", number="7")
    root = etree.fromstring(filled)
    assert dtd.validate(root), dtd.error_log
    items = {item.get("key"): item.text for item in root.iter("item")}
    assert items["handle"] == "save"
    assert items["domain"] == "a7.example"
    assert not {"csr", "contact_set", "approver_email", "server_type"} & items.keys()


def test_contacts_are_those_of_the_target_file_and_no_others() -> None:
    wanted = {
        "product_type": "x",
        "domain": "a.example",
        "contacts": {"admin": {"first_name": "Ada", "email": "ada@a.example"}},
    }
    root = etree.fromstring(document(wanted, handle="process", number="1"))
    (contacts,) = root.xpath("//item[@key='contact_set']")
    assert [item.get("key") for item in contacts.iter("item")][1:] == ["admin", "first_name", "email"]


def test_orders_are_saved_recorded_used_and_cancelled_at_the_end(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"pending": 0}, REGISTER) as place:
        place.run("-m", TWO)
        made = place.seller.actions("sw_register")
        assert made
        assert all(b">save<" in request.body for request in made)
        assert {verdict for verdict, _ in place.verdicts().values()} == {"conforms"}
        recorded = [exchange["operation"] for row in place.rows() for exchange in row["exchanges"]]
        assert recorded.count("sw_register") == len(made)
        states = {
            order.state
            for order in place.seller.orders.values()
            if order.domain.endswith(".example.com") and len(order.domain) < 26
        }
        assert states == {State.CANCELLED}
        assert not place.listing()["registered"]
        assert any("made with sw_register, was cancelled at the end" in note for note in place.results()["notes"])


def test_lists_are_used_before_anything_is_made(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"pending": 3}, REGISTER) as place:
        place.run("-m", TWO)
        assert not place.seller.actions("sw_register")


def test_an_order_made_and_given_back_serves_the_next_scenario(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"pending": 0}, REGISTER) as place:
        place.run("-m", "OSRS-CMD-01 or OSRS-CMD-02 or OSRS-CMD-03 or OSRS-REQ-01")
        assert len(place.seller.actions("sw_register")) == 2  # one for the acceptance, one for all that is refused


def test_an_order_in_progress_is_only_made_where_that_is_agreed_to(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"in-progress": 0}, REGISTER) as place:
        place.run("-m", "OSRS-STA-01")
        assert not any(b">process<" in request.body for request in place.seller.asked)
        place.rewrite(
            lambda text: text.replace("[orders.register]", "[orders.register]\nprocess = true\ncsr = 'request.pem'")
        )
        csr = next(
            item.text
            for item in etree.parse(str(suite.payload("opensrs", "sw_register.xml"))).iter("item")
            if item.get("key") == "csr"
        )
        Path(place.folder, "request.pem").write_text(str(csr))
        place.rewrite(lambda text: text + '[orders.register.contacts.admin]\nfirst_name = "Ada"\n')
        place.run("-m", "OSRS-STA-01")
        assert any(b">process<" in request.body for request in place.seller.actions("sw_register"))


def test_an_order_of_another_buyer_is_made_and_cancelled_by_that_buyer(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"foreign": 0}, REGISTER) as place:
        place.run("-m", "OSRS-REQ-05")
        (made,) = place.seller.actions("sw_register")
        assert made.username == place.seller.another_buyer.username
        assert place.verdicts()["An order of another buyer"][0] == "conforms"
        assert place.seller.actions("cancel_order")[-1].username == place.seller.another_buyer.username
        assert place.seller.actions("cancel_order")[-1].taken_up()


def test_what_a_run_that_died_has_made_is_cancelled_by_the_next_one_or_by_clean(
    opensrs_place: Callable[..., Any],
) -> None:
    with opensrs_place({"pending": 0}, REGISTER) as place:
        killed = place.run("-m", "OSRS-REQ-01", "-p", "orders.killing")
        assert killed.returncode == -9
        left = [order for order in place.seller.orders.values() if len(order.domain) < 26]
        assert [order.state for order in left] == [State.PENDING, State.CANCELLED] or left
        assert len(place.listing()["registered"]) == len(left)
        cleaned = place.orders("--clean")
        assert cleaned.returncode == 0, cleaned.stdout + cleaned.stderr
        assert not place.listing()["registered"]
        assert all(place.seller.orders[order.number].state is State.CANCELLED for order in left)


def test_a_refused_registration_makes_just_those_scenarios_inconclusive(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"pending": 0}, REGISTER.replace("www{n}.example.com", " ")) as place:
        place.run("-m", TWO)
        verdict, words = place.verdicts()["A complete cancellation"]
        assert verdict == "inconclusive"
        assert (
            "sw_register made no order that is pending: is_success 0, code 465 (Invalid data: neither domain nor csr"
            in words
        )
        assert not place.listing()["registered"]


class Failing(Opensrs):
    """Answers a registration with a status and a page, whatever has become of it."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status

    def handle(self, request: Request) -> Response:
        response = super().handle(request)
        if self.asked[-1].action != "sw_register":
            return response
        return Response(self.status, b"<html><body>Oh.</body></html>", (("Content-Type", "text/html"),))


@pytest.mark.parametrize(("status", "may_be_made"), [(500, True), (403, False)])
def test_an_order_may_have_been_made_where_the_server_fails_and_was_not_where_it_blames_the_request(
    opensrs_place: Callable[..., Any], status: int, may_be_made: bool
) -> None:
    with opensrs_place({"pending": 0}, REGISTER, seller=Failing(status)) as place:
        place.run("-m", "OSRS-CAN-01")
        verdict, words = place.verdicts()["A complete cancellation"]
        assert verdict == "inconclusive"
        assert ("sw_register may have made an order" in words) is may_be_made
        with closing(sqlite3.connect(place.ledger)) as ledger:
            (kept,) = ledger.execute("SELECT count(*) FROM orders WHERE number LIKE '(being made%'").fetchone()
        assert bool(kept) is may_be_made


def test_what_was_made_is_made_again_in_a_replay(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"pending": 0}, REGISTER) as place:
        place.run("-m", TWO)
        asked = len(place.seller.asked)
        before = place.verdicts()
        command = place.command("--replay", str(place.folder / "reports"), reports="again")
        del command[4:6]  # a record has its own target
        subprocess.run(command, capture_output=True, check=False)
        assert place.verdicts("again") == {
            name: (verdict, words.replace("reports", "reports")) for name, (verdict, words) in before.items()
        }
        assert len(place.seller.asked) == asked
