"""Every key of the published schema is read.

What is wrong with a target file is said with file, line, key and what is near.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from countermand.model.apis import APIS
from countermand.model.secret import Secret
from countermand.model.target import PRODUCTION_HOSTS, Order, Target
from countermand.targetfile import TargetError, load, schema, supply

ALA = """\
name = "staging"
api = "ala"
url = "https://seller.example:8443/"

[buyer]
certificate = "buyer.pem"
private_key = "buyer.key"
identifier = "SPDEV1"
"""
OPENSRS = """\
name = "staging"
api = "opensrs"
url = "https://seller.example:55443"

[buyer]
username = "reseller1"
api_key = "0123456789"
"""
FILES = ("buyer.pem", "buyer.key", "buyer.p12", "ca.pem", "key.txt", "reply.xsd", "request.xsd")
ORDER = [{"seller": "S-1", "buyer": "B-1"}]
CLAIMS = list(schema()["properties"]["capabilities"]["properties"])
#: Every leaf of the schema, with a value that is not its default; what needs company has it beside it.
SAMPLES: dict[str, Any] = {
    "name": "other",
    "api": "ala",
    "url": "https://other.example",
    "environment": "production",
    "path": "/v2/cancelOrder",
    "instance": "restored",
    "connect_to": "127.0.0.1:8443",
    "proxy": "http://proxy.example:3128",
    "headers": {"X-Gateway-Key": "correct-horse"},
    "trust.ca": "ca.pem",
    "trust.tls_minimum": "1.3",
    "trust.tls_maximum": "1.2",
    **{f"{who}.certificate": "ca.pem" for who in ("buyer", "another_buyer", "unknown_buyer", "expired_buyer")},
    **{f"{who}.private_key": "ca.pem" for who in ("buyer", "another_buyer", "unknown_buyer", "expired_buyer")},
    **{f"{who}.pkcs12": "buyer.p12" for who in ("buyer", "another_buyer", "unknown_buyer", "expired_buyer")},
    **{f"{who}.passphrase": "correct-horse" for who in ("buyer", "another_buyer", "unknown_buyer", "expired_buyer")},
    **{f"{who}.identifier": "OTHER" for who in ("buyer", "another_buyer", "unknown_buyer", "expired_buyer")},
    **{f"{who}.reseller": "BAQ" for who in ("buyer", "another_buyer", "unknown_buyer", "expired_buyer")},
    **{f"{who}.username": "reseller2" for who in ("buyer", "another_buyer", "unknown_buyer", "expired_buyer")},
    **{f"{who}.api_key": "correct-horse" for who in ("buyer", "another_buyer", "unknown_buyer", "expired_buyer")},
    **{f"declaration.{key}": "Other" for key in ("organisation", "product", "version", "contact", "statement")},
    "seller.identifier": "CITYFIBRE",
    **{f"orders.{state}": ORDER for state in ("in_flight", "completed", "cancelled", "foreign")},
    **{
        f"orders.{state}": ["578"]
        for state in ("pending", "in-progress", "awaiting-approval", "approver-confirmed", "declined")
    },
    "orders.unknown": {"seller": "S-0", "buyer": "B-0"},
    "orders.file": "orders.csv",
    "orders.command": ["./make-order", "{state}"],
    "orders.register": {"product_type": "quickssl", "domain": "order-{n}.example.org"},
    "dialect.request_root": "cancelOrder",
    "dialect.namespace": "urn:ala",
    "dialect.extension_namespace": "urn:ext",
    "dialect.envelope": False,
    "dialect.content_type": "text/xml",
    "dialect.soap_action": "cancelOrder",
    "dialect.buyer_reference": "fresh",
    "dialect.reason": {"code": "301", "message": "Changed my mind"},
    "dialect.decision": "//*[local-name()='decision']",
    "dialect.pending": ["ACK"],
    "dialect.rejected": ["NAK"],
    "dialect.cancelled": ["Gone"],
    "dialect.pending_status": [202],
    "safety.hostile": True,
    "safety.cancellations": 3,
    "safety.rate": 2.5,
    "limits.connect": 3,
    "limits.total": 4,
    "limits.size": 4096,
    "limits.dead": 2,
    **{f"capabilities.{claim}": "no" for claim in CLAIMS},
    "schemas.reply": "reply.xsd",
    "schemas.request": "request.xsd",
}
ONLY_OPENSRS = (
    "orders.pending",
    "orders.in-progress",
    "orders.awaiting-approval",
    "orders.approver-confirmed",
    "orders.declined",
    "orders.register",
    *(
        f"{who}.{key}"
        for who in ("buyer", "another_buyer", "unknown_buyer", "expired_buyer")
        for key in ("username", "api_key")
    ),
    *(f"capabilities.{claim}" for claim in CLAIMS if claim not in {"takes_up", *APIS["ala"].claims}),
)
SCHEMA = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="reply"/></xs:schema>'
PEM = 'certificate = "buyer.pem"\nprivate_key = "buyer.key"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "empty").touch()
    (tmp_path / "blank").write_text(" \n", encoding="ascii")
    for name in FILES:
        (tmp_path / name).write_text(SCHEMA if name.endswith(".xsd") else "some file\n", encoding="ascii")
    (tmp_path / "orders.csv").write_text("state,seller,buyer\nin_flight,S-9,B-9\n", encoding="utf-8")
    return tmp_path


def written(folder: Path, text: str) -> Path:
    path = folder / "target.toml"
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, text: str) -> Target:
    return load(written(folder, text))


def refused(folder: Path, text: str) -> str:
    with pytest.raises(TargetError) as caught:
        read(folder, text)
    return str(caught.value).removeprefix(f"{folder}/")


def leaves(part: dict[str, Any], whole: dict[str, Any], path: str = "") -> list[str]:
    """Return the dotted path of every key of a JSON schema that holds a value."""
    part = whole["$defs"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part
    if "properties" not in part or path in {"orders.register", "dialect.reason"}:
        return [path]
    return [
        leaf for key, child in part["properties"].items() for leaf in leaves(child, whole, f"{path}.{key}".lstrip("."))
    ]


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(entry)}" for key, entry in value.items()) + " }"
    return f"[{', '.join(map(toml, value))}]" if isinstance(value, list) else json.dumps(value)


def with_key(text: str, path: str, value: object) -> str:
    """Return a target file with one key set."""
    table, _, key = path.rpartition(".")
    line = f"{key} = {toml(value)}"
    if re.search(rf"(?m)^{re.escape(key)} = .*$", section := part_of(text, table)):
        return text.replace(section, re.sub(rf"(?m)^{re.escape(key)} = .*$", lambda _: line, section), 1)
    if not table:
        return f"{line}\n{text}"
    return (
        text.replace(f"[{table}]\n", f"[{table}]\n{line}\n", 1)
        if f"[{table}]\n" in text
        else f"{text}\n[{table}]\n{line}\n"
    )


def part_of(text: str, table: str) -> str:
    """Return the text of one table."""
    if not table:
        return text.partition("\n[")[0]
    return text.partition(f"[{table}]\n")[2].partition("\n[")[0]


def facts(target: Target) -> str:
    return repr(
        [getattr(target, name) for name in target.__dataclass_fields__ if name not in {"source", "warnings"}]
        + target.secrets
    )


def test_the_samples_are_all_there_is() -> None:
    assert set(leaves(schema(), schema())) == set(SAMPLES)


@pytest.mark.parametrize("path", SAMPLES)
def test_every_key_is_read(folder: Path, path: str) -> None:
    base = OPENSRS if path in {*ONLY_OPENSRS, "api"} else ALA
    text = with_key(base, path, SAMPLES[path])
    if path == "api":
        text = with_key(ALA, "name", "staging")
    if path == "buyer.pkcs12":
        text = text.replace(PEM, "")
    assert facts(read(folder, text)) != facts(read(folder, base))


def test_the_defaults_are_those_of_the_schema(folder: Path) -> None:
    target, properties = read(folder, ALA), schema()["properties"]
    for table, of in (("dialect", target.dialect), ("safety", target.safety), ("limits", target.limits)):
        for key, shape in properties[table]["properties"].items():
            if "default" in shape:
                assert getattr(of, key) == shape["default"], f"{table}.{key}"
    assert target.environment == properties["environment"]["default"]
    assert target.tls_minimum == properties["trust"]["properties"]["tls_minimum"]["default"]
    assert (target.limits.total, read(folder, OPENSRS).limits.total) == (30, 80)
    assert target.url == "https://seller.example:8443"


WRONG = {
    "a key of another API": (
        ALA + 'username = "x"\n',
        "target.toml:9: buyer.username: is not for ala, which knows identifier, reseller",
    ),
    "a party's of another API": (
        with_key(OPENSRS, "another_buyer.identifier", "x"),
        "target.toml:10: another_buyer.identifier: is not for opensrs, which knows username, api_key",
    ),
    "a table of another API": (
        with_key(OPENSRS, "seller.identifier", "x"),
        "target.toml:9: seller: is not for opensrs: leave it out",
    ),
    "a dialect of another API": (
        with_key(OPENSRS, "dialect.namespace", "x"),
        "target.toml:9: dialect: is not for opensrs: leave it out",
    ),
    "a claim of another API": (
        with_key(ALA, "capabilities.get_order_info", "no"),
        "target.toml:11: capabilities.get_order_info: is no claim of ala; known are takes_up, completed_orders, ",
    ),
    "certificate and pkcs12": (
        with_key(ALA, "buyer.pkcs12", "buyer.p12"),
        "target.toml:7: buyer.certificate: is in the file that pkcs12 names as well: give one of the two",
    ),
    "a word that says two things": (
        with_key(with_key(ALA, "dialect.pending", ["X"]), "dialect.rejected", ["NAK", "x"]),
        "target.toml:12: dialect.pending: 'X' is one of rejected as well: a word says one thing",
    ),
    "a word that says another thing by default": (
        with_key(ALA, "dialect.rejected", ["cancelled"]),
        "target.toml:11: dialect.rejected: 'cancelled' is one of cancelled as well, where cancelled is not given",
    ),
    "a version without quotes": (
        with_key(ALA, "trust.tls_minimum", 1.2),
        'target.toml:11: trust.tls_minimum: is one of 1.2, 1.3, not 1.2; write "1.2", in quotes',
    ),
    "a claim without quotes": (
        with_key(ALA, "capabilities.takes_up", value=False),
        'target.toml:11: capabilities.takes_up: is one of yes, no, not false; write "no", in quotes',
    ),
    "a truth for a number": (
        with_key(ALA, "safety.cancellations", value=True),
        "target.toml:11: safety.cancellations: a whole number was expected, not true",
    ),
    "unknown key": (
        with_key(ALA, "enviroment", "staging"),
        "target.toml:1: enviroment: unknown key; did you mean 'environment'?",
    ),
    "unknown key in a table": (
        ALA + 'identifer = "x"\n',
        "target.toml:9: buyer.identifer: unknown key; did you mean 'identifier'?",
    ),
    "unknown keys": (
        with_key(ALA, "enviroment", "staging").replace("url =", "urrl =")
        + 'identifer = "x"\n\n[safety]\nzzz = 1\nhostil = true\n',
        (
            "target.toml:1: enviroment: unknown key; did you mean 'environment'? "
            "Also in line 4, urrl: unknown key; did you mean 'url'? "
            "Also in line 10, buyer.identifer: unknown key; did you mean 'identifier'? "
            "Also in line 13, safety.zzz: unknown key; known are cancellations, hostile, rate. "
            "Also in line 14, safety.hostil: unknown key; did you mean 'hostile'?"
        ),
    ),
    "an unknown key and a wrong value": (
        ALA.replace('identifier = "SPDEV1"', 'identifer = "SPDEV1"') + '\n[safety]\nhostile = "yes"\n',
        (
            "target.toml:8: buyer.identifer: unknown key; did you mean 'identifier'? "
            "Also in line 11, safety.hostile: true or false, without quotes, not 'yes'"
        ),
    ),
    "a list of tables": (
        ALA.replace("[buyer]", "[[buyer]]"),
        "target.toml:5: buyer: a table was expected, and not a list of tables",
    ),
    "a table as text": (
        ALA.replace('"SPDEV1"', '{ a = "0123456789" }'),
        "target.toml:8: buyer.identifier: text was expected, and not a table",
    ),
    "unknown table": (
        ALA + "\n[sefty]\nhostile = true\n",
        "target.toml:10: sefty: unknown key; did you mean 'safety'?",
    ),
    "a key of another table": (
        with_key(ALA, "ca", "ca.pem"),
        "target.toml:1: ca: unknown key; it stands under [trust]",
    ),
    "a key of the buyer's": (
        with_key(ALA, "certificate", "buyer.pem"),
        "target.toml:1: certificate: unknown key; it stands under [buyer]",
    ),
    "a key of the top": (
        ALA + 'connect_to = "127.0.0.1:8443"\n',
        "target.toml:9: buyer.connect_to: unknown key; it stands at the top, above every [table]",
    ),
    "a table in a table": (
        ALA + "\n[buyer.safety]\nrate = 1\n",
        "target.toml:10: buyer.safety: unknown key; it is a table of its own, [safety]",
    ),
    "nothing near": (
        ALA + "\n[safety]\nzzz = 1\n",
        "target.toml:11: safety.zzz: unknown key; known are cancellations, hostile, rate",
    ),
    "no name": (ALA.replace('name = "staging"\n', ""), "target.toml: lacks 'name'"),
    "nothing but a name": ('name = "staging"\n', "target.toml: lacks 'api' and 'url'"),
    "no url": (ALA.replace('url = "https://seller.example:8443/"\n', ""), "target.toml: lacks 'url'"),
    "no buyer": (ALA.partition("\n[buyer]")[0], "target.toml: lacks [buyer]: who we are (certificate, identifier)"),
    "no identifier": (ALA.replace('identifier = "SPDEV1"\n', ""), "target.toml:5: buyer: lacks identifier"),
    "no certificate": (
        ALA.replace('certificate = "buyer.pem"\n', ""),
        "target.toml:5: buyer: lacks certificate (a PEM file, with private_key) or pkcs12",
    ),
    "no api key": (OPENSRS.replace('api_key = "0123456789"\n', ""), "target.toml:5: buyer: lacks api_key"),
    "unknown api": (
        with_key(ALA, "api", "alla"),
        "target.toml:2: api: is one of ala, opensrs, not 'alla'; did you mean 'ala'?",
    ),
    "unknown environment": (
        with_key(ALA, "environment", "prod"),
        "target.toml:1: environment: is one of staging, production, not 'prod'; did you mean 'production'?",
    ),
    "plain HTTP": (with_key(ALA, "url", "http://seller.example"), "target.toml:3: url: "),
    "missing file": (
        ALA.replace("buyer.key", "bayer.key"),
        "target.toml:7: buyer.private_key: no such file: ",
    ),
    "no variable": (
        with_key(OPENSRS, "buyer.api_key", {"env": "COUNTERMAND_NO_SUCH"}),
        "target.toml:7: buyer.api_key: the environment variable COUNTERMAND_NO_SUCH is not set",
    ),
    "an empty file": (
        with_key(OPENSRS, "buyer.api_key", {"file": "empty"}),
        "target.toml:7: buyer.api_key: empty is empty: a value was expected; what has none is left out",
    ),
    "a blank file": (
        with_key(OPENSRS, "buyer.api_key", {"file": "blank"}),
        "target.toml:7: buyer.api_key: blank is empty: a value was expected",
    ),
    "a command that prints nothing": (
        with_key(OPENSRS, "buyer.api_key", {"command": ["true"]}),
        "target.toml:7: buyer.api_key: the command 'true' prints nothing: a value was expected",
    ),
    "no command": (
        with_key(OPENSRS, "buyer.api_key", {"command": ["./no-such-command"]}),
        "target.toml:7: buyer.api_key: the command './no-such-command' failed",
    ),
    "a command without an end": (
        with_key(OPENSRS, "buyer.api_key", {"command": [sys.executable, "-c", "while True: print('y')"]}),
        f"target.toml:7: buyer.api_key: the command {sys.executable!r} failed: it prints more than 1 MiB",
    ),
    "odd secret": (with_key(OPENSRS, "buyer.api_key", {"envv": "X"}), 'target.toml:7: buyer.api_key: { env = "NAME" }'),
    "state of the other API": (
        ALA + '\n[orders]\npending = ["578"]\n',
        "target.toml:11: orders.pending: not a state of ala; known are in_flight, ",
    ),
    "one reference": (
        ALA + '\n[orders]\nin_flight = ["S-1"]\n',
        'target.toml:11: orders.in_flight: an order of ala has two references: { seller = "S-1", buyer = "..." }',
    ),
    "a claim neither yes nor no": (
        ALA + '\n[capabilities]\ntakes_up = "never"\n',
        "target.toml:11: capabilities.takes_up: is one of yes, no, not 'never'",
    ),
    "a word for a number": (ALA + '\n[safety]\ncancellations = "many"\n', "target.toml:11: safety.cancellations: "),
    "not TOML": (ALA + "=\n", "target.toml:9: not TOML: "),
    "a key twice": (
        ALA.replace("name", 'name = "a"\nname', 1),
        "target.toml:2: name: not TOML: this key is given twice",
    ),
    "a quote that is not closed": (
        'name = "a\nb = 1\n',
        "target.toml:1: name: not TOML: the quote that is opened here is not closed",
    ),
    "a certificate": (
        "-----BEGIN CERTIFICATE-----\nMIIB\n",
        "target.toml: is a certificate or a key in PEM, and no target file, which names it",
    ),
    "a word without quotes": (
        with_key(ALA, "name", "x").replace('"x"', "x"),
        'target.toml:1: name: not TOML: Invalid value; text stands in "quotes"',
    ),
    "an end too early": (ALA + 'x = """', "target.toml:9: buyer.x: not TOML: Unterminated string"),
    "a list without brackets": (
        OPENSRS + '\n[orders]\npending = "578"\n',
        'target.toml:10: orders.pending: a list was expected: put it in [brackets], as in ["578"]',
    ),
    "a truth in quotes": (
        ALA + '\n[safety]\nhostile = "yes"\n',
        "target.toml:11: safety.hostile: true or false, without quotes, not 'yes'",
    ),
    "a number for a name": (
        with_key(OPENSRS, "buyer.username", 1234),
        'target.toml:6: buyer.username: text was expected, and not a number: write it in quotes, as in "1234"',
    ),
    "a number of a spreadsheet": (
        OPENSRS + "\n[orders]\npending = [5.78E+14]\n",
        "target.toml:10: orders.pending: text was expected: write it in quotes, with all its digits",
    ),
    "a list of tables for a table": (
        ALA + '\n[[headers]]\nname = "X-Gateway"\n',
        (
            "target.toml:10: headers: a table was expected, and not a list of tables: "
            "write [headers] once, in single brackets"
        ),
    ),
    "a header without a value": (
        ALA + '\n[headers]\nX-Gateway-Key = ""\n',
        "target.toml:11: headers.X-Gateway-Key: is empty: a value was expected; what has none is left out",
    ),
    "a command without words": (
        ALA + "\n[headers]\nX-Gateway-Key = { command = [] }\n",
        "target.toml:11: headers.X-Gateway-Key.command: is empty: a value was expected",
    ),
    "a variable without a name": (
        ALA + '\n[headers]\nX-Gateway-Key = { env = "" }\n',
        "target.toml:11: headers.X-Gateway-Key.env: is empty: a value was expected",
    ),
    "a name that ends a line": (
        ALA.replace('name = "staging', 'name = "staging\\n'),
        "target.toml:1: name: a line of at most 200 characters was expected",
    ),
    "a name of two lines": (
        ALA.replace('name = "', 'name = "first\\n'),
        "target.toml:1: name: a line of at most 200 characters was expected, as in staging, not 'first\\n",
    ),
    "what is no XPath": (
        ALA + '\n[dialect]\ndecision = "//*["\n',
        "target.toml:11: dialect.decision: is not an XPath: //*[: ",
    ),
    "a prefix nobody has declared": (
        ALA + '\n[dialect]\ndecision = "//ala:status"\n',
        "target.toml:11: dialect.decision: is not an XPath: //ala:status: Undefined namespace prefix",
    ),
    "a certificate for a schema": (
        ALA + '\n[schemas]\nreply = "ca.pem"\n',
        "target.toml:11: schemas.reply: ca.pem: no schema that can be read: ",
    ),
    "a list for a text": (
        ALA + '\n[schemas]\nreply = ["reply.xsd"]\n',
        "target.toml:11: schemas.reply: text was expected, and not a list",
    ),
    "a part of a number": (
        ALA + "\n[safety]\ncancellations = 2.5\n",
        "target.toml:11: safety.cancellations: a whole number was expected, not 2.5",
    ),
    "several wrong values": (
        ALA + '\n[safety]\ncancellations = "many"\nhostile = "yes"\n\n[trust]\ntls_minimum = "1.1"\n',
        (
            "target.toml:11: safety.cancellations: a whole number was expected, without quotes, not 'many'. "
            "Also in line 12, safety.hostile: "
        ),
    ),
    "bytes": ("\0\1\2", "target.toml:1: not TOML: "),
    "a number for a reference": (
        ALA + '\n[orders]\nin_flight = [{ seller = 1, buyer = "B" }]\n',
        'target.toml:11: orders.in_flight.seller: text was expected, and not a number: write them in quotes, as in "1"',
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_mistake_is_named_with_file_line_and_key(folder: Path, mistake: str) -> None:
    text, words = WRONG[mistake]
    assert refused(folder, text).startswith(words)


@pytest.mark.parametrize(
    "given",
    [
        "10.0.0.5",
        "https://10.0.0.5:8443",
        "10.0.0.5:8443/",
        "::1:8443",
        "10.0.0.5:0",
        "10.0.0.5:99999",
        "a b:443",
        ":443",
    ],
)
def test_where_to_connect_is_a_host_and_a_port(folder: Path, given: str) -> None:
    words = f"connect_to: host:port was expected, as in 10.0.0.5:8443 or [::1]:8443, not {given!r}"
    assert words in refused(folder, with_key(ALA, "connect_to", given))
    assert refused(folder, with_key(ALA, "connect_to", f"buyer:secret@{given}")).endswith(f"not {given!r}")


@pytest.mark.parametrize("given", ["10.0.0.5:8443", "[::1]:8443", "seller.example:1", "localhost:65535"])
def test_a_host_and_a_port_say_where_to_connect(folder: Path, given: str) -> None:
    assert read(folder, with_key(ALA, "connect_to", given)).connect_to == given


@pytest.mark.parametrize("given", ["cancelOrder", "/cancelOrder?v=2", "/cancel Order", "https://seller.example/"])
def test_a_path_of_another_form_is_told_as_such(folder: Path, given: str) -> None:
    words = f"path: a path that begins with / and has no query was expected, as in /cancelOrder, not {given!r}"
    assert words in refused(folder, with_key(ALA, "path", given))


ENTRIES = {
    "a key": ('{ sellr = "S-2", buyer = "B-2" }', "12: orders.in_flight.sellr: unknown key; did you mean 'seller'?"),
    "no reference": ('{ buyer = "B-2" }', "12: orders.in_flight: lacks 'orders.in_flight.seller'"),
    "a number": (
        '{ seller = 5, buyer = "B-2" }',
        '12: orders.in_flight.seller: text was expected, and not a number: write them in quotes, as in "5"',
    ),
    "one reference": (
        '{ seller = "S-2" }',
        '12: orders.in_flight: an order of ala has two references: { seller = "S-2", buyer = "..." }',
    ),
    "nothing": ('""', "12: orders.in_flight: is empty: a value was expected; what has none is left out"),
}


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_mistake_in_one_order_of_many_is_named_with_its_own_line(folder: Path, entry: str) -> None:
    wrong, words = ENTRIES[entry]
    orders = ['{ seller = "S-1", buyer = "#], B" }, # an order, [one', f"{wrong},", '{ seller = "S-3", buyer = "B-3" }']
    text = ALA + "\n".join(["[orders]", "in_flight = [", *orders, "]", ""])
    assert refused(folder, text) == f"target.toml:{words}"


def test_what_is_wrong_in_all_orders_of_a_list_is_told_once(folder: Path) -> None:
    text = ALA + '[orders]\nin_flight = [{ sellr = "1" },\n{ sellr = "2" }, { sellr = "3" }]\n'
    words = "orders.in_flight.sellr: unknown key; did you mean 'seller'? (and 2 more of that list like it)"
    assert refused(folder, text) == f"target.toml:10: {words}"


def test_wrong_values_are_told_in_the_order_of_the_file(folder: Path) -> None:
    said = refused(folder, WRONG["several wrong values"][0])
    assert (
        "Also in line 12, safety.hostile: true or false, without quotes, not 'yes'. "
        "Also in line 15, trust.tls_minimum: is one"
    ) in said
    assert said.endswith("not '1.1'; did you mean '1.3'?")


def test_of_many_wrong_values_some_are_told_and_the_others_counted(folder: Path) -> None:
    states = "".join(f'{name} = "578"\n' for name in APIS["opensrs"].states)
    said = refused(folder, f"{OPENSRS}\n[limits]\ntotal = 'x'\n[orders]\n{states}")
    assert (said.count("Also in line"), said[-11:]) == (7, " And 1 more")


CASES = Path(__file__).with_name("cases")
KEY = "Key-of-the-reseller-3"
#: Target files as people write them, and what is said of those that cannot be used.
REFUSED = {
    "utf16.toml": ": UTF-16: save it as UTF-8",
    "windows_path.toml": (
        ":6: trust.ca: a \\ in \"double quotes\" begins an escape: put a Windows path in 'single quotes', or write / "
    ),
    "number_orders.toml": ":10: orders.pending: text was expected, and not a number: write them in quotes, as in ",
    "query_in_url.toml": ":3: url: url has a query: ",
    "key_on_token.toml": (
        ":7: buyer.private_key: keys on tokens are not supported; "
        "a tunnel that holds the key can be named by connect_to"
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_of_the_field_is_refused_in_words_that_help(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENSRS_KEY", KEY)
    with pytest.raises(TargetError) as caught:
        load(CASES / name)
    assert str(caught.value).removeprefix(str(CASES / name)).startswith(REFUSED[name])


@pytest.mark.parametrize("name", ["bom.toml", "gateway_header.toml", "user_in_url.toml"])
def test_a_file_of_the_field_is_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENSRS_KEY", KEY)
    monkeypatch.setenv("GATEWAY_KEY", "Key-of-the-gateway-1")
    target = load(CASES / name)
    assert target.url == "https://127.0.0.1:55443"
    assert {word.reveal() for word in target.headers.values()} <= set(target.secrets)


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be", "utf-16", "utf-32"])
def test_text_that_is_not_utf8_is_named(folder: Path, charset: str) -> None:
    (folder / "target.toml").write_bytes(OPENSRS.encode(charset))
    with pytest.raises(TargetError, match=r"target\.toml: UTF-(16|32): save it as UTF-8"):
        load(folder / "target.toml")


@pytest.mark.parametrize(
    "name", [r"C:\temp\ca.pem", r"C:\certs\ca.pem", r"\\server\share\ca.pem", r"C:\Users\qa\ca.pem", "C:\\certs\\"]
)
def test_a_windows_path_in_double_quotes_is_known_by_its_escapes(folder: Path, name: str) -> None:
    said = refused(folder, f'{ALA}\n[trust]\nca = "{name}"\n')
    assert said.startswith("target.toml:11: trust.ca: ")
    assert "'single quotes', or write / instead of" in said or "no such file" in said


def test_every_key_that_names_a_file_may_be_on_a_token(folder: Path) -> None:
    for path in ("buyer.certificate", "buyer.private_key", "another_buyer.pkcs12", "trust.ca"):
        assert "keys on tokens are not supported" in refused(folder, with_key(ALA, path, "PKCS11:object=x"))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://seller.example/ala?env=1", "url has a query: "),
        ("https://seller.example/?", "url has a query: "),
        ("https://seller.example/ala#top", "url has a fragment: "),
        ("https://gw:Pass-Word-1@seller.example?x=Pass-Word-1", "url has a query: "),
        ("https://gw:Pass#Word-1@seller.example", "is percent-encoded"),
        ("https://gw:12#Word-1@seller.example", "is percent-encoded"),
        ("https://gw:Pass/Word-1@seller.example", "is percent-encoded"),
        (
            "https://gw:Pass-Word-1@seller.example:none",
            "names no host, or a port that is none: 'https://seller.example:none'",
        ),
        ("http://gw:Pass-Word-1@seller.example", "https:// was expected, not 'http://seller.example'"),
        ("gw:Pass-Word-1@seller.example:8443", "begins with https://, and 'seller.example:8443' does not"),
        ("seller.example", "begins with https://, and 'seller.example' does not"),
        ("https://exa mple", "holds a blank, which is written %20 if it belongs there: 'https://exa mple'"),
        ("https://seller.example/a b", "holds a blank, which is written %20"),
        ("HTTPS://seller.example", "https://host:port, in small letters, not 'HTTPS://seller.example'"),
        ("http://gw:p://Word-1@seller.example", "not 'http://seller.example'"),
        ("http://gw:p#Word-1@seller.example", "not 'http://seller.example'"),
        ("ftp://gw:p?Word-1@seller.example", "not 'ftp://seller.example'"),
        ("gw:Word-1/@seller.example", "and 'seller.example' does not"),
        ("https:/gw:Word-1@seller.example", "and 'seller.example' does not"),
    ],
)
def test_a_url_that_is_more_than_a_place_is_refused_and_shows_no_password(folder: Path, url: str, words: str) -> None:
    said = refused(folder, with_key(OPENSRS, "url", url))
    assert said.startswith("target.toml:3: url: ")
    assert words in said
    assert "Word-1" not in said


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("Host", "x", "the suite sets this header itself"),
        ("content-length", "0", "the suite sets this header itself"),
        ("X-Signature", "0", "the suite sets this header itself"),
        ('"X Gateway"', "x", "no name of a header"),
        ('"X:Y"', "x", "no name of a header"),
        ('"X\\r\\nY"', "x", "no name of a header"),
        ("X-Key", "one-Secret\r\nHost: two", "line end"),
        ("X-Key", "one-Secret-é", "visible ASCII"),
        ("X-Key", " one-Secret", "visible ASCII"),
    ],
)
def test_a_header_that_cannot_be_sent_is_refused_and_not_shown(folder: Path, name: str, value: str, words: str) -> None:
    said = refused(folder, f"{OPENSRS}\n[headers]\n{name} = {json.dumps(value)}\n")
    assert said.startswith("target.toml:10: headers.") or name.startswith('"')
    assert words in said
    assert "one-Secret" not in said


