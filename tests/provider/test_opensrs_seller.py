"""What the embedded OpenSRS seller promises clients of the real one, over real TLS where bytes and headers matter."""

from __future__ import annotations

import socket
import ssl
import tomllib
from collections.abc import Iterator
from hashlib import md5

import pytest
from lxml import etree
from opensrs_asking import FORMS, NO_REQUESTS, ask, document, foreign_number, number_of, outcome, replies, request

from countermand.provider.http import Request
from countermand.provider.opensrs.message import parse, read
from countermand.provider.opensrs.orders import State
from countermand.provider.opensrs.schema import REPLY_XSD
from countermand.provider.opensrs.seller import Seller
from countermand.provider.serving import Served, serve

RECORDED = """<?xml version='1.0' encoding="UTF-8" standalone="no" ?>
<!DOCTYPE OPS_envelope SYSTEM "ops.dtd">
<OPS_envelope>
 <header>
  <version>0.9</version>
  </header>
 <body>
  <data_block>
   <dt_assoc>
    <item key="protocol">XCP</item>
    <item key="object">TRUST_SERVICE</item>
    <item key="response_text">Invalid id supplied. Cannot be found in the database</item>
    <item key="action">CANCEL_ORDER:REPLY</item>
    <item key="response_code">405</item>
    <item key="is_success">0</item>
   </dt_assoc>
  </data_block>
 </body>
</OPS_envelope>"""


@pytest.fixture
def seller() -> Seller:
    return Seller()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve("opensrs", Seller(), tmp_path_factory.mktemp("opensrs")) as up:
        yield up


def send(served: Served, head: str, body: bytes, *, until_closed: bool) -> bytes:
    context = ssl.create_default_context(cafile=tomllib.loads(served.target.read_text())["trust"]["ca"])
    port = int(served.url.rpartition(":")[2])
    with context.wrap_socket(
        socket.create_connection(("127.0.0.1", port), timeout=5), server_hostname="127.0.0.1"
    ) as connection:
        connection.sendall(head.replace("\n", "\r\n").encode() + body)
        received = connection.recv(65536)
        while until_closed and (more := connection.recv(65536)):
            received += more
    return received


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_reply_has_exactly_the_recorded_headers_and_bytes(
    served: Served, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(served.target.parent)
    target = tomllib.loads(served.target.read_text())
    body = document().encode()
    signature = Seller().signature(body, target["buyer"]["api_key"])
    head = (
        f"POST / HTTP/{version}\nHost: localhost\nContent-Type: text/xml\nX-Username: {target['buyer']['username']}\n"
        f"X-Signature: {signature}\nContent-Length: {len(body)}\n\n"
    )
    head, _, reply = send(served, head, body, until_closed=version == "1.0").decode().partition("\r\n\r\n")
    status, *headers = head.split("\r\n")
    assert status == "HTTP/1.1 200 OK"
    assert {line.partition(": ")[0] for line in headers} == {"Date", "Server", "Content-Length", "Content-Type"}
    assert {"Server: OpenSRS/XML-RSA Server", "Content-Type: text/xml", "Content-Length: 547"} < set(headers)
    assert reply == RECORDED


def test_the_target_file_names_both_resellers_and_orders_in_every_state(served: Served) -> None:
    target = tomllib.loads(served.target.read_text())
    assert target["buyer"].keys() == target["another_buyer"].keys() == {"username", "api_key"}
    assert target["orders"].keys() == {*State, "foreign"}
    assert {state: len(numbers) for state, numbers in target["orders"].items() if len(numbers) < 6} == {}
    assert len(target["orders"]["pending"]) >= 25
    assert (served.target.parent / target["schemas"]["reply"]).read_text() == REPLY_XSD


def test_the_signature_is_that_of_other_implementations(seller: Seller) -> None:
    assert seller.signature(b"abc", "key") == "a0b01d9b8d9377b303deddf5e5303b73"  # by Perl's Digest::MD5 and by openssl


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (State.PENDING, "cancelled"),
        (State.IN_PROGRESS, "declined"),
        (State.AWAITING_APPROVAL, "declined"),
        (State.APPROVER_CONFIRMED, "declined"),
    ],
)
def test_an_order_in_flight_is_cancelled_once(seller: Seller, before: State, after: str) -> None:
    number = number_of(seller, before)
    reply = ask(seller, document(number))
    assert outcome(reply) == ("1", "200", after)
    assert (reply.attribute("order_id"), reply.attribute("domain")) == (number, f"www{number}.example.com")
    assert (reply.text("action"), reply.text("object")) == ("REPLY", "TRUST_SERVICE")
    assert outcome(ask(seller, document(number, "get_order_info"))) == ("1", "200", after)
    assert outcome(ask(seller, document(number))) == ("0", "400", None)


