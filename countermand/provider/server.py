"""The HTTPS server: sockets, TLS and HTTP/1.1 on one side, an application that answers requests on the other."""

from __future__ import annotations

import errno
import re
import select
import socket
import ssl
import sys
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from weakref import WeakSet

from countermand.provider.door import server_name
from countermand.provider.http import Peer, Request, Response, outcome, printable
from countermand.provider.wording import chunks, head, read_body

if TYPE_CHECKING:
    from collections.abc import Callable

IDLE = 60  # seconds after which a silent connection is closed
_LINGER = 1  # second that a refused caller has to read why
_POLL = 0.5  # seconds between two looks at whether to stop, for which nobody waits
_WAKE = 0.05  # seconds after which whoever listens is woken once more
#: RFC 9112, 3.2.2; and a host alone, which clients of OpenSRS in use write.
_WHOLE = re.compile(r"^https?://[^/?]*/?|^[a-z0-9.-]+(:\d+)?$", re.IGNORECASE)


class Server(ThreadingHTTPServer):
    """Serve one application over TLS on loopback, each connection in a thread of its own."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        application: Callable[[Request], Response],
        context: ssl.SSLContext,
        port: int = 0,
        *,
        log: Callable[[str], None] | None = None,
        note: Callable[[Request], str] | None = None,
    ) -> None:
        """Listen on a port, 0 for any free one; raises OSError where it is taken.

        The log is told of every request, and what the application notes of it beside its answer.
        """
        super().__init__(("127.0.0.1", port), _Connection)
        self.application, self.context, self.log, self.note = application, context, log, note
        context.sslsocket_class = _Secured
        self.stopping = threading.Event()
        self.failures: list[BaseException] = []  # refused handshakes, broken connections, faults of the application
        self.connections: WeakSet[socket.socket] = WeakSet()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": _POLL}, daemon=True)

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"https://127.0.0.1:{self.server_address[1]}"

    def start(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End every connection and stop listening."""
        self.stopping.set()
        ending = threading.Thread(target=self.shutdown, daemon=True)
        ending.start()
        while ending.is_alive():
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.server_port), timeout=_LINGER):
                ending.join(_WAKE)
        self._thread.join()
        for connection in tuple(self.connections):
            _hang_up(connection)
        self.server_close()

    def get_request(self) -> tuple[socket.socket, Any]:
        """Remember the connection, so that stop() can end it."""
        connection, address = super().get_request()
        self.connections.add(connection)
        return connection, address

    def verify_request(self, request: object, client_address: object) -> bool:  # noqa: ARG002 - as in the base class
        """Take no connection that only wakes whoever listens, so that it looks at whether to stop."""
        return not self.stopping.is_set()

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002  the base class sets the names
        """Keep what went wrong on a connection, instead of printing it."""
        error = sys.exc_info()[1]
        if error is not None and error not in self.failures:
            self.failures.append(error)
            self.tell(f"no request: {error}")

    def noted(self, request: Request) -> str:
        """Return what the application notes of a request; what goes wrong there changes no answer."""
        try:
            return self.note(request) if self.note else ""
        except Exception as error:  # noqa: BLE001 - of whichever application
            return f"not noted: {error}"

    def tell(self, words: str) -> None:
        """Tell the log, if there is one."""
        if self.log is not None:
            self.log(words)


class _Secured(ssl.SSLSocket):
    """A connection that is closed where the caller is gone: of one that is not connected wrap_socket leaves it open."""

    def getpeername(self) -> Any:  # noqa: ANN401 - as in the base class
        """Return where the caller is; raises ConnectionResetError where there is none any more."""
        try:
            return super().getpeername()
        except OSError:
            self.close()
            raise ConnectionResetError(errno.ECONNRESET, "the caller is gone") from None


