"""TLS contexts: on one side certificates and keys as people have them, on the other what a socket is wrapped with."""

from __future__ import annotations

import base64
import re
import secrets
import ssl
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countermand.guard import intake
from countermand.guard.private import line_break
from countermand.model.secret import Secret

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

#: Alerts by which a server turns a client certificate, or its absence, down (RFC 8446, 6.2; RFC 5246, 7.2.2).
ABOUT_CERTIFICATES = frozenset(
    {
        "bad_certificate", "unsupported_certificate", "certificate_revoked", "certificate_expired",
        "certificate_unknown", "unknown_ca", "access_denied", "decrypt_error", "certificate_required",
    }
)  # fmt: skip
#: All by which a door may be closed to a stranger: TLS 1.2 has no word for a certificate that is missing, and servers
#: say one of these two. The doctor does not take them for it, since to whoever has a certificate they say that versions
#: or ciphers are to be mended.
CLOSING = ABOUT_CERTIFICATES | {"handshake_failure", "insufficient_security"}
#: A certificate in a PEM file, as OpenSSL finds it: on lines of its own, whatever stands around.
PEM = re.compile(
    rb"^-----BEGIN ((?:X509 |TRUSTED )?)CERTIFICATE-----\s*$(.+?)^-----END \1CERTIFICATE-----", re.MULTILINE | re.DOTALL
)
#: What is done about a key that is encrypted: a secret does not stand in a target file.
ENCRYPTED = 'add passphrase = { env = "NAME" }'
BOM = b"\xef\xbb\xbf"
VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


class CredentialsError(ValueError):
    """Certificates or keys that cannot be used; says which file and what is wrong with it."""


@dataclass(frozen=True)
class Credentials:
    """What a client shows: nothing, a PEM pair, a combined PEM or a PKCS#12 file, and what it calls the server by."""

    certificate: Path | None = None
    private_key: Path | None = None
    pkcs12: Path | None = None
    passphrase: Secret | None = None
    server_name: str | None = None  # where that is not its host; empty: nothing


class _Renaming(ssl.SSLContext):
    """Calls the server by another name in the handshake, or by none, and holds its certificate to its own name."""

    server_name = ""

    def wrap_socket(self, *what: Any, **how: Any) -> ssl.SSLSocket:  # noqa: ANN401 - whatever Python's own takes
        """Make the handshake; raises SSLCertVerificationError."""
        host, how["server_hostname"] = how["server_hostname"], self.server_name or None
        self.check_hostname = False  # by which Python would call it as well
        try:
            secured = super().wrap_socket(*what, **how)
        finally:
            self.check_hostname = True
        _hold_to(secured, host)
        return secured


def _hold_to(secured: ssl.SSLSocket, host: str) -> None:
    """See that the certificate that was shown is valid for a host; raises SSLCertVerificationError."""
    if not is_valid_for(secured.getpeercert() or {}, host):
        secured.close()
        raise ssl.SSLCertVerificationError(f"the certificate that was shown is not valid for {host}")


def is_valid_for(held: Mapping[str, Any], host: str) -> bool:
    """Say whether a certificate, as Python tells it, is valid for a host, as OpenSSL does (RFC 6125, 6.4).

    That is one of its addresses, or one of its names, of which the first label may stand for any; where it has no
    names of hosts its common name counts.
    """
    names = held.get("subjectAltName", ())
    if (address := _address(host)) is not None:
        return address in {_address(name) for kind, name in names if kind == "IP Address"}
    common = (name for part in held.get("subject", ()) for kind, name in part if kind == "commonName")
    called = {name.lower() for kind, name in names if kind == "DNS"} or {name.lower() for name in common}
    domain = host.lower().partition(".")[2]
    return not called.isdisjoint({host.lower(), f"*.{domain}" if "." in domain else ""})


def _address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(name.strip())
    except ValueError:
        return None


def context(
    ca: Path | None, credentials: Credentials, minimum: str = "1.2", maximum: str | None = None
) -> ssl.SSLContext:
    """Return a client's context that verifies the server; raises CredentialsError."""
    try:
        # A default context hands its keys to a file of SSLKEYLOGFILE.
        made = (ssl.SSLContext if credentials.server_name is None else _Renaming)(ssl.PROTOCOL_TLS_CLIENT)
        if ca is None:
            made.load_default_certs()
        else:
            made.load_verify_locations(ca)
    except (ssl.SSLError, OSError) as error:
        raise CredentialsError(
            f"{ca}: no certificate authority can be read: {_reason(error)}; a PEM bundle is expected"
        ) from None
    # The same on every Python: 3.13 refuses private authorities without key identifiers (RFC 5280 in full), and only
    # since 3.13 may an intermediate, or the server's own certificate, be what is trusted.
    made.verify_flags = (made.verify_flags & ~ssl.VERIFY_X509_STRICT) | ssl.VERIFY_X509_PARTIAL_CHAIN
    if isinstance(made, _Renaming):
        made.server_name = credentials.server_name or ""
    made.minimum_version = VERSIONS[minimum]
    if maximum is not None:
        made.maximum_version = VERSIONS[maximum]
    # A server may ask for the certificate once it knows the path (RFC 8446, 4.2.6),
    # and asks only those who have said that they answer.
    made.post_handshake_auth = bool(credentials.pkcs12 or credentials.certificate)
    if credentials.pkcs12:
        _load_pkcs12(made, credentials.pkcs12, credentials.passphrase)
    elif credentials.certificate:
        _load_pem(made, credentials.certificate, credentials.private_key, credentials.passphrase)
    return made


