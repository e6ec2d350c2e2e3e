"""What of a seller's insides a refusal shows, and what anybody may say of what is wrong with an order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

import pytest

from countermand.checks.replies import discreet
from countermand.model.exchange import Exchange, Reply, Request
from countermand.model.verdict import Nonconformance

SHOWING = {
    "Python": 'File "cancel.py", line 42, in cancel',
    "Python, its last line": "KeyError: 'orderReference'",
    "Python, with its module": "requests.exceptions.ConnectionError",
    "Python's nothing": "'NoneType' object is not subscriptable",
    "Java": "at com.example.orders.Cancel.handle(Cancel.java:112)",
    "Java, a cause": "Caused by: com.example.orders.StoreException",
    "C#": "at Orders.Cancel.Handle(Request request) in Cancel.cs:line 112",
    "Node": "at cancel (file:///workspace/cancel.js:12:31)",
    "Node's nothing": "Cannot read properties of undefined (reading 'orderReference')",
    "Ruby": "cancel.rb:12:in `cancel'",
    "Ruby's nothing": "undefined method `state' for nil",
    "Go": "cancel.go:112 +0x1d",
    "Rust": "thread 'main' panicked at src/cancel.rs:12:31",
    "PHP": "Undefined index: orderReference",
    "PHP, uncaught": "PDOException: could not find driver",
    "Erlang": "cancel.erl:112",
    "Erlang's reason": "{badmatch,{error,enoent}}",
    "Go's nothing": "runtime error: invalid memory address or nil pointer dereference",
    "C++": "terminate called after throwing an instance of 'std::out_of_range'",
    "C#, with its namespaces": "System.Data.SqlClient.SqlException (0x80131904)",
    "an object": "<orders.Order object at 0x7f3c12ab>",
    "an errno": "[Errno 111] Connection refused",
    "an errno by its name": "connect ECONNREFUSED 192.0.2.17:5432",
    "Oracle": "ORA-00936: missing expression",
    "MySQL": "You have an error in your SQL syntax",
    "MySQL's key": "Duplicate entry '5000' for key 'PRIMARY'",
    "PostgreSQL": 'relation "orders" does not exist',
    "PostgreSQL's key": 'duplicate key value violates unique constraint "orders_pkey"',
    "SQLite": "SQLITE_CONSTRAINT",
    "a database's address": "jdbc:oracle:thin:@db.example.com:1521/ORDERS",
    "its address elsewhere": "could not reach postgres://orders@db/orders",
    "a statement": "SELECT state FROM orders WHERE reference = ?",
    "a path": "/opt/orders/schemas/cancel.xsd",
    "a path to a share": "\\\\orders\\schemas\\cancel.xsd",
    "a path to a file of a share": "\\\\orders\\cancel.xsd",
    "Java's number": 'For input string: "five-seven-eight"',
    "Java's null": 'Cannot invoke "String.trim()" because "reference" is null',
    "C#'s null": "Object reference not set to an instance of an object.",
    "Go's number": 'strconv.ParseInt: parsing "five-seven-eight": invalid syntax',
    "Go's table": "sql: no rows in result set",
    "Go's connection": "dial tcp 192.0.2.17:5432: connect: connection refused",
    "Python's number": "could not convert string to float: 'five-seven-eight'",
    "PHP's null": "Call to a member function cancel() on null",
    "PHP's function": "Call to undefined function simplexml_load_string()",
    "Rust's nothing": "called `Option::unwrap()` on a `None` value",
    "Elixir": "no function clause matching in Orders.cancel/1",
    "MySQL's key by its place": "Duplicate entry '5000' for key 1",
    "MySQL's table": "Table 'orders.placed' doesn't exist",
    "PostgreSQL's column": 'column "reference" does not exist LINE 1: ...',
    "PostgreSQL's number": 'invalid input syntax for type bigint: "five-seven-eight"',
    "SQLite's table": "no such table: orders",
    "SQLite's key": "UNIQUE constraint failed: orders.number",
    "SQL Server's key": "Violation of PRIMARY KEY constraint 'PK_orders'",
    "SQL Server's syntax": "Incorrect syntax near 'five'.",
    "MongoDB's key": "E11000 duplicate key error collection: orders.placed",
}
SAYING = {
    "a word of its own for an error": "ValidationError: orderReference is missing",
    "what is like a language's": "ReferenceError: there is no order with this reference",
    "a value": "ValueError: the order type is not known",
    "a type": "TypeError: cancelOrderRequest was expected",
    "two words": "Authentication Error: address not allowed",
    "a code in parts": "Client.AuthenticationError",
    "a host and its port": "The host api.example.rs:443 or api.example.pl:8443 is not served",
    "a selection": "Select an order from those in flight",
    "a definition": "The order type is not defined",
    "an address": "See https://www.example.com/docs/cancelOrder.html",
    "an element": "Element 'orderReference': [facet 'minLength'] The value has a length of '0'",
    "a version": "cancelOrder 2.30 was expected",
    "a relation": "The relation of the order to its buyer does not exist",
    "a column": "The column \"state\" does not exist in the list, and Unknown column 'x' in the request",
    "a name in a domain": r"Account \\CITYFIBRE\buyer is unknown",
    "a name of two parts in a domain": r"Account \\CITYFIBRE\jo.smith is unknown",
    "a pattern": r"orderReference does not match '\\d\w' or \\p{L}\w",
    "a pattern of three parts": r"orderReference does not match '\\d\w\s'",
    "a name that does not exist": "The order does not exist. Line 1 of the request names it.",
    "a table of its own": "There is no such table: see our terms.",
    "input syntax": "invalid input syntax for orderReference: 'x' and for order: \"x\"",
    "input": "The input string is invalid, and no function of this API",
    "a duplicate": "Duplicate entry: the order was cancelled before",
    "a constraint": "orderReference violates a constraint of the schema",
    "a code in hexadecimal": "0x80131904",
    "a code in capitals": "EORDER: the order is not in flight",
    "an exception": "The exception to this is an order that is completed.",
}


def said(words: str, encoding: str = "utf-8", **beside: str) -> Exchange:
    """Return what was asked, and refused in so many words, with other headers beside the usual."""
    body = f'<?xml version="1.0" encoding="{encoding.upper()}"?><fault><reason>{words}</reason></fault>'
    headers = (("Content-Type", f"text/xml; charset={encoding}"), *beside.items())
    reply = Reply(400, "Bad Request", "HTTP/1.1", headers, body.encode(encoding))
    request = Request("POST", "https://127.0.0.1:1/cancelOrder", (), b"")
    return Exchange(1, "cancelOrder", "buyer", datetime(2026, 11, 27, tzinfo=UTC), 0.1, request, reply, sound=True)


def shows(exchange: Exchange) -> bool:
    try:
        discreet(exchange)
    except Nonconformance:
        return True
    return False


@pytest.mark.parametrize("words", SHOWING.values(), ids=SHOWING)
def test_what_only_developers_should_read_is_shown_however_it_is_written(words: str) -> None:
    assert shows(said(escape(words)))
    assert shows(said(escape(words), "utf-16"))
    assert shows(said("".join(f"&#{ord(letter)};" for letter in words)))
    assert shows(said(escape(escape(words, {'"': "&quot;", "'": "&apos;", "\n": "&#10;"}))))


@pytest.mark.parametrize(
    ("words", "received"),
    [
        ("cancel (lib/parser.js:218:3)", "lib/parser.js:218"),
        ("it is cancel.erl:112", "cancel.erl:112"),
        ("see src/cancel.rs:12:31", "src/cancel.rs:12:31"),
    ],
)
def test_a_file_is_told_by_its_whole_name(words: str, received: str) -> None:
    with pytest.raises(Nonconformance) as raised:
        discreet(said(words))
    assert raised.value.received == received


@pytest.mark.parametrize("value", ["ORA-10023", "/home/orders", "C:\\orders"])
def test_what_the_request_says_itself_shows_nothing_and_what_stands_beside_it_does(value: str) -> None:
    refused = said(f"Order {value} is not in flight")
    assert shows(refused)
    repeating = replace(refused.request, body=f"<cancel><order>{value}</order></cancel>".encode())
    assert not shows(replace(refused, request=repeating))
    assert not shows(replace(said(f"There is no order {value}."), request=repeating))
    assert not shows(replace(refused, request=repeating.compressed()))
    assert shows(replace(said(f"Order {value}: ORA-00936, see /opt/orders"), request=repeating))


@pytest.mark.parametrize("words", SAYING.values(), ids=SAYING)
def test_what_anybody_may_say_shows_nothing(words: str) -> None:
    assert not shows(said(escape(words)))


@pytest.mark.parametrize("words", [words for what, words in SHOWING.items() if not what.startswith("a path")])
def test_no_header_shows_them_either(words: str) -> None:
    assert shows(said("No.", **{"X-Debug-Exception": quote(words)}))
    assert shows(said("No.", **{"X-Stack": quote_plus(words)}))
    assert shows(said("No.", **{"X-Error": words}))


@pytest.mark.parametrize("words", SAYING.values(), ids=SAYING)
def test_a_header_may_say_what_anybody_may(words: str) -> None:
    assert not shows(said("No.", **{"X-Reason": quote(words)}))


@pytest.mark.parametrize(
    ("header", "value"),
    {
        "Location": "https://www.example.com/cancel.php:8443",
        "Link": "</static/app.js:2>; rel=preload",
        "Content-Security-Policy": "script-src https://static.example.js:8443",
        "Set-Cookie": "back=%2Fcancel.php%3A12; Path=/home/orders",
        "Server": "cancel.rb:12",
        "Via": "1.1 gateway.go:8080",
        "X-Served-By": "orders.java:8443",
        "Access-Control-Allow-Origin": "https://cdn.node.js:443",
        "X-Backend": "http://node.js:8080",
        "X-Cache": "HIT from squid.go:3128",
        "SourceMap": "/a.js:12",
        "WWW-Authenticate": 'Basic realm="shop.cs:443"',
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "X-Error-At": "/cancelOrder.php:8/cancel",
        "X-Original-URI": "/opt/orders",
    }.items(),
)
def test_an_address_in_a_header_is_none_of_them(header: str, value: str) -> None:
    refused = said("No.", **{header: value})
    asked = replace(refused.request, url="https://127.0.0.1:1/cancelOrder.php:8/cancel")
    assert not shows(replace(refused, request=asked))
