"""What Python hides of a handshake, heard by OpenSSL's message hook: alerts, certificates and requests for one."""

from __future__ import annotations

import contextlib
import ssl
from dataclasses import dataclass, field
from typing import Any

#: Alerts that end a connection in order (RFC 8446, 6.1).
_ORDERLY = frozenset(
    {ssl.AlertDescription.ALERT_DESCRIPTION_CLOSE_NOTIFY, ssl.AlertDescription.ALERT_DESCRIPTION_USER_CANCELLED}
)
#: OpenSSL's option of that name, which Python does not name: the hook is shown a message as it came (RFC 8879).
_NO_RX_CERTIFICATE_COMPRESSION = 1 << 33


@dataclass
class Witness:
    """Keeps what a server sends besides data: also of a handshake that fails, of which Python tells nothing else."""

    alert: str | None = None  # as RFC 8446, 6 spells it
    asked: bool = False  # for a client certificate
    asked_late: bool = False  # for one, once the handshake was over: for this path and no other
    settled: bool = False  # the handshake is over
    chain: list[bytes] = field(default_factory=list)  # the server's certificates in DER, its own first

    def watch(self, context: ssl.SSLContext) -> None:
        """Look at every message of the context's connections."""
        with contextlib.suppress(OverflowError):  # options of 32 bits, as on Windows before Python 3.12
            context.options |= _NO_RX_CERTIFICATE_COMPRESSION
        hooked: Any = context
        hooked._msg_callback = self._look  # noqa: SLF001 - the only place where Python shows a certificate it does not trust

    def _look(
        self, _socket: object, direction: str, version: object, content: object, message: object, data: bytes
    ) -> None:
        if direction != "read":
            return
        kind, name = getattr(content, "name", ""), getattr(message, "name", "")
        if kind == "ALERT" and data[1] not in _ORDERLY:
            self.alert = _name(data[1])
        elif kind == "HANDSHAKE" and name == "CERTIFICATE_REQUEST":
            self.asked, self.asked_late = True, self.asked_late or self.settled
        elif kind == "HANDSHAKE" and name == "CERTIFICATE":
            self.chain = _certificates(data, with_extensions=version == ssl.TLSVersion.TLSv1_3)


def _name(number: int) -> str:
    try:
        return ssl.AlertDescription(number).name.removeprefix("ALERT_DESCRIPTION_").lower()
    except ValueError:  # Python's list ends before certificate_required of TLS 1.3
        return {116: "certificate_required", 109: "missing_extension", 120: "no_application_protocol"}.get(
            number, f"alert {number}"
        )


def _certificates(message: bytes, *, with_extensions: bool) -> list[bytes]:
    """Return the certificates of a Certificate message (RFC 5246, 7.4.2; RFC 8446, 4.4.2)."""
    # The message's head, the context of TLS 1.3, the length of the list.
    start = 4 + (1 + message[4] if with_extensions else 0) + 3
    certificates = []
    while start + 3 <= len(message):
        end = start + 3 + int.from_bytes(message[start : start + 3], "big")
        certificates.append(message[start + 3 : end])
        start = end + (2 + int.from_bytes(message[end : end + 2], "big") if with_extensions else 0)
    return certificates
