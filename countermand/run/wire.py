"""HTTPS out and back: on one side requests, on the other sockets and TLS; the only module that imports httpx."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import selectors
import ssl
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from countermand.identity.tls import CLOSING, Credentials, context
from countermand.model.exchange import Exchange, Reply, Request, Tls, Trouble
from countermand.model.gateway import USER_AGENT
from countermand.model.optional import HTTPX, without
from countermand.model.target import Identity, Target
from countermand.run.coding import TooLargeError, UndecodableError, beyond, decoded
from countermand.run.safety import hold_off
from countermand.run.watch import Watch

with without(HTTPX):
    import httpx

#: What a file says of a server's habit.
LASTS, ENDS = "connections last", "connections are ended"
#: How httpcore says that there is a connection to the seller, or that it is secured: through a proxy in other words.
OPENED = frozenset({"connection.connect_tcp.complete", "connection.start_tls.complete", "proxy.start_tls.complete"})
#: What h11 says of headers that may stand once, and what is meant by it.
TWICE = {
    "conflicting Content-Length headers": "the header Content-Length came twice, with two values",
    "multiple Transfer-Encoding headers": "the header Transfer-Encoding came twice",
}


class Wire(Protocol):
    """What carries a request to the target and brings back what came of it."""

    def send(self, identity: Identity, request: Request, operation: str) -> Exchange:
        """Carry one request; what goes wrong is part of the exchange, never an exception."""


class _NoCookies(CookieJar):
    """Keeps none: what a seller was asked before must not go with what it is asked next, unseen in the record."""

    def extract_cookies(self, response: object, request: object) -> None:
        """Leave every cookie where it came."""


class _Written(httpx.URL):
    """An address that goes out with the dots that are segments of its path: httpx takes out those not encoded."""

    @property
    def raw_path(self) -> bytes:
        """The path and the query, as they are sent."""
        return super().raw_path.replace(b"/%2e%2e/", b"/../").replace(b"/%2e/", b"/./")


class _Whole(httpx.URL):
    """An address of which all goes out, under the name the target has (RFC 9112, 3.2.2)."""

    public = b""

    @property
    def raw_path(self) -> bytes:
        """All of it, as it is sent."""
        return self.public


@dataclass
class _Line:
    """One identity's connection, kept alive, and the socket below it, so that a deadline can end an endless read."""

    client: httpx.Client
    target: Target
    stream: Any = None
    tls: Tls | None = None
    overdue: bool = False
    commands: int = 0
    idle: float = 0.0  # the moment the last exchange ended
    busy: bool = False  # with an exchange, or about to be

    @property
    def open(self) -> bool:
        """Whether the connection is there: one whose end was announced with an answer is closed already."""
        return self.stream is not None and self.stream.get_extra_info("socket").fileno() >= 0

    @property
    def ahead(self) -> bool:
        """Whether more came than one answer, and was read with it: it would be taken for the answer to the next."""
        secured = self.stream.get_extra_info("ssl_object")
        if secured is not None and secured.pending():
            return True
        # Who else has read it nobody else can say: where these parts are called otherwise, it is not known.
        pool = getattr(self.client._transport_for_url(httpx.URL(self.target.url)), "_pool", None)  # noqa: SLF001
        states = (
            [getattr(getattr(held, "_connection", None), "_h11_state", None) for held in pool.connections]
            if pool
            else []
        )
        return not states or any(state is None or state.trailing_data != (b"", False) for state in states)

    def ended(self, seconds: float) -> bool:
        """Listen for so long whether the server has ended the connection, or sent what nobody asked for."""
        plain = self.stream.get_extra_info("socket")
        with selectors.DefaultSelector() as watching:  # select() knows no descriptor above 1023
            watching.register(plain, selectors.EVENT_READ)
            return bool(watching.select(seconds))

    def opened(self, event: str, info: dict[str, Any]) -> None:
        """Note the connection httpcore has just made."""
        if event in OPENED:
            self.stream = info["return_value"]
            reached = None
            with contextlib.suppress(OSError):  # it is over already: nothing reaches anybody, and reading says why
                reached = self.stream.get_extra_info("server_addr")
            if reached is not None:
                hold_off(self.target, reached[0])
            secured = self.stream.get_extra_info("ssl_object")
            self.tls = secured and _facts(secured)

    def cut(self) -> None:
        """End whatever is being read: the time is up."""
        self.overdue = True
        if self.stream is not None:
            with contextlib.suppress(OSError):
                self.stream.get_extra_info("socket").shutdown(2)


