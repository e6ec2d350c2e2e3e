"""What an ALA seller answers to a set of situations, so that two sellers can be compared.

All that is drawn or dated is taken out.
"""

from __future__ import annotations

import functools
import gzip
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Self
from urllib.parse import quote

import trustme
from ala_asking import FIELDS, LEAVES, ask, document
from connections import held

from countermand.provider.ala.orders import Order, State
from countermand.provider.ala.seller import Seller
from countermand.provider.http import Response


def is_now(time: str) -> bool:
    """Say whether a time is of today, by any clock: what no calendar has is of no day."""
    try:
        return abs(datetime.fromisoformat(time) - datetime.now(UTC)) < timedelta(days=2)
    except ValueError:
        return False


_DRAWN: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"CF-[0-9A-F]{8}-(\d{4})", re.IGNORECASE), r"[order \1]"),
    (re.compile(r"\uff23\uff26\uff0d[\uff10-\uff26]{8}\uff0d(\d{4})"), r"[order \1, in full width]"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), lambda time: "[time]" if is_now(time[0]) else time[0]),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"), "[drawn]"),
)
#: Taken for the operation's own by some.
PATHS = (
    *("/cancelOrder/", "//cancelOrder", "/./cancelOrder", "/%2e/cancelOrder", "/%63ancelOrder", "/CANCELoRDER"),
    *("/countermand/../cancelOrder", "/countermand/..;/cancelOrder"),
    *("/cancelOrder.xml", "/cancelOrder/countermand"),
    *("/cancelOrder?countermand=1", "/cancelOrder;countermand=1", "https://seller.example/cancelOrder"),
)
Probe = Callable[[Seller], list[Response]]
#: Of which orders the buyer's reference of another may be given: nobody's, and completed ones.
REFERRING = (None, State.COMPLETED)
#: How a cancellation may come: what is written, and what its headers say.
FORMS: dict[str, tuple[Callable[[str], str | bytes], Mapping[str, str]]] = {
    "in chunks": (str, {"transfer-encoding": "chunked"}),
    "in UTF-16": (lambda text: text.encode("utf-16"), {}),
    "in CDATA": (lambda text: re.sub("(buyerIdentifier>)([^<]+)<", r"\1<![CDATA[\2]]><", text), {}),
    "with prefixes": (lambda text: text.replace("soap:", "x:").replace("xmlns:soap", "xmlns:x"), {}),
    "without its envelope": (lambda text: re.sub("</?soap:[^>]*>", "", text), {}),
    "labelled as text": (str, {"content-type": "text/xml"}),
    "labelled as bytes": (str, {"content-type": "application/octet-stream"}),
}


def order(seller: Seller, state: State = State.IN_FLIGHT, owner: str = "SPDEV1") -> dict[str, str]:
    """Take the first order of that kind."""
    fits: list[Order] = [order for order in seller.orders.values() if order.state is state and order.owner == owner]
    return fits[0].references()


