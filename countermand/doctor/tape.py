"""The bytes of an answer, whatever it is written in, and the HTTP reply they may be."""

from __future__ import annotations

import io
import ssl
import time
from contextlib import closing, suppress
from http.client import HTTPException, HTTPResponse
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from countermand.model.exchange import Reply, Request
from countermand.model.gateway import USER_AGENT

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

#: What is said before the answer itself (RFC 9110, 15.2); 101 is the last that HTTP says.
INTERIM = frozenset(range(100, 200)) - {101}


class Tape(io.RawIOBase):
    """Reads a connection and keeps every byte, within a size and a time: http.client throws away what is not HTTP."""

    def __init__(self, connection: ssl.SSLSocket, size: int, seconds: float) -> None:
        self._connection, self._size = connection, size
        self._deadline = time.monotonic() + seconds
        self._played = 0
        self.kept = bytearray()
        self.ended = False
        self.error: OSError | None = None  # what the reading ended with
        self.whole = True  # the body of the reply came to its end

    def listen(self, seconds: float) -> bool:
        """Wait a moment for a server that has something to say before it is asked.

        Say whether it has ended the connection.
        """
        with suppress(TimeoutError):
            self._take(seconds)
        return self.ended

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return what http.client reads a socket by."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Give what has come already, or what comes next; raises TimeoutError once the time is up."""
        view = memoryview(buffer).cast("B")
        if self._played == len(self.kept) and not self.ended:
            self._take(max(0.001, self._deadline - time.monotonic()))
        part = self.kept[self._played : self._played + len(view)]
        view[: len(part)] = part
        self._played += len(part)
        return len(part)

    def drain(self) -> bytes:
        """Return everything that came, up to the end of the connection, the size or the time."""
        with suppress(TimeoutError):
            while not self.ended:
                self._take(max(0.001, self._deadline - time.monotonic()))
        return bytes(self.kept)

    def _take(self, seconds: float) -> None:
        self._connection.settimeout(seconds)
        try:
            part = self._connection.recv(65536)
        except TimeoutError as error:
            self.error = error
            raise
        except OSError as error:
            self.error, part = error, b""
        else:
            self.error = None
        self.kept += part
        self.ended = not part or len(self.kept) > self._size


def written(request: Request) -> bytes:
    """Return a request as it goes over the wire, its connection closed after it (RFC 9112, 3 and 9.6)."""
    url = urlsplit(request.url)
    host = url.netloc.rpartition("@")[2].encode("idna").decode("ascii")
    path = quote(url.path or "/", safe="/%!$&'()*+,;=:@~") + (f"?{url.query}" if url.query else "")
    fixed = [("Host", host), ("Content-Length", str(len(request.body))), ("Connection", "close")]
    if not any(name.lower() == "user-agent" for name, _ in request.headers):
        fixed.append(("User-Agent", USER_AGENT))
    head = "".join(f"{name}: {value}\r\n" for name, value in [*fixed, *request.headers])
    return f"{request.method} {path} HTTP/1.1\r\n{head}\r\n".encode("latin-1", "replace") + request.body


def reply(tape: Tape, method: str) -> Reply | None:
    """Read the HTTP reply a connection yields, or nothing where it yields none."""
    source: Any = tape  # all that http.client wants of a socket is makefile
    body = b""
    with closing(HTTPResponse(source, method=method)) as response:
        try:
            response.begin()
            while response.status in INTERIM:  # http.client itself reads on after 100 alone
                response.headers = None  # type: ignore[assignment] # as before it began
                tape.whole = False
                response.begin()
            tape.whole = False
            body = response.read()
            tape.whole = True
        # One that breaks off, or whose length is no number, or a number beyond all memory, still is one.
        except (HTTPException, OSError, ValueError, OverflowError, MemoryError):
            tape.drain()
    if not getattr(response, "headers", None) and not tape.kept.startswith(b"HTTP/"):
        return None
    status = response.status if isinstance(response.status, int) else 0
    headers = tuple((name, str(value)) for name, value in (response.headers or {}).items())
    version = "HTTP/1.0" if response.version == 10 else "HTTP/1.1"  # noqa: PLR2004 - as http.client numbers them
    return Reply(status, response.reason or "", version, headers, body)
