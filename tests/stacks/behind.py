"""An embedded seller behind a real server that says which certificate it has verified."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from countermand.provider import serving
from countermand.provider.door import Asks, Door
from countermand.provider.http import Peer, Request, Response
from countermand.provider.toml import Table

#: The server in front sets both on every request, whatever the caller sent: nobody else reaches the seller.
VERIFIED, SUBJECT = "x-client-verified", "x-client-subject"
GOOD = {"SUCCESS", "0"}  # as nginx and Apache say it, and HAProxy


@dataclass
class Behind:
    """A seller whose callers are known by what the server in front says of them."""

    seller: serving.Application

    @property
    def door(self) -> Door:
        return Door(Asks.A_CERTIFICATE) if self.seller.door.asks is not Asks.NOTHING else self.seller.door

    def handle(self, request: Request) -> Response:
        return self.seller.handle(replace(request, peer=told(request.headers)))

    def target(self) -> Mapping[str, Table]:
        return self.seller.target()

    def files(self) -> Mapping[str, str]:
        return self.seller.files()


def told(headers: Mapping[str, str]) -> Peer | None:
    """Read who was verified."""
    name = re.search(r"CN ?= ?([^,/]+)", headers.get(SUBJECT, ""))
    return Peer(name[1].strip(), b"") if name and headers.get(VERIFIED) in GOOD else None
