"""DSSE envelopes (Dead Simple Signing Envelope, v1.0).

On one side a statement, on the other JSON with a signature over its bytes.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from countermand.certify import keys
from countermand.guard import bounds

TYPE = "application/vnd.in-toto+json"
#: Bytes; some 180 scenarios make 25 kB.
LARGEST = 8 * 2**20


class EnvelopeError(ValueError):
    """An envelope that cannot be opened with a key; says why."""


def encoding(kind: str, payload: bytes) -> bytes:
    """Return what is signed: DSSE's pre-authentication encoding."""
    named = kind.encode()
    return b"DSSEv1 %d %s %d %s" % (len(named), named, len(payload), payload)


def seal(statement: dict[str, Any], key: Ed25519PrivateKey) -> bytes:
    """Return the signed envelope of a statement; the same for the same statement and key."""
    payload = _canonical(statement)
    return _written(payload, keys.name(key.public_key()), key.sign(encoding(TYPE, payload)))


def unseal(data: bytes, key: Ed25519PublicKey) -> dict[str, Any]:
    """Return the statement if it is signed by that key and nothing else stands in the envelope; raises EnvelopeError.

    What is read is written again and compared, so there is one envelope of a statement and a key: no other encoding of
    the same bytes, no member twice, no word beside what was signed.
    """
    if not data:
        raise EnvelopeError("is missing or empty, and so nothing here is signed")
    try:
        envelope = bounds.parsed(data, largest=LARGEST)
    except bounds.LimitError as error:
        raise EnvelopeError(f"no DSSE envelope of ours: {error}") from None
    if wrong := keys.lack(envelope):
        raise EnvelopeError(wrong)
    try:
        [signature] = envelope["signatures"]
        kind, payload = envelope["payloadType"], base64.b64decode(envelope["payload"], validate=True)
        named, signed = signature["keyid"], base64.b64decode(signature["sig"], validate=True)
    except ValueError:
        raise EnvelopeError("no DSSE envelope of ours: its payload or its signature is not in base64") from None
    if kind != TYPE:
        raise EnvelopeError(f"its payload is {kind[:80]!r}, where {TYPE!r} is expected")
    if not _is_by(key, signed, encoding(kind, payload)):
        raise EnvelopeError(_stranger(keys.name(key), named))
    if _written(payload, keys.name(key), signed) != data:
        raise EnvelopeError("it holds words that nobody signed, or is not written as countermand certify writes it")
    return _statement(payload)


def _statement(payload: bytes) -> dict[str, Any]:
    try:
        statement = bounds.parsed(payload, largest=LARGEST)
    except bounds.LimitError as error:
        raise EnvelopeError(f"its payload is no statement: {error}") from None
    if not isinstance(statement, dict):
        raise EnvelopeError("its payload is no statement")
    if _canonical(statement) != payload:
        raise EnvelopeError("its payload is not written as countermand certify writes it")
    return statement


def _canonical(statement: dict[str, Any]) -> bytes:
    return json.dumps(statement, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(
        "utf-8", "backslashreplace"
    )


def _written(payload: bytes, name: str, signature: bytes) -> bytes:
    envelope = {
        "payload": _text(payload),
        "payloadType": TYPE,
        "signatures": [{"keyid": name, "sig": _text(signature)}],
    }
    return json.dumps(envelope, indent=1).encode() + b"\n"


def _stranger(wanted: str, named: str) -> str:
    if wanted == named:
        return "its signature does not fit: the statement in it was changed after it was signed, or the signature was"
    return f"it is not signed by this key ({wanted[:16]}) but, as it says, by {named[:16] or 'no key'!r}"


def _is_by(key: Ed25519PublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
