"""Certificates in the handshake: findings about the server's, and about what became of ours."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from countermand.doctor.finding import Finding
from countermand.doctor.look import Look
from countermand.identity.tls import ABOUT_CERTIFICATES
from countermand.model.target import Target

if TYPE_CHECKING:
    from cryptography import x509

SOON = timedelta(days=14)
SERVER, CLIENT = "server certificate", "client certificate"
#: What X509_verify_cert says (OpenSSL, x509_vfy.h).
_NOT_YET, _EXPIRED, _SELF_SIGNED, _SELF_SIGNED_IN_CHAIN, _NO_ISSUER, _NO_LEAF_ISSUER, _NAME, _ADDRESS = (
    9,
    10,
    18,
    19,
    20,
    21,
    62,
    64,
)


def of_server(target: Target, seen: Look) -> Finding:
    """Say whether we trust the server's certificate, and if not, why."""
    leaf = _leaf(seen)
    if isinstance(seen.error, ssl.SSLCertVerificationError) and not seen.secured:
        words, mend = _distrust(target, seen, seen.error, leaf)
        return Finding.trouble(SERVER, words, mend, certain=True)
    if not seen.secured and not seen.witness.chain:
        return Finding.unchecked(SERVER, "the handshake did not come so far")
    if leaf is None:
        return Finding.ok(SERVER, "trusted")
    end = leaf.not_valid_after_utc
    if end - datetime.now(UTC) < SOON:
        return Finding.note(SERVER, f"trusted, but expires on {end:%Y-%m-%d %H:%M} UTC", "tell the seller")
    return Finding.ok(SERVER, f"trusted, bears the name {seen.route.name}, valid until {end:%Y-%m-%d}")


def _distrust(
    target: Target, seen: Look, error: ssl.SSLCertVerificationError, leaf: x509.Certificate | None
) -> tuple[str, str]:
    """Say why the server's certificate is not trusted, and what to do."""
    code, name, trusted = (
        error.verify_code,
        seen.route.name,
        "[trust] ca" if target.ca is None else f"[trust] ca ({target.ca.name})",
    )
    if code == _EXPIRED:
        end = f" on {leaf.not_valid_after_utc:%Y-%m-%d %H:%M} UTC" if leaf else ""
        return (
            f"a certificate of the server's chain has expired: its own ended{end}",
            "tell the seller; or set this machine's clock",
        )
    if code == _NOT_YET:
        start = f" before {leaf.not_valid_before_utc:%Y-%m-%d %H:%M} UTC" if leaf else ""
        return f"the server's certificate is not valid{start}", "set this machine's clock, or tell the seller"
    if code in {_NAME, _ADDRESS}:
        mend = "write the host in url as the certificate has it, and where to connect as connect_to"
        return f"the server's certificate is for {_names(leaf)}, not for {name}", mend
    if code == _SELF_SIGNED:
        mend = f"ask the seller for the certificate by another way, compare, and name it in {trusted}"
        return "the server's certificate is self-signed, and nobody vouches for it", mend
    if code in {_SELF_SIGNED_IN_CHAIN, _NO_ISSUER, _NO_LEAF_ISSUER}:
        alone = "; the server sends no intermediate certificate" if len(seen.witness.chain) == 1 else ""
        who = f" by {leaf.issuer.rfc4514_string()}" if leaf else ""
        mend = f"name a PEM bundle with the root (and intermediates the server leaves out) in {trusted}"
        return f"the server's certificate is issued{who}, which we do not trust{alone}", mend
    return (
        f"the server's certificate is not trusted: {error.verify_message}",
        f"ask the seller, or name its authority in {trusted}",
    )


def of_client(target: Target, seen: Look) -> Finding:
    """Say whether the server asks for a client certificate, and what it makes of ours."""
    buyer, alert = target.identities["buyer"], seen.witness.alert
    held = buyer.certificate or buyer.pkcs12
    if alert in ABOUT_CERTIFICATES:
        return Finding.trouble(CLIENT, *_refused(alert or "", held.name if held else None), certain=True)
    if not seen.secured:
        return Finding.unchecked(CLIENT, "the handshake did not come so far")
    if not seen.witness.asked or held is None:
        return _not_shown(asked=seen.witness.asked, held=held is not None)
    if seen.early or seen.error is not None:
        return Finding.unchecked(CLIENT, "the connection ended before the server said what it makes of ours")
    if seen.witness.asked_late:
        return Finding.ok(
            CLIENT, f"the server asks for one after the handshake, once it knows the path, and is shown {held.name}"
        )
    return Finding.ok(CLIENT, f"the server asks for one and accepts {held.name} in the handshake")


def _not_shown(*, asked: bool, held: bool) -> Finding:
    if asked:
        return Finding.note(
            CLIENT, "the server asks for one, and [buyer] has none that can be used; it goes on without"
        )
    if held:
        return Finding.note(CLIENT, "the server asks for none in the handshake: ours was not shown")
    return Finding.ok(CLIENT, "the server asks for none, and we have none")


def _refused(alert: str, shown: str | None) -> tuple[str, str]:
    """Say what the server has against our certificate, and what to do."""
    if shown is None or alert == "certificate_required":
        return (
            f"the server wants a client certificate (alert {alert})",
            "name certificate and private_key, or pkcs12, in [buyer]",
        )
    mends = {
        "unknown_ca": (
            "have the seller trust its issuer, add the intermediates to the file, or use the one issued for this seller"
        ),
        "certificate_expired": "get a new one, or see whether the seller's clock is right",
        "certificate_revoked": "get a new one",
        "decrypt_error": "see whether the private key is the one of this certificate",
    }
    mend = mends.get(alert, "have the seller register this certificate for this environment, or use the one that is")
    return f"the server refuses ours, {shown} (alert {alert})", f"{mend}; [buyer]"


def _leaf(seen: Look) -> x509.Certificate | None:
    from cryptography import x509  # noqa: PLC0415 - only who looks into certificates pays for it

    try:
        return x509.load_der_x509_certificate(seen.witness.chain[0])
    except (IndexError, ValueError):
        return None


def _names(leaf: x509.Certificate | None) -> str:
    """Return the names a certificate is for (RFC 9525, 6: the subject's common name is none)."""
    from cryptography import x509  # noqa: PLC0415 - as above

    if leaf is None:
        return "other names"
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return f"no name at all (no subjectAltName; its subject is {leaf.subject.rfc4514_string()})"
    hosts = [*names.get_values_for_type(x509.DNSName), *map(str, names.get_values_for_type(x509.IPAddress))]
    return ", ".join(hosts) or "other names"
