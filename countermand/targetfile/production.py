"""Production: which targets it is, by the names and addresses they have, and that their owner agreed to it by name."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace

from countermand.model import place
from countermand.model.apis import APIS
from countermand.model.target import Target
from countermand.targetfile.source import TargetError

#: Seconds a name server may take: what it does not say in time is not known, and the wire looks at where it got to.
LOOKUP = 5.0


def addresses(host: str) -> tuple[str, ...]:
    """Return the addresses the system has for a name, each in its one spelling; none where it knows none in time."""
    resolved: list[str] = []

    def look() -> None:
        try:
            resolved.extend(str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
        except (OSError, ValueError):  # ValueError: what cannot be a host name
            return

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    looking.join(LOOKUP)
    return tuple(dict.fromkeys(place.host(address) for address in resolved))


def looked_up(target: Target, resolve: Callable[[str], Iterable[str]] = addresses) -> Target:
    """Return a target that knows the addresses of its names: a name of somebody's own may well stand for production.

    Where connect_to says where to connect, nobody looks up the name in the URL, and neither do we.
    """
    if target.embedded or target.recorded or target.production:
        return target
    there = replace(target, url=f"https://{target.connect_to}", connect_to=None) if target.connect_to else target
    names = [host for host in there.hosts if not place.is_address(host)]
    known = replace(target, resolved=tuple(dict.fromkeys(address for host in names for address in resolve(host))))
    return known if known.production else replace(known, led=_led(known, there.hosts, resolve))


def _led(target: Target, hosts: Iterable[str], resolve: Callable[[str], Iterable[str]]) -> str | None:
    """Return the host of production that has an address to which a target file leads past the name in its URL.

    A service may publish names alone. What the name in the URL leads to as well is a door that both share, and tells
    them apart by their names.
    """
    home = place.of_url(target.url).host
    reached = {address for address in (*hosts, *target.resolved) if place.is_public(address)}
    if not reached or (target.connect_to is None and not place.is_address(home)):
        return None
    for name in sorted(APIS[target.api].production_hosts):
        there = reached.intersection(resolve(name))
        if there and (place.is_address(home) or there.difference(resolve(home))):
            return name
    return None


def agree(targets: Iterable[Target], production: Iterable[str]) -> None:
    """See that production was agreed to by name, and that no order would be made there.

    Raises TargetError before anything is sent.
    """
    named = set(production)
    for target in targets:
        if not target.production:
            continue
        why = (
            'environment = "production"'
            if target.environment == "production"
            else f"{_named(target)} is published as production"
        )
        if target.name not in named:
            said = f" (not {', '.join(sorted(named))})" if named else ""
            raise TargetError(
                f"{target.source}: {why}: its orders are real, and a cancellation is final; nothing was sent; "
                f"to go on all the same, say --production {target.name}{said}"
            )
        if target.orders.register is not None:
            raise TargetError(
                f"{target.source}: {why}: no order is ever made on production; take out [orders.register]"
            )


def _named(target: Target) -> str:
    """Name what is published as production, and the names that lead there where it is none of them."""
    published = target.published or ""
    if published == target.led:
        return f"{published}, to which {' or '.join(target.hosts)} leads,"
    return published if published in target.hosts else f"{published}, an address of {' or '.join(target.hosts)},"
