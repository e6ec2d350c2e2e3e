"""A TLS server as small as can be, which does with each connection what a test wants."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from identities.authority import Issued

Behaviour = Callable[[ssl.SSLSocket], None]


def context(issued: Issued, *, asks: Path | None = None, chain: Path | None = None) -> ssl.SSLContext:
    """Return a server's context; asks: the authorities whose certificates a client must show."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(chain or issued.certificate, issued.private_key)
    if asks is not None:
        made.load_verify_locations(asks)
        made.verify_mode = ssl.CERT_REQUIRED
    return made


@contextmanager
def listening(behave: Behaviour, made: ssl.SSLContext | None) -> Iterator[int]:
    """Serve one connection after another until the test is over, and give the port.

    Without a context, sockets stay bare.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        over = threading.Event()
        thread = threading.Thread(target=_serve, args=(listener, behave, made, over), daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            over.set()
            with suppress(OSError):
                socket.create_connection(listener.getsockname(), 1).close()
            thread.join(5)


def _serve(listener: socket.socket, behave: Behaviour, made: ssl.SSLContext | None, over: threading.Event) -> None:
    while not over.is_set():
        plain, _ = listener.accept()
        plain.settimeout(5)
        with suppress(OSError):
            if made is None:
                with plain:
                    behave(plain)  # type: ignore[arg-type]  # what a bare socket can do, a behaviour for bare sockets does
                continue
            secured = made.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
            try:
                secured.do_handshake()
            except OSError:
                _linger(secured)
                continue
            with suppress(OSError):
                behave(secured)
            secured.close()


def _linger(secured: ssl.SSLSocket) -> None:
    """Read to the end before closing: with bytes unread the end is a reset, which may overtake the alert."""
    with socket.socket(fileno=secured.detach()) as plain, suppress(OSError):
        plain.settimeout(1)
        plain.shutdown(socket.SHUT_WR)
        while plain.recv(65536):
            pass


def heard(connection: ssl.SSLSocket) -> bytes:
    """Read one HTTP request to its end."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            return data
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.splitlines() if line.lower().startswith(b"content-length:")), 0
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def saying(*parts: bytes) -> Behaviour:
    """Hear a request, and say this."""

    def behave(connection: ssl.SSLSocket) -> None:
        heard(connection)
        for part in parts:
            connection.sendall(part)

    return behave
