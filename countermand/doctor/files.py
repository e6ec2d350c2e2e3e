"""Certificates and keys before they are used: findings about the files a target file names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from countermand.doctor.finding import Finding
from countermand.identity.tls import Credentials, CredentialsError, chain, context
from countermand.model.apis import APIS
from countermand.model.target import Identity, Target

if TYPE_CHECKING:
    from cryptography import x509

#: How long before its end a certificate is worth a word.
SOON = timedelta(days=30)
#: What a server needs that knows the root alone (RFC 5246, 7.4.2; RFC 8446, 4.4.2).
CHAIN = "its certificate belongs into the file as well, after ours"


def credentials(identity: Identity) -> Credentials:
    """Return what an identity shows in the handshake."""
    return Credentials(identity.certificate, identity.private_key, identity.pkcs12, identity.passphrase)


def authorities(target: Target) -> Finding:
    """See whether the authorities to trust can be read."""
    try:
        context(target.ca, Credentials(), target.tls_minimum, target.tls_maximum)
    except CredentialsError as error:
        return Finding.trouble(
            "authorities", str(error), "mend [trust] ca: openssl x509 -in FILE makes PEM of a certificate", certain=True
        )
    return Finding.ok(
        "authorities",
        f"{target.ca.name} can be read" if target.ca else "the system's are trusted; [trust] ca would name others",
    )


def identities(target: Target) -> Iterator[Finding]:
    """See whether the certificates and keys of everybody the target file names can be used, and for how long."""
    for table, identity in target.identities.items():
        if identity.certificate or identity.pkcs12:
            yield from _loaded(target, table, identity)
    yield from impostors(target)


def impostors(target: Target) -> Iterator[Finding]:
    """See whether everybody is somebody else: a seller that serves one who is the buyer is not to be blamed.

    What cannot be read is told elsewhere.
    """
    known = target.identities
    showing = known if APIS[target.api].client_certificate else {}  # else it is that of whoever carries both
    shown = {table: _leaf(identity) for table, identity in showing.items()}
    for other, table in combinations(
        [name for name in ("buyer", "another_buyer", "unknown_buyer") if name in shown], 2
    ):
        if shown[table] is not None and shown[table] == shown[other]:
            words = f"[{table}] shows the certificate of [{other}], who is served rightly"
            yield _not_who_it_says(known[table], words, "name the certificate of somebody else")
    for key in ("identifier", "username"):
        own, names = getattr(known["buyer"], key), known.get("another_buyer")
        if names is not None and own and _is_same(own, getattr(names, key), sure=_share_a_key(names, known["buyer"])):
            words = f"[another_buyer] has the {key} of [buyer]: they are one party"
            yield _not_who_it_says(names, words, f"give the {key} of a second party")
    if (leaf := shown.get("expired_buyer")) is not None and leaf.not_valid_after_utc > datetime.now(UTC):
        words = (
            f"{_name(leaf)}: [expired_buyer] is valid until {leaf.not_valid_after_utc:%Y-%m-%d}, and is served rightly"
        )
        yield _not_who_it_says(known["expired_buyer"], words, "name yesterday's certificate there")


def _is_same(name: str, other: str | None, *, sure: bool) -> bool:
    """Say whether two names are one: in any case, as a seller may know them, where their keys are one too."""
    return other == name or (sure and other is not None and other.casefold() == name.casefold())


def _share_a_key(party: Identity, other: Identity) -> bool:
    return party.api_key is not None and party.api_key == other.api_key


def _not_who_it_says(identity: Identity, words: str, advice: str) -> Finding:
    return Finding.trouble(identity.name, words, f"{advice}, or leave the table out", certain=True)


def _leaf(identity: Identity) -> x509.Certificate | None:
    try:
        return next(iter(chain(credentials(identity))), None)
    except CredentialsError:
        return None


def _loaded(target: Target, table: str, identity: Identity) -> Iterator[Finding]:
    check = f"{identity.name}'s certificate"
    try:
        context(None, credentials(identity), target.tls_minimum, target.tls_maximum)
        shown = chain(credentials(identity))
    except CredentialsError as error:
        yield _unusable(check, table, error)
        return
    leaf = shown[0]
    if table == "expired_buyer":
        if (end := leaf.not_valid_after_utc) < datetime.now(UTC):
            yield Finding.ok(check, f"{_name(leaf)}: expired on {end:%Y-%m-%d}, as it must")
        return
    yield _in_time(check, table, leaf, datetime.now(UTC))
    yield from _fitting(check, shown, alone=table == "buyer" and len(shown) == 1)


def _unusable(check: str, table: str, error: CredentialsError) -> Finding:
    mend = f"mend certificate, private_key, pkcs12 or passphrase in [{table}]"
    if table == "buyer":
        return Finding.trouble(check, str(error), mend, certain=True)
    return Finding.note(check, f"{error}; scenarios with this party will be inconclusive", mend)


def _in_time(check: str, table: str, leaf: x509.Certificate, now: datetime) -> Finding:
    """Say whether a certificate is valid now, and for how long."""
    name, start, end = _name(leaf), leaf.not_valid_before_utc, leaf.not_valid_after_utc
    made = Finding.trouble if table == "buyer" else Finding.note
    if end < now:
        return made(check, f"{name}: expired on {end:%Y-%m-%d %H:%M} UTC", f"get a new one and name it in [{table}]")
    if start > now:
        return made(
            check, f"{name}: not valid before {start:%Y-%m-%d %H:%M} UTC", "wait for it, or set this machine's clock"
        )
    if end - now < SOON:
        return Finding.note(
            check, f"{name}: expires soon, on {end:%Y-%m-%d %H:%M} UTC", f"get a new one and name it in [{table}]"
        )
    return Finding.ok(check, f"{name}: matches its key, valid until {end:%Y-%m-%d}")


def _fitting(check: str, shown: list[x509.Certificate], *, alone: bool) -> Iterator[Finding]:
    """Say what a seller may have against a certificate that has not expired."""
    from cryptography import x509  # noqa: PLC0415 - only who looks into files pays for it
    from cryptography.x509.oid import ExtendedKeyUsageOID as Usage  # noqa: PLC0415

    for number, (certificate, issuer) in enumerate(pairwise(shown), 2):
        if certificate.issuer != issuer.subject:
            yield Finding.note(
                check, f"certificate {number} of the file did not issue the one before it", "put each before its issuer"
            )
    if alone and shown[0].issuer != shown[0].subject:
        words = f"{_name(shown[0])}: stands alone, issued by {shown[0].issuer.rfc4514_string()}"
        yield Finding.note(check, f"{words}: where that is an intermediate, {CHAIN}")
    try:
        uses = shown[0].extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return
    if not {Usage.CLIENT_AUTH, Usage.ANY_EXTENDED_KEY_USAGE} & set(uses):
        yield Finding.note(
            check, f"{_name(shown[0])}: not issued for clients (extended key usage)", "ask for one with clientAuth"
        )


def _name(leaf: x509.Certificate) -> str:
    """Return what a certificate calls its owner."""
    return leaf.subject.rfc4514_string() or f"serial number {leaf.serial_number:x}"
