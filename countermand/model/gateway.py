"""A gateway in front of a seller: the headers and the user that every request bears."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from countermand.model.secret import Secret

#: Names that HTTP itself or a protocol of ours sets: nobody else can (RFC 9110, 6.6, 7.2, 7.6.1, 8.3 to 8.6).
OURS = frozenset(
    (
        *(
            "host",
            "content-length",
            "transfer-encoding",
            "connection",
            "keep-alive",
            "te",
            "trailer",
            "upgrade",
            "expect",
        ),
        *("proxy-connection", "proxy-authorization", "content-type", "content-encoding", "accept", "accept-encoding"),
        *("soapaction", "x-username", "x-signature"),
    )
)
#: Who asks (RFC 9110, 10.1.5), unless the target file says otherwise: filters turn away whoever does not say.
USER_AGENT = "countermand"
#: A header's name (RFC 9110, 5.6.2).
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def words(headers: Mapping[str, Secret]) -> list[str]:
    """Return every word of some headers that must not be shown.

    These are their values, and of credentials the token and the password.
    """
    secrets = list[str]()
    for word in headers.values():
        value = word.reveal()
        scheme, _, token = value.partition(" ")
        secrets += [value, *([token] if token else [])]
        secrets += [_password(token)] if scheme.lower() == "basic" else []
    return secrets


def _password(token: str) -> str:
    """Return the password in credentials of the scheme Basic (RFC 7617, 2); a user without one is the secret itself."""
    try:
        user, _, password = base64.b64decode(token, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return password or user


def basic(user: str, password: str) -> Secret:
    """Return what introduces a user by the scheme Basic (RFC 7617, 2)."""
    return Secret("Basic " + base64.b64encode(f"{user}:{password}".encode()).decode())


def parted(url: str) -> tuple[str, Secret | None]:
    """Return a URL without the user and password in it, and what introduces that user."""
    parts = urlsplit(url)
    if parts.username is None:
        return url, None
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return bare, basic(unquote(parts.username), unquote(parts.password or ""))


def unfit(name: str) -> str | None:
    """Say why nobody can set a header of that name, if so."""
    if not TOKEN.fullmatch(name):
        return "no name of a header: letters, digits and - were expected"
    if name.lower() in OURS:
        return "the suite sets this header itself; a header that a gateway wants was expected, as in X-Gateway-Key"
    return None


def unsendable(value: str) -> str | None:
    """Say why a value cannot stand in a header, if so, without showing it (RFC 9110, 5.5)."""
    if not value:
        return "its value is empty: what the gateway wants to see was expected; what has no value is left out"
    if "\r" in value or "\n" in value:
        return "its value has a line end in it: a header is one line"
    if not (value.isascii() and value.isprintable()) or value != value.strip():
        return "its value cannot be sent: visible ASCII was expected, with no blank at either end"
    return None
