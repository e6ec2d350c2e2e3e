"""A body as a record keeps it: masked, and packed where it is long."""

from __future__ import annotations

import base64
import codecs
import functools
import hashlib
import zlib

from countermand.model.rows import BodyRow

#: Bytes from which a body is packed: some 300 of them make a record that is read at once.
LONG = 2**16
#: Bytes that a packed body may come to: no target's limit needs more, and a record must not claim it.
LARGEST = 2**26
#: Codecs of Python's own that are no registered charsets.
NO_CHARSETS = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})


def row(masked: bytes, spans: list[tuple[int, int]]) -> BodyRow:
    """Return what a record holds of a body."""
    where = [list(span) for span in spans]
    if len(masked) > LONG:
        packed, digest = base64.b64encode(zlib.compress(masked)).decode(), hashlib.sha256(masked).hexdigest()
        return {"encoding": "deflate", "value": packed, "length": len(masked), "sha256": digest, "masked": where}
    try:
        return {"encoding": "utf8", "value": masked.decode("utf-8"), "masked": where}
    except UnicodeDecodeError:
        return {"encoding": "base64", "value": base64.b64encode(masked).decode(), "masked": where}


def content(row: BodyRow) -> bytes:
    """Return the body of a row; raises ValueError where it is not what the row says."""
    value = row["value"]
    if row["encoding"] == "deflate":
        return _unpacked(value, int(row["length"]))
    return base64.b64decode(value, validate=True) if row["encoding"] == "base64" else value.encode()


def text_of(data: bytes, charset: str, errors: str = "strict") -> str:
    """Decode a body by a label; raises LookupError for what is no charset, though Python knows it.

    Some of these take forever.
    """
    try:
        name = codecs.lookup(charset).name
    except ValueError:  # what cannot even be a name
        raise LookupError(f"no charset: {charset!r}") from None
    if name in NO_CHARSETS:
        raise LookupError(f"no charset: {charset}")
    return data.decode(charset, errors)


def is_packed(row: BodyRow) -> bool:
    """Say whether a row's body is a long one."""
    return row["encoding"] == "deflate"


def length(row: BodyRow) -> int:
    """Return how many bytes a row's body has."""
    return int(row["length"]) if is_packed(row) else len(content(row))


def cost(data: bytes) -> int:
    """Return what it takes to keep a body: nothing that counts, unless it is long."""
    return len(zlib.compress(data, 1)) if len(data) > LONG else 0


@functools.lru_cache(maxsize=2)
def _unpacked(value: str, size: int) -> bytes:
    stream = zlib.decompressobj()
    try:
        data = stream.decompress(base64.b64decode(value, validate=True), min(size, LARGEST) + 1)
    except zlib.error as error:
        raise ValueError(f"a packed body cannot be read: {error}") from None
    if len(data) != size:
        raise ValueError("a packed body has not the length it says")
    return data
