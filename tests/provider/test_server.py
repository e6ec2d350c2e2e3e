"""The HTTPS server of the embedded sellers, and how it speaks HTTP/1.1."""

from __future__ import annotations

import gc
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPSConnection, RemoteDisconnected

import pytest

from countermand.provider import certificates
from countermand.provider.certificates import Certificates
from countermand.provider.door import Door
from countermand.provider.http import Request, Response
from countermand.provider.server import Server


@pytest.fixture(scope="session")
def identities(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates.make(tmp_path_factory.mktemp("certificates"))


@contextmanager
def serving(
    identities: Certificates, application: Callable[[Request], Response], log: Callable[[str], None] | None = None
) -> Iterator[Server]:
    server = Server(application, Door().context(identities), log=log).start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def connected(identities: Certificates, server: Server, timeout: float = 10) -> Iterator[HTTPSConnection]:
    context = ssl.create_default_context(cafile=str(identities.ca))
    connection = HTTPSConnection("localhost", server.server_address[1], context=context, timeout=timeout)
    try:
        yield connection
    finally:
        connection.close()


def raw(identities: Certificates, server: Server, sent: bytes) -> bytes:
    context = ssl.create_default_context(cafile=str(identities.ca))
    plain = socket.create_connection(("127.0.0.1", server.server_address[1]), timeout=10)
    received = b""
    with context.wrap_socket(plain, server_hostname="localhost") as secured:
        secured.sendall(sent)
        while part := secured.recv(65536):
            received += part
    return received


def echo(request: Request) -> Response:
    sent = request.headers.get("x-sent", "")
    return Response(200, request.body, (("X-Method", request.method), ("X-Path", request.path), ("X-Sent", sent)))


def test_the_certificate_of_the_server_has_a_common_name(identities: Certificates) -> None:
    """Axis 1.4 and HttpClient 3 end a handshake with a traceback where there is none."""
    with serving(identities, echo) as server, connected(identities, server) as connection:
        connection.connect()
        shown = connection.sock.getpeercert() or {}
    assert (("commonName", "localhost"),) in shown["subject"]


def test_who_is_gone_before_the_handshake_leaves_no_socket_open(identities: Certificates) -> None:
    server = Server(echo, Door().context(identities))
    with socket.create_connection(("127.0.0.1", server.server_port)) as gone:
        gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closed by a reset
    server.start()
    with connected(identities, server) as connection:
        connection.request("GET", "/")
        assert connection.getresponse().status == 200
    server.stop()
    assert [type(error) for error in server.failures] == [ConnectionResetError]
    assert str(server.failures[0]).endswith("the caller is gone")
    server.failures.clear()
    gc.collect()  # a socket that is left open is told of here


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "BREW"])
def test_every_method_reaches_the_application(identities: Certificates, method: str) -> None:
    with serving(identities, echo) as server, connected(identities, server) as connection:
        connection.request(method, "/some/path?query", b"body", {"X-Sent": "header"})
        response = connection.getresponse()
        assert [response.getheader(name) for name in ("X-Method", "X-Path", "X-Sent")] == [
            method,
            "/some/path?query",
            "header",
        ]
        assert response.read() == b"body"


def test_a_connection_serves_many_requests(identities: Certificates) -> None:
    with serving(identities, echo) as server, connected(identities, server) as connection:
        for number in range(20):
            connection.request("POST", "/", str(number))
            assert connection.getresponse().read() == str(number).encode()
        assert len(server.connections) == 1


@pytest.mark.parametrize("size", [0, 1, 1023, 1024, 1025, 200_000])
def test_bodies_are_chunked_and_unchunked(identities: Certificates, size: int) -> None:
    body = bytes(number % 251 for number in range(size))

    def answer(request: Request) -> Response:
        return Response(200, request.body, chunked=True)

    with serving(identities, answer) as server, connected(identities, server) as connection:
        connection.request("POST", "/", iter([body[:10], body[10:]]), encode_chunked=True)
        response = connection.getresponse()
        assert response.getheader("Transfer-Encoding") == "chunked"
        assert response.read() == body


def test_a_response_may_close_the_connection(identities: Certificates) -> None:
    with serving(identities, lambda _: Response(200, b"x", close=True)) as server:
        assert raw(identities, server, b"POST / HTTP/1.1\r\n\r\n").endswith(b"Connection: close\r\n\r\nx")


def test_a_silent_response_is_none(identities: Certificates) -> None:
    with (
        serving(identities, lambda _: Response(200, silent=True)) as server,
        connected(identities, server) as connection,
    ):
        connection.request("POST", "/")
        with pytest.raises(RemoteDisconnected):
            connection.getresponse()


def test_a_hanging_response_never_comes(identities: Certificates) -> None:
    with (
        serving(identities, lambda _: Response(200, hang=True)) as server,
        connected(identities, server, timeout=0.2) as connection,
    ):
        connection.request("POST", "/")
        with pytest.raises(TimeoutError):
            connection.getresponse()