@pytest.mark.parametrize("state", [State.COMPLETED, State.CANCELLED, State.DECLINED])
def test_a_finished_order_is_not_cancelled(seller: Seller, state: State) -> None:
    number = number_of(seller, state)
    assert outcome(ask(seller, document(number))) == ("0", "400", None)
    assert outcome(ask(seller, document(number, "get_order_info"))) == ("1", "200", state)


@pytest.mark.parametrize(
    ("number", "code"), [("", "460"), ("five", "465"), ("-578", "465"), ("\u0665", "465"), ("111111", "405")]
)
def test_an_order_that_is_none_is_refused(seller: Seller, number: str, code: str) -> None:
    assert outcome(ask(seller, document(number))) == ("0", code, None)


def test_another_resellers_order_is_refused_without_its_attributes(seller: Seller) -> None:
    reply = ask(seller, document(foreign_number(seller)))
    assert outcome(reply) == ("0", "501", None)
    assert (reply.text("response_text"), reply.attributes) == ("Permission denied", {})
    assert outcome(ask(seller, document(foreign_number(seller)), seller.another_buyer)) == ("1", "200", "cancelled")


@pytest.mark.parametrize("signature", [None, "", "0" * 32, "upper", "another", "é"])
def test_a_signature_that_is_not_the_callers_is_refused(seller: Seller, signature: str | None) -> None:
    number = number_of(seller, State.PENDING)
    made = {
        "upper": seller.signature(document(number).encode(), seller.buyer.key).upper(),
        "another": seller.signature(document(number).encode(), seller.another_buyer.key),
    }
    response = seller.handle(request(seller, document(number), x_signature=made.get(signature or "", signature)))
    assert response.status == 200
    assert b'<item key="response_code">401</item>' in response.body
    assert b'<item key="object">AUTHENTICATE</item>' in response.body
    assert seller.orders[number].state is State.PENDING


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("none", "there is no X-Signature"),
        ("upper", "X-Signature is in capital letters"),
        ("once", "X-Signature is hashed once: md5(md5(body + key) + key) was expected"),
        ("another", "X-Signature was made with the key of another reseller"),
        ("longer", "X-Signature is of other white space around the message than was sent"),
        ("unix", "X-Signature is of other line ends than were sent"),
        ("wrong", "X-Signature is not of the 488 bytes that came and this reseller's key"),
    ],
)
def test_a_signature_that_is_refused_is_noted_for_what_it_is(seller: Seller, way: str, words: str) -> None:
    key, body = seller.buyer.key, document().replace("\n", "\r\n").encode()
    made = {
        "upper": seller.signature(body, key).upper(),
        "once": md5(body + key.encode()).hexdigest(),
        "another": seller.signature(body, seller.another_buyer.key),
        "longer": seller.signature(body + b"\n", key),
        "unix": seller.signature(body.replace(b"\r\n", b"\n"), key),
        "wrong": seller.signature(body[:-30], key),
    }
    assert seller.note(request(seller, body, x_signature=made.get(way))) == words


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (document("578"), "cancel_order of trust_service, order_id 578"),
        (document("578", thing="domain"), "cancel_order of domain, order_id 578"),
        (document(""), "cancel_order of trust_service"),
        ("<a>", "Premature end of data in tag a line 1, line 1, column 4"),
        ("<a/>", "the document is no OPS_envelope"),
        (NO_REQUESTS["an entity not used"](document()), "the document declares or names an entity"),
    ],
)
def test_what_is_asked_is_noted(seller: Seller, body: str, words: str) -> None:
    assert seller.note(request(seller, body)) == words


