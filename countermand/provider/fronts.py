"""Fronts: what stands before real sellers, and turns callers away in its own words."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Final

from countermand.provider import sellers
from countermand.provider.door import Asks, Door
from countermand.provider.noes import CLOSED, Body, No, Wait

if TYPE_CHECKING:
    from countermand.provider.certificates import Certificates
    from countermand.provider.http import Request, Response
    from countermand.provider.serving import Application
    from countermand.provider.toml import Table

Noes = tuple[No, ...]  # given in turn; none: the seller itself is asked


@dataclass(frozen=True, kw_only=True)
class Front:
    """What is turned away before the seller hears of it, and how."""

    strangers: Noes = ()  # who has no certificate, or no good signature
    untrusted: Noes = ()  # who has a certificate nobody agreed to; without, the handshake turns them away
    methods: Noes = ()
    paths: Noes = ()
    hostile: Noes = ()  # a document that declares entities
    waits: tuple[Wait, ...] = ()  # who asks too often

    def single(self) -> dict[str, Front]:
        """Take it apart, so that each part can be judged alone."""
        return {
            f"{part.name}: {no}": Front(**{part.name: (no,)})
            for part in fields(self)
            for no in getattr(self, part.name)
        }


@dataclass(frozen=True)
class _Admitting(Door):
    """A door that lets every certificate in and knows which were agreed to, so that HTTP can say no."""

    behind: Door = field(default_factory=Door)
    agreed: set[bytes] = field(default_factory=set, compare=False)

    def context(self, certificates: Certificates) -> ssl.SSLContext:
        """Build the server's TLS context."""
        for identity in (certificates.buyer, certificates.another_buyer):
            first = identity.certificate.read_text(encoding="ascii").partition(ssl.PEM_FOOTER)[0]
            self.agreed.add(ssl.PEM_cert_to_DER_cert(first + ssl.PEM_FOOTER))
        return replace(
            self.behind, admits_expired=True, admits_self_signed=True, admits_other_authorities=True
        ).context(certificates)


class Fronted:
    """A seller with a front before it."""

    def __init__(
        self, seller: Application, front: Front, knows: Callable[[Request], bool] | None = None, path: str | None = None
    ) -> None:
        self.seller, self.front, self._path = seller, front, path or getattr(seller, "path", "/")
        self._knows = knows or (lambda request: request.peer is not None)
        self._agreed: set[bytes] = set()
        self._asked, self._lock = count(1), Lock()
        self._counts = {part.name: count() for part in fields(front)}

    @property
    def door(self) -> Door:
        """What the TLS handshake asks of a caller."""
        behind = self.seller.door
        return _Admitting(behind.asks, behind=behind, agreed=self._agreed) if self._admits else behind

    @property
    def _admits(self) -> bool:
        return bool(self.front.untrusted) and self.seller.door.asks is Asks.A_CERTIFICATE

    def target(self) -> Mapping[str, Table]:
        """Give the tables of the seller's target file."""
        return self.seller.target()

    def files(self) -> Mapping[str, str]:
        """Give the files that the target names."""
        return self.seller.files()

    def handle(self, request: Request) -> Response:
        """Turn a request away, or let the seller answer it."""
        with self._lock:
            asked = next(self._asked)
            for wait in self.front.waits:
                if asked % wait.every == 0:
                    return wait.response()
            no = self._no(request)
        return no.response() if no else self.seller.handle(request)

    def _no(self, request: Request) -> No | None:
        """Say how a request is turned away, if it is: of several reasons by the first."""
        reasons = {
            "untrusted": self._admits and request.peer is not None and request.peer.der not in self._agreed,
            "strangers": not self._knows(request),
            "methods": request.method != "POST",
            "paths": request.path not in {"/", self._path},
            "hostile": b"<!ENTITY" in request.body.replace(b"\0", b""),  # in UTF-16 too
        }
        for name, holds in reasons.items():
            noes: Noes = getattr(self.front, name)
            if holds and noes:
                return noes[next(self._counts[name]) % len(noes)]
        return None


def put_before(seller: Application, front: Front, carried: Application | None = None) -> Fronted:
    """Put a front before a seller, in whatever manner its replies are carried."""
    return Fronted(carried or seller, front, getattr(seller, "knows", None), getattr(seller, "path", "/"))


_SUCCESS: Final = 200
_STATUSES: Final = (_SUCCESS, 302, 308, 400, 401, 403, 404, 405, 429, 502, 503, CLOSED)
_BODIES: Final = (Body.PAGE, Body.XHTML, Body.JSON, Body.TEXT, Body.NOTHING)
_WAITS: Final = (Wait(2, No(429)), Wait(5, No(503, Body.PAGE)), Wait(7, No(429, Body.JSON), dated=True))


def fronts(api: str) -> dict[str, Front]:
    """Give fronts among which everything is turned away in every way; in one front each thing in a way of its own."""
    made = {f"front of {_word(status)}": _front(number) for number, status in enumerate(_STATUSES)}
    made |= {f"waits {wait}": Front(waits=(wait,)) for wait in _WAITS}
    seller = sellers.made(api, "seller", "Seller")()
    if seller.door.asks is Asks.NOTHING:
        made = {name: replace(front, untrusted=()) for name, front in made.items()}
    own = sellers.optional(api, "fronts")
    return made | (own.fronts() if own else {})


def _front(number: int) -> Front:
    """Give each thing another status.

    So a dozen fronts hold every pair of a thing and a status, and of a thing and a body.
    """
    strangers, untrusted, methods, paths, hostile = (_noes(number, number + shift) for shift in (0, 5, 3, 7, 10))
    return Front(strangers=strangers, untrusted=untrusted, methods=methods, paths=paths, hostile=hostile)


def _noes(turn: int, number: int) -> Noes:
    """Give every kind of body with one status, each front beginning with another."""
    status = _STATUSES[number % len(_STATUSES)]
    if status == CLOSED:
        return (No(CLOSED),)
    bodies = _BODIES[:2] if status == _SUCCESS else _BODIES  # a page that lets nobody in, and nothing else
    return tuple(No(status, bodies[(turn + step) % len(bodies)]) for step in range(len(bodies)))


def _word(status: int) -> str:
    return str(status or "closed doors")