def test_a_header_is_given_once(folder: Path) -> None:
    assert "it is given twice" in refused(folder, OPENSRS + '\n[headers]\nX-Key = "a"\nx-key = "b"\n')
    twice = (
        with_key(OPENSRS, "url", "https://gw:Pass-Word-1@seller.example")
        + '\n[headers]\nAuthorization = "Bearer abcdefgh"\n'
    )
    assert "give one of the two" in refused(folder, twice)


def test_a_number_for_a_secret_is_not_shown(folder: Path) -> None:
    said = refused(folder, with_key(OPENSRS, "buyer.api_key", 123456789))
    assert "write it in quotes" in said
    assert "123456789" not in said
    assert "77410" not in refused(folder, OPENSRS + "\n[headers]\nX-Key = 77410\n")


def test_a_missing_file_is_named_with_the_nearest(folder: Path) -> None:
    assert refused(folder, ALA.replace("buyer.key", "bayer.key")).endswith(
        f"no such file: {folder}/bayer.key; did you mean 'buyer.key'?"
    )
    lost = ALA + '\n[trust]\nca = "nowhere/roots"\n'
    assert refused(folder, lost).endswith("nowhere/roots; a path is relative to the target file")


def test_a_file_that_lies_where_somebody_stands_is_told_to_lie_there(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("here"))
    Path("roots.pem").touch()
    said = refused(folder, ALA + '\n[trust]\nca = "roots.pem"\n')
    assert said.endswith("; a path is relative to the target file, and there is one where you stand")


