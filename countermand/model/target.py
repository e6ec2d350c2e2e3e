"""A seller under test: where it is, with which identities, orders and dialect it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from countermand.guard.schema import Schema
from countermand.model import gateway, place
from countermand.model.apis import APIS
from countermand.model.secret import Masker, Secret

#: The public production hosts of every service: production whatever a target file says.
PRODUCTION_HOSTS = frozenset().union(*(api.production_hosts for api in APIS.values()))
#: The addresses that are published for them.
PRODUCTION_ADDRESSES = frozenset().union(*(api.production_addresses for api in APIS.values()))


@dataclass(frozen=True)
class Order:
    """An order as the supply knows it."""

    state: str  # as the target file's list is called: "in_flight", "pending", ...
    seller: str  # the seller's reference: ala targetSellerOrderReference, opensrs order_id
    buyer: str = ""  # the buyer's reference: ala buyerOrderReference

    def __str__(self) -> str:
        return self.seller


@dataclass(frozen=True)
class Identity:
    """Somebody who may ask: by certificate (ala) or by user name and key (opensrs)."""

    name: str
    certificate: Path | None = None
    private_key: Path | None = None
    pkcs12: Path | None = None
    passphrase: Secret | None = None
    identifier: str | None = None
    reseller: str | None = None
    username: str | None = None
    api_key: Secret | None = None
    line: str | None = None  # whose connection it asks over, where that is not its own
    #: What it calls the server in the handshake, where that is not its host (RFC 6066, 3); empty: nothing.
    server_name: str | None = None


@dataclass(frozen=True)
class Dialect:
    """What the public documents of ALA leave open, as the target declares it; the defaults are our reading."""

    request_root: str = "cancelOrderRequest"
    namespace: str = ""
    extension_namespace: str = "http://www.cityfibre.com/ala/ext1"
    envelope: bool = True
    content_type: str = "application/xml"
    soap_action: str = '""'
    buyer_reference: str = "original"
    reason: Mapping[str, str] = field(default_factory=lambda: {"code": "300", "message": "No longer needed"})
    decision: str = "//*[local-name()='status' or local-name()='orderStatus']"
    pending: tuple[str, ...] = ("Pending",)
    rejected: tuple[str, ...] = ("Rejected",)
    cancelled: tuple[str, ...] = ("Cancelled",)
    pending_status: tuple[int, ...] = ()  # of replies without a body that say so by it


@dataclass(frozen=True)
class Limits:
    """How long we wait and how much we read."""

    connect: float  # seconds
    total: float  # seconds
    size: int  # bytes
    dead: int  # exchanges in a row


@dataclass(frozen=True)
class Safety:
    """What we may do to the target."""

    hostile: bool = False
    cancellations: int = 50
    rate: float | None = None  # requests a second


@dataclass(frozen=True)
class Supply:
    """Where orders come from: lists, and a command or a registration that makes more."""

    listed: tuple[Order, ...] = ()
    unknown: Order | None = None
    command: tuple[str, ...] = ()
    register: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Target:
    """One seller, and all we were told about it."""

    name: str
    api: str
    url: str
    source: Path
    identities: Mapping[str, Identity]
    environment: str = "staging"
    path: str | None = None  # of the operation, after url; absent: the documented one
    instance: str | None = (
        None  # which of its lives a system is in, or what several hosts have in common: whose orders these are
    )
    connect_to: str | None = None
    proxy: str | None = None
    #: Borne by every request, for a gateway in front of the seller.
    headers: Mapping[str, Secret] = field(default_factory=dict)
    ca: Path | None = None
    tls_minimum: str = "1.2"
    tls_maximum: str | None = None
    seller: str | None = None
    orders: Supply = field(default_factory=Supply)
    dialect: Dialect = field(default_factory=Dialect)
    safety: Safety = field(default_factory=Safety)
    limits: Limits = field(default_factory=lambda: Limits(10, 30, 2**21, 5))
    capabilities: Mapping[str, str] = field(default_factory=dict)
    schemas: Mapping[str, Schema] = field(default_factory=dict)
    declaration: Mapping[str, str] = field(default_factory=dict)  # who declares what, in a certificate
    embedded: bool = False
    recorded: bool = False  # known from a record alone: nobody is asked, and no certificate is there or made
    warnings: tuple[str, ...] = ()
    resolved: tuple[str, ...] = ()  # the addresses its names have, once they were looked up
    led: str | None = None  # the host of production whose address it names, where that was looked up

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every host that this target file names on the way to the seller, each in its one spelling."""
        named = [
            self.url,
            *([f"https://{self.connect_to}"] if self.connect_to else []),
            *([self.proxy] if self.proxy else []),
        ]
        return tuple(dict.fromkeys(host for url in named if (host := _host(url))))

    @property
    def published(self) -> str | None:
        """The host or address of this target that is published as production, if one is."""
        known = (host for host in self.hosts if host in PRODUCTION_HOSTS or is_production(host))
        return next(known, None) or next(filter(is_production, self.resolved), self.led)

    @property
    def production(self) -> bool:
        """Whether orders here are real: by declaration, or because a host or an address is published as production."""
        return self.environment == "production" or self.published is not None

    @property
    def secrets(self) -> list[str]:
        """Every word of this target that must not be shown."""
        words = [
            word.reveal()
            for identity in self.identities.values()
            for word in (identity.passphrase, identity.api_key)
            if word
        ]
        words += [
            form
            for url in (self.proxy, self.url)
            if url and (word := urlsplit(url).password)
            for form in {word, unquote(word)}
        ]
        words += gateway.words(self.headers)
        keys = {
            path
            for identity in self.identities.values()
            for path in (identity.private_key, identity.certificate)
            if path and not self.recorded
        }
        pems = [path.read_text(encoding="ascii", errors="ignore") for path in keys if path.is_file()]
        return words + [block for pem in pems for block in _private_blocks(pem)]

    def masker(self) -> Masker:
        """Return what masks this target's secrets."""
        return Masker(self.secrets)

    def lacks(self, capability: str) -> bool:
        """Say whether the target file declares that the target lacks a capability."""
        return self.capabilities.get(capability) == "no"


def is_production(address: str) -> bool:
    """Say whether an address in its one spelling is published as production, or may be a way to one that is."""
    return not PRODUCTION_ADDRESSES.isdisjoint(place.leads_to(address))


def _host(url: str) -> str | None:
    """Return the host of a URL in its one spelling; what names no place leads nowhere, and the doctor says so."""
    try:
        return place.of_url(url).host
    except ValueError:
        return None


def _private_blocks(pem: str) -> list[str]:
    """Return the private keys of a PEM file: of a combined one the certificate is no secret."""
    blocks = pem.split("-----BEGIN ")[1:]
    return ["-----BEGIN " + block for block in blocks if "PRIVATE KEY" in block.partition("\n")[0]]