@dataclass
class HttpsWire:
    """The wire to a real target: one client and one TLS context per identity.

    No redirects, no cookies, no proxies of the environment, no retries.
    """

    target: Target
    #: The file by which wires of a run tell each other whether the server ends connections unannounced.
    habit: Path | None = None
    _lines: dict[str, _Line] = field(default_factory=dict)
    _contexts: dict[str, ssl.SSLContext] = field(default_factory=dict)
    _lasting: bool = True  # no connection was ended while it might still have been used
    _known: bool = False  # the server was listened to
    _watch: Watch = field(default_factory=Watch)
    _idling: Watch = field(default_factory=Watch)
    _changing: threading.Lock = field(default_factory=threading.Lock)  # which lines there are, and which are busy

    #: A connection that was idle for longer, in seconds, and longer than a rate has us wait, is not used again:
    #: a server may be closing it (the shortest habit known is 2 s, and none is kept for longer than most of that).
    IDLE, LONGEST_IDLE = 0.25, 1.5
    #: How long, in seconds, a server is listened to that may end a connection after one answer without having said so.
    LISTEN = 0.1
    #: A service may close a connection after so many commands (OpenSRS: 100): a fresh one is made before.
    COMMANDS = 90

    def send(self, identity: Identity, request: Request, operation: str) -> Exchange:
        """Carry one request within the target's limits of time and size."""
        line = self._line(identity)
        started, clock, used = datetime.now(UTC), time.perf_counter(), line.commands > 0
        line.overdue, line.commands = False, line.commands + 1
        self._watch.over(line.cut, self.target.limits.total)
        reply, trouble, said = None, None, ""
        try:
            reply = self._exchange(line, request)
            if request.is_chunked:  # who reads no chunks may take them for the next request
                self._drop(identity)
        except TooLargeError as error:
            trouble, said = Trouble.TOO_LARGE, str(error)
            self._drop(identity)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UndecodableError) as error:
            trouble, said = _diagnose(error, overdue=line.overdue), self._said(error, overdue=line.overdue)
            self._drop(identity)
            self._lasting = self._lasting and not (used and trouble is Trouble.CLOSED)
        finally:
            self._watch.done()
            line.idle, line.busy = time.monotonic(), False
            self._idling.over(self._end_idle, self._idle)
        elapsed = time.perf_counter() - clock
        facts = (reply, trouble, said, line.tls)
        return Exchange(0, operation, identity.name, started, elapsed, request, *facts, reused=used)

    def _said(self, error: BaseException, *, overdue: bool) -> str:
        """Say what kept the answer: where the time was up, that, and not what came of our cutting it short."""
        late = overdue or isinstance(error, (httpx.ReadTimeout, httpx.WriteTimeout))
        return f"no whole answer within {self.target.limits.total:g} s" if late else _words(error)

    @functools.cached_property
    def _idle(self) -> float:
        """How long, in seconds, a connection is kept: where a rate is set, until the next request may be sent."""
        pace = 1 / self.target.safety.rate if self.target.safety.rate else 0.0
        return max(self.IDLE, min(pace + self.IDLE, self.LONGEST_IDLE))

    def prepare(self, identity: Identity) -> None:
        """Make ready what needs no connection, while there is time; raises CredentialsError."""
        self._line(identity).busy = False

    def close(self) -> None:
        """Close every connection."""
        self._idling.done()
        with self._changing:
            for name in list(self._lines):
                self._lines.pop(name).client.close()

    def _line(self, identity: Identity) -> _Line:
        """Return a connection that is surely alive.

        What may have arrived on one that was not, could not be sent again.
        """
        key = _key(identity)
        with self._changing:
            if (line := self._lines.get(key)) is not None:
                line.busy = True
        if line is not None and self._may_serve(line):
            return line
        if line is not None:
            self._drop(identity)
        made = _Line(self._client(identity), self.target, busy=True)
        with self._changing:
            self._lines[key] = made
        return made

    def _end_idle(self) -> None:
        """Close every connection that will not be used again.

        A server without threads listens to nobody else while one is open.
        """
        with self._changing:
            for key, line in list(self._lines.items()):
                if line.commands and not line.busy and time.monotonic() - line.idle >= self._idle:
                    self._lines.pop(key).client.close()

    def _may_serve(self, line: _Line) -> bool:
        """Say whether a connection may be used again; from a server that has ended one, none is."""
        if not line.commands:
            return True
        spent = line.commands >= self.COMMANDS or time.monotonic() - line.idle > self._idle
        if spent or not line.open or not self._lasting or line.ahead:
            return False
        self._lasting = not line.ended(0.0) if self._known else self._learnt(line)
        self._known = True
        return self._lasting

    def _learnt(self, line: _Line) -> bool:
        """Say whether connections last: as another wire of the run has found, or else by listening for a while."""
        habit = ""
        with contextlib.suppress(OSError):
            habit = self.habit.read_text(encoding="ascii") if self.habit is not None else ""
        if habit == ENDS:
            return False
        lasts = not line.ended(0.0 if habit == LASTS else self.LISTEN)
        with contextlib.suppress(OSError):
            if self.habit is not None and not habit:
                self.habit.write_text(LASTS if lasts else ENDS, encoding="ascii")
        return lasts

    def _drop(self, identity: Identity) -> None:
        """Forget a connection in an unknown state."""
        with self._changing:
            self._lines.pop(_key(identity)).client.close()

    def _client(self, identity: Identity) -> httpx.Client:
        target, limits = self.target, self.target.limits
        if (key := _key(identity)) not in self._contexts:
            shown = (identity.certificate, identity.private_key, identity.pkcs12, identity.passphrase)
            credentials = Credentials(*shown, identity.server_name)
            self._contexts[key] = context(target.ca, credentials, target.tls_minimum, target.tls_maximum)
        return httpx.Client(
            verify=self._contexts[key],
            trust_env=False,
            follow_redirects=False,
            proxy=target.proxy,
            timeout=httpx.Timeout(limits.total, connect=limits.connect),
            headers={"User-Agent": USER_AGENT},
            cookies=_NoCookies(),
        )

    def _exchange(self, line: _Line, request: Request) -> Reply:
        url, extensions, headers = self._route(request.url, line)
        sent = request.headers if request.names_host else (*headers, *request.headers)
        content = iter((request.body,)) if request.is_chunked else request.body
        built = line.client.build_request(
            request.method, url, content=content, headers=[_encoded(*each) for each in sent], extensions=extensions
        )
        if "/./" in url or "/../" in url:
            built.url = _Written(url.replace("/../", "/%2e%2e/").replace("/./", "/%2e/"))
        if request.whole:
            built.url = _Whole(url)
            built.url.public = str(httpx.URL(request.url)).encode("ascii")
        for name in ("accept", "accept-encoding"):
            if not any(key.lower() == name for key, _ in request.headers):
                built.headers.pop(name, None)
        with_body = line.client.send(built, stream=True)
        try:
            raw = self._read(with_body.iter_raw(65536))
        finally:
            with_body.close()
        headers_in = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in with_body.headers.raw)
        body = decoded(raw, with_body.headers.get("content-encoding", ""), self.target.limits.size)
        return Reply(with_body.status_code, with_body.reason_phrase, with_body.http_version, headers_in, body)

    def _route(self, url: str, line: _Line) -> tuple[str, dict[str, Any], list[tuple[str, str]]]:
        """Say where to connect: to the URL's host, or to `connect_to` with the name kept for TLS and HTTP."""
        extensions: dict[str, Any] = {"trace": line.opened}
        if self.target.connect_to is None:
            return url, extensions, []
        parts = urlsplit(url)
        return (
            parts._replace(netloc=self.target.connect_to).geturl(),
            {**extensions, "sni_hostname": parts.hostname},
            [("Host", parts.netloc)],
        )

    def _read(self, chunks: Iterable[bytes]) -> bytes:
        body = bytearray()
        for chunk in chunks:
            body += chunk
            if len(body) > self.target.limits.size:
                raise beyond(self.target.limits.size)
        return bytes(body)


