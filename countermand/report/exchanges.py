"""Exchanges as people read them: on one side the masked record of an exchange, on the other Allure's HTTP viewer and plain text."""

from __future__ import annotations

import base64
import codecs
import re
from datetime import datetime
from typing import Any

from countermand.report.naming import clean

#: The type of attachment which Allure 3 shows as a request beside its response.
MEDIA_TYPE = "application/vnd.allure.http+json"
EXTENSION = "httpexchange"
#: The viewer writes "value is masked" where a header has this value.
REDACTED = "__ALLURE_REDACTED__"

CHARSET = re.compile(r"charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def title(exchange: dict[str, Any]) -> str:
    """Return one line: which exchange, what was asked and by whom, what came of it, how long it took and over which TLS."""
    reply, tls = exchange["reply"], exchange["tls"]
    outcome = reply["status"] if reply else exchange["trouble"]
    facts = ", ".join(filter(None, [f"{exchange['elapsed'] * 1000:.0f} ms", tls and tls["version"]]))
    return clean(f"{exchange['number']}: {exchange['operation']} as {exchange['identity']} -> {outcome} ({facts})")


def viewer(exchange: dict[str, Any]) -> dict[str, Any]:
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
            "httpVersion": " ".join(filter(None, ["as", exchange["identity"], exchange["tls"] and f"over {exchange['tls']['version']}"])),
            "headers": _pairs(request["headers"]) + _connection(exchange),
            "body": _body(request),
        },
    }
    if reply:
        shape["response"] = {
            "status": reply["status"],
            "statusText": clean(reply["reason"]),
            "httpVersion": reply["version"],
            "headers": _pairs(reply["headers"]),
            "body": _body(reply),
        }
    if exchange["trouble"]:
        shape["error"] = {"name": exchange["trouble"], "message": clean(exchange["said"])}
    return shape


def plain(exchange: dict[str, Any]) -> str:
    """Return the exchange as text, in the order it went over the wire."""
    request, reply = exchange["request"], exchange["reply"]
    sent = [f"{request['method']} {request['url']}", *_lines(request["headers"]), "", text(request)]
    came = [f"no reply: {exchange['trouble']}", exchange["said"]]
    if reply:
        came = [f"{reply['version']} {reply['status']} {reply['reason']}".rstrip(), *_lines(reply["headers"]), "", text(reply)]
    return clean("\n".join([*sent, "", *came]).rstrip())


def text(message: dict[str, Any]) -> str:
    """Return the body of a request or a reply as text; where it is none, its length."""
    body = message["body"]
    if body["encoding"] == "utf8":
        return str(body["value"])
    raw = base64.b64decode(body["value"])
    declared = CHARSET.search(_content_type(message))
    charset = next((name for mark, name in MARKS if raw.startswith(mark)), declared[1] if declared else "latin-1")
    try:
        decoded = raw.decode(charset, "replace")
    except LookupError:
        decoded = raw.decode("latin-1")
    return f"({len(raw)} bytes that are not text)" if "\0" in decoded else decoded


def _body(message: dict[str, Any]) -> dict[str, Any]:
    words = clean(text(message))
    kind = _content_type(message)
    # The viewer shows only types it knows; the true one is among the headers.
    shown = "application/json" if "json" in kind else "application/xml" if words.lstrip("\ufeff \t\r\n").startswith("<") else "text/plain"
    return {"contentType": shown, "encoding": "utf8", "value": words, "size": _size(message["body"])}


def _size(body: dict[str, Any]) -> int:
    return len(base64.b64decode(body["value"])) if body["encoding"] == "base64" else len(body["value"].encode())


def _content_type(message: dict[str, Any]) -> str:
    return next((value.lower() for name, value in message["headers"] if name.lower() == "content-type"), "")


def _pairs(headers: list[list[str]]) -> list[dict[str, str]]:
    return [{"name": clean(name), "value": REDACTED if value == "***" else clean(value)} for name, value in headers]


def _connection(exchange: dict[str, Any]) -> list[dict[str, str]]:
    """Return the facts no header carries, in parentheses, which no header's name can have (RFC 9110, 5.6.2)."""
    facts = {"identity": exchange["identity"], "elapsed": f"{exchange['elapsed'] * 1000:.1f} ms"}
    if exchange["tls"]:
        tls = exchange["tls"]
        facts |= {"TLS version": tls["version"], "cipher": tls["cipher"], "server certificate, SHA-256": tls["server"]}
    return [{"name": f"({name})", "value": value} for name, value in facts.items()]


def _lines(headers: list[list[str]]) -> list[str]:
    return [f"{name}: {value}" for name, value in headers]