def probes() -> dict[str, Probe]:  # noqa: C901 - a list of situations
    """Give the situations by name."""

    def of(write: Callable[[dict[str, str]], str | bytes], **how: str | Mapping[str, str] | None) -> Probe:
        return lambda seller: [ask(seller, write(order(seller)), **how)]  # type: ignore[arg-type]

    def twice(seller: Seller) -> list[Response]:
        body = document(order(seller))
        return [ask(seller, body), ask(seller, body)]

    def of_each(seller: Seller) -> list[Response]:
        in_flight = [known for known in seller.orders.values() if known.owner == "SPDEV1"]
        return [ask(seller, document(known.references())) for known in in_flight[:3]]

    def repeated(peer: str | None) -> Probe:
        def probe(seller: Seller) -> list[Response]:
            body = document(order(seller))
            return [ask(seller, body), ask(seller, body, peer=peer)]

        return probe

    def often(peer: str | None) -> Probe:
        return lambda seller: [ask(seller, document(order(seller)), peer=peer) for _ in range(5)]

    def about(state: State, owner: str = "SPDEV1") -> Probe:
        return lambda seller: [ask(seller, document(order(seller, state, owner)))]

    unknown = {"seller": "CF-UNKNOWN", "buyer": "B-1"}
    entity = '?><!DOCTYPE a [<!ENTITY b "300">]>'
    bomb = '?><!DOCTYPE a [<!ENTITY c "3"><!ENTITY b "&c;00">]>'
    external = '?><!DOCTYPE a [<!ENTITY b SYSTEM "{}">]>'

    def without(path: str) -> Probe:
        return of(lambda order: document(order, without=[path]))

    def unwrapped(path: str) -> Probe:
        return of(lambda order: document(order).replace(f"<{path}>", "").replace(f"</{path}>", ""))

    def holding(path: str, text: str) -> Probe:
        return of(lambda order: document(order, **{path.rpartition(".")[2]: text}))

    made: dict[str, Probe] = {f"without {path}": without(path) for path, _, _ in FIELDS}
    for path in LEAVES:
        made |= {f"empty {path}": holding(path, ""), f"blank {path}": holding(path, " \n")}
    nil = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>'
    made["nil message.messageId"] = of(
        lambda order: re.sub("<messageId>.*</messageId>", f"<messageId{nil}", document(order))
    )
    made |= {
        "complete, then again": twice,
        "complete, of several orders": of_each,
        "no certificate, again and again": often(None),
        "speaking for another, again and again": often("SPDEV2"),
        "unknown certificate, again and again": often("nobody"),
        "words for a time": of(lambda order: document(order, sentAt="yesterday")),
        "no certificate": of(document, peer=None),
        "no certificate, and no such order": lambda seller: [ask(seller, document(unknown), peer=None)],
        "speaking for another": of(document, peer="SPDEV2"),
        "unknown certificate": of(document, peer="nobody"),
        "repeated without a certificate": repeated(None),
        "repeated by another buyer": repeated("SPDEV2"),
        "of the buyer's, by another": of(lambda order: document(order, buyerIdentifier="SPDEV2"), peer="SPDEV2"),
        "unknown": lambda seller: [ask(seller, document(unknown))],
        "a longer reference": of(lambda order: document({**order, "seller": f"{order['seller']}99"})),
        "a reference with another beginning": of(lambda order: document({**order, "seller": f"99{order['seller']}"})),
        "a reference behind a comment": of(
            lambda order: document({**order, "seller": f"99<!-- x -->{order['seller']}"})
        ),
        "a reference before an instruction": of(
            lambda order: document({**order, "seller": f"{order['seller']}<?x?>99"})
        ),
        "speaking for another and itself": of(lambda order: beside(document(order), before=False), peer="SPDEV2"),
        "speaking for itself and another": of(lambda order: beside(document(order), before=True), peer="SPDEV2"),
        "completed": about(State.COMPLETED),
        "completed, by another": of_another(State.COMPLETED),
        "complete, then by another": lambda seller: [
            ask(seller, document(references := order(seller))),
            ask(seller, document(references, buyerIdentifier="SPDEV2"), peer="SPDEV2"),
        ],
        "no certificate, but a cookie": with_cookie,
        "foreign, in the header": lambda seller: [
            ask(
                seller,
                in_header(
                    seller, "targetSellerOrderReference", order(seller, owner="SPDEV2")["seller"], State.COMPLETED
                ),
            )
        ],
        "speaking for another, and itself in the header": lambda seller: [
            ask(seller, in_header(seller, "buyerIdentifier", "SPDEV2"), peer="SPDEV2")
        ],
        "a reference before a CDATA section": of(
            lambda order: document({**order, "seller": f"{order['seller']}<![CDATA[99]]>"})
        ),
        "cancelled": about(State.CANCELLED),
        "foreign": about(State.IN_FLIGHT, "SPDEV2"),
        "foreign, with blanks": written_otherwise(" {} ".format),
        "foreign, by the buyer's reference": lambda seller: [
            ask(seller, document({**order(seller, owner="SPDEV2"), "buyer": order(seller)["buyer"]}))
        ],
        "foreign, in the other case": written_otherwise(str.swapcase),
        "foreign, in full width": written_otherwise(
            lambda number: number.translate({letter: letter + 0xFEE0 for letter in range(0x21, 0x7F)})
        ),
        "foreign, with a comment": written_otherwise(lambda number: f"<!-- x -->{number}"),
        "foreign, behind a completed one": named_together(State.COMPLETED, State.IN_FLIGHT),
        "foreign, before a completed one": named_together(State.IN_FLIGHT, State.COMPLETED),
        "foreign, before a completed one, in another namespace": named_together(
            State.IN_FLIGHT, State.COMPLETED, ' xmlns="urn:x"'
        ),
        "speaking for itself in another namespace, and another": of(
            lambda order: beside(document(order), before=True).replace("<buyer>", '<buyer xmlns="urn:x">', 1),
            peer="SPDEV2",
        ),
        "speaking for another with blanks": of(
            lambda order: document(order, buyerIdentifier=" SPDEV1 "), peer="SPDEV2"
        ),
        "speaking for another in the other case": of(
            lambda order: document(order, buyerIdentifier="spdev1"), peer="SPDEV2"
        ),
        "speaking for another in full width": of(
            lambda order: document(order, buyerIdentifier="\uff33\uff30\uff24\uff25\uff36\uff11"), peer="SPDEV2"
        ),
        "no certificate, by PUT that a header makes POST": of(
            document, peer=None, method="PUT", borne={"x-http-method-override": "POST"}
        ),
        "no certificate, in gzip": of(
            lambda order: gzip.compress(document(order).encode()), peer=None, borne={"content-encoding": "gzip"}
        ),
        "prefix": of(lambda order: document(order, prefix="x")),
        "reseller's prefix": of(lambda order: document(order).replace("cfh", "x")),
        "CDATA": of(lambda order: document(order).replace(">300<", "><![CDATA[300]]><")),
        "comment": of(lambda order: document(order).replace(">300<", "><!-- x -->300<")),
        "white space": of(lambda order: document(order).replace("><", ">\n\n<")),
        "byte order mark": of(lambda order: document(order).encode("utf-8-sig")),
        "no declaration": of(lambda order: document(order).replace('<?xml version="1.0"?>', "")),
        "UTF-16": of(lambda order: document(order).encode("utf-16")),
        "another message": of(lambda order: document(order, root="amendOrderRequest")),
        "empty": of(lambda _: b""),
        "broken off": of(lambda order: document(order)[:-30]),
        "text behind it": of(lambda order: document(order) + "\nand so on"),
        "text before it": of(lambda order: f"so much for {document(order)}"),
        "two documents": of(lambda order: document(order) + document(order).partition("?>")[2]),
        "SOAP 1.2": of(lambda order: document(order, envelope="http://www.w3.org/2003/05/soap-envelope")),
        "entity": of(lambda order: document(order).replace("?>", entity, 1).replace(">300<", ">&b;<")),
        "entity in UTF-16": of(
            lambda order: document(order).replace("?>", entity, 1).replace(">300<", ">&b;<").encode("utf-16")
        ),
        "file": of(
            lambda order: document(order).replace("?>", external.format("file:///none"), 1).replace(">300<", ">&b;<")
        ),
        "bomb": of(lambda order: document(order).replace("?>", bomb, 1).replace(">300<", ">&b;<")),
        "GET": of(document, method="GET"),
        "GET that headers make a POST": of(document, method="GET", borne={"x-http-method-override": "POST"}),
        "PUT": of(document, method="PUT"),
        "PATCH": of(document, method="PATCH"),
        "DELETE": of(document, method="DELETE"),
        "a bare ampersand": of(lambda order: re.sub(r"(</[^<>]*>)\Z", r"R & D\1", document(order))),
        "a quote": of(lambda order: document({**order, "seller": "CF'UNKNOWN"})),
        "a long reference": of(lambda order: document({**order, "seller": "7" * 300})),
        "a reference beyond ASCII": of(lambda order: document({**order, "seller": "CF-é"})),
        "an ampersand in the buyer's reference": of(lambda order: document({**order, "buyer": "R&amp;D"})),
        "an ampersand in the correlation id": of(lambda order: document(order, correlationId="R&amp;D")),
        "no certificate, by PUT": of(document, peer=None, method="PUT"),
        "nobody's, by the buyer's reference": of(lambda order: document({**order, "seller": "CF-UNKNOWN"})),
        "an ampersand": of(lambda order: document({**order, "seller": "CF&amp;UNKNOWN"})),
        "a less-than sign": of(lambda order: document({**order, "seller": "CF&lt;UNKNOWN"})),
        "a reference to a character": of(lambda order: document(order).replace(">300<", ">&#51;00<")),
        "letters beyond ASCII": of(lambda order: document(order).replace(">300<", "><!-- é -->300<")),
        "path": of(document, path="/orders"),
        "a long reason": of(lambda order: document(order, cancellationReasonMessage="x" * 300)),
        "a reason beyond the first plane": of(lambda order: document(order, cancellationReasonMessage="\U0001f600")),
        "a time with a fraction": of(lambda order: document(order, sentAt="2026-11-30T10:00:00.5+00:00")),
        "a message id that is no UUID": of(lambda order: document(order, messageId="MSG-1")),
        "a header": of(lambda order: document(order).replace("<soap:Body>", "<soap:Header/><soap:Body>")),
        "a long correlation id": of(lambda order: document(order, correlationId="Zoë " * 12)),
        "in one chain": lambda seller: [ask(seller, document(order(seller))), ask(seller, document(unknown))],
        "a message whose name begins alike": of(lambda order: document(order, root="cancelOrderStatusRequest")),
        "an envelope of nobody's": of(lambda order: document(order, envelope="urn:x")),
        "a day there is not": of(lambda order: document(order, sentAt="2026-02-31T25:61:61Z")),
        "nil seller.sellerIdentifier": of(
            lambda order: re.sub("<sellerIdentifier>.*</sellerIdentifier>", f"<sellerIdentifier{nil}", document(order))
        ),
        "a comment for message.messageId": of(lambda order: document(order, messageId="<!-- x -->")),
        "an ampersand in the time": of(lambda order: document(order, sentAt="R&amp;D")),
        "an ampersand in the buyer": of(lambda order: document(order, buyerIdentifier="R&amp;D")),
    }
    made |= {f"no certificate, but {name}": of(document, peer=None, borne=borne) for name, borne in handed_on().items()}
    made["no certificate, at another host"] = of(document, peer=None, borne={"host": "localhost"})
    made["no certificate, at another host by the handshake"] = of(document, peer=None, server_name="localhost")
    made["no certificate, in chunks"] = of(document, peer=None, borne={"transfer-encoding": "chunked"})
    made["no certificate, another label"] = of(document, peer=None, borne={"content-type": "text/plain"})
    made["no certificate, another client"] = of(document, peer=None, borne={"user-agent": "another"})
    made["no certificate, another action"] = of(document, peer=None, borne={"soapaction": '"urn:x"'})
    made["no certificate, in UTF-16"] = of(lambda order: document(order).encode("utf-16"), peer=None)
    made["no certificate, elsewhere"] = of(document, peer=None, path="/", borne={"x-original-url": "/cancelOrder"})
    made |= {
        f"another buyer, but {name}": of(document, peer="SPDEV2", borne=borne) for name, borne in handed_on().items()
    }
    made["no certificate, but a token"] = of(document, peer=None, borne={"authorization": "Bearer x"})
    made["no certificate, but any cookie"] = of(document, peer=None, borne={"cookie": "JSESSIONID=x"})
    made["in the name of nobody, by another"] = of(
        lambda order: document(order, buyerIdentifier="NOBODY"), peer="SPDEV2"
    )
    made |= {f"{state or 'unknown'}, once more": again(state) for state in (None, State.COMPLETED, State.CANCELLED)}
    made |= {f"{state or 'unknown'}, by the reference of one before": referring(state) for state in REFERRING}
    made["completed, by the reference of one in flight"] = lambda seller: [
        ask(seller, document({**order(seller, State.COMPLETED), "buyer": order(seller)["buyer"]}))
    ]
    made["digits"] = of(lambda order: document({**order, "seller": "0" * 40}))
    made["a quotation mark"] = of(lambda order: document({**order, "seller": "CF-UNKNOWN'"}))
    made["Chinese"] = of(lambda order: document({**order, "seller": "CF-\u6f22"}))
    for form, (write, borne) in FORMS.items():
        made[f"speaking for another, {form}"] = in_form(write, borne, peer="SPDEV2")
        made[f"foreign, {form}"] = in_form(write, borne, owner="SPDEV2")
        made[f"{form}, without cancellationReason"] = in_form(write, borne, without=["cancellationReason"])
    made |= {f"the fields of {path} by themselves": unwrapped(path) for path, _, example in FIELDS if not example}
    made |= {f"{who}, beside connections of the buyer's": beside_buyer(who) for who in (None, "SPDEV1", "SPDEV2")}
    made |= {f"no certificate, at {path}": of(document, peer=None, path=path) for path in PATHS}
    return made