def test_nothing_is_noted_of_who_is_not_known(seller: Seller) -> None:
    assert not seller.note(request(seller, document(), x_username="nobody"))


@pytest.mark.parametrize("user", [None, "", "nobody"])
def test_a_user_that_is_not_known_is_refused(seller: Seller, user: str | None) -> None:
    reply = ask(seller, document(), x_username=user)
    assert (*outcome(reply), reply.text("object")) == ("0", "400", None, "AUTHENTICATE")


@pytest.mark.parametrize(
    ("action", "thing"),
    [("cancel_all", "trust_service"), ("cancel_order", "domain"), ("", "trust_service"), ("cancel_order", "")],
)
def test_a_command_that_is_none_is_refused(seller: Seller, action: str, thing: str) -> None:
    assert outcome(ask(seller, document(number_of(seller, State.PENDING), action, thing))) == ("0", "400", None)


def test_a_request_without_a_protocol_is_refused(seller: Seller) -> None:
    body = document(number_of(seller, State.PENDING)).replace('<item key="protocol">XCP</item>', "")
    assert outcome(ask(seller, body)) == ("0", "500", None)


@pytest.mark.parametrize("form", FORMS)
def test_a_request_is_taken_in_any_form(seller: Seller, form: str) -> None:
    assert outcome(ask(seller, FORMS[form](document(number_of(seller, State.PENDING))))) == ("1", "200", "cancelled")


@pytest.mark.parametrize("kind", NO_REQUESTS)
def test_what_is_no_request_is_refused_inside_a_reply(seller: Seller, kind: str) -> None:
    number = number_of(seller, State.PENDING)
    response = seller.handle(request(seller, NO_REQUESTS[kind](document(number))))
    reply = read(parse(response.body))
    assert (response.status, reply.text("is_success")) == (200, "0")
    assert seller.orders[number].state is State.PENDING


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 405), ("PUT", "/", 405), ("POST", "/other", 404), ("GET", "/other", 404)],
)
def test_what_is_no_post_to_the_root_is_refused_by_its_status(
    seller: Seller, method: str, path: str, status: int
) -> None:
    posted = request(seller, document(number_of(seller, State.PENDING)))
    response = seller.handle(Request(method, path, posted.headers, posted.body, None))
    assert (response.status, read(parse(response.body)).text("is_success")) == (status, "0")


def registration(**fields: str) -> str:
    items = "".join(f'<item key="{key}">{value}</item>' for key, value in fields.items())
    return document(action="sw_register").replace('<item key="order_id">111111</item>', items)


COMPLETE = {
    "reg_type": "new",
    "product_type": "quickssl",
    "period": "1",
    "csr": "x",
    "contact_set": "x",
    "domain": "example.org",
}


@pytest.mark.parametrize(("handle", "state"), [("save", "pending"), ("process", "in-progress")])
def test_a_registered_order_is_saved_or_processed(seller: Seller, handle: str, state: str) -> None:
    number = ask(seller, registration(handle=handle, **COMPLETE)).attribute("order_id") or ""
    reply = ask(seller, document(number, "get_order_info"))
    assert outcome(reply) == ("1", "200", state)
    assert [reply.attribute(key) for key in ("domain", "product_type", "reg_type", "period")] == [
        "example.org",
        "quickssl",
        "new",
        "1",
    ]
    assert outcome(ask(seller, document(number)))[0] == "1"


@pytest.mark.parametrize("field", COMPLETE)
def test_a_registration_lacks_nothing_that_is_required(seller: Seller, field: str) -> None:
    before = len(seller.orders)
    lacking = {key: value for key, value in COMPLETE.items() if key != field}
    assert outcome(ask(seller, registration(handle="process", **lacking)))[0] == "0"
    assert len(seller.orders) == before


def test_two_sellers_have_no_order_in_common() -> None:
    assert not Seller().orders.keys() & Seller().orders.keys()


def test_every_reply_of_the_reference_is_valid_against_its_own_schema(seller: Seller) -> None:
    schema = etree.XMLSchema(etree.fromstring(REPLY_XSD.encode()))
    assert [body for body in replies(seller) if not schema.validate(parse(body.body))] == []
