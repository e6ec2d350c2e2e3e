"""HTTP/1.1 on the wire: the head and the chunks of a response going out, the body of a request coming in."""

from __future__ import annotations

from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from io import BufferedIOBase

    from countermand.provider.http import Response

LONGEST_BODY = 16 * 1024 * 1024  # bytes
_CHUNK = 1024  # bytes


def head(response: Response, *, chunked: bool, closing: bool) -> bytes:
    """Write the status line and the headers; Date, Server and the framing are added where the response has none."""
    given = {name.lower() for name, _ in response.headers}
    headers = [("Date", formatdate(usegmt=True)), ("Server", "provider")]
    headers = [(name, value) for name, value in headers if name.lower() not in given]
    headers.append(("Transfer-Encoding", "chunked") if chunked else ("Content-Length", str(len(response.body))))
    headers.extend(response.headers)
    if closing and "connection" not in given:
        headers.append(("Connection", "close"))
    lines = [
        f"HTTP/{'1.0' if response.old else '1.1'} {response.status} {_phrase(response.status)}",
        *(f"{name}: {value}" for name, value in headers),
        "",
        "",
    ]
    return "\r\n".join(lines).encode("latin-1")


def chunks(body: bytes) -> bytes:
    """Cut a body into chunks (RFC 9112, 7.1)."""
    parts = [body[start : start + _CHUNK] for start in range(0, len(body), _CHUNK)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def read_body(stream: BufferedIOBase, headers: Mapping[str, str]) -> bytes:
    """Read a request's body by its framing; raises ValueError where that makes no sense."""
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return _read_chunks(stream)
    length = int(headers.get("content-length") or "0")
    _bound(length)
    body = stream.read(length)
    if len(body) < length:
        message = "the body ended early"
        raise ConnectionError(message)
    return body


def _read_chunks(stream: BufferedIOBase) -> bytes:
    """Read a chunked body and its trailer."""
    body = bytearray()
    while size := int(stream.readline(1024).split(b";")[0], 16):
        _bound(len(body) + size)
        body += stream.read(size)
        stream.readline(1024)
    while stream.readline(65537).strip():
        pass
    return bytes(body)


def _bound(length: int) -> None:
    """Refuse a length that is none, or that no cancellation has."""
    if not 0 <= length <= LONGEST_BODY:
        message = f"a body of {length} bytes, and {LONGEST_BODY} at most are read"
        raise ValueError(message)


def _phrase(status: int) -> str:
    """Give the standard phrase of a status, nothing for one that is not standard."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
