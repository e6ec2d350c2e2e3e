"""One request and its reply, as they are judged and as they are recorded."""

from __future__ import annotations

import functools
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from xml.sax.saxutils import escape

from countermand.model import body
from countermand.model.rows import BodyRow, ExchangeRow, ReplyRow, RequestRow
from countermand.model.secret import Masker, Secret, starred

Headers = tuple[tuple[str, str], ...]
#: The header of a reply that is starred out whole: who shows such a one is taken for whom it was given to.
COOKIE = "set-cookie"
#: By what a request says that its body comes in chunks.
CHUNKED = ("Transfer-Encoding", "chunked")
#: And that it is compressed; and how long what is stored of it is at most, each with its length.
COMPRESSED, STORED = ("Content-Encoding", "gzip"), 65535
#: That what is inflated is in gzip (zlib, inflateInit2).
GZIP = 31
#: By what it says that nothing comes behind it on its connection (RFC 9112, 9.6).
LAST = (("Connection", "close"),)
#: By what it says otherwise than usually what its body is, who sends it, and by which method it is to be read.
OTHER_LABEL = {"Content-Type": "application/octet-stream"}
#: As the example of SOAP 1.1, 6.1.2 has it, but for the blank.
TEXT_LABEL = {"Content-Type": 'text/xml;charset="utf-8"'}
OTHER_CLIENT = {"User-Agent": "XML-Client/1.0"}
OTHER_METHOD = dict.fromkeys(("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"), "POST")
#: What anybody can make up, to show that somebody has let it in before (RFC 6750, 2.1; RFC 7617, 2; RFC 6265, 4.2).
MADE_UP_TOKEN = {"Authorization": "Bearer countermand"}
MADE_UP_CREDENTIALS = {"Authorization": "Basic Y291bnRlcm1hbmQ6Y291bnRlcm1hbmQ="}
MADE_UP_COOKIE = {"Cookie": "JSESSIONID=countermand; session=countermand"}
#: How pages send a form.
FORM_LABEL = {"Content-Type": "application/x-www-form-urlencoded"}
_UNUSUAL = (
    *(dict([COMPRESSED]), OTHER_LABEL, TEXT_LABEL, FORM_LABEL, OTHER_CLIENT, OTHER_METHOD),
    *(MADE_UP_TOKEN, MADE_UP_CREDENTIALS, MADE_UP_COOKIE),
)
#: What of these a filter may stop, its names in lower case.
UNUSUAL = frozenset((name.lower(), value) for headers in _UNUSUAL for name, value in headers.items())


class Trouble(StrEnum):
    """Why there is no reply."""

    UNREACHABLE = "unreachable"  # no name, no route, nobody listening
    DISTRUST = "distrust"  # we do not trust the server's certificate: our matter, never a refusal
    ALERT = "alert"  # the server ended the handshake with a TLS alert about our certificate
    CLOSED = "closed"  # the connection was closed or reset without an answer
    TIMEOUT = "timeout"  # no whole answer in time
    TOO_LARGE = "too large"  # the answer exceeds what we read
    NOT_HTTP = "not HTTP"  # an answer came, but not in HTTP
    OTHER = "other"


#: How a request line is spelt that has more than the path (RFC 9112, 3.2.2).
WHOLE_ADDRESS = "as the whole address"


def address(url: str, *, whole: bool) -> str:
    """Return a request's address as it is told: the path alone goes into its line, unless another is said."""
    return f"{url} ({WHOLE_ADDRESS})" if whole else url


