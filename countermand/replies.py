"""The form of replies, whatever their API: on one side every answer of a run, on the other what label, schema and discretion ask."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from countermand.document import Element, Unreadable, problems, where
from countermand.exchange import Exchange, Reply
from countermand.run import Seen
from countermand.schema import Schema
from countermand.seller import charset, read_xml, try_xml
from countermand.verdict import Nonconformance, NotApplicable

XML_TYPE = re.compile(r"(application|text)/([\w.+-]+\+)?xml\b|application/soap\+xml\b", re.IGNORECASE)
DECLARED = re.compile(rb"""^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
ALIKE = {
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "iso8859-1": "iso-8859-1",
    "latin1": "iso-8859-1",
    "utf-16le": "utf-16",
    "utf-16be": "utf-16",
}
#: What only the seller's own developers should ever read.
INTERNALS = tuple(
    (what, re.compile(pattern))
    for what, pattern in (
        (
            "a stack trace",
            (
                r"Traceback \(most recent call last\)|File \"[^\"]+\", line \d+"
                r"|\bat [\w$.]+\([\w$]+\.(java|kt|scala|cs):\d+\)|(?m:^\s+at [\w.$<>]+\()|\bgoroutine \d+ \[|\bpanic: "
                r"|\bin \S+\.(php|rb|pl|py) (on )?line \d+|at \S+\.(pl|pm) line \d+"
            ),
        ),
        ("a file path", r"(?<![\w/.])/(usr|opt|var|home|srv|app|etc|root|tmp)/[\w.-]+|\b[A-Z]:\\[\w\\]+"),
        (
            "a product's internals",
            (
                r"\b(java|javax|org\.springframework|org\.apache|com\.sun|System)\.[a-z]+\.[A-Z]\w+"
                r"|\b\w+(Exception|Error): |\bORA-\d{4,5}\b|\bSQLSTATE\b|\b(DBD|PG|ActiveRecord)::\w"
                r"|\b(OLE DB|ODBC|JDBC|PDO)( \w+)* (Provider|Driver)\b|\bsyntax error at or near\b"
                r"|\b(Apache|Tomcat|nginx|PHP|Python|OpenSSL|Microsoft-IIS|Jetty|WebLogic|JBoss|Perl)/v?\d"
            ),
        ),
    )
)


def each(seen: Iterable[Seen], check: Callable[[Exchange], None], otherwise: str) -> None:
    """Hold every exchange to a check; the first that fails speaks for all and names its scenario. Of none it is not applicable."""
    some = list(seen)
    if not some:
        raise NotApplicable(otherwise)
    for one in some:
        try:
            check(one.exchange)
        except Nonconformance as failed:
            provoked = f"{failed.otherwise} (in the scenario {one.scenario!r} of {one.clause}, exchange {one.exchange})"
            raise Nonconformance(provoked, expected=failed.expected, received=failed.received, at=failed.at) from None


def document(exchange: Exchange) -> Element:
    """Return a reply's document; raises Nonconformance where it is none."""
    reply = _reply(exchange)
    try:
        return read_xml(reply)
    except Unreadable as error:
        raise Nonconformance("the reply is not XML", expected="a document", received=f"{_start(reply.body)}: {error}") from None


def labelled(exchange: Exchange) -> None:
    """Hold a reply that is XML to an XML media type and the charset it is written in (RFC 7303); one that is not, to another label."""
    reply = _reply(exchange)
    label, root = reply.header("content-type") or "", try_xml(reply)
    if not reply.body.strip():
        return
    if root is not None and not XML_TYPE.match(label.strip()):
        raise Nonconformance(
            "a reply that is XML is not labelled as XML", expected="application/xml or text/xml", received=label or "no Content-Type"
        )
    if root is None and XML_TYPE.match(label.strip()):
        raise Nonconformance("a reply labelled as XML is not XML", expected="a document", received=_start(reply.body))
    if root is None:
        raise Nonconformance("a reply is not XML", expected="XML, labelled as XML", received=f"{label}: {_start(reply.body)}")
    said, declared = charset(reply), DECLARED.match(reply.body)
    if said and declared and _same(said) != _same(declared[1].decode()):
        raise Nonconformance("the label and the document name two encodings", expected=said, received=declared[1].decode())
    if said:
        _must_decode(reply.body, said)


def _must_decode(body: bytes, said: str) -> None:
    try:
        body.decode(said)
    except LookupError:
        raise Nonconformance("the label names an encoding nobody knows", expected="a registered charset", received=said) from None
    except UnicodeDecodeError as error:
        raise Nonconformance(
            "the reply is not in the encoding of its label", expected=said, received=f"byte {error.start} is not"
        ) from None


def discreet(exchange: Exchange) -> None:
    """Hold a reply to showing nothing of the seller's insides."""
    body = _reply(exchange).body.decode("utf-8", "replace")
    for what, pattern in INTERNALS:
        if found := pattern.search(body):
            raise Nonconformance(f"a refusal shows {what}", expected="nothing of the kind", received=found[0].strip())


def valid(schema: Path | Schema, of: Callable[[Element], list[Element]] = lambda root: [root]) -> Callable[[Exchange], None]:
    """Return a check that holds a document, or parts of it, to a schema."""

    def check(exchange: Exchange) -> None:
        for part in of(document(exchange)):
            if wrong := problems(part, schema):
                raise Nonconformance(
                    f"a reply is not valid against {schema.name}", expected="valid", received=wrong[0].text, at=wrong[0].at or where(part)
                )

    return check


def _same(name: str) -> str:
    return ALIKE.get(name.lower(), name.lower())


def _reply(exchange: Exchange) -> Reply:
    if exchange.reply is None:
        raise NotApplicable("there is no reply")
    return exchange.reply


def _start(body: bytes) -> str:
    words = " ".join(body[:80].decode("utf-8", "replace").split())
    return repr(words) if words else "an empty body"
