"""Manners: legitimate ways of HTTP and TLS to carry what a seller says."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from countermand.provider.door import Door

if TYPE_CHECKING:
    from collections.abc import Mapping

    from countermand.provider.certificates import Certificates
    from countermand.provider.http import Request, Response
    from countermand.provider.serving import Application
    from countermand.provider.toml import Table


@dataclass(frozen=True, kw_only=True)
class Manner:
    """What HTTP and TLS leave to a server."""

    lower_case: bool = False  # names of headers
    labelled: bool = True  # whether there is a Content-Type (RFC 9110, 8.3: a SHOULD)
    old: bool = False  # answers in HTTP/1.0
    abrupt: bool = False  # closes the connection after each reply and does not say so
    only_1_2: bool = False  # speaks TLS 1.2 alone
    pages: bool = False  # what is no request of the API is refused with a page


def manners() -> dict[str, Manner]:
    """Give the named manners; any other can be made of a Manner's fields."""
    return {
        "names of headers in lower case": Manner(lower_case=True),
        "no label": Manner(labelled=False),
        "HTTP/1.0": Manner(old=True),
        "abrupt": Manner(abrupt=True),
        "TLS 1.2 only": Manner(only_1_2=True),
        "pages for what is no request": Manner(pages=True),
    }


_PAGE = b"<!DOCTYPE html><html><head><title>Not here</title></head><body><p>There is nothing here.<br></body></html>"


@dataclass(frozen=True)
class _OldDoor(Door):
    """A door that knows no TLS 1.3."""

    def context(self, certificates: Certificates) -> ssl.SSLContext:
        """Build the server's TLS context."""
        context = super().context(certificates)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        return context


class Mannered:
    """A seller with manners of its own."""

    def __init__(self, seller: Application, manner: Manner) -> None:
        self.seller, self.manner = seller, manner

    @property
    def door(self) -> Door:
        """What the TLS handshake asks of a caller."""
        door = self.seller.door
        return _OldDoor(**vars(door)) if self.manner.only_1_2 else door

    def target(self) -> Mapping[str, Table]:
        """Give the tables of the seller's target file."""
        return self.seller.target()

    def files(self) -> Mapping[str, str]:
        """Give the files that the target names."""
        return self.seller.files()

    def handle(self, request: Request) -> Response:
        """Let the seller answer, and carry that in its own manner."""
        response, manner = self.seller.handle(request), self.manner
        if manner.pages and response.status in {404, 405}:
            response = replace(response, body=_PAGE, headers=(("Content-Type", "text/html"),))
        headers = tuple(
            (name, value) for name, value in response.headers if manner.labelled or name.lower() != "content-type"
        )
        if manner.lower_case:
            headers = tuple((name.lower(), value) for name, value in headers)
        return replace(response, headers=headers, old=manner.old, abrupt=manner.abrupt)
