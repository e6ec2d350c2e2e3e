"""The TLS handshake as a whole: findings about versions and alerts."""

from __future__ import annotations

import ssl

from countermand.doctor.finding import Finding
from countermand.doctor.look import Look
from countermand.identity.tls import ABOUT_CERTIFICATES
from countermand.model.target import Target

#: OpenSSL's words for a server with which no version is in common, and for one that does not speak TLS at all.
_OTHER_VERSION = ("UNSUPPORTED_PROTOCOL", "PROTOCOL_VERSION", "NO_PROTOCOLS_AVAILABLE")
_NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL")
#: What to do about a server that speaks another HTTP than we do.
SPEAK = "have the seller speak HTTP/1.1 as well, and name http/1.1 in the handshake (ALPN): we speak no other"


def finding(target: Target, seen: Look) -> Finding:
    """Say whether both sides agree on TLS; of certificates others speak."""
    if seen.secured:
        return Finding.ok("TLS", f"{seen.version}, {seen.cipher}")
    if isinstance(seen.error, ssl.SSLCertVerificationError) or seen.witness.alert in ABOUT_CERTIFICATES:
        return Finding.ok("TLS", "the server speaks it")
    return Finding.trouble("TLS", *_why(target, seen), certain=True)


def _why(target: Target, seen: Look) -> tuple[str, str]:
    """Say what ended the handshake, and what to do."""
    reason, alert = str(getattr(seen.error, "reason", "") or ""), seen.witness.alert
    ours = _spoken(target)
    if alert == "protocol_version" or any(word in reason for word in _OTHER_VERSION):
        lower = "set [trust] tls_minimum to 1.2, or " if target.tls_minimum == "1.3" else ""
        lower += "take [trust] tls_maximum out, or " if target.tls_maximum == "1.2" else ""
        said = f" (alert {alert})" if alert else ""
        return (
            f"no TLS version in common: we speak {ours}, the server refuses{said}",
            f"{lower}ask the seller for a server that speaks TLS 1.2",
        )
    if alert:
        return _ended(seen, alert)
    if any(word in reason for word in _NO_TLS):
        return f"{seen.route} does not speak TLS", f"mend the port in {seen.route.key}"
    return _silence(seen, reason)


def _ended(seen: Look, alert: str) -> tuple[str, str]:
    """Say what the server said as it ended the handshake."""
    if alert == "unrecognized_name":
        return (
            f"the server knows no {seen.route.name} (alert {alert})",
            "mend the host in url: it is the name that is asked for",
        )
    if alert == "no_application_protocol":
        return f"the server speaks no HTTP/1.1, probably HTTP/2 alone (alert {alert})", SPEAK
    if alert == "handshake_failure":
        wants = "; it asked for a client certificate" if seen.witness.asked else ""
        mend = (
            "have the seller say which client certificate and which ciphers it wants, "
            "and name the certificate in [buyer]"
        )
        return (
            (
                f"the server ends the handshake (alert {alert}): nothing in common, "
                f"or our certificate is not wanted{wants}"
            ),
            mend,
        )
    return f"the server ends the handshake with the alert {alert}", "ask the seller what its log says of it"


def _spoken(target: Target) -> str:
    """Name the versions of TLS that the target file lets us speak."""
    if target.tls_minimum == "1.3":
        return "TLS 1.3 alone"
    return "TLS 1.2 alone" if target.tls_maximum == "1.2" else "TLS 1.2 and 1.3"


def _silence(seen: Look, reason: str) -> tuple[str, str]:
    if isinstance(seen.error, TimeoutError):
        return (
            "the server does not go on with the handshake in time",
            f"see whether {seen.route} speaks TLS, and mend {seen.route.key}",
        )
    if isinstance(seen.error, ConnectionError | ssl.SSLEOFError) or "EOF" in reason:
        mend = "probably an allow list: have the seller put this machine's public address on it"
        return "the connection is closed or reset in the middle of the handshake", mend
    return (
        f"the handshake fails: {reason.lower().replace('_', ' ') or seen.error}",
        "ask the seller which versions and ciphers it speaks",
    )
