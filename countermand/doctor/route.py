"""Where to connect to reach a target, by url, connect_to and proxy of its file."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from countermand.model.target import Target


class RouteError(ValueError):
    """A url, connect_to or proxy that names no place; says which key and what was expected."""


@dataclass(frozen=True)
class Route:
    """Where to connect, and the name the server's certificate must bear."""

    key: str  # of the target file, which names the place
    host: str
    port: int
    name: str
    tunnel: str | None = None  # what a proxy is asked to connect to
    authorization: str | None = None  # what the proxy is told of us
    sealed: bool = False  # the proxy itself is reached by TLS

    def __str__(self) -> str:
        return f"{self.host} port {self.port}"


def route(target: Target) -> Route:
    """Return the way to a target; raises RouteError."""
    url = _parts("url", target.url, "https://host or https://host:port")
    name = url.hostname or ""
    there = url if target.connect_to is None else _parts("connect_to", f"//{target.connect_to}", "host:port")
    key, port = "url" if target.connect_to is None else "connect_to", there.port or 443
    if target.proxy is None:
        return Route(key, there.hostname or "", port, name)
    proxy = _parts("proxy", target.proxy, "http://host:port")
    host = f"[{there.hostname}]" if ":" in (there.hostname or "") else there.hostname
    return Route(
        "proxy",
        proxy.hostname or "",
        proxy.port or 80,
        name,
        f"{host}:{port}",
        _authorization(proxy),
        proxy.scheme == "https",
    )


def _parts(key: str, value: str, expected: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        known = parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        known = False
    if not known:
        raise RouteError(f"{key}: names no host and port; expected {expected}")
    return parts


def _authorization(proxy: SplitResult) -> str | None:
    """Return what introduces us to a proxy, where its URL names a user (RFC 7617)."""
    if proxy.username is None:
        return None
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return "Basic " + base64.b64encode(pair.encode()).decode()