def test_a_target_file_that_is_none_is_named(folder: Path) -> None:
    with pytest.raises(TargetError, match=r"none\.toml: no such file"):
        load(folder / "none.toml")
    with pytest.raises(TargetError, match="cannot be read"):
        load(folder)
    (folder / "latin.toml").write_bytes('name = "é"'.encode("latin-1"))
    with pytest.raises(TargetError, match=r"latin\.toml: cannot be read"):
        load(folder / "latin.toml")


@pytest.mark.parametrize(
    "value",
    [{"env": "COUNTERMAND_TEST_KEY"}, {"file": "key.txt"}, {"command": ["printf", "some file\\n"]}, "some file"],
    ids=lambda value: str(value)[:8],
)
def test_a_secret_comes_from_where_it_is_kept(folder: Path, monkeypatch: pytest.MonkeyPatch, value: object) -> None:
    monkeypatch.setenv("COUNTERMAND_TEST_KEY", "some file\r\n")  # as of a file with such ends of lines
    target = read(folder, with_key(OPENSRS, "buyer.api_key", value))
    assert target.identities["buyer"].api_key == Secret("some file")
    assert target.secrets == ["some file"]
    assert "some file" not in repr(target.identities)
    literal = "a secret stands in the file; better { env = ... }, { file = ... } or { command = ... }"
    assert [literal in words for words in target.warnings] == ([True] if isinstance(value, str) else [])


