"""Content codings: the content of a reply's body, each layer within the size we read."""

from __future__ import annotations

import zlib

#: So many layers one upon another may be somebody's gateway; more are nobody's.
LAYERS = 4
GZIP, ZLIB, RAW = 31, 15, -15  # windows, as zlib numbers the forms a stream can have
FORMS = {"gzip": (GZIP,), "x-gzip": (GZIP,), "deflate": (ZLIB, RAW)}


class TooLargeError(Exception):
    """More came than we read."""


class UndecodableError(ValueError):
    """A body is not in the coding of its header."""


def beyond(limit: int) -> TooLargeError:
    """Return what says how much is read, and by which key of a target file."""
    return TooLargeError(f"the reply has more than the {limit} bytes that [limits] size allows")


def decoded(body: bytes, codings: str, limit: int) -> bytes:
    """Return a body's content; a coding we do not know ends it.

    Raises TooLargeError where a layer exceeds the limit, UndecodableError.
    """
    layers = [
        name.strip().lower() for name in codings[:1000].split(",") if name.strip().lower() not in {"", "identity"}
    ]
    if len(layers) > LAYERS:
        raise TooLargeError(f"the reply is coded {len(layers)} times over, and {LAYERS} layers are read at most")
    for name in reversed(layers):
        if name not in FORMS:
            return body
        body = _inflated(body, FORMS[name], limit)
    return body


def _inflated(body: bytes, forms: tuple[int, ...], limit: int) -> bytes:
    for form in forms:
        stream = zlib.decompressobj(form)
        try:
            content = stream.decompress(body, limit + 1)
        except zlib.error as error:
            said = str(error)
            continue
        if len(content) > limit:
            raise beyond(limit)
        return content
    raise UndecodableError(f"the body is not what Content-Encoding says: {said}")
