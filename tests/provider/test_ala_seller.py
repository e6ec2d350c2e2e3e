"""The embedded ALA seller does what the cancelOrder page says."""

from __future__ import annotations

import ssl
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from ala_asking import (
    FIELDS,
    LEAVES,
    REQUIRED,
    SOAP,
    Reply,
    ask,
    ask_over_tls,
    document,
    orders,
    refused_in_the_handshake,
    reply,
)
from lxml import etree

from countermand.provider import certificates, serving
from countermand.provider.ala import request as ala_request
from countermand.provider.ala import seller as ala
from countermand.provider.ala.target import SCHEMA
from countermand.provider.certificates import Certificates
from countermand.provider.http import Request
from countermand.provider.serving import Served

ORDER = {"seller": "S-1", "buyer": "B-1"}


@pytest.fixture(scope="session")
def identities(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates.make(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def served(tmp_path: Path, identities: Certificates) -> Iterator[Served]:
    with serving.serve("ala", ala.Seller(), tmp_path, identities=identities) as served:
        yield served


def is_fault(reply: Reply) -> bool:
    fault = reply.element("fault")
    names = [] if fault is None else [child.tag for child in fault if (child.text or "").strip()]
    return names[:2] == ["faultcode", "faultmessage"] and set(names[2:]) <= {"detail"}


def test_the_seller_requires_what_the_page_requires() -> None:
    assert set(REQUIRED) == ala_request.REQUIRED
    assert [path for path, required, _ in FIELDS if not required] == ["buyer.cfh:resellerId"]


def test_a_complete_cancellation_of_an_order_in_flight_is_pending(served: Served) -> None:
    order = orders(served)["in_flight"][0]
    answer = ask_over_tls(served, served.certificates.buyer, document(order))
    assert (answer.status, answer.text("status")) == (200, "Pending")
    assert answer.text("correlationId") == "bac72cfa-475e-11e1-a92e-fb2ff6467c99"
    assert answer.text("messageId") != "b68b2cf4-475e-11e1-a92e-fb2ff6467c99"
    assert ala_request.is_timestamp(answer.text("sentAt") or "")
    assert answer.text("targetSellerOrderReference") == order["seller"]
    assert answer.headers["content-type"] == "application/xml; charset=utf-8"


def test_a_reply_is_in_the_namespace_of_its_request_as_clients_that_were_made_from_a_schema_want_it() -> None:
    """No page says which it is: elements of a message are in it as well, or the message alone is."""
    namespace = "urn:example:nicc"
    document_in = document({"seller": "F-1", "buyer": "B-1"}, namespace=namespace)
    of_message_alone = document_in.replace(
        f'cancelOrderRequest xmlns="{namespace}"', f'm:cancelOrderRequest xmlns:m="{namespace}"'
    )
    of_message_alone = of_message_alone.replace("</cancelOrderRequest>", "</m:cancelOrderRequest>")
    tags = list[tuple[str, str]]()
    for asked in (document_in, of_message_alone, document({"seller": "F-1", "buyer": "B-1"})):
        message = ET.fromstring(ask(ala.Seller(), asked).body)[0][0]
        tags.append((message.tag, message[0].tag))
    inside = f"{{{namespace}}}"
    assert tags == [
        (f"{inside}cancelOrderResponse", f"{inside}message"),
        (f"{inside}cancelOrderResponse", "message"),
        ("cancelOrderResponse", "message"),
    ]


@pytest.mark.parametrize("label", ["text/xml", 'Text/XML; charset="utf-8"', "application/xml", "text/plain"])
def test_a_reply_is_labelled_as_its_request_as_clients_of_soap_want_it(label: str) -> None:
    """The page shows application/xml, and SOAP 1.1, 6 has text/xml."""
    expected = "text/xml" if label.lower().startswith("text/xml") else "application/xml"
    for path, status in (("/cancelOrder", 200), ("/another", 404)):
        answer = ask(
            ala.Seller(), document({"seller": "F-1", "buyer": "B-1"}), path=path, borne={"content-type": label}
        )
        assert (answer.status, dict(answer.headers)["Content-Type"]) == (status, f"{expected}; charset=utf-8")


def test_a_second_cancellation_is_rejected(served: Served) -> None:
    order = orders(served)["in_flight"][0]
    words = [ask_over_tls(served, served.certificates.buyer, document(order)).text("status") for _ in range(2)]
    assert words == ["Pending", "Rejected"]


@pytest.mark.parametrize("state", ["completed", "cancelled", "foreign"])
def test_an_order_that_is_not_in_flight_or_not_the_buyers_is_rejected(served: Served, state: str) -> None:
    for order in orders(served)[state]:
        answer = ask_over_tls(served, served.certificates.buyer, document(order))
        assert (answer.status, answer.text("status")) == (200, "Rejected")


def test_nothing_tells_a_foreign_order_from_one_that_does_not_exist() -> None:
    seller = ala.Seller()
    foreign = next(order for order in seller.orders.values() if order.owner == "SPDEV2").seller_reference
    answers = [
        reply(ask(seller, document({"seller": reference, "buyer": "B-1"}))) for reference in (foreign, "CF-UNKNOWN")
    ]
    words = [
        [answer.text(name) for name in ("status", "rejectionCode", "rejectionMessage", "buyerOrderReference")]
        for answer in answers
    ]
    assert words[0] == words[1]


@pytest.mark.parametrize("path", REQUIRED)
def test_a_cancellation_without_a_required_field_is_a_400_fault(served: Served, path: str) -> None:
    answer = ask_over_tls(served, served.certificates.buyer, document(orders(served)["in_flight"][0], without=[path]))
    assert answer.status == 400
    assert is_fault(answer)


@pytest.mark.parametrize("path", LEAVES)
@pytest.mark.parametrize("blank", ["", "  \n"])
def test_a_blank_field_is_as_good_as_none(path: str, blank: str) -> None:
    seller = ala.Seller()
    order = next(iter(seller.orders.values())).references()
    assert ask(seller, document(order, **{path.rpartition(".")[2]: blank})).status == 400


@pytest.mark.parametrize("time", ["yesterday", "2012-01-20", "1327084243", "2012-02-31T18:30:43Z", "20/01/2012 18:30"])
def test_words_are_no_time(time: str) -> None:
    assert ask(ala.Seller(), document(ORDER, sentAt=time)).status == 400


def test_the_reseller_may_be_left_out() -> None:
    seller = ala.Seller()
    order = next(iter(seller.orders.values())).references()
    assert reply(ask(seller, document(order, without=["buyer.cfh:resellerId"]))).text("status") == "Pending"


def test_a_caller_without_a_certificate_gets_a_401_fault(served: Served) -> None:
    answer = ask_over_tls(served, None, document(orders(served)["in_flight"][0]))
    assert answer.status == 401
    assert is_fault(answer)


@pytest.mark.parametrize("who", ["expired_buyer", "stranger"])
def test_a_certificate_that_is_expired_or_unknown_ends_in_an_alert(served: Served, who: str) -> None:
    with pytest.raises((ssl.SSLError, ConnectionError)):
        ask_over_tls(served, getattr(served.certificates, who), document(ORDER))
    assert refused_in_the_handshake(served)


def test_another_buyer_speaking_for_the_buyer_gets_a_403_fault(served: Served) -> None:
    answer = ask_over_tls(served, served.certificates.another_buyer, document(orders(served)["in_flight"][0]))
    assert answer.status == 403
    assert is_fault(answer)


def test_another_buyer_may_cancel_its_own_order(served: Served) -> None:
    body = document(orders(served)["foreign"][0], buyerIdentifier="SPDEV2")
    assert ask_over_tls(served, served.certificates.another_buyer, body).text("status") == "Pending"


@pytest.mark.parametrize(
    "form",
    [
        lambda order: document(order, prefix="anything"),
        lambda order: document(order, envelope=None),
        lambda order: document(order, namespace="urn:example:nicc"),
        lambda order: document(order).replace(">300<", "><![CDATA[300]]><"),
        lambda order: document(order).replace(
            order["seller"], f"{order['seller'][:4]}<!-- comment -->{order['seller'][4:]}"
        ),
        lambda order: document(order).replace("><", ">\n\t <"),
        lambda order: document(order).encode("utf-16"),
        lambda order: document(order).encode("utf-8-sig"),
        lambda order: document(order).replace('<?xml version="1.0"?>', ""),
        lambda order: (
            document(order).replace("?>", ' encoding="iso-8859-1"?>', 1).replace("needed", "néeded").encode("latin-1")
        ),
    ],
)
@pytest.mark.parametrize("chunked", [False, True])
def test_every_form_of_the_same_document_is_read(served: Served, form: object, *, chunked: bool) -> None:
    assert callable(form)
    answer = ask_over_tls(served, served.certificates.buyer, form(orders(served)["in_flight"][0]), chunked=chunked)
    assert answer.text("status") == "Pending"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not XML",
        document(ORDER)[:-20],
        document(ORDER, root="amendOrderRequest"),
        document(ORDER, envelope="http://www.w3.org/2003/05/soap-envelope"),
        f'<soap:Envelope xmlns:soap="{SOAP}"><soap:Body/></soap:Envelope>',
        document(ORDER).replace("?>", '?><!DOCTYPE a [<!ENTITY b "c">]>').replace(">300<", ">&b;<"),
        document(ORDER)
        .replace("?>", '?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>')
        .replace(">300<", ">&b;<"),
        document(ORDER).replace("?>", '?><!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">'),
        document(ORDER).replace("</buyer>", "</buyer><buyer/>"),
    ],
)
def test_what_is_no_cancellation_is_a_400_fault(body: str | bytes) -> None:
    answer = reply(ask(ala.Seller(), body))
    assert answer.status == 400
    assert is_fault(answer)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (document(ORDER), f"order {ORDER['seller']}"),
        (document(ORDER, targetSellerOrderReference=""), "no targetSellerOrderReference"),
        ("<a>", "Premature end of data in tag a line 1, line 1, column 4"),
        (document(ORDER, root="cancelOrder", envelope=None), "its element is cancelOrder, cancelOrderRequest expected"),
        (document(ORDER, root="a", namespace="urn:b"), "its element is {urn:b}a, cancelOrderRequest expected"),
        (document(ORDER, envelope="urn:c"), f"its envelope is of urn:c, {SOAP} expected"),
    ],
)
def test_what_is_asked_is_noted(body: str, words: str) -> None:
    request = Request("POST", "/cancelOrder", {}, body.encode(), None)
    assert ala.Seller().note(request) == words