def test_no_command_takes_what_its_caller_was_given_to_read(folder: Path) -> None:
    text = with_key(OPENSRS, "buyer.api_key", {"command": ["sh", "-c", "cat; echo key"]})
    (folder / "target.toml").write_text(text + "[orders]\ncommand = ['sh', '-c', 'cat >&2; echo 123']\n")
    asked = (
        "from countermand.orders.command import commanded; from countermand.targetfile import load; "
        "import sys, pathlib; target = load(pathlib.Path(sys.argv[1])); "
        "print(target.secrets, commanded(target, 'pending').seller)"
    )
    with (folder / "list").open("w+") as listed:  # as a loop over the target files reads its list
        listed.write("the next target\n")
        listed.seek(0)
        command = [sys.executable, "-c", asked, str(folder / "target.toml")]
        done = subprocess.run(command, stdin=listed, capture_output=True, text=True, check=False)
        assert done.stdout == "['key'] 123\n", done.stderr
        assert os.lseek(listed.fileno(), 0, os.SEEK_CUR) == 0


def test_only_a_seller_on_this_machine_is_embedded(folder: Path) -> None:
    named = with_key(OPENSRS, "name", "embedded-opensrs")
    embedded = read(folder, with_key(named, "url", "https://127.0.0.1:55443"))
    assert embedded.embedded
    assert embedded.warnings == ()  # its keys end with it: a literal one is not warned about
    elsewhere = read(folder, named)
    assert not elsewhere.embedded  # its orders are somebody's, whatever it is called
    assert elsewhere.warnings


