"""Where something is reached: one spelling for each place, however people write it."""

from __future__ import annotations

import ipaddress
import re
import socket
import unicodedata
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

#: The dots of IDNA (RFC 3490, 3.1): ideographic, fullwidth and halfwidth ones part labels as a full stop does.
DOTS: Final = re.compile("[.\u3002\uff0e\uff61]")
#: What the system takes for an address of version 4 in one of its many spellings:
#: 127.1, 0x7f.1, 0177.0.0.1, 2130706433.
NUMERIC: Final = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+)){0,3}")
#: Addresses of version 4 behind NAT64 (RFC 6052, 2.1).
NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
#: Where an address of version 6 holds one of version 4, by the bits before it: 6to4 (RFC 3056, 2), NAT64 with any
#: prefix (RFC 6052, 2.2), addresses that are mapped, compatible, or of ISATAP (RFC 4291, 2.5.5; RFC 5214, 6.1).
WITHIN: Final = (16, 32, 40, 48, 56, 64, 96)
#: Bits that an address which holds another leaves out (RFC 6052, 2.2), and how many there are.
LEFT_OUT, BITS, V4, TEREDO = range(64, 72), 128, 32, ipaddress.ip_network("2001::/32")
#: Whoever connects to "any" address reaches this machine.
ANY: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - nothing is bound
PORT: Final = 443


@dataclass(frozen=True)
class Place:
    """A host and a port, each in its one spelling."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def of_url(url: str) -> Place:
    """Return the place a URL names, whoever is named as its user; raises ValueError where it names none."""
    parts = urlsplit(url)
    if not parts.hostname:
        raise ValueError(f"{url!r} names no host")
    default = 80 if parts.scheme == "http" else PORT
    return Place(host(parts.hostname), default if parts.port is None else parts.port)


def of_words(words: str) -> Place:
    """Return the place that host:port names; raises ValueError where it names none."""
    return of_url(f"https://{words}")


def host(words: str) -> str:
    """Return the one spelling of a host.

    It has lower case, A-labels, no dot at the end, and an address as its numbers are written.
    """
    name = unicodedata.normalize("NFKC", DOTS.sub(".", unquote(words))).lower().rstrip(".").strip("[]")
    name = name if name.isascii() else a_labels(name)
    name = _address(name) or name
    return "127.0.0.1" if name == "localhost" or name.endswith(".localhost") else ANY.get(name, name)  # RFC 6761, 6.3


def is_address(words: str) -> bool:
    """Say whether a host in its one spelling is an address, and no name that has to be looked up."""
    try:
        ipaddress.ip_address(words)
    except ValueError:
        return False
    return True


def is_public(words: str) -> bool:
    """Say whether a host in its one spelling is an address that the whole net can reach."""
    return is_address(words) and ipaddress.ip_address(words).is_global


def leads_to(words: str) -> frozenset[str]:
    """Return every address that a host in its one spelling may stand for.

    An address of version 6 may be the way to one of version 4, wherever in it that stands: by chance it does so once in
    four thousand million.
    """
    try:
        address = ipaddress.ip_address(words)
    except ValueError:
        return frozenset()
    if isinstance(address, ipaddress.IPv4Address):
        return frozenset({words})
    bits = f"{int(address):0{BITS}b}"
    packed = "".join(bit for number, bit in enumerate(bits) if number not in LEFT_OUT)
    inner = {(bits if begin in {16, 96} else packed)[begin : begin + V4] for begin in WITHIN}
    numbers = {int(digits, 2) for digits in inner if len(digits) == V4}
    if address in TEREDO:  # RFC 4380, 4: every bit of it is turned
        numbers.add(~int(address) & 0xFFFFFFFF)
    return frozenset({words, *(str(ipaddress.IPv4Address(number)) for number in numbers)})


def a_labels(name: str) -> str:
    """Return a name by its A-labels (RFC 5890), as UTS 46 maps it; as it is where it is none that can be reached."""
    import idna  # noqa: PLC0415 - large tables, which only names beyond ASCII need

    try:
        return idna.encode(name, uts46=True).decode("ascii").rstrip(".")
    except idna.IDNAError:  # nobody connects to it; it is no other name
        return name


def _address(name: str) -> str | None:
    """Return an address as its numbers are written, where a name is one."""
    if NUMERIC.fullmatch(name):
        try:
            return socket.inet_ntoa(socket.inet_aton(name))
        except OSError:
            return None
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id and not address.is_link_local:  # a zone tells links apart, and no other addresses
            address = ipaddress.IPv6Address(int(address))
        inner = address.ipv4_mapped or (ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in NAT64 else None)
        return str(inner or address)
    return str(address)
