"""The noes of a front, as real servers word them."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import formatdate
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from countermand.provider.http import Response

CLOSED: Final = 0  # in the place of a status: not a word, and the connection is closed
PORTAL: Final = "https://portal.example/"
REDIRECTS: Final = range(300, 400)


class Body(StrEnum):
    """What a front's reply holds."""

    PAGE = "page"
    XHTML = "XHTML page"  # which is XML, and no reply of any API
    JSON = "JSON"
    TEXT = "text"
    NOTHING = "nothing"
    ENVELOPE = "envelope"  # of an API, which says itself what stands in it
    HEADLESS = "envelope without HTTP"


_BODIES: Final = MappingProxyType(
    {
        # nginx and Apache name themselves on the page as they are installed
        Body.PAGE: (
            "text/html",
            b"<html>\r\n<head><title>No</title></head>\r\n<body>\r\n<center><h1>No</h1></center>\r\n<hr><center>nginx/1.22.1</center><br>\r\n",
        ),
        Body.XHTML: (
            "application/xhtml+xml",
            (
                b'<?xml version="1.0" encoding="UTF-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><head><title>No</title></head>'
                b"<body><h1>No</h1><p>Apache/2.4.71 (Debian) Server</p></body></html>\n"
            ),
        ),
        Body.JSON: ("application/json", b'{"message":"no Route matched with those values","request_id":"0f0e5e3c"}'),
        Body.TEXT: ("text/plain; charset=utf-8", b"Request blocked.\n"),
        Body.NOTHING: ("", b""),
        Body.ENVELOPE: ("text/xml", b""),
        Body.HEADLESS: ("text/xml", b""),
    }
)


@dataclass(frozen=True)
class No:
    """One way to turn away."""

    status: int
    body: Body = Body.NOTHING

    def __str__(self) -> str:
        if self.status == CLOSED:
            return "closed"
        return f"{self.status} {self.body}"

    def written(self) -> bytes:
        """Give what stands in it."""
        return _BODIES[self.body][1]

    def response(self) -> Response:
        """Put it on the wire."""
        if self.status == CLOSED:
            return Response(self.status, silent=True)
        label, _ = _BODIES[self.body]
        headers = ((("Content-Type", label),) if label else ()) + self._further()
        return Response(self.status, self.written(), headers, headless=self.body is Body.HEADLESS)

    def _further(self) -> tuple[tuple[str, str], ...]:
        """Give the headers that a status asks for (RFC 9110, 10.2.1, 10.2.2 and 11.6.1)."""
        if self.status in REDIRECTS:
            return (("Location", PORTAL),)
        return {401: (("WWW-Authenticate", 'Basic realm="staging"'),), 405: (("Allow", "POST"),)}.get(self.status, ())


@dataclass(frozen=True)
class Wait:
    """Every so many requests one is told to come again: it has not been processed."""

    every: int
    no: No
    dated: bool = False  # Retry-After is a date, and not seconds

    def __str__(self) -> str:
        return f"one in {self.every}: {self.no}{', dated' if self.dated else ''}"

    def response(self) -> Response:
        """Put it on the wire."""
        made = self.no.response()
        when = formatdate(usegmt=True) if self.dated else "0"
        return Response(made.status, made.body, (*made.headers, ("Retry-After", when)))
