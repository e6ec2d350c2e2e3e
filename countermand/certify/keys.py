"""Keys that sign certificates: ed25519, in PEM files."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from countermand.guard import bounds, intake
from countermand.guard.foreign import shown
from countermand.guard.nearest import absent
from countermand.guard.private import line_break
from countermand.model.files import ENVELOPE

PRIVATE, PUBLIC = ".pem", ".public.pem"
#: How the line before the key begins that names its owner (RFC 7468, 2:
#: what stands before the key is for people), and its room.
OWNER, ROOM = "Owner: ", 200
#: How a key begins, of whatever kind (RFC 7468).
KEY = re.compile(rb"-----BEGIN [A-Z0-9 ]*KEY-----")


class KeyFileError(ValueError):
    """A key that cannot be used; the message names the file and says what was expected."""


def make(stem: Path, owner: str = "", passphrase: bytes | None = None) -> tuple[Path, Path]:
    """Write a fresh key pair, the private one readable by its owner alone.

    Raises KeyFileError rather than overwrite anything.
    """
    if owner != owner.strip() or len(owner) > ROOM or not (owner.isprintable() and str(shown(owner, ROOM)) == owner):
        raise KeyFileError(f"--owner: a name on one line was expected, of at most {ROOM} characters")
    private_path, public_path = (stem.with_name(stem.name + end) for end in (PRIVATE, PUBLIC))
    key = Ed25519PrivateKey.generate()
    cipher = form.BestAvailableEncryption(passphrase) if passphrase else form.NoEncryption()
    private_pem = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, cipher)
    public_pem = key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    head = f"{OWNER}{owner}\n".encode() if owner else b""
    for path in (private_path, public_path):
        if path.exists():
            raise KeyFileError(
                f"{path}: there is such a file already, and no key is overwritten; name another with --out"
            )
    made: list[Path] = []
    for path, data, mode in ((private_path, private_pem, 0o600), (public_path, public_pem, 0o644)):
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                made.append(path)
                file.write(head + data)
        except OSError as error:
            for half in made:  # a pair, or nothing
                half.unlink(missing_ok=True)
            raise KeyFileError(f"{path}: cannot be written: {error.strerror}") from None
    return private_path, public_path


def owner(path: Path) -> str:
    """Return whom a key file calls its owner, nothing where it names nobody; raises KeyFileError."""
    first = _bytes(path).partition(b"\n")[0].decode("utf-8", "replace").strip()
    return str(shown(first.removeprefix(OWNER), ROOM)) if first.startswith(OWNER) else ""


def is_locked(path: Path) -> bool:
    """Say whether a private key is encrypted; raises KeyFileError."""
    return b"BEGIN ENCRYPTED PRIVATE KEY" in _bytes(path)


def private(path: Path, passphrase: bytes | None = None) -> Ed25519PrivateKey:
    """Read a key that signs; raises KeyFileError."""
    data = _key(path)
    try:
        key = form.load_pem_private_key(data, passphrase)
    except TypeError:
        why = (
            "is not encrypted: leave out --passphrase-from"
            if passphrase
            else "is encrypted: say --passphrase-from env:NAME, or prompt"
        )
        raise KeyFileError(f"{path}: the private key {why}") from None
    except (ValueError, UnsupportedAlgorithm):
        if passphrase and b"ENCRYPTED" in data:
            raise KeyFileError(f"{path}: the passphrase does not open it{line_break(passphrase)}") from None
        why = "a public key: the private one of the pair signs" if b"PUBLIC KEY" in data else "no private key in PEM"
        raise KeyFileError(f"{path}: {why}; countermand keygen makes a pair") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(f"{path}: a key of another kind than ed25519; countermand keygen makes a pair")
    return key


def public(path: Path) -> Ed25519PublicKey:
    """Read a key that verifies; raises KeyFileError. A private key is not asked for here, and so not taken."""
    data = _key(path)
    try:
        key = form.load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        why = (
            "a private key: keep it to yourself, and give the public one of the pair"
            if b"PRIVATE KEY" in data
            else "no public key in PEM"
        )
        raise KeyFileError(f"{path}: {why}") from None
    if not isinstance(key, Ed25519PublicKey):
        raise KeyFileError(f"{path}: a key of another kind than ed25519")
    return key


def name(key: Ed25519PublicKey) -> str:
    """Return what an envelope calls a key: the SHA-256 of its DER form."""
    return hashlib.sha256(key.public_bytes(form.Encoding.DER, form.PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def named(files: Mapping[str, bytes]) -> str:
    """Return which key the envelope of a certificate says has signed it, a claim to find a key by.

    Raises LimitError.
    """
    if ENVELOPE not in files:
        raise bounds.LimitError(f"it lacks {ENVELOPE}")
    envelope = bounds.parsed(files[ENVELOPE])
    if wrong := lack(envelope):
        raise bounds.LimitError(f"{ENVELOPE}: {wrong}")
    return str(envelope["signatures"][0]["keyid"])[:64]


def lack(envelope: object) -> str:
    """Say what an envelope lacks of ours: payload, its type, and one signature; nothing where it has them."""
    members = envelope if isinstance(envelope, dict) else {}
    if not all(isinstance(members.get(key), str) for key in ("payload", "payloadType")):
        return "no DSSE envelope of ours: an object with payload and payloadType was expected"
    signatures = members.get("signatures")
    signature = signatures[0] if isinstance(signatures, list) and len(signatures) == 1 else None
    if not isinstance(signature, dict) or not all(isinstance(signature.get(key), str) for key in ("keyid", "sig")):
        return "no DSSE envelope of ours: signatures: one was expected, with keyid and sig"
    return ""


def _key(path: Path) -> bytes:
    """Return a file's key without what stands before it; raises KeyFileError where it holds several."""
    data = _bytes(path)
    if (number := len(KEY.findall(data))) > 1:
        raise KeyFileError(f"{intake.shown(path)}: holds {number} keys, where one was expected: give each its own file")
    return data[max(data.find(b"-----BEGIN "), 0) :]


def _bytes(path: Path) -> bytes:
    try:
        return intake.read(path)
    except FileNotFoundError:
        raise KeyFileError(f"{intake.shown(path)}: cannot be read: {absent(path)}") from None
    except intake.IntakeError as error:
        raise KeyFileError(f"{intake.shown(path)}: {error}") from None