def test_a_secret_stands_in_no_error(folder: Path) -> None:
    assert "correct-horse" not in refused(folder, with_key(OPENSRS, "buyer.api_key", ["correct-horse"]))
    assert "correct-horse" not in refused(folder, with_key(OPENSRS, "buyer.api_key", {"value": "correct-horse"}))


#: As spreadsheets and people write it.
TABLES = {
    "cleared.csv": "state;order_id;note\r\npending;578;\r\n;;\r\nawaiting-approval;579;;\r\n; ;;\r\n",
    "semicolons.csv": "State;Order_ID\r\npending;578\r\nawaiting-approval;579\r\n",
    "tabs.csv": "state\torder_id\npending\t578\nawaiting-approval\t579\n",
    "excel.csv": "\ufeffsep=;\nstate;order_id\npending;578\nawaiting-approval;579\n",
    "blank.csv": "\n\nstate , order_id \npending,578\n\nawaiting-approval,579\n",
    "blanks.csv": 'state, "order_id"\npending, "578"\nawaiting-approval, "579"\n',
    "loose.csv": '"state" , "order_id"\n"pending" , "578"\n"awaiting-approval" ,579\n',
    "notes.csv": 'state,order_id,notes\npending,578,"on\ntwo lines"\nawaiting-approval,579,"so "is" this"\n',
    "quoted.csv": '"state","order_id"\n"pending","578"\n"awaiting-approval","579"\n',
}