def _encoded(name: str, value: str) -> tuple[bytes, bytes]:
    """Return a header as it is sent, also beyond ASCII (RFC 9110, 5.5), which httpx takes in bytes alone."""
    return name.encode("ascii"), value.encode("utf-8")


def _key(identity: Identity) -> str:
    """Return what two identities have in common that ask over one connection."""
    return repr(replace(identity, name=identity.line or identity.name, line=None))


def _facts(secured: ssl.SSLObject) -> Tls:
    certificate = secured.getpeercert(True) or b""  # noqa: FBT003 - the C object behind httpcore takes it by position
    cipher = secured.cipher()
    return Tls(secured.version() or "", cipher[0] if cipher else "", hashlib.sha256(certificate).hexdigest())


def _causes(error: BaseException) -> Iterable[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _words(error: BaseException) -> str:
    """Return the transport error in its own words, the innermost that has any."""
    said = [str(cause) for cause in _causes(error) if str(cause)]
    return TWICE.get(said[-1], said[-1]) if said else type(error).__name__


def _diagnose(error: BaseException, *, overdue: bool) -> Trouble:  # noqa: C901, PLR0911 - a list of symptoms, in the order in which they tell
    """Tell what kept the answer.

    A door closed to a stranger shows differently under TLS 1.2, TLS 1.3 and by a mere reset.
    """
    causes = list(_causes(error))
    if overdue or any(isinstance(cause, httpx.TimeoutException) for cause in causes):
        return Trouble.TIMEOUT
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return Trouble.DISTRUST
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            reason = f"{cause.reason} {cause}".lower().replace(" ", "_")
            if "alert" in reason and any(word in reason for word in CLOSING):
                return Trouble.ALERT
            if "eof" in reason:
                return Trouble.CLOSED
    if any(isinstance(cause, (ConnectionResetError, BrokenPipeError, ConnectionAbortedError)) for cause in causes):
        return Trouble.CLOSED
    if isinstance(error, httpx.ConnectError):
        return Trouble.OTHER if any(isinstance(cause, ssl.SSLError) for cause in causes) else Trouble.UNREACHABLE
    if isinstance(error, httpx.RemoteProtocolError):
        closed = "disconnected" in str(error) or "closed" in str(error)
        return Trouble.CLOSED if closed else Trouble.NOT_HTTP
    if isinstance(error, (httpx.ReadError, httpx.WriteError, httpx.CloseError)):
        return Trouble.CLOSED
    return Trouble.OTHER
