"""The way to a target, up to its door: findings about names, ports and proxies."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

from countermand.doctor.finding import Finding
from countermand.doctor.look import Look, Stage
from countermand.model.target import Target


def findings(target: Target, seen: Look) -> Iterator[Finding]:
    """Say whether the name has an address and whether somebody listens there."""
    route = seen.route
    if not seen.resolved:
        words = f"{route.host} has no address: {_words(seen.error)}"
        mend = f"mend {route.key}, or see whether this machine needs a VPN or another DNS server to know the name"
        yield Finding.trouble("name resolution", words, mend + _unused_proxy(target), certain=True)
        yield Finding.unchecked("connection", f"{route.host} has no address")
        return
    yield Finding.ok("name resolution", f"{route.host} is {', '.join(dict.fromkeys(seen.addresses))}")
    if seen.connected:
        through = f", through it to {route.tunnel}" if route.tunnel else ""
        yield Finding.ok("connection", f"{route} listens{through}")
    elif seen.stage is Stage.TUNNELLING:
        mend = "mend proxy (its user and password too), or ask its owner to let this machine through"
        yield Finding.trouble(
            "connection", f"no way through the proxy {route}: {_words(seen.error)}", mend, certain=True
        )
    else:
        yield _closed(target, seen)


def _closed(target: Target, seen: Look) -> Finding:
    route, error = seen.route, seen.error
    if isinstance(error, ConnectionRefusedError):
        words, mend = (
            f"nobody listens at {route}: connection refused",
            f"mend the port in {route.key}, or start the seller",
        )
    elif isinstance(error, TimeoutError):
        words = f"{route} does not answer within {target.limits.connect:g} s"
        mend = (
            f"mend {route.key}; if it is right, a firewall drops us: "
            f"have this machine's public address put on the seller's allow list{_unused_proxy(target)}"
        )
    else:
        words, mend = (
            f"no way to {route}: {_words(error)}",
            f"mend {route.key}, or this machine's network{_unused_proxy(target)}",
        )
    return Finding.trouble("connection", words, mend, certain=True)


def _unused_proxy(target: Target) -> str:
    """Say that a proxy is set for whatever else runs here, where the target file names none."""
    names = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
    name = next((name for name in names if os.environ.get(name)), "")
    if not name or target.proxy:
        return ""
    return f"; {name} is set, and not used: where the way leads through a proxy, name it as proxy"


def _words(error: Exception | None) -> str:
    if isinstance(error, socket.gaierror):
        return error.strerror or "not known"
    return str(getattr(error, "strerror", None) or error)