@pytest.mark.parametrize("number", ["0", "-0"])
def test_an_order_whose_number_is_0_has_a_number(number: str, folder: Path) -> None:
    text = f'[{{"state": "completed", "seller": {number}, "buyer": 0}}]'
    (folder / "orders.json").write_text(text, encoding="utf-8")
    (order,) = supply._listed(folder / "orders.json", "ala")
    assert (order[1].seller, order[1].buyer) == ("0", "0")


@pytest.mark.parametrize("text", ["", "\n\n", "sep=;\n"])
def test_a_list_of_orders_in_which_nothing_stands_is_called_empty(text: str, folder: Path) -> None:
    (folder / "orders.csv").write_text(text, encoding="utf-8")
    with pytest.raises(TargetError, match=r"orders\.csv: is empty: the names of the columns were expected"):
        [*supply._listed(folder / "orders.csv", "ala")]


def test_what_is_not_seen_in_an_order_number_is_shown_once_escaped() -> None:
    with pytest.raises(ValueError, match=r"^'S\\x1b\[31m1' is no order number"):
        supply.reference("S\x1b[31m1")


@pytest.mark.parametrize(
    "reference", ["1.00E+05", "2.27448E+14", "227447959659838.0", "'227447959659838", '="227447959659838"']
)
def test_what_a_spreadsheet_has_made_of_a_number_is_warned_of(folder: Path, reference: str) -> None:
    quoted = '"' + reference.replace('"', '""') + '"'
    (folder / "orders.csv").write_text(f"state,order_id\npending,{quoted}\n", encoding="utf-8")
    warnings = read(folder, OPENSRS + '\n[orders]\nfile = "orders.csv"\n').warnings
    assert any("a spreadsheet has" in words and reference in words for words in warnings), warnings