def chain(credentials: Credentials) -> list[x509.Certificate]:
    """Return the certificates a client would show, its own first; raises CredentialsError."""
    if credentials.pkcs12:
        return _opened(credentials.pkcs12, credentials.passphrase)[1]
    return _certificates(credentials.certificate) if credentials.certificate else []


def private_key(credentials: Credentials) -> PrivateKeyTypes:
    """Return the key that goes with a client's certificate; raises CredentialsError."""
    if credentials.pkcs12:
        return _opened(credentials.pkcs12, credentials.passphrase)[0]
    held = credentials.private_key or credentials.certificate
    if held is None:
        raise CredentialsError("no private key: there is no certificate")
    return _private_key(held, credentials.passphrase)


def _load_pem(made: ssl.SSLContext, certificate: Path, key: Path | None, passphrase: Secret | None) -> None:
    word = passphrase.reveal() if passphrase else ""
    try:
        # A callable, so that OpenSSL never asks the terminal.
        made.load_cert_chain(certificate, key, password=lambda: word)
    except (OSError, ValueError) as error:  # ValueError: a passphrase that is too long for OpenSSL
        raise CredentialsError(_fault(certificate, key or certificate, passphrase, error)) from None


def _fault(certificate: Path, held: Path, passphrase: Secret | None, error: Exception) -> str:
    """Say which of two files OpenSSL could not use, and why, which its own words do not.

    Raises CredentialsError where reading tells.
    """
    shown = _certificates(certificate)
    public = _private_key(held, passphrase).public_key()
    if shown[0].public_key() == public:
        return f"{certificate}: OpenSSL refuses it: {_reason(error)}"
    place = next((number for number, cert in enumerate(shown, 1) if cert.public_key() == public), None)
    if place is not None:
        return (
            f"{certificate}: the certificate of the private key stands at place {place} of {len(shown)}: "
            "put it first, its issuers after it"
        )
    return f"{held}: the private key does not belong to the certificate {certificate.name}"


def _certificates(path: Path) -> list[x509.Certificate]:
    """Return the certificates of a PEM file as OpenSSL shows them: one with words of trust is shown as the first alone.

    Raises CredentialsError.
    """
    from cryptography import x509  # noqa: PLC0415 - only who looks into files pays for it

    data = _bytes(path)
    blocks = enumerate(PEM.findall(data.removeprefix(BOM)))
    shown = [body for number, (kind, body) in blocks if number == 0 or kind != b"TRUSTED "]
    if not shown:
        raise CredentialsError(f"{path}: {_instead(data, path)}")
    try:
        return [x509.load_der_x509_certificate(_alone(body)) for body in shown]
    except ValueError:
        raise CredentialsError(f"{path}: {_instead(data, path)}") from None


def _alone(body: bytes) -> bytes:
    """Return the DER of a certificate without what OpenSSL writes behind one, as what it is trusted for (X.690, 8.1.3).

    Raises ValueError.
    """
    der = base64.b64decode(b"".join(body.split()), validate=True)
    octets = der[1] & 0x7F if len(der) > 1 and der[1] & 0x80 else 0
    return der[: 2 + octets + int.from_bytes(der[2 : 2 + octets] or der[1:2], "big")]


def _instead(data: bytes, path: Path) -> str:
    """Say what a file holds that should hold a PEM certificate."""
    if b"CERTIFICATE-----" in data:
        return "the PEM certificate in it is damaged"
    if b"CERTIFICATE REQUEST-----" in data:
        return "a certificate request, not a certificate: what was issued for it is wanted"
    if b"PRIVATE KEY-----" in data:
        return "a private key and no certificate: certificate and private_key may be swapped"
    if b"BEGIN PKCS7-----" in data:
        return "a PKCS#7 bundle, which openssl pkcs7 -print_certs makes PEM certificates of"
    if data[:1] == b"\x30":  # the SEQUENCE that every DER file begins with
        kept = (
            "PKCS#12, which is named as pkcs12, or DER, which"
            if path.suffix.lower() in {".p12", ".pfx"}
            else "DER, which"
        )
        return f"not a PEM certificate but {kept} openssl x509 -inform der makes PEM of"
    return f"not a PEM certificate{_bare(data)}"


