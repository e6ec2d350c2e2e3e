"""Masks secrets, in every encoding, in whatever is written."""

from __future__ import annotations

import binascii
import contextlib
import functools
import itertools
import math
import re
import zlib
from collections.abc import Iterable, Sequence

from countermand.guard import hidden
from countermand.model import suite
from countermand.model.encodings import SHORTEST, lines_of
from countermand.model.needles import Needles, close_needles, needles, read_needles

MASK = b"*"
#: A word of the suite's own text, or of every page's, is no better: up to so many characters it is compared with them.
ORDINARY = 16
COMMON = frozenset({"password", "changeit"})
PLAIN = re.compile(r"[\w.:-]+")
#: Of a secret that a message has cut, so many characters in a row still count as shown.
CUT = 12
#: A run of base64 long enough to hide a word: the page carries its attachments so.
BLOB = re.compile(rb"[A-Za-z0-9+/_-]{24,}")
#: The letters in which base64 for addresses differs (RFC 4648, 5), as the others.
PLAIN_64 = bytes.maketrans(b"-_", b"+/")
#: How gzip and zlib begin (RFC 1952, 2.3.1; RFC 1950, 2.2), and how much of what they hold is looked at: where there
#: is more, all of it is masked. So many bytes are unpacked at once, for what comes before a fault is said all the same.
GZIP, DEFLATED, UNPACKED, STEP = b"\x1f\x8b", 8, 2**18, 256
#: So many texts has an exchange: its address, and the reason, the headers and the body of its request and its reply.
SEEN = 8
#: Base64 within base64 is looked into so many times.
DEPTH = 3


class Secret:
    """A word that must not be shown; its repr is masked because a failing assertion prints what it finds."""

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the word itself, for the wire alone."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


