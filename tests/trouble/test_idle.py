"""A server may end its connections when it likes.

Every request arrives once, and none is taken for one that was hung up on.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from countermand.model.exchange import Exchange, Request
from countermand.model.target import Identity, Limits
from countermand.run.wire import HttpsWire

from . import misbehaving

LIMITS = Limits(connect=2, total=5, size=64 * 1024, dead=3)
LENGTH = b"Content-Length: 2\r\n"


class Server:
    """Answers every request it reads, and ends the connection in one way or another."""

    def __init__(self, *, idle: float = 30.0, after: int = 1000, announced: bool = False, delay: float = 0.0) -> None:
        self.idle, self.after, self.announced, self.delay = idle, after, announced, delay
        self.lock, self.read, self.connections = threading.Lock(), list[bytes](), 0

    def meet(self, connection: ssl.SSLSocket) -> None:
        with self.lock:
            self.connections += 1
        connection.settimeout(self.idle)
        for answered in range(1, self.after + 1):
            try:
                if not (data := misbehaving.read_request(connection)):
                    return
            except TimeoutError:
                return
            with self.lock:
                self.read.append(data.partition(b"X-Number: ")[2].partition(b"\r")[0])
            last = answered == self.after
            connection.sendall(
                b"HTTP/1.1 200 OK\r\n"
                + LENGTH
                + (b"Connection: close\r\n" if last and self.announced else b"")
                + b"\r\nok"
            )
            if last:
                time.sleep(self.delay)
                connection.shutdown(socket.SHUT_RDWR)


def asked(server: Server, folder: Path, gaps: list[float]) -> list[Exchange]:
    with misbehaving.served(server.meet, folder, LIMITS) as target:
        wire, exchanges = HttpsWire(target), list[Exchange]()
        for number, gap in enumerate(gaps):
            request = Request("POST", f"{target.url}/", (("X-Number", str(number)),), b"")
            exchanges.append(wire.send(target.identities["buyer"], request, "ask"))
            time.sleep(gap)
        wire.close()
    return exchanges


QUICK = [0.0] * 8
SLOW = [0.0, 0.02, 0.05, 0.09, 0.11, 0.2, 0.3, 0.4, 0.0, 0.0]
SERVERS: dict[str, tuple[Callable[[], Server], list[float]]] = {
    "idle for 100 ms": (lambda: Server(idle=0.1), SLOW),
    "idle for 300 ms": (lambda: Server(idle=0.3), SLOW),
    "after each, announced": (lambda: Server(after=1, announced=True), QUICK),
    "after each, not announced": (lambda: Server(after=1), QUICK),
    "a moment after each, not announced": (lambda: Server(after=1, delay=0.05), QUICK),
    "after three, announced": (lambda: Server(after=3, announced=True), QUICK),
}


@pytest.mark.parametrize("how", SERVERS)
def test_every_request_arrives_once_and_is_answered(how: str, tmp_path: Path) -> None:
    make, gaps = SERVERS[how]
    server = make()
    exchanges = asked(server, tmp_path, gaps)
    assert [exchange.trouble for exchange in exchanges] == [None] * len(gaps)
    assert server.read == [str(number).encode() for number in range(len(gaps))]


def test_a_connection_that_lasts_is_used_again(tmp_path: Path) -> None:
    server = Server()
    asked(server, tmp_path, QUICK)
    assert server.connections == 1


def test_a_server_of_one_connection_at_a_time_is_not_kept_from_the_next_caller(tmp_path: Path) -> None:
    server, alone = Server(), threading.Lock()

    def meet(connection: ssl.SSLSocket) -> None:
        with alone:  # as a server without threads reads from one connection until that is ended
            server.meet(connection)

    with misbehaving.served(meet, tmp_path, LIMITS) as target:
        wire, exchanges = HttpsWire(target), list[Exchange]()
        for number, name in enumerate(["buyer", "stranger", "buyer", "buyer", "stranger", "another buyer"]):
            request = Request("POST", f"{target.url}/", (("X-Number", str(number)),), b"")
            exchanges.append(wire.send(Identity(name), request, "ask"))
        wire.close()

    assert [exchange.trouble for exchange in exchanges] == [None] * 6
    assert server.read == [str(number).encode() for number in range(6)]


def test_nothing_that_may_have_arrived_is_sent_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        HttpsWire, "LISTEN", 0.0
    )  # as if nobody listened: the end comes when the next request is under way
    server = Server(after=1, delay=1.0)
    exchanges = asked(server, tmp_path, QUICK)
    assert [exchange.trouble is None for exchange in exchanges] == [
        True,
        False,
        *[True] * 6,
    ]  # and is not trusted again
    assert server.read == [str(number).encode() for number in range(len(QUICK)) if number != 1]
