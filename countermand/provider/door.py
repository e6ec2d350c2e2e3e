"""The door: what a seller asks of a caller in the TLS handshake, before any HTTP."""

from __future__ import annotations

import ssl
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography import x509

    from countermand.provider.certificates import Certificates

_NO_CHECK_TIME = 0x200000  # OpenSSL's X509_V_FLAG_NO_CHECK_TIME, which Python does not name
_NO_RX_CERTIFICATE_COMPRESSION = 1 << 33  # OpenSSL's option of that name, which Python does not name (RFC 8879)


class Asks(StrEnum):
    """Whether a client certificate is asked for."""

    NOTHING = "nothing"
    A_CERTIFICATE = "a certificate"  # none: the application decides; not trusted: TLS alert
    ONLY_WITH_A_CERTIFICATE = "only with a certificate"  # none: TLS alert too


@dataclass(frozen=True)
class Door:
    """What the handshake asks; the last four are faults a deviant may have."""

    asks: Asks = Asks.NOTHING
    admits_expired: bool = False
    admits_self_signed: bool = False
    admits_other_authorities: bool = False
    admits_issued_by_anybody_admitted: bool = False

    def context(self, certificates: Certificates) -> ssl.SSLContext:
        """Build the server's TLS context."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.sni_callback = _remember
        context.load_cert_chain(certificates.server.certificate, certificates.server.private_key)
        if self.asks is Asks.NOTHING:
            return context
        context.load_verify_locations(certificates.ca)
        context.verify_mode = ssl.CERT_REQUIRED if self.asks is Asks.ONLY_WITH_A_CERTIFICATE else ssl.CERT_OPTIONAL
        if self.admits_expired:
            context.verify_flags |= _NO_CHECK_TIME
        if self.admits_self_signed or self.admits_other_authorities or self.admits_issued_by_anybody_admitted:
            self._trust_on_sight(context, certificates.ca.read_bytes())
        return context

    def _trust_on_sight(self, context: ssl.SSLContext, authority: bytes) -> None:
        """Trust a certificate as soon as it is shown.

        OpenSSL verifies before the application is asked, and Python offers no way to overrule it; but the message hook
        sees the Certificate message first, and a certificate added to the store is a trust anchor (RFC 5280, 6.1).
        """

        def look(
            _socket: object, direction: str, _version: object, _content: object, message: object, data: bytes
        ) -> None:
            if direction == "read" and getattr(message, "name", "") == "CERTIFICATE":
                shown = _shown(data)
                if shown and self._admits(shown, authority):
                    context.load_verify_locations(cadata=shown[0])

        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        with suppress(OverflowError):  # options of 32 bits, as on Windows before Python 3.12
            # The hook is shown what came, and that would be compressed.
            context.options |= _NO_RX_CERTIFICATE_COMPRESSION
        hooked: Any = context
        hooked._msg_callback = look  # noqa: SLF001  the only place where Python shows a certificate before its verification

    def _admits(self, shown: list[bytes], authority: bytes) -> bool:
        """Tell whether the first of the certificates shown is of a kind this door lets in unseen."""
        from cryptography import x509  # noqa: PLC0415  only the deviants need it

        certificate, *others = map(x509.load_der_x509_certificate, shown)
        if self.admits_issued_by_anybody_admitted:
            chain = [certificate, *others[:1], x509.load_pem_x509_certificate(authority)]
            return all(_has_issued(issuer, each) for each, issuer in pairwise(chain))
        self_signed = certificate.issuer == certificate.subject
        return self.admits_self_signed if self_signed else self.admits_other_authorities


def _remember(connection: ssl.SSLObject | ssl.SSLSocket, name: str | None, _context: ssl.SSLContext) -> None:
    """Keep with a connection what host the caller has named."""
    vars(connection)["server_name"] = name


def server_name(connection: ssl.SSLSocket) -> str:
    """Return the host that the caller has named in the handshake, nothing where it has named none."""
    return vars(connection).get("server_name") or ""


def _has_issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Tell whether the one has signed the other, whatever it may sign."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415  only the deviants need it

    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _shown(message: bytes) -> list[bytes]:
    """Return what is in a Certificate message, each in DER (RFC 5246, 7.4.2; RFC 8446, 4.4.2)."""
    rest, shown = message[4:], []  # after the handshake header
    has_extensions = rest[0] == 0 and int.from_bytes(rest[1:4], "big") == len(rest) - 4
    rest = rest[4 if has_extensions else 3 :]  # TLS 1.3 puts an empty context in front
    while rest:
        end = 3 + int.from_bytes(rest[:3], "big")
        shown.append(rest[3:end])
        rest = rest[end:]
        if has_extensions:
            rest = rest[2 + int.from_bytes(rest[:2], "big") :]
    return shown