def again(state: State | None) -> Probe:
    """Cancel an order twice that cannot be cancelled, or one of nobody's."""

    def probe(seller: Seller) -> list[Response]:
        body = document({"seller": "CF-UNKNOWN", "buyer": "B-1"} if state is None else order(seller, state))
        return [ask(seller, body), ask(seller, body)]

    return probe


def referring(state: State | None) -> Probe:
    """Cancel an order that cannot be cancelled, or one of nobody's, by the buyer's reference of one before."""

    def probe(seller: Seller) -> list[Response]:
        mine = order(seller)
        number = "CF-UNKNOWN" if state is None else order(seller, state)["seller"]
        return [ask(seller, document(mine)), ask(seller, document({**mine, "seller": number}))]

    return probe


def in_form(
    write: Callable[[str], str | bytes],
    borne: Mapping[str, str],
    *,
    peer: str = "SPDEV1",
    owner: str = "SPDEV1",
    without: Iterable[str] = (),
) -> Probe:
    """Cancel an order in a form."""
    return lambda seller: [
        ask(seller, write(document(order(seller, owner=owner), without=without)), peer=peer, borne=borne)
    ]


def of_another(state: State) -> Probe:
    """Let another buyer cancel an order of the buyer's."""
    return lambda seller: [
        ask(seller, document(order(seller, state), buyerIdentifier="SPDEV2"), peer="SPDEV2"),
    ]