CSV = "state,order_id\npending,578\nawaiting-approval,579\n"
JSON = json.dumps([{"state": "pending", "order_id": 578}, {"state": "awaiting-approval", "order_id": "579"}])


@pytest.mark.parametrize(
    ("name", "text"), [("orders.csv", CSV), ("marked.csv", "\ufeff" + CSV), ("orders.json", JSON), *TABLES.items()]
)
def test_orders_may_stand_in_a_file_beside(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    target = read(folder, OPENSRS + f'\n[orders]\nfile = "{name}"\npending = ["577"]\n')
    assert target.orders.listed == (Order("pending", "577"), Order("pending", "578"), Order("awaiting-approval", "579"))


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("orders.csv", "state,order_id\npending,578\ngone,579\n", "3: state 'gone' is not one of pending, "),
        ("orders.csv", "state,order_id\npending,\n", "2: lacks order_id"),
        (
            "orders.csv",
            "state,order_id\npending,578\npending,5,79E+14\n",
            "line 3: '79E+14' stands in no column that has a name",
        ),
        (
            "orders.csv",
            "state,order_id,\npending,578,\npending,5,79E+14\n",  # as spreadsheets write an empty column
            "line 3: '79E+14' stands in no column that has a name",
        ),
        ("orders.csv", "order_id\n578\n", "state"),
        ("orders.csv", "state,order_id\npendng,578\n", "did you mean 'pending'?"),
        ("orders.csv", "state,order_nr\npending,578\n", "2: lacks order_id; is it 'order_nr'?"),
        (
            "orders.csv",
            'state,order_id\npending,"578\npending,579\n',
            "cannot be read: line 2: a quotation mark is not closed",
        ),
        (
            "orders.csv",  # longer than a reader lets a cell be
            'state,order_id\npending,577\npending,"578\n' + "pending,579\n" * 20_000,
            "cannot be read: line 3: a quotation mark is not closed",
        ),
        ("orders.xlsx", "PK\x03\x04", "orders.xlsx: a workbook: save it as CSV in UTF-8, and name that"),
        (
            "orders.json",
            '[{"state": "pending", "order_id": "1", "order_id": "2"}]',
            "'order_id' is given twice in one object",
        ),
        ("orders.csv", "stat;order_id\npending;578\n", "line 1: the names of the columns were expected"),
        ("orders.csv", "stat;order_id\npending;578\n", "did you mean 'stat'?"),
        ("orders.csv", "sep=;\n\nstate;order_id\npending;578\npending;\n", "5: lacks order_id"),
        ("orders.json", "[", "cannot be read: "),
        ("orders.json", '["578"]', "order 1: "),
        ("orders.json", "7", ""),
    ],
)
def test_a_bad_row_is_named(folder: Path, name: str, text: str, words: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    said = refused(folder, OPENSRS + f'\n[orders]\nfile = "{name}"\n')
    assert said.startswith(f"{name}:")
    assert words in said


@pytest.mark.parametrize("host", sorted(PRODUCTION_HOSTS))
def test_a_public_production_host_is_production_whatever_the_file_says(folder: Path, host: str) -> None:
    assert read(folder, with_key(ALA, "url", f"https://{host}:443/ala")).production
    assert read(folder, with_key(ALA, "url", f"https://{host.upper()}/ala")).production
    assert not read(folder, ALA).production
    assert read(folder, with_key(ALA, "environment", "production")).production