class _Connection(BaseHTTPRequestHandler):
    """One connection: the handshake, then requests until either side has enough."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = IDLE
    server: Server

    def setup(self) -> None:
        """Make the handshake, here and not in the listening thread: a slow caller must not keep others waiting."""
        self.request.settimeout(self.timeout)
        secured = self.server.context.wrap_socket(self.request, server_side=True, do_handshake_on_connect=False)
        self.server.connections.discard(self.request)  # wrapping took its descriptor over
        self.server.connections.add(secured)
        try:
            secured.do_handshake()
        except OSError:
            self.server.handle_error(self.request, self.client_address)  # known before the caller is
            _linger(secured)
            raise
        self.request = secured
        self.peer = _peer(secured)
        super().setup()

    def finish(self) -> None:
        """Close in order, though the other side may be gone."""
        super().finish()
        _hang_up(self.request)
        self.request.close()

    def handle_one_request(self) -> None:
        """Read one request, whatever its method, and answer it."""
        try:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            request = self._read()
            response = self.server.application(request)
            if self.server.log is not None:
                self.server.log(outcome(request, response, self.server.noted(request)))
            self._answer(response)
        except (OSError, ValueError) as error:
            self.close_connection = True
            if not isinstance(error, TimeoutError | ConnectionError):
                self.server.failures.append(error)
                if isinstance(error, ValueError):
                    self.send_error(400)

    def _read(self) -> Request:
        """Read the request to its end."""
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            key = name.lower()
            bare = value.strip(" \t")  # RFC 9110, 5.5
            headers[key] = f"{headers[key]}, {bare}" if key in headers else bare
        try:
            body = read_body(self.rfile, headers)
        except (OSError, ValueError) as error:
            length = headers.get("content-length", "none")
            self.server.tell(printable(f"no request: {self.command} {self.path}, Content-Length {length}: {error}"))
            raise
        path, target, called = _WHOLE.sub("/", self.path), self.requestline.split()[1], server_name(self.request)
        return Request(self.command, path, headers, body, self.peer, target, called)

    def _answer(self, response: Response) -> None:
        """Send the response in one write, or keep silent as it says."""
        if response.hang:
            self._wait()
        if response.silent or response.hang:
            self.close_connection = True
            return
        if response.headless:
            self.close_connection = True
            self.request.sendall(response.body)
            return
        old = response.old or self.request_version == "HTTP/1.0"  # knows no chunks, and expects the connection to close
        chunked = response.chunked and not old
        self.close_connection = self.close_connection or response.close or response.old
        body = chunks(response.body) if chunked else response.body
        if self.command == "HEAD":
            body = b""
        self.request.sendall(head(response, chunked=chunked, closing=self.close_connection and not old) + body)
        self.close_connection = self.close_connection or response.abrupt

    def _wait(self) -> None:
        """Wait until the caller gives up or the server stops."""
        while not self.server.stopping.is_set() and not select.select([self.request], [], [], _POLL)[0]:
            pass

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002  as in the base class
        """Answer what is not HTTP with a bare status: there is no message that an application could answer."""
        self.close_connection = True
        if message:
            self.server.tell(printable(f"no request: {message}"))
        self.request.sendall(head(Response(code), chunked=False, closing=True))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  as in the base class
        """Print nothing."""


def _peer(connection: ssl.SSLSocket) -> Peer | None:
    """Tell who is at the other end, nobody where no certificate was shown."""
    certificate, der = connection.getpeercert(), connection.getpeercert(binary_form=True)
    if not certificate or not der:
        return None
    subject: Any = certificate.get("subject", ())
    names = [value for part in subject for key, value in part if key == "commonName"]
    return Peer(names[-1] if names else "", der)


def _linger(connection: ssl.SSLSocket) -> None:
    """Read what is still coming before the end.

    With bytes unread the end is a reset, which may overtake the alert (RFC 1122, 4.2.2.13).
    """
    with socket.socket(fileno=connection.detach()) as plain, suppress(OSError):
        plain.settimeout(_LINGER)
        plain.shutdown(socket.SHUT_WR)
        while plain.recv(65536):
            pass


def _hang_up(connection: socket.socket) -> None:
    """End a connection that may have ended already."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
