"""Serve an embedded seller, and write a target file that reaches it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

from countermand.provider import certificates, files, toml
from countermand.provider.door import Asks
from countermand.provider.server import Server

if TYPE_CHECKING:
    from countermand.provider.certificates import Certificates, Identity
    from countermand.provider.door import Door
    from countermand.provider.http import Request, Response
    from countermand.provider.toml import Table, Value


class Application(Protocol):
    """What every seller is, whatever it sells."""

    @property
    def door(self) -> Door:
        """What the TLS handshake asks of a caller."""

    def handle(self, request: Request) -> Response:
        """Answer one request; callers may be in several threads."""

    def target(self) -> Mapping[str, Table]:
        """Give the tables of the target file that only this seller knows, certificates left out."""

    def files(self) -> Mapping[str, str]:
        """Give the files that the target names, to be written beside it."""


@dataclass(frozen=True)
class Served:
    """A seller that is up; leaving its context stops it."""

    seller: Application
    target: Path
    server: Server
    certificates: Certificates

    @property
    def url(self) -> str:
        """Where it is reached."""
        return self.server.url

    def stop(self) -> None:
        """End every connection and stop listening."""
        self.server.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def serve(
    api: str,
    seller: Application,
    directory: Path,
    port: int = 0,
    *,
    identities: Certificates | None = None,
    target: Path | None = None,
    log: Callable[[str], None] | None = None,
) -> Served:
    """Put a seller up on loopback and write the target file that reaches it.

    The directory must exist; certificates are made in it unless identities are given, and the files that the target
    names; the target file is written there too, unless it is named. Raises OSError where a file cannot be written or
    the port is taken.
    """
    identities = identities or certificates.make(directory)
    target = target or directory / "target.toml"
    server = Server(seller.handle, seller.door.context(identities), port, log=log, note=getattr(seller, "note", None))
    try:
        for name, text in seller.files().items():
            files.write(directory / name, text.encode())
        files.write(
            target,
            toml.dumps(_relative(_tables(api, server.url, seller, identities, directory), target.parent)).encode(),
        )
    except OSError:
        server.server_close()
        raise
    return Served(seller, target, server.start(), identities)


def _tables(api: str, url: str, seller: Application, identities: Certificates, directory: Path) -> Table:
    """Give all that the target file says."""
    given = seller.target()
    made: dict[str, Value] = {
        "name": f"embedded-{api}",
        "api": api,
        "url": url,
        "environment": "staging",
        "trust": {"ca": identities.ca},
        **given,
        "safety": {"hostile": True},
    }
    if "schemas" in given:
        made["schemas"] = {key: directory / str(name) for key, name in given["schemas"].items()}
    if seller.door.asks is not Asks.NOTHING:
        for name in ("buyer", "another_buyer", "expired_buyer", "unknown_buyer"):
            identity: Identity = getattr(identities, name)
            made[name] = {
                "certificate": identity.certificate,
                "private_key": identity.private_key,
                **given.get(name, {}),
            }
    return made


def _relative(table: Table, start: Path) -> dict[str, Value]:
    """Write every path relative to the file it stands in."""
    made: dict[str, Value] = {}
    for key, value in table.items():
        if isinstance(value, Path):
            made[key] = Path(os.path.relpath(value, start)).as_posix()
        else:
            made[key] = _relative(value, start) if isinstance(value, Mapping) else value
    return made
