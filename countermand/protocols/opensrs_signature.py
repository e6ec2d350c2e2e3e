"""X-Signature, by which OpenSRS knows a reseller: the good one of a body, and those no seller may let pass."""

from __future__ import annotations

import codecs
import hashlib
import hmac
import re

from countermand.protocols.variation import Signature

#: The digit of a signature that is neither near its beginning nor near its end.
MIDDLE = 15
#: What is sent behind a body, and not signed with it.
BEHIND = {Signature.TRIMMED: b"\n", Signature.UP_TO_NUL: b"\0"}
#: What is sent before a body, and not signed with it.
BEFORE = {Signature.LINES: b"\r\n\n", Signature.MARK: codecs.BOM_UTF8}
#: Where a comment is put that is not signed, and each kind of quotes for the other.
ROOT, QUOTES = b"<OPS_envelope>", bytes.maketrans(b"\"'", b"'\"")
#: What of a body is signed alone.
PARTS = {Signature.ENVELOPE: b"OPS_envelope", Signature.BLOCK: b"data_block"}
#: White space between tags, which means nothing.
BLANKS = re.compile(rb">\s+<")
#: Letters that stand for no hexadecimal digit.
LETTERS = str.maketrans("0123456789abcdef", "ghijklmnopqrstuv")


def sign(body: bytes, key: str) -> str:
    """Return X-Signature: md5(md5(body + key) + key) in lower-case hexadecimal (the guide, writing your own client)."""
    return hashlib.md5((inner(body, key) + key).encode()).hexdigest()


def inner(body: bytes, key: str) -> str:
    """Return the digest of which a signature is made; where there is no body that is the key's own."""
    return hashlib.md5(body + key.encode()).hexdigest()


def signature_of(body: bytes, key: str, how: Signature, user: str = "") -> str | None:
    """Return the signature of a body as it is to be, good or bad; nothing where there is to be none."""
    if how in PARTS:
        return sign(_part(body, PARTS[how]), key)
    good = sign(_in_utf16(body).encode() if how is Signature.UTF8 else body, key)
    return {
        Signature.FIRST_DIGIT: _other(good[0]) + good[1:],
        Signature.LAST_DIGIT: good[:-1] + _other(good[-1]),
        Signature.MIDDLE_DIGIT: good[:MIDDLE] + _other(good[MIDDLE]) + good[MIDDLE + 1 :],
        Signature.LONG: f"{good}0",
        Signature.SINGLE: inner(body, key),
        Signature.NO_KEY: sign(body, ""),
        Signature.UNDEFINED: sign(body, "undefined"),
        Signature.NULL: sign(body, "null"),
        Signature.NONE: sign(body, "None"),
        Signature.GOOD: good,
        Signature.WRONG: "".join(map(_other, good)),
        Signature.MISSING: None,
        Signature.EMPTY: "",
        Signature.SHORT: good[:16],
        Signature.OTHER_KEY: sign(body, key[::-1] + "0"),
        Signature.OTHER_BODY: sign(body + b"\n", key),
        Signature.UPPER_CASE: good.upper(),
        Signature.NO_DIGITS: good.translate(LETTERS),
        Signature.TRIMMED: good,
        Signature.UP_TO_NUL: good,
        Signature.LINE_ENDS: good,
        Signature.NOTHING: sign(b"", key),
        Signature.UNSPACED: sign(BLANKS.sub(b"><", body), key),
        Signature.BEYOND_ASCII: "\N{LATIN SMALL LETTER E WITH ACUTE}" * len(good),
        Signature.HMAC: hmac.new(key.encode(), body, hashlib.md5).hexdigest(),
        Signature.USER: hashlib.md5(f"{user}{key}".encode()).hexdigest(),
        Signature.DIGEST: hashlib.md5(body).hexdigest(),
        Signature.USER_AS_KEY: sign(body, user),
        Signature.ZEROS: "0" * len(good),
        **dict.fromkeys(BEFORE, good),
        Signature.COMMENT: good,
        Signature.QUOTES: good,
        Signature.UTF8: good,
    }[how]


def sent(body: bytes, how: Signature) -> bytes:
    """Return what is sent for a body that was signed: another one where the signature is to be none of it."""
    if how is Signature.UTF8:
        return codecs.BOM_UTF16_LE + _in_utf16(body).encode("utf-16-le")
    if how is Signature.LINE_ENDS:
        return body.replace(b"\n", b"\r\n")
    if how is Signature.QUOTES:
        return body.translate(QUOTES)
    if how is Signature.COMMENT:
        return body.replace(ROOT, ROOT + b"<!-- a comment -->", 1)
    return BEFORE.get(how, b"") + body + BEHIND.get(how, b"")


def _in_utf16(body: bytes) -> str:
    """Return the text of a body as it says of itself that it is in UTF-16."""
    return body.decode().replace("UTF-8", "UTF-16", 1)


def _part(body: bytes, name: bytes) -> bytes:
    """Return an element of a body, as it is written there."""
    part = re.search(rb"<%s>.*</%s>" % (name, name), body, re.DOTALL)
    if part is None:
        raise ValueError(f"the body has no {name.decode()}")
    return part.group()


def _other(digit: str) -> str:
    """Return another hexadecimal digit."""
    return "0123456789abcdef"[15 - int(digit, 16)]
