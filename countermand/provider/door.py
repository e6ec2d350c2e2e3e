"""The door: what a seller asks of a caller in the TLS handshake, before any HTTP."""

from __future__ import annotations

import ssl
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    """What the handshake asks; the last three are faults a deviant may have."""

    asks: Asks = Asks.NOTHING
    admits_expired: bool = False
    admits_self_signed: bool = False
    admits_other_authorities: bool = False

    def context(self, certificates: Certificates) -> ssl.SSLContext:
        """Build the server's TLS context."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(certificates.server.certificate, certificates.server.private_key)
        if self.asks is Asks.NOTHING:
            return context
        context.load_verify_locations(certificates.ca)
        context.verify_mode = ssl.CERT_REQUIRED if self.asks is Asks.ONLY_WITH_A_CERTIFICATE else ssl.CERT_OPTIONAL
        if self.admits_expired:
            context.verify_flags |= _NO_CHECK_TIME
        if self.admits_self_signed or self.admits_other_authorities:
            self._trust_on_sight(context)
        return context

    def _trust_on_sight(self, context: ssl.SSLContext) -> None:
        """Trust a certificate as soon as it is shown.

        OpenSSL verifies before the application is asked, and Python offers no way to overrule it; but the message hook
        sees the Certificate message first, and a certificate added to the store is a trust anchor (RFC 5280, 6.1).
        """

        def look(
            _socket: object, direction: str, _version: object, _content: object, message: object, data: bytes
        ) -> None:
            if direction == "read" and getattr(message, "name", "") == "CERTIFICATE":
                leaf = _leaf(data)
                if leaf and self._admits(leaf):
                    context.load_verify_locations(cadata=leaf)

        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        with suppress(OverflowError):  # options of 32 bits, as on Windows before Python 3.12
            # The hook is shown what came, and that would be compressed.
            context.options |= _NO_RX_CERTIFICATE_COMPRESSION
        hooked: Any = context
        hooked._msg_callback = look  # noqa: SLF001  the only place where Python shows a certificate before its verification

    def _admits(self, leaf: bytes) -> bool:
        """Tell whether a certificate is of a kind this door lets in unseen."""
        from cryptography import x509  # noqa: PLC0415  only the deviants need it

        certificate = x509.load_der_x509_certificate(leaf)
        self_signed = certificate.issuer == certificate.subject
        return self.admits_self_signed if self_signed else self.admits_other_authorities


def _leaf(message: bytes) -> bytes:
    """Return the first certificate of a Certificate message, in DER (RFC 5246, 7.4.2; RFC 8446, 4.4.2)."""
    certificates = message[4:]  # after the handshake header
    if certificates[0] == 0 and int.from_bytes(certificates[1:4], "big") == len(certificates) - 4:
        certificates = certificates[1:]  # TLS 1.3 puts an empty context in front
    length = int.from_bytes(certificates[3:6], "big")
    return certificates[6 : 6 + length]
