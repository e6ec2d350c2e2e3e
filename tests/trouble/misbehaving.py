"""Servers that misbehave on the wire, byte by byte, behind a real TLS socket."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from countermand.model.target import Identity, Limits, Target
from countermand.provider import certificates

Behaviour = Callable[[ssl.SSLSocket], None]
LIMITS = Limits(connect=2, total=1.0, size=64 * 1024, dead=3)


def read_request(connection: ssl.SSLSocket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return data
        data += more
    return data


@contextmanager
def served(behaviour: Behaviour, folder: Path, limits: Limits = LIMITS) -> Iterator[Target]:
    """Let every connection meet one behaviour; gives the target that reaches it."""
    identities = certificates.make(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identities.server.certificate, identities.server.private_key)
    listening = socket.create_server(("127.0.0.1", 0))
    enough = threading.Event()

    def serve() -> None:
        while not enough.is_set():
            try:
                raw, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=meet, args=(raw,), daemon=True).start()

    def meet(raw: socket.socket) -> None:
        with contextlib.suppress(OSError, ssl.SSLError), raw, context.wrap_socket(raw, server_side=True) as connection:
            behaviour(connection)

    threading.Thread(target=serve, daemon=True).start()
    url = f"https://127.0.0.1:{listening.getsockname()[1]}"
    try:
        yield Target(
            "misbehaving",
            "ala",
            url,
            folder / "t.toml",
            {"buyer": Identity("buyer", identifier="SPDEV1")},
            ca=identities.ca,
            limits=limits,
        )
    finally:
        enough.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def silent(connection: ssl.SSLSocket) -> None:
    read_request(connection)
    time.sleep(10)


def drips_headers(connection: ssl.SSLSocket) -> None:
    read_request(connection)
    for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"y" * 1000:
        connection.sendall(bytes([letter]))
        time.sleep(0.1)


def drips_body(connection: ssl.SSLSocket) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(1000):
        connection.sendall(b"x")
        time.sleep(0.1)


def endless(connection: ssl.SSLSocket) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")


def huge(connection: ssl.SSLSocket) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n" + b"x" * 10**6)
    time.sleep(2)


def bomb(connection: ssl.SSLSocket) -> None:
    import zlib  # noqa: PLC0415

    packed = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = packed.compress(b"<x>" + b" " * 50_000_000) + packed.flush()
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    time.sleep(1)


def half_closed(connection: ssl.SSLSocket) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<half")
    connection.shutdown(socket.SHUT_WR)


def closes(connection: ssl.SSLSocket) -> None:
    read_request(connection)


def resets(connection: ssl.SSLSocket) -> None:
    read_request(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def resets_unasked(connection: ssl.SSLSocket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def bare_xml(connection: ssl.SSLSocket) -> None:
    read_request(connection)
    connection.sendall(b"<?xml version='1.0'?>\n<OPS_envelope/>")
    time.sleep(0.3)


def other_protocol(connection: ssl.SSLSocket) -> None:
    read_request(connection)
    connection.sendall(b"220 mail.example.org ready\r\n\r\n")
    time.sleep(0.3)  # an early close would take the bytes with it


def two_lengths(connection: ssl.SSLSocket) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n<r/>")
    time.sleep(0.3)


def redirects(connection: ssl.SSLSocket) -> None:
    read_request(connection)
    connection.sendall(
        b"HTTP/1.1 307 Temporary Redirect\r\nLocation: https://127.0.0.1:1/elsewhere\r\nContent-Length: 0\r\n\r\n"
    )
    time.sleep(0.2)


def throttles(connection: ssl.SSLSocket) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n")
    time.sleep(0.2)


def answers_ahead(connection: ssl.SSLSocket) -> None:
    """Answer the next request as well, before it is made."""
    read_request(connection)
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<r/>HTTP/1.1 500 No\r\nContent-Length: 4\r\n\r\n<q/>"
    )
    time.sleep(0.5)


def remembers(connection: ssl.SSLSocket) -> None:
    """Give whoever asks a cookie, and say of each request whether one came with it."""
    while request := read_request(connection):
        said = b"<known/>" if b"\r\ncookie:" in request.lower() else b"<unknown/>"
        head = b"HTTP/1.1 200 OK\r\nSet-Cookie: session=1; Path=/\r\nContent-Length: %d\r\n\r\n" % len(said)
        connection.sendall(head + said)


def echoes(connection: ssl.SSLSocket) -> None:
    """Say once what was asked for."""
    if request := read_request(connection):
        said = b"<r>%s</r>" % request.split(b" ")[1]
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(said), said))
        read_request(connection)


def counts(connection: ssl.SSLSocket) -> None:
    """Say which request of this connection it is."""
    number = 0
    while read_request(connection):
        number += 1
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<%d/>" % number)


@contextmanager
def proxied(target: Target) -> Iterator[Target]:
    """Let whatever is sent to a target go through a proxy, which connects and passes on."""
    listening = socket.create_server(("127.0.0.1", 0))
    threads, ends = list[threading.Thread](), list[socket.socket]()

    def begin(work: Callable[..., None], *arguments: object) -> None:
        threads.append(threading.Thread(target=work, args=arguments, daemon=True))
        threads[-1].start()

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listening.accept()
                ends.append(near)
                head = b""
                while b"\r\n\r\n" not in head and (part := near.recv(4096)):
                    head += part
                host, _, port = head.split()[1].decode().partition(":")
                far = socket.create_connection((host, int(port)))
                ends.append(far)
                near.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                begin(pump, near, far)
                begin(pump, far, near)

    def pump(one_end: socket.socket, other_end: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one_end.recv(65536):
                other_end.sendall(data)
            other_end.shutdown(socket.SHUT_WR)

    begin(serve)
    try:
        yield replace(target, proxy=f"http://127.0.0.1:{listening.getsockname()[1]}")
    finally:
        for end in (listening, *ends):
            with contextlib.suppress(OSError):  # the other side has ended it already
                end.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()
        for end in (listening, *ends):
            end.close()