class Masker:
    """Masks a set of secrets in whatever is about to be written, keeping every length."""

    def __init__(self, secrets: Iterable[str] = (), *, over: Masker | None = None) -> None:
        #: Where secrets stand in what has been looked at last: by what masks an exchange, of which much is read twice.
        self._seen: dict[bytes, list[tuple[int, int]]] | None = None if over is None else {}
        self._last: tuple[frozenset[str], Masker] | None = None
        words = {word for word in secrets if word}
        masked = {word for word in words if len(word) >= SHORTEST and not _ordinary(word)}
        self.own = tuple(sorted(masked, key=lambda word: (-len(word), word)))
        self.short: int = len(words - masked) + (over.short if over else 0)
        self._over = over

    @property
    def words(self) -> list[str]:
        """The secrets, the longest first."""
        return sorted({*self.own, *(self._over.words if self._over else ())}, key=len, reverse=True)

    def with_secrets(self, words: Iterable[str]) -> Masker:
        """Return a masker that masks these as well: what only one exchange must not show, as its signature.

        Whoever asks for the same once more is given the same one, which knows what it has looked at.
        """
        also, last = frozenset(words), self._last
        if last is None or last[0] != also:
            last = self._last = also, Masker(also, over=self)
        return last[1]

    def within(self, data: bytes) -> list[bytes]:
        """Return the forms of secrets that stand in the data, the longest first."""
        forms = (self._over.within(data) if self._over else []) + (needles(self.own).within(data) if self.own else [])
        return sorted(forms, key=len, reverse=True)

    def spans(self, data: bytes) -> list[tuple[int, int]]:
        """Return where secrets stand, as byte offsets.

        They are found as they are written, and as a reader of the document would read them.
        """
        if len(data) < self._least:
            return []
        if self._seen is None:
            return self._looked_for(data)
        if data not in self._seen:
            if len(self._seen) >= SEEN:
                self._seen.clear()
            self._seen[data] = self._looked_for(data)
        return self._seen[data]

    def _looked_for(self, data: bytes) -> list[tuple[int, int]]:
        spans = _every(self.within(data), data)
        rest = starred(data, spans) if spans else data
        spans += self._hidden(rest) if len(data) >= SHORTEST else []
        # Whoever unpacks it reads all of it. What is in it is not unpacked once more: there is gzip that holds itself.
        inner = _inflated(data)
        if inner and (len(inner) >= UNPACKED or self.within(inner) or self._hidden(inner)):
            return [(0, len(data))]
        return _merged(spans)

    def _hidden(self, data: bytes) -> list[tuple[int, int]]:
        traces = list[tuple[int, int]]()
        joined, close = self._read_as
        for words, ways in ((joined, hidden.JOINED), (close, [hidden.CLOSE])):
            for read, way in hidden.read(data, ways if words else ()):
                if spans := _every([form for some in words for form in some.within(read)], read):
                    traces += hidden.traced(data, way, spans)
        return [*traces, *self._wrapped(data)]

    def _wrapped(self, data: bytes) -> list[tuple[int, int]]:
        """Return where runs of base64 stand that say a secret, though not at once."""
        blobs = list(BLOB.finditer(hidden.APART.read(data)))
        if not blobs or not self.shows(b"\n".join(_decoded(blob[0]) for blob in blobs), DEPTH - 1):
            return []
        return hidden.APART.origins(data, [blob.span() for blob in blobs if self.shows(_decoded(blob[0]), DEPTH - 1)])

    @functools.cached_property
    def _read_as(self) -> tuple[list[Needles], list[Needles]]:
        """What to look for as a reader reads it: where letters may stand apart, and where they may not."""
        joined, close = self._over._read_as if self._over else ([], [])  # noqa: SLF001 - the masker under this one
        return [*joined, *_some(read_needles(self.own))], [*close, *_some(close_needles(self.own))]

    @functools.cached_property
    def _least(self) -> float:
        """The fewest bytes in which anything can be found.

        Whatever reads a text otherwise leaves something out, and adds nothing.
        """
        sets = (needles(self.own), read_needles(self.own), close_needles(self.own))
        return min([self._over._least if self._over else math.inf, *(some.shortest for some in sets if some.shortest)])  # noqa: SLF001

    def shows(self, data: bytes, depth: int = DEPTH) -> bool:
        """Say whether some bytes show a secret, in any encoding, and in base64 of any text that does."""
        if self.within(data) or ((inner := _inflated(data)) and self.within(inner)):
            return True
        within = b"\n".join(map(_decoded, BLOB.findall(data))) if depth else b""
        return bool(within) and self.shows(within, depth - 1)

    def mask(self, data: bytes) -> bytes:
        """Return the bytes with every secret starred out, at the same length."""
        return starred(data, self.spans(data))

    def text(self, words: str) -> str:
        """Return the text with every secret starred out."""
        return self.mask(words.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")

    def texts(self, words: Sequence[str]) -> list[str]:
        """Return texts with every secret starred out, also one that is cut up among them."""
        if any("<" in word for word in words):  # markup that begins in one hides nothing of the next
            return [self.text(word) for word in words]
        parts = [word.encode("utf-8", "surrogateescape") for word in words]
        masked, ends = self.mask(b"\n".join(parts)), list(itertools.accumulate(len(part) + 1 for part in parts))
        return [
            masked[end - len(part) - 1 : end - 1].decode("utf-8", "surrogateescape")
            for part, end in zip(parts, ends, strict=True)
        ]

    def message(self, words: str) -> str:
        """Return a message with every secret starred out.

        So is what is left of one where a message quotes only the start of a reply.
        """
        said, cuts = self.text(words), _cuts(tuple(self.words))
        for at in range(len(said) - CUT + 1):
            if words[at : at + CUT] in cuts and said[at : at + CUT].replace("*", ""):
                said = said[:at] + "*" * CUT + said[at + CUT :]
        return said


def _every(forms: list[bytes], data: bytes) -> list[tuple[int, int]]:
    longest = sorted(forms, key=len, reverse=True)  # a form may be the beginning of another
    return (
        [_aligned(*match.span(), data) for match in re.finditer(b"|".join(map(re.escape, longest)), data)]
        if forms
        else []
    )


def _aligned(start: int, end: int, data: bytes) -> tuple[int, int]:
    """Return where a word stands in UTF-16.

    The zeros around its letters fit both orders of bytes, and one of these cuts its neighbours.
    """
    astray = start % 2 == 1 and data[start] == 0 and data[end : end + 1] == b"\0"
    return (start + 1, end + 1) if astray else (start, end)


def _some(words: Needles) -> list[Needles]:
    return [words] if words else []


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans in order, those that touch as one."""
    merged = list[tuple[int, int]]()
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _decoded(blob: bytes) -> bytes:
    """Return what a run of base64 says."""
    return binascii.a2b_base64(blob[: len(blob) // 4 * 4].translate(PLAIN_64))


def _inflated(data: bytes) -> bytes:
    """Return what packed bytes say, as far as that is looked at; nothing where none are packed, or not in these ways.

    A coding that nobody has named is kept as it came, and read by whoever has a program for it: also where it ends in
    a sum that is wrong, and where one packed thing follows the other.
    """
    inner, begun = bytearray(), 0
    while len(inner) < UNPACKED and _is_packed(data, begun):
        unpacker, at = zlib.decompressobj(47), begun  # either of the two, by what it begins with
        while at < len(data) and not unpacker.eof and len(inner) < UNPACKED:
            before = unpacker.copy()
            try:
                inner += unpacker.decompress(data[at : at + STEP], UNPACKED)
            except zlib.error:
                inner += _until_fault(before, data[at : at + STEP])
                break
            at += STEP
        if not unpacker.eof:
            break
        begun = min(at, len(data)) - len(unpacker.unused_data)
    return bytes(inner)


def _until_fault(unpacker: zlib._Decompress, data: bytes) -> bytes:
    """Return what some packed bytes say before the one that is wrong."""
    inner = bytearray()
    with contextlib.suppress(zlib.error):
        for at in range(len(data)):
            inner += unpacker.decompress(data[at : at + 1])
    return bytes(inner)


def _is_packed(data: bytes, begun: int) -> bool:
    """Say whether some bytes go on as gzip or zlib begin."""
    head = data[begun : begun + 2]
    return head == GZIP or (len(head) == len(GZIP) and head[0] % 16 == DEFLATED and int.from_bytes(head) % 31 == 0)


@functools.lru_cache(maxsize=512)
def _ordinary(word: str) -> bool:
    """Say whether a secret is a word that reports hold anyway.

    "cancel" or "password" can be neither starred out nor searched for.
    """
    return (
        len(word) <= ORDINARY and PLAIN.fullmatch(word) is not None and (word.casefold() in COMMON or suite.says(word))
    )


def starred(data: bytes, spans: Iterable[tuple[int, int]]) -> bytes:
    """Return the bytes with some of them starred out."""
    starred = bytearray(data)
    for start, end in spans:
        starred[start:end] = MASK * (end - start)
    return bytes(starred)


@functools.lru_cache(maxsize=16)
def _cuts(words: tuple[str, ...]) -> frozenset[str]:
    """Return every run of CUT characters of some words, and of the lines of PEM blocks."""
    parts = [part for word in words for part in (lines_of(word) if "\n" in word else [word])]
    return frozenset(part[at : at + CUT] for part in parts for at in range(len(part) - CUT + 1))
