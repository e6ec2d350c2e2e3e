"""What travels between the HTTPS server and a seller: a request as it came, a response as it shall go out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Peer:
    """Who holds the other end of the TLS connection, by the client certificate presented and verified."""

    name: str  # the subject's common name
    der: bytes = field(repr=False)


@dataclass(frozen=True)
class Request:
    """One HTTP request, its body read to the end; header names are lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    peer: Peer | None
    target: str = ""  # as the request line has it (RFC 9112, 3.2); a path begins with one slash alone
    server_name: str = ""  # the host that the caller has named in the handshake (RFC 6066, 3)


@dataclass(frozen=True)
class Response:
    """One HTTP response; Content-Length (or chunking) is added by the server."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    chunked: bool = False
    close: bool = False  # close the connection after this response, and say so
    abrupt: bool = False  # close it, and do not say so
    old: bool = False  # speak HTTP/1.0
    headless: bool = False  # send the body alone, without a line of HTTP, and close the connection
    silent: bool = False  # send nothing at all and close the connection
    hang: bool = False  # send nothing and keep the connection open until the client gives up or the server stops


#: Where replies of either API say their decision, and why.
_SAID = re.compile(
    rb"<(?:[\w.-]+:)?(?:status|faultmessage|message)>([^<]{1,200})<|key=\"(?:response_text|state)\">([^<]{1,200})<"
)


def outcome(request: Request, response: Response, note: str = "") -> str:
    """Say in one line what was asked, by whom, what came of it, and what the seller notes of it beside its answer."""
    who = request.peer.name if request.peer else request.headers.get("x-username", "a stranger")
    said = [
        " ".join((text or state).decode("utf-8", "replace").split()) for text, state in _SAID.findall(response.body)
    ]
    status = "nothing" if response.silent or response.hang else str(response.status)
    line = f"{request.method} {request.path} by {who} -> {status}" + (
        f": {', '.join(dict.fromkeys(said))}" if said else ""
    )
    return printable(f"{line[:300]} ({note})" if note else line)


def printable(line: str) -> str:
    """Keep one line to what a terminal shows, and to a length that can be read."""
    return "".join(letter if letter.isprintable() else "?" for letter in line[:500])
