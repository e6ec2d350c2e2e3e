"""DSSE envelopes (Dead Simple Signing Envelope, v1.0): on one side a statement, on the other JSON with a signature over its bytes."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from countermand.certify import keys

TYPE = "application/vnd.in-toto+json"


class EnvelopeError(ValueError):
    """An envelope that cannot be opened with a key; says why."""


def encoding(kind: str, payload: bytes) -> bytes:
    """Return what is signed: DSSE's pre-authentication encoding."""
    named = kind.encode()
    return b"DSSEv1 %d %s %d %s" % (len(named), named, len(payload), payload)


def seal(statement: dict[str, Any], key: Ed25519PrivateKey) -> bytes:
    """Return the signed envelope of a statement; the same for the same statement and key."""
    payload = json.dumps(statement, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "backslashreplace")
    signature = {"keyid": keys.name(key.public_key()), "sig": _text(key.sign(encoding(TYPE, payload)))}
    told = {"payload": _text(payload), "payloadType": TYPE, "signatures": [signature]}
    return json.dumps(told, indent=1).encode() + b"\n"


def unseal(data: bytes, key: Ed25519PublicKey) -> dict[str, Any]:
    """Return the statement if one of the signatures is by that key, whatever key the envelope names; raises EnvelopeError."""
    try:
        told = json.loads(data)
        kind, payload = str(told["payloadType"]), base64.b64decode(told["payload"], validate=True)
        signatures = [(str(one.get("keyid", "")), base64.b64decode(one["sig"], validate=True)) for one in told["signatures"]]
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error, RecursionError) as error:
        raise EnvelopeError(f"no DSSE envelope: {type(error).__name__}: {error}") from None
    if kind != TYPE:
        raise EnvelopeError(f"its payload is {kind[:80]!r}, where {TYPE!r} is expected")
    if not any(_is_by(key, signature, encoding(kind, payload)) for _, signature in signatures):
        raise EnvelopeError(_stranger(keys.name(key), [name for name, _ in signatures]))
    statement = json.loads(payload)
    if not isinstance(statement, dict):
        raise EnvelopeError("its payload is no statement")
    return statement


def _stranger(wanted: str, named: list[str]) -> str:
    if wanted in named:
        return "its signature does not fit: the statement in it was changed after it was signed, or the signature was"
    others = ", ".join(name[:16] or "no key" for name in named) or "nobody"
    return f"it is not signed by this key ({wanted[:16]}) but, as it says, by {others}"


def _is_by(key: Ed25519PublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