@dataclass(frozen=True)
class Request:
    """What is sent."""

    method: str
    url: str
    headers: Headers
    body: bytes
    secret_headers: frozenset[str] = frozenset()  # lower case; their values are never recorded
    #: What a reply must not show to whoever has not sent it, by name; never recorded.
    guarded: tuple[tuple[str, str], ...] = ()
    whole: bool = False  # its line has the whole address, and not the path alone (RFC 9112, 3.2.2)
    signed: str = ""  # how, where requests are signed: rightly, or as none may be

    @property
    def names_host(self) -> bool:
        """Whether it names a host of its own, which may be another than its address has."""
        return any(name.lower() == "host" for name, _ in self.headers)

    @property
    def is_chunked(self) -> bool:
        """Whether its body goes out in chunks."""
        return CHUNKED in self.headers

    def in_chunks(self) -> Request:
        """Return the request with its body in chunks (RFC 9112, 7.1)."""
        return replace(self, headers=(*self.headers, CHUNKED))

    def compressed(self) -> Request:
        """Return the request with its body in gzip, which says what it is in a header.

        It is stored as it is (RFC 1952; RFC 1951, 3.2.4), which is the same bytes wherever a record is judged again.
        """
        size = len(self.body).to_bytes(4, "little")
        stored = b"".join(
            bytes([at + STORED >= len(self.body)]) + length + bytes(255 - byte for byte in length) + part
            for at in range(0, len(self.body) or 1, STORED)
            for part in (self.body[at : at + STORED],)
            for length in (len(part).to_bytes(2, "little"),)
        )
        body = b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + stored + zlib.crc32(self.body).to_bytes(4, "little") + size
        return replace(self, headers=(*self.headers, COMPRESSED), body=body)

    @property
    def content(self) -> bytes:
        """The body as it was before it was put into gzip, if it was.

        It is stored there, and so is no longer than what holds it; a record may hold anything.
        """
        if COMPRESSED not in self.headers:
            return self.body
        try:
            return zlib.decompressobj(GZIP).decompress(self.body, len(self.body) + 1)
        except zlib.error:
            return self.body

    def saying(self, headers: Headers) -> Request:
        """Return the request with headers in the place of its own of these names."""
        names = {name.lower() for name, _ in headers}
        return replace(self, headers=(*(each for each in self.headers if each[0].lower() not in names), *headers))

    def bearing(self, headers: Mapping[str, Secret]) -> Request:
        """Return the request with headers whose values are secrets."""
        borne = tuple((name, word.reveal()) for name, word in headers.items())
        return replace(
            self,
            headers=(*self.headers, *borne),
            secret_headers=self.secret_headers | {name.lower() for name in headers},
        )


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    reason: str
    version: str  # as in "HTTP/1.1"
    headers: Headers
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the first header of that name, whatever its case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def cookies(self) -> tuple[str, ...]:
        """What every `Set-Cookie` says."""
        return tuple(value for key, value in self.headers if key.lower() == COOKIE)

    @functools.cached_property
    def content_type(self) -> str:
        """Its label, or nothing: whatever reads a reply asks for it, some thirty times each."""
        return self.header("content-type") or ""


class Recorded(Reply):
    """A reply of a record whose body is long.

    It is unpacked whenever somebody looks, and so not kept by all who have a reply.
    """

    def __init__(self, status: int, reason: str, version: str, headers: Headers, row: BodyRow) -> None:
        for name, value in (
            ("status", status),
            ("reason", reason),
            ("version", version),
            ("headers", headers),
            ("_row", row),
        ):
            object.__setattr__(self, name, value)

    @property
    def body(self) -> bytes:
        """The body, whole."""
        row: BodyRow = self._row  # type: ignore[attr-defined] # set above, past the frozen class's own way
        return body.content(row)


@dataclass(frozen=True)
class Tls:
    """The facts of the connection."""

    version: str
    cipher: str
    server: str  # the server certificate's SHA-256 fingerprint


