"""Exchanges as people read them: in Allure's HTTP viewer, and in plain text."""

from __future__ import annotations

import codecs
import functools
import hashlib
import re
import zlib
from datetime import datetime
from typing import Any

from countermand import document
from countermand.guard.foreign import shown
from countermand.model.body import content, length, text_of
from countermand.model.exchange import COMPRESSED, WHOLE_ADDRESS, address
from countermand.model.rows import BodyRow, ExchangeRow, ReplyRow, RequestRow
from countermand.report.naming import clean

#: The type of attachment which Allure 3 shows as a request beside its response.
MEDIA_TYPE = "application/vnd.allure.http+json"
EXTENSION = "httpexchange"
#: The viewer writes "value is masked" where a header has this value.
REDACTED = "__ALLURE_REDACTED__"

CHARSET = re.compile(r"charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)
#: Characters of a body that are shown whole; of a longer one, so many from its beginning.
WHOLE, BEGINNING = 2**14, 2**13
#: How what is left out of a body is told.
SHORTENED = "[shortened here:"
#: Characters of a header that are shown, and how many headers.
LINE, HEADERS = 1000, 50
#: The form of gzip, as zlib numbers those that a stream can have.
GZIP = 31
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def title(exchange: ExchangeRow) -> str:
    """Return one line.

    It says which exchange, what was asked and by whom, what came of it, how long it took and over which TLS.
    """
    reply, tls = exchange["reply"], exchange["tls"]
    outcome = reply["status"] if reply else exchange["trouble"]
    facts = ", ".join(filter(None, [f"{exchange['elapsed'] * 1000:.0f} ms", tls and tls["version"]]))
    return clean(f"{exchange['number']}: {exchange['operation']} as {exchange['identity']} -> {outcome} ({facts})")


def viewer(exchange: ExchangeRow) -> dict[str, Any]:
    """Return the exchange in the shape of Allure's HTTP viewer (schema version 1)."""
    request, reply = exchange["request"], exchange["reply"]
    start = int(datetime.fromisoformat(exchange["started"]).timestamp() * 1000)
    shape: dict[str, Any] = {
        "schemaVersion": 1,
        "start": start,
        "stop": start + max(1, round(exchange["elapsed"] * 1000)),  # the viewer shows no duration of nought
        "request": {
            "method": request["method"],
            "url": clean(request["url"]),
            "httpVersion": " ".join(
                filter(None, ["as", exchange["identity"], exchange["tls"] and f"over {exchange['tls']['version']}"])
            ),
            "headers": _pairs(request["headers"]) + _connection(exchange),
            "body": _body(request),
        },
    }
    if reply:
        shape["response"] = {
            "status": reply["status"],
            "statusText": _line(reply["reason"]),
            "httpVersion": reply["version"],
            "headers": _pairs(reply["headers"]),
            "body": _body(reply),
        }
    if exchange["trouble"]:
        shape["error"] = {"name": exchange["trouble"], "message": _line(exchange["said"])}
    return shape


def plain(exchange: ExchangeRow) -> str:
    """Return the exchange as text, in the order it went over the wire."""
    reply = exchange["reply"]
    body = ["", text(reply)] if reply else []
    return clean("\n".join([*sent(exchange), "", text(exchange["request"]), "", *came(exchange), *body]).rstrip())


def sent(exchange: ExchangeRow) -> list[str]:
    """Return the head of a request."""
    request = exchange["request"]
    url = address(_line(request["url"]), whole=request.get("whole", False))
    return [f"{request['method']} {url}", *_lines(request["headers"])]


def came(exchange: ExchangeRow) -> list[str]:
    """Return the head of a reply, or why there is none."""
    reply = exchange["reply"]
    if reply is None:
        return [f"no reply: {exchange['trouble']}", _line(exchange["said"])]
    return [f"{reply['version']} {reply['status']} {_line(reply['reason'])}".rstrip(), *_lines(reply["headers"])]


def is_packed(message: RequestRow | ReplyRow) -> bool:
    """Say whether a body is that of a request which was sent in gzip."""
    return "method" in message and list(COMPRESSED) in map(list, message["headers"])


def unpacked(message: RequestRow | ReplyRow) -> bytes:
    """Return a body as it was before it was put into gzip, where it is what we send: stored in it as it is.

    What is not is returned as it went over the wire, and so is what holds a secret, of which nothing is left.
    """
    data = content(message["body"])
    if not is_packed(message):
        return data
    stream = zlib.decompressobj(GZIP)
    try:
        stored = stream.decompress(data, len(data))
    except zlib.error:
        return data
    return stored if stream.eof else data


def pretty(message: RequestRow | ReplyRow, at: str | None = None) -> str:
    """Return the body of a request or a reply as a document that is read, one place of it marked.

    What is none is returned as it came.
    """
    if length(message["body"]) > WHOLE:
        return clean(text(message))
    try:
        return clean(document.pretty(unpacked(message), at=at))
    except document.Unreadable:
        return clean(text(message))


def text(message: RequestRow | ReplyRow) -> str:
    """Return the body of a request or a reply as text.

    Where it is none, that is its length; of a long one, its beginning and where it is whole.
    """
    body = message["body"]
    if body["encoding"] == "utf8":
        return _beginning(str(body["value"]), content(body))
    raw = unpacked(message)
    declared, unlabelled = CHARSET.search(_content_type(message)), "utf-8" if is_packed(message) else "latin-1"
    charset = next((name for mark, name in MARKS if raw.startswith(mark)), declared[1] if declared else unlabelled)
    try:
        decoded = text_of(raw, charset, "replace")
    except (LookupError, ValueError):
        decoded = raw.decode("latin-1")
    return f"({len(raw)} bytes that are not text)" if "\0" in decoded else _beginning(decoded, raw)


def _beginning(words: str, data: bytes) -> str:
    """Return what some bytes say, or the beginning of that: a page that holds hundreds of them must open."""
    if len(words) <= WHOLE:
        return words
    digest = hashlib.sha256(data).hexdigest()
    return f"{words[:BEGINNING]}\n{SHORTENED} {len(data)} bytes in all, SHA-256 {digest}; the whole is in record.jsonl]"


@functools.lru_cache(maxsize=256)
def _line(words: str) -> str:
    """Return what stands in one line of a message's head, cut where it is long."""
    return shown(words, LINE)


def _body(message: RequestRow | ReplyRow) -> dict[str, Any]:
    words = clean(text(message))
    kind = _content_type(message)
    # The viewer shows only types it knows; the true one is among the headers.
    if "json" in kind:
        media_type = "application/json"
    elif words.lstrip("\ufeff \t\r\n").startswith("<"):
        media_type = "application/xml"
    else:
        media_type = "text/plain"
    return {"contentType": media_type, "encoding": "utf8", "value": words, "size": _size(message["body"])}


def _size(body: BodyRow) -> int:
    return length(body)


def _content_type(message: RequestRow | ReplyRow) -> str:
    return next((value.lower() for name, value in message["headers"] if name.lower() == "content-type"), "")


def _pairs(headers: list[list[str]]) -> list[dict[str, str]]:
    pairs = [
        {"name": _line(name), "value": REDACTED if value == "***" else _line(value)}
        for name, value in headers[:HEADERS]
    ]
    rest = len(headers) - HEADERS
    return (
        [*pairs, {"name": "(more)", "value": f"{rest} headers that are not shown here: see record.jsonl"}]
        if rest > 0
        else pairs
    )


def _connection(exchange: ExchangeRow) -> list[dict[str, str]]:
    """Return the facts no header carries, in parentheses, which no header's name can have (RFC 9110, 5.6.2)."""
    facts = {"identity": exchange["identity"], "elapsed": f"{exchange['elapsed'] * 1000:.1f} ms"}
    if exchange["request"].get("whole"):
        facts["path"] = WHOLE_ADDRESS
    if exchange["tls"]:
        tls = exchange["tls"]
        facts |= {"TLS version": tls["version"], "cipher": tls["cipher"], "server certificate, SHA-256": tls["server"]}
    return [{"name": f"({name})", "value": value} for name, value in facts.items()]


def _lines(headers: list[list[str]]) -> list[str]:
    return [f"{pair['name']}: {'***' if pair['value'] == REDACTED else pair['value']}" for pair in _pairs(headers)]