def _bare(data: bytes) -> str:
    """Say what a file is in which there is no PEM at all, where its bytes tell."""
    if not data.strip():
        return ": the file is empty"
    return " but UTF-16: save it as ASCII" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ""


def _private_key(path: Path, passphrase: Secret | None) -> PrivateKeyTypes:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    data = _bytes(path)
    encrypted = b"ENCRYPTED" in data
    if b"PRIVATE KEY-----" not in data:
        if bare := _bare(data):
            raise CredentialsError(f"{path}: not a PEM private key{bare}")
        if data[:1] == b"\x30":  # as above
            kept = "DER, which openssl pkey -inform der makes PEM of"
            raise CredentialsError(f"{path}: not a PEM private key but {kept}")
        raise CredentialsError(f"{path}: no private key in it: add private_key, a PEM file")
    if encrypted and passphrase is None:
        raise CredentialsError(f"{path}: the private key is encrypted: {ENCRYPTED}")
    try:
        return load_pem_private_key(data, passphrase.reveal().encode() if encrypted and passphrase else None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        why = "the PEM private key in it is damaged, or of a kind that cannot be read here"
        if encrypted:
            empty = passphrase is not None and not passphrase.reveal()
            breaks = line_break(passphrase.reveal().encode()) if passphrase else ""
            why = "the passphrase is empty" if empty else f"the passphrase does not open the private key{breaks}"
        if encrypted and "unknown" in str(error).lower():
            mend = "openssl pkey -aes256 -in OLD -out NEW writes it in another"
            why = f"the private key is in a form that cannot be read here ({str(error).rstrip('.')}): {mend}"
        raise CredentialsError(f"{path}: {why}") from None


def _load_pkcs12(made: ssl.SSLContext, path: Path, passphrase: Secret | None) -> None:
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415 - only who has PKCS#12 pays for it

    key, shown = _opened(path, passphrase)
    # ssl reads files only: the folder is ours alone and gone at once, and the key is never bare in it.
    word = secrets.token_hex(16)
    sealed = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.BestAvailableEncryption(word.encode()))
    with tempfile.TemporaryDirectory() as folder:
        held = Path(folder, "identity.pem")
        held.write_bytes(sealed + b"".join(cert.public_bytes(form.Encoding.PEM) for cert in shown))
        try:
            made.load_cert_chain(held, password=word)
        except ssl.SSLError as error:
            raise CredentialsError(f"{path}: OpenSSL refuses it: {_reason(error)}") from None


def _opened(path: Path, passphrase: Secret | None) -> tuple[PrivateKeyTypes, list[x509.Certificate]]:
    """Return the key of a PKCS#12 file and the certificates to show, in order."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.serialization import pkcs12  # noqa: PLC0415

    word = passphrase.reveal().encode() if passphrase else None
    try:
        bag = pkcs12.load_pkcs12(_bytes(path), word)
    except (ValueError, UnsupportedAlgorithm) as error:
        why = str(error)
        if _bytes(path).lstrip().startswith(b"-----BEGIN"):
            why = "it is PEM: certificate and private_key name such files"
        elif word is None:
            why = ENCRYPTED
        elif "password" in why.lower():
            why = f"the passphrase does not open it{line_break(word)}"
        raise CredentialsError(f"{path}: the PKCS#12 file cannot be opened: {why}") from None
    if bag.key is None or bag.cert is None:
        raise CredentialsError(f"{path}: the PKCS#12 file holds no certificate with its key")
    return bag.key, _in_order(bag.cert.certificate, [extra.certificate for extra in bag.additional_certs])


def _in_order(leaf: x509.Certificate, others: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """Put each certificate before its issuer (RFC 5246, 7.4.2).

    A PKCS#12 file keeps no order; what has no part in the chain stays away.
    """
    chain = [leaf]
    while issuer := next((other for other in others if other.subject == chain[-1].issuer and other not in chain), None):
        chain.append(issuer)
    return chain


def _bytes(path: Path) -> bytes:
    try:
        return intake.read(path)
    except FileNotFoundError as error:
        raise CredentialsError(f"{path}: cannot be read: {error.strerror}") from None
    except intake.IntakeError as error:
        raise CredentialsError(f"{path}: {error}") from None


def _reason(error: Exception) -> str:
    """Return OpenSSL's word for what happened, or the system's."""
    words = getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error)
    return str(words).lower().replace("_", " ")