def test_other_methods_and_paths_are_refused(served: Served) -> None:
    got = ask_over_tls(served, served.certificates.buyer, method="GET")
    assert (got.status, got.headers["allow"], is_fault(got)) == (405, "POST", True)
    lost = ask_over_tls(served, served.certificates.buyer, document(ORDER), path="/orders")
    assert (lost.status, is_fault(lost)) == (404, True)


def test_the_replies_are_valid_against_the_schema_the_target_names(served: Served) -> None:
    target = tomllib.loads(served.target.read_text())
    schema = etree.XMLSchema(etree.parse(served.target.parent / target["schemas"]["reply"]))
    assert (served.target.parent / "reply.xsd").read_text() == SCHEMA
    bodies = [document(orders(served)["in_flight"][0]), document(ORDER), document(ORDER, without=["buyer"])]
    for body in bodies:
        payload = etree.fromstring(ask_over_tls(served, served.certificates.buyer, body).body)[0][0]
        schema.assertValid(payload)


def test_the_target_file_reaches_the_seller(served: Served) -> None:
    target = tomllib.loads(served.target.read_text())
    assert (target["name"], target["api"], target["url"]) == ("embedded-ala", "ala", served.url)
    for who in ("buyer", "another_buyer", "expired_buyer"):
        assert (served.target.parent / target[who]["certificate"]).is_file()
        assert (served.target.parent / target[who]["private_key"]).stat().st_mode & 0o077 == 0
    stock = {state: len(listed) for state, listed in target["orders"].items()}
    assert stock == {"in_flight": 16, "completed": 4, "cancelled": 4, "foreign": 4}
    assert target["safety"] == {"hostile": True}


def test_two_sellers_share_no_order() -> None:
    assert not ala.Seller().orders.keys() & ala.Seller().orders.keys()


def test_an_order_is_taken_up_once_however_many_ask_at_once() -> None:
    seller = ala.Seller()
    body = document(next(iter(seller.orders.values())).references())
    words: list[str | None] = []
    threads = [threading.Thread(target=lambda: words.append(reply(ask(seller, body)).text("status"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(filter(None, words)) == ["Pending"] + ["Rejected"] * 7


def test_a_stopped_seller_hangs_up(tmp_path: Path, identities: Certificates) -> None:
    served = serving.serve("ala", ala.Seller(), tmp_path, identities=identities)
    served.stop()
    with pytest.raises(ConnectionError):
        ask_over_tls(served, served.certificates.buyer, document(ORDER))
