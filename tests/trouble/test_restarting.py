"""A seller that is away for a moment, drops who asks too fast or sends everybody elsewhere is waited for."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from running import Told, Watched, countermand, rewritten, run, served

from countermand.provider import embedded
from countermand.provider.http import Request, Response


@contextmanager
def restarting(port: int, connections: int, seconds: float) -> Iterator[int]:
    """Carry connections to a port, and after so many of them none for so many seconds."""
    over, carried = threading.Event(), list[socket.socket]()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        place = listening.getsockname()

    def carry(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def listen(number: int) -> None:
        with socket.create_server(place) as listening:
            listening.settimeout(0.2)
            while number and not over.is_set():
                with contextlib.suppress(TimeoutError):
                    caller, number = listening.accept()[0], number - 1
                    ends = [caller, socket.create_connection(("127.0.0.1", port))]
                    carried.extend(ends)
                    for pair in (ends, ends[::-1]):
                        threading.Thread(target=carry, args=pair, daemon=True).start()

    def live() -> None:
        listen(connections)
        for end in carried:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        over.wait(seconds)
        listen(-1)

    living = threading.Thread(target=live)
    living.start()
    try:
        yield place[1]
    finally:
        over.set()
        living.join()
        for end in carried:
            end.close()


def undecided(done: Told) -> list[str]:
    return [row["id"] for row in done.results["clauses"] if row["verdict"] == "inconclusive"]


@pytest.mark.parametrize("seconds", [2.5, 600.0], ids=["for a moment", "for good"])
def test_a_seller_that_is_restarted_is_waited_for(seconds: float, tmp_path: Path) -> None:
    with served("ala", tmp_path / "seller") as target:
        port = re.search(r":(\d+)", target.read_text(encoding="utf-8"))
        assert port is not None
        with restarting(int(port[1]), 12, seconds) as other:
            rewritten(target, (f":{port[1]}", f":{other}"))
            done = run(tmp_path, f"--target={target}", "--no-reports", "-m", "ALA-SEC-01 or ALA-REQ-01 or ALA-FLT-01")
    assert ("ALA-REQ-01" in undecided(done)) is (seconds > 60), done.said
    assert len(undecided(done)) == (2 if seconds > 60 else 0), done.said


@dataclass
class Dropping(Watched):
    """Lets so many requests a second through, and drops the connections of further ones."""

    rate: float = 40.0
    tokens: float = 20.0
    last: float = field(default_factory=time.monotonic)
    dropped: int = 0
    changing: threading.Lock = field(default_factory=threading.Lock)

    def handle(self, request: Request) -> Response:
        """Answer a request, or nothing."""
        with self.changing:
            now = time.monotonic()
            self.tokens, self.last = min(20.0, self.tokens + (now - self.last) * self.rate), now
            if self.tokens < 1:
                self.dropped += 1
                return Response(0, silent=True)
            self.tokens -= 1
        return super().handle(request)


def test_a_seller_that_drops_who_asks_too_fast_is_asked_more_slowly(tmp_path: Path) -> None:
    seller = Dropping(embedded.SELLERS["ala"]())
    with served("ala", tmp_path / "seller", seller) as target:
        done = run(tmp_path, f"--target={target}", "--no-reports", "-n", "1")
    assert seller.dropped
    assert "nothing more is sent to it" not in done.said
    assert len(undecided(done)) < 10, done.said


@dataclass
class Moving(Watched):
    """Sends everybody elsewhere, after so many requests."""

    left: int = 60

    def altered(self, request: Request, response: Response) -> Response:  # noqa: ARG002 - whatever was asked
        """Count requests."""
        self.left -= 1
        return response if self.left >= 0 else Response(302, b"", (("Location", "https://127.0.0.1/maintenance"),))


@pytest.mark.parametrize("api", ["ala", "opensrs"])
def test_a_seller_that_sends_everybody_elsewhere_costs_few_orders(api: str, tmp_path: Path) -> None:
    with served(api, tmp_path / "seller", Moving(embedded.SELLERS[api]())) as target:
        done = run(tmp_path, f"--target={target}", "-n", "1")
        listed = countermand("orders", f"--target={target}", "--json", cwd=tmp_path)
    states = json.loads(listed.stdout)["states"]
    outcomes = Counter(order["outcome"] for state in states.values() for order in state["used"])
    assert sum(number for outcome, number in outcomes.items() if "302" in outcome) <= 5, (outcomes, done.said)