@dataclass(frozen=True)
class Exchange:
    """One request and its reply, or what went wrong."""

    number: int  # from 1, within its scenario
    operation: str  # as the wire spells it
    identity: str  # by name: "buyer", "another buyer", ...
    started: datetime
    elapsed: float  # seconds
    request: Request
    reply: Reply | None = None
    trouble: Trouble | None = None
    said: str = ""  # the transport error in its own words
    tls: Tls | None = None
    #: A complete, well-formed request in the name of a party the seller knows: what the form of replies is judged on.
    sound: bool = False
    shows: tuple[str, ...] = ()  # what the reply shows of that which the request guards, by name
    #: The first whole cancellation, plainly written, of an order that may be called off: what outcomes are judged on.
    complete: bool = False
    reused: bool = False  # it went over a connection on which there had been another; of no account in a record
    parts: tuple[str, ...] = ()  # what the reply shows of a longer word that the request guards; never recorded
    #: What its reply's `Set-Cookie` say, which no record holds.
    cookies: tuple[str, ...] = field(default=(), repr=False)
    stranger: bool = False  # the seller has no reason to trust whoever asked, and whatever stands before it may answer

    def __str__(self) -> str:
        return f"{self.number}: {self.operation} -> {self.reply.status if self.reply else self.trouble}"

    @property
    def secrets(self) -> frozenset[str]:
        """What this exchange alone must not show: the request's secret headers and what it guards, in either case.

        What its body says as well, as the name that a certificate is in, is kept back in the header alone.
        """
        secret = [value for name, value in self.request.headers if name.lower() in self.request.secret_headers]
        values = [value for value in secret if escape(value).encode() not in self.request.body]
        cookies = [value for name, value in self.request.headers if name.lower() == "cookie" and value in secret]
        values += [pair.partition("=")[2].strip() for cookie in cookies for pair in cookie.split(";")]
        values += [*(word for _, word in self.request.guarded), *self.parts]
        return frozenset(form for value in values for form in (value, value.lower(), value.upper()))

    def masked(self, masker: Masker) -> ExchangeRow:
        """Return the exchange as it may be written down: secrets starred out, and where they stood."""
        reply, masker = self.reply, masker.with_secrets(self.secrets)
        return {
            "number": self.number,
            "operation": self.operation,
            "identity": self.identity,
            "started": timestamp(self.started),
            "elapsed": round(self.elapsed, 6),
            "request": _request_row(self.request, masker),
            "reply": None if reply is None else _reply_row(reply, masker),
            "trouble": self.trouble,
            "said": masker.text(self.said),
            "tls": None
            if self.tls is None
            else {"version": self.tls.version, "cipher": self.tls.cipher, "server": self.tls.server},
            "sound": self.sound,
            "stranger": self.stranger,
            "complete": self.complete,
            "shows": list(self.shows),
        }

    @classmethod
    def of(cls, row: ExchangeRow) -> Exchange:
        """Read an exchange back as it was recorded, secrets still starred out."""
        request, reply = row["request"], row["reply"]
        return cls(
            number=row["number"],
            operation=row["operation"],
            identity=row["identity"],
            started=datetime.fromisoformat(row["started"]),
            elapsed=row["elapsed"],
            request=Request(
                request["method"],
                request["url"],
                _pairs(request["headers"]),
                body.content(request["body"]),
                whole=request.get("whole", False),
                signed=request.get("signed", ""),
            ),
            reply=_reply(reply) if reply else None,
            trouble=Trouble(row["trouble"]) if row["trouble"] else None,
            said=row["said"],
            tls=Tls(**row["tls"]) if row["tls"] else None,
            sound=row["sound"],
            stranger=row.get("stranger", False),
            complete=row.get("complete", False),
            shows=tuple(row.get("shows", ())),
        )


def http_date(words: str) -> datetime | None:
    """Read a date of HTTP (RFC 9110, 5.6.7), in UTC where it names no zone; nothing where it is none."""
    try:
        moment = parsedate_to_datetime(words)
    except (ValueError, OverflowError):  # the latter of an offset beyond any clock's
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def timestamp(moment: datetime) -> str:
    """Return a moment in RFC 3339, UTC, to the microsecond."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _headers(headers: Headers, masker: Masker, secret: frozenset[str]) -> list[list[str]]:
    values = ["***" if name.lower() in secret else value for name, value in headers]
    words = masker.texts([*(name for name, _ in headers), *values])  # so that values stand one behind the other
    return [[name, value] for name, value in zip(words[: len(headers)], words[len(headers) :], strict=True)]


def _request_row(request: Request, masker: Masker) -> RequestRow:
    row: RequestRow = {
        "method": request.method,
        "url": masker.text(request.url),
        "headers": _headers(request.headers, masker, request.secret_headers),
        "body": _body(request.body, masker),
    }
    if request.whole:
        row["whole"] = True
    if request.signed:
        row["signed"] = request.signed
    return row


def _reply_row(reply: Reply, masker: Masker) -> ReplyRow:
    return {
        "status": reply.status,
        "reason": masker.text(reply.reason),
        "version": reply.version,
        "headers": _headers(reply.headers, masker, frozenset({COOKIE})),
        "body": _body(reply.body, masker),
    }


def _pairs(headers: list[list[str]]) -> Headers:
    return tuple((name, value) for name, value in headers)


def _body(data: bytes, masker: Masker) -> BodyRow:
    spans = masker.spans(data)
    return body.row(starred(data, spans), spans)


def _reply(row: ReplyRow) -> Reply:
    facts = (row["status"], row["reason"], row["version"], _pairs(row["headers"]))
    return Recorded(*facts, row["body"]) if body.is_packed(row["body"]) else Reply(*facts, body.content(row["body"]))