def beside_buyer(peer: str | None) -> Probe:
    """Cancel an order while the buyer has connections on which it was answered."""

    def probe(seller: Seller) -> list[Response]:
        nobodys = document({"seller": "CF-UNKNOWN", "buyer": "B-1"}, correlationId="another")
        with held([lambda: ask(seller, nobodys)] * 2):
            return [ask(seller, document(order(seller)), peer=peer)]

    return probe


def with_cookie(seller: Seller) -> list[Response]:
    """Cancel an order without a certificate, with what the buyer was given as cookies just before."""
    served = ask(seller, document({"seller": "CF-UNKNOWN", "buyer": "B-1"}))
    given = [value.partition(";")[0] for name, value in served.headers if name == "Set-Cookie"]
    return [ask(seller, document(order(seller)), peer=None, borne={"cookie": "; ".join(given)})]


def in_header(seller: Seller, name: str, value: str, state: State = State.IN_FLIGHT) -> str:
    """Write a cancellation with an entry in the header of its envelope."""
    entry = f'<soap:Header><{name} xmlns="urn:x">{value}</{name}></soap:Header><soap:Body>'
    return document(order(seller, state)).replace("<soap:Body>", entry)


def written_otherwise(write: Callable[[str], str]) -> Probe:
    """Ask for another buyer's order by its number written otherwise."""

    def probe(seller: Seller) -> list[Response]:
        foreign = order(seller, owner="SPDEV2")
        return [ask(seller, document({**foreign, "seller": write(foreign["seller"])}))]

    return probe


