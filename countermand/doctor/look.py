"""One connection to a target: how far it came, and what it showed."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum

from countermand.doctor import tape
from countermand.doctor.route import Route
from countermand.doctor.witness import Witness
from countermand.model.exchange import Reply, Request
from countermand.model.target import Target

#: Seconds, at least and at most, in which a server that closes its door unasked is heard;
#: between them, thrice what the handshake took.
LISTEN = (0.05, 1.0)
#: Seconds beyond which no target file makes us wait; "inf" and "nan" are numbers of TOML too.
LONGEST = 3600.0


class Stage(IntEnum):
    """What was being done when a connection ended."""

    RESOLVING = 0
    CONNECTING = 1
    TUNNELLING = 2
    SECURING = 3
    ASKING = 4


@dataclass
class Look:
    """What one connection showed; filled as it goes on, so that a failure loses nothing."""

    route: Route
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    stage: Stage = Stage.RESOLVING
    addresses: list[str] = field(default_factory=list)
    witness: Witness = field(default_factory=Witness)
    version: str = ""  # as in "TLSv1.3"
    cipher: str = ""
    early: bool = False  # the server ended the connection before it was asked anything
    asked: Request | None = None
    received: bytes = b""
    reply: Reply | None = None
    whole: bool = True  # the reply came to its end
    error: Exception | None = None
    elapsed: float = 0.0  # seconds from the request to the end of its answer

    @property
    def resolved(self) -> bool:
        """Say whether the name has an address."""
        return self.stage > Stage.RESOLVING

    @property
    def connected(self) -> bool:
        """Say whether somebody listens, if only behind a proxy."""
        return self.stage >= Stage.SECURING

    @property
    def secured(self) -> bool:
        """Say whether the handshake came to an end on our side."""
        return self.stage >= Stage.ASKING


def look(
    target: Target, route: Route, context: ssl.SSLContext | None, request: Request | None, patience: float
) -> Look:
    """Connect once, by TLS where there is a context, and ask if there is a request.

    The patience is in seconds. Raises nothing.
    """
    seen = Look(route, asked=request)
    try:
        with _connected(seen, target) as plain:
            if route.tunnel is not None:
                seen.stage = Stage.TUNNELLING
                _tunnel(plain, route)
            seen.stage = Stage.SECURING
            if context is not None:
                _secure(seen, target, plain, context, patience)
    except (OSError, ValueError) as error:  # ValueError: what cannot be a host name
        seen.error = seen.error or error
    return seen


@contextmanager
def _connected(seen: Look, target: Target) -> Iterator[socket.socket]:
    entries = socket.getaddrinfo(seen.route.host, seen.route.port, type=socket.SOCK_STREAM)
    seen.addresses = [str(entry[4][0]) for entry in entries]
    seen.stage = Stage.CONNECTING
    with socket.create_connection((seen.route.host, seen.route.port), min(LONGEST, target.limits.connect)) as plain:
        yield plain


def _tunnel(plain: socket.socket, route: Route) -> None:
    """Ask a proxy for a connection to the target (RFC 9110, 9.3.6); raises OSError with the proxy's words."""
    introduced = f"Proxy-Authorization: {route.authorization}\r\n" if route.authorization else ""
    plain.sendall(f"CONNECT {route.tunnel} HTTP/1.1\r\nHost: {route.tunnel}\r\n{introduced}\r\n".encode())
    head = b""
    while b"\r\n\r\n" not in head and len(head) < 65536:  # noqa: PLR2004 - nobody's head is longer
        part = plain.recv(1)  # no more than the head: what follows is the target's
        if not part:
            break
        head += part
    status = head.partition(b"\r\n")[0].decode("latin-1")
    if status.split(" ")[1:2] != ["200"]:
        raise OSError(f"the proxy answered {status!r}")


def _secure(seen: Look, target: Target, plain: socket.socket, context: ssl.SSLContext, patience: float) -> None:
    context.set_alpn_protocols(["http/1.1"])
    seen.witness.watch(context)
    with context.wrap_socket(plain, server_hostname=seen.route.name, do_handshake_on_connect=False) as secured:
        clock = time.perf_counter()
        secured.do_handshake()
        seen.witness.settled = True
        pause = min(LISTEN[1], max(LISTEN[0], 3 * (time.perf_counter() - clock)))
        seen.stage = Stage.ASKING
        cipher = secured.cipher()
        seen.version, seen.cipher = secured.version() or "", cipher[0] if cipher else ""
        answer = tape.Tape(secured, target.limits.size, min(LONGEST, patience))
        seen.early = answer.listen(pause)
        _ask(seen, secured, answer)


def _ask(seen: Look, secured: ssl.SSLSocket, answer: tape.Tape) -> None:
    """Ask, unless the server has ended the connection by itself, and keep whatever comes."""
    if seen.asked is not None and not seen.early:
        clock, seen.started = time.perf_counter(), datetime.now(UTC)
        try:
            secured.sendall(tape.written(seen.asked))
        except OSError as error:  # what the server said before it closed can still be read
            seen.error = error
        seen.reply, seen.whole = tape.reply(answer, seen.asked.method), answer.whole
        seen.elapsed = time.perf_counter() - clock
    seen.received = bytes(answer.kept)
    seen.error = answer.error or seen.error