def test_a_server_that_hangs_can_be_stopped(identities: Certificates) -> None:
    server = Server(lambda _: Response(200, hang=True), Door().context(identities)).start()
    with connected(identities, server) as connection:
        connection.request("POST", "/")
        threading.Timer(0.1, server.stop).start()
        with pytest.raises((RemoteDisconnected, OSError)):
            connection.getresponse()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"hello\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: ten\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"POST / HTTP/9.9\r\n\r\n", 505),
        (b"POST / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431),
    ],
)
def test_what_is_not_http_gets_a_bare_status(
    identities: Certificates, sent: bytes, status: int, capfd: pytest.CaptureFixture[str]
) -> None:
    with serving(identities, echo) as server:
        assert raw(identities, server, sent).startswith(b"HTTP/1.1 %d " % status)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"hello\r\n\r\n", "no request: Bad request syntax ('hello')"),
        (b"POST /x HTTP/1.1\r\nContent-Length: ten\r\n\r\n", "no request: POST /x, Content-Length ten: "),
        (b"POST /x HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", "99999999 bytes, and 16777216 at most are read"),
        (b"POST /x HTTP/1.0\r\nContent-Length: 9\r\n\r\nshort", "Content-Length 9: the body ended early"),
    ],
)
def test_the_log_tells_of_what_is_no_request(identities: Certificates, sent: bytes, words: str) -> None:
    lines: list[str] = []
    with serving(identities, echo, lines.append) as server, connected(identities, server) as connection:
        connection.connect()
        connection.sock.sendall(sent)
        connection.sock.shutdown(socket.SHUT_WR)
        connection.sock.recv(65536)
    assert sum(words in line for line in lines) == 1  # the connection may break off behind it, which is told as well


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("https://localhost:1/x?y", "/x?y"),
        ("HTTPS://localhost", "/"),
        ("http://h?y", "/?y"),
        ("h.x", "/"),
        ("h:1", "/"),
        ("h/x", "h/x"),
        ("*", "*"),
    ],
)
def test_a_target_may_be_a_whole_url(identities: Certificates, target: str, path: str) -> None:
    with serving(identities, echo) as server:
        answered = raw(identities, server, f"POST {target} HTTP/1.0\r\nHost: h\r\n\r\n".encode())
    assert f"\r\nX-Path: {path}\r\n".encode() in answered


def test_blanks_around_a_header_are_none_of_its(identities: Certificates) -> None:
    with serving(identities, echo) as server:
        answered = raw(identities, server, b"POST / HTTP/1.0\r\nX-Sent: \t a b \t \r\n\r\n")
    assert b"\r\nX-Sent: a b\r\n" in answered


def test_http_1_0_is_answered_and_closed(identities: Certificates) -> None:
    with serving(identities, lambda _: Response(200, b"x", chunked=True)) as server:
        answered = raw(identities, server, b"POST / HTTP/1.0\r\n\r\n")
    assert answered.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answered.endswith(b"\r\n\r\nx")


def test_a_caller_who_leaves_in_the_middle_disturbs_nobody(
    identities: Certificates, capfd: pytest.CaptureFixture[str]
) -> None:
    with serving(identities, echo) as server:
        with socket.create_connection(("127.0.0.1", server.server_address[1])) as plain:
            plain.sendall(b"no TLS at all")
        with connected(identities, server) as connection:
            connection.request("POST", "/", b"x" * 10, {"Content-Length": "20"})
        with connected(identities, server) as connection:
            connection.request("POST", "/", b"x")
            assert connection.getresponse().read() == b"x"
    assert capfd.readouterr() == ("", "")


def test_a_slow_handshake_keeps_nobody_waiting(identities: Certificates) -> None:
    with (
        serving(identities, echo) as server,
        socket.create_connection(("127.0.0.1", server.server_address[1])),
        connected(identities, server, timeout=2) as connection,
    ):
        connection.request("POST", "/", b"x")
        assert connection.getresponse().read() == b"x"


def test_the_application_tells_the_header_set(identities: Certificates) -> None:
    headers = (("Date", "today"), ("Server", "OpenSRS/XML-RSA Server"), ("Content-Type", "text/xml"))
    with serving(identities, lambda _: Response(200, b"x", headers)) as server:
        head = raw(identities, server, b"POST / HTTP/1.1\r\nConnection: close\r\n\r\n").partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0] for line in head.split(b"\r\n")[1:]]
    assert sorted(names) == [b"Connection", b"Content-Length", b"Content-Type", b"Date", b"Server"]


def test_nothing_is_left_open(identities: Certificates) -> None:
    before = threading.active_count()
    with serving(identities, echo) as server, connected(identities, server) as connection:
        connection.request("POST", "/", b"x")
        connection.getresponse().read()
    for _ in range(100):
        if threading.active_count() <= before:
            break
        time.sleep(0.02)
    assert threading.active_count() <= before