def named_together(first: State, last: State, where: str = "") -> Probe:
    """Name two orders in one cancellation: the one in flight is another buyer's."""

    def probe(seller: Seller) -> list[Response]:
        numbers = [
            order(seller, state, "SPDEV2" if state is State.IN_FLIGHT else "SPDEV1")["seller"]
            for state in (first, last)
        ]
        name = "targetSellerOrderReference"
        body = document({"seller": numbers[0], "buyer": "B-1"})
        both = body.replace(f"</{name}>", f"</{name}><{name}>{numbers[1]}</{name}>")
        return [ask(seller, both.replace(f"<{name}>", f"<{name}{where}>", 1))]

    return probe


def beside(text: str, *, before: bool) -> str:
    """Name another buyer beside the one that is named."""
    head, buyer, rest = re.split(r"(<buyer>.*</buyer>)", text)
    both = [buyer, buyer.replace("SPDEV1", "SPDEV2")]
    return head + "".join(reversed(both) if before else both) + rest


@functools.cache
def handed_on() -> dict[str, dict[str, str]]:
    """Give the headers in which proxies hand a buyer's certificate or an address on, by name."""
    held = trustme.CA().issue_cert(common_name="SPDEV1").cert_chain_pems[0].bytes().decode()
    der, pem = "".join(held.split("-----")[2].split()), quote(held)
    written = {
        **dict.fromkeys(("Client-Cert", "X-Client-Cert-Leaf"), f":{der}:"),
        **dict.fromkeys(("X-ARR-ClientCert", "Cf-Client-Cert-Der-Base64"), der),
        **dict.fromkeys(("X-Amzn-Mtls-Clientcert", "X-SSL-Client-Cert", "X-Client-Certificate"), pem),
        "X-TLS-Client-Cert": pem,
        "X-SSL-Client-S-DN": "CN=SPDEV1,O=countermand",
        "X-Forwarded-Client-Cert": f'By=spiffe://a;Cert="{pem}"',
        "X-Forwarded-Tls-Client-Cert": quote(der, safe=""),
        "ssl-client-cert": pem,
        "X-Client-Cert": pem,
        "X-SSL-Cert": pem,
        **dict.fromkeys(("ssl-client-subject-dn", "X-Client-DN"), "CN=SPDEV1,O=countermand"),
        "X-SSL-Client-CN": "SPDEV1",
        **dict.fromkeys(("X-Forwarded-For", "True-Client-IP"), "127.0.0.1"),
        "X_SSL_Client_S_DN": "CN=SPDEV1,O=countermand",
        **dict.fromkeys(("X-Remote-User", "X-Consumer-Username"), "SPDEV1"),
    }
    return {name: {name.lower(): value} for name, value in written.items()}


def answers(kind: type[Seller]) -> dict[str, str]:
    """Ask a new seller of a kind in every situation, each with a seller of its own."""
    return {name: " | ".join(_plain(response) for response in probe(kind())) for name, probe in probes().items()}


def _plain(response: Response) -> str:
    """Write a response without what is drawn or dated."""
    text = f"{response.status} {dict(response.headers)} {response.body.decode()}"
    for path, _, example in FIELDS:
        text = text.replace(example, f"[{path}]") if example.count("-") == 4 else text
    for pattern, word in _DRAWN:
        text = pattern.sub(word, text)
    return text


class Listener:
    """A page on loopback that counts its visitors."""

    def __init__(self) -> None:
        visits: list[str] = []

        class Page(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                visits.append(self.path)
                self.send_response(200)
                self.send_header("Content-Length", "3")
                self.end_headers()
                self.wfile.write(b"300")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self.visits = visits
        self.server = HTTPServer(("127.0.0.1", 0), Page)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/entity"

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
