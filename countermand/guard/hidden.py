"""A secret as somebody writes it who means to hide it.

On one side bytes, on the other where in them a reader would find it.

Bytes are read as a reader reads them, layer by layer: markup passed over, references and escapes resolved, blanks left
out, all in one case. Each layer knows which of its bytes stands for which of the bytes before, so that what is found
can be starred out there.
"""

from __future__ import annotations

import base64
import functools
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html.entities import html5

Span = tuple[int, int]
Write = Callable[["re.Match[bytes]"], bytes]

#: What a reader of a document does not see between two letters; what is never closed ends with the document.
MARKUP = re.compile(rb"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!\[cdata\[|\]\]>|<[^<>]*>", re.DOTALL)
#: The same, but for elements, and so for the values of attributes.
WITHIN_TAGS = re.compile(rb"<!--|-->|<!\[cdata\[|\]\]>")
#: What XML and HTML call a character by, of those that no letter and no digit is, in lower case.
NAMED = {
    name.removesuffix(";").lower().encode(): character.encode()
    for name, character in html5.items()
    if name.endswith(";") and len(character) == 1 and character.isascii() and not character.isalnum()
}
#: References, percent-encoding, and the escapes of JSON and of programming languages, all in lower case.
ESCAPES = re.compile(
    rb"&#x0*+([0-9a-f]{1,6});?|&#0*+([0-9]{1,7});?|&(" + b"|".join(sorted(NAMED)) + rb");"
    rb"|%u([0-9a-f]{4})|%([0-9a-f]{2})|\\{1,8}u\{0*+([0-9a-f]{1,6})\}|\\{1,8}u([0-9a-f]{4})|\\{1,8}x([0-9a-f]{2})|\\(/)"
)
#: Bytes of an escape that is remembered: zeros may make one as long as a reply.
ESCAPE = 16
#: References may refer to the beginning of a reference, and so on: so often it is resolved.
DEPTH = 3
NOTHING = re.compile(rb"\x00+")
IGNORED = b" \t\r\n\v\f:,-"
BLANK = re.compile(rb"[ \t\r\n\v\f:,\-]+")
#: What a reader does not see between two letters either: characters without a width, and marks of direction (UTF-8).
UNSEEN = re.compile(
    rb"\xe2\x80[\x8b-\x8f\xaa-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf|\xef\xb8[\x80-\x8f]|\xc2\xad|\xcd\x8f"
)
#: Letters of full width (UTF-8), which are read as any others.
WIDE = re.compile(rb"\xef(?:\xbc([\x81-\xbf])|\xbd([\x80-\x9e]))")
#: Mail's way (RFC 2045, 6.7) with the ends of lines that it does not mean, and escapes in octal and of style sheets.
QUOTED = re.compile(rb"=([0-9a-f]{2})|=[ \t]*+\r?\n")
OCTAL = re.compile(rb"\\{1,8}([0-3][0-7]{2})")
STYLED = re.compile(rb"\\0{0,4}([0-9a-f]{2})[ \t\r\n]?")
LOWER = bytes(range(256)).lower()
#: RFC 4648, 6: a character by its five bits.
BASE32 = {f"{number:05b}": letter.to_bytes() for number, letter in enumerate(b"abcdefghijklmnopqrstuvwxyz234567")}
#: A shorter word is not looked for across what a reader passes over: text may come to it by chance.
LONG_ENOUGH = 10
#: EBCDIC's "<?xm": the one encoding of documents in which no letter is where ASCII has it (XML 1.0, F.1).
EBCDIC = b"\x4c\x6f\xa7\x94"


def forms(words: Iterable[str]) -> set[bytes]:
    """Return what words come to once they are read so.

    That is the words themselves, backwards as well, what they are in hexadecimal, decimal and binary numbers, and in
    base32 and base64, wherever in these they begin.
    """
    return {
        form
        for spelt in {spelt for word in words for spelt in (word, word.upper(), word.lower())}
        for form in _forms(spelt)
    }


@functools.lru_cache(maxsize=512)
def _forms(spelt: str) -> frozenset[bytes]:
    raw = spelt.encode("utf-8", "surrogateescape")
    wide = [spelt.encode(charset, "ignore") for charset in ("utf-16-le", "utf-16-be")]
    bits = f"{int.from_bytes(raw):0{8 * len(raw)}b}"
    forms = {
        *(raw, raw[::-1], raw.hex().encode(), *(units.hex().encode() for units in wide)),
        *("".join(map(str, raw)).encode(), bits.encode()),
        *_base32(bits),
        *(form for some in (raw, *wide) for form in _base64(some, base64.b64encode)),
        *_base64(raw, base64.urlsafe_b64encode),
    }
    return frozenset(form for form in map(_plain, forms) if len(form) >= LONG_ENOUGH)


def close_forms(word: str) -> set[bytes]:
    """Return what a short word comes to where nothing is left out between its letters."""
    spelt = {
        spelling.encode("utf-8", "surrogateescape").translate(LOWER) for spelling in (word, word.upper(), word.lower())
    }
    return {form for form in spelt if len(_plain(form)) < LONG_ENOUGH}


def line(word: str) -> bytes:
    """Return what a line of base64 comes to."""
    return _plain(word.encode())


def _base64(raw: bytes, encode: Callable[[bytes], bytes]) -> Iterator[bytes]:
    """Give what is the same of base64 wherever in it the word begins.

    These are the characters no neighbour has a part in.
    """
    for offset in range(3):
        yield encode(b"\0" * offset + raw)[-(-offset * 8 // 6) : (len(raw) + offset) * 8 // 6]


def _base32(bits: str) -> Iterator[bytes]:
    """Give the same of base32, in lower case, from the word in bits: Python's own takes four times as long."""
    for offset in range(5):
        yield b"".join([BASE32[bits[at : at + 5]] for at in range(offset, len(bits) - 4, 5)])


def _plain(form: bytes) -> bytes:
    return form.translate(LOWER, IGNORED)


@dataclass(frozen=True, eq=False)
class Layer:
    """One way of reading: what is written otherwise, or left out where nothing is written instead."""

    pattern: re.Pattern[bytes]
    write: Write
    begins: bytes  # what the pattern can begin with
    alone: bool = False  # the pattern is a run of these, which is left out: every second byte of UTF-16 may be one

    def read(self, data: bytes) -> bytes:
        """Return the bytes as they are read."""
        if self.alone:
            return data.translate(None, self.begins)
        return self.pattern.sub(self.write, data) if self._may_begin(data) else data

    @functools.cached_property
    def _may_begin(self) -> Callable[[bytes], object]:
        """What finds a byte that the pattern can begin with: most data has none, and is read as it is."""
        return re.compile(b"[" + re.escape(self.begins) + b"]").search

    def origins(self, data: bytes, spans: Sequence[Span]) -> list[Span]:
        """Return which of the bytes some spans of what was read stand for.

        What was left out between them is not among them.
        """
        starts, places, at, out = list[int](), list[tuple[int, int, bool]](), 0, 0
        for match in self.pattern.finditer(data):
            for begin, end, size in ((at, match.start(), match.start() - at), (*match.span(), len(self.write(match)))):
                if size:
                    starts.append(out)
                    places.append((begin, end, begin != match.start()))
                    out += size
            at = match.end()
        starts.append(out)
        places.append((at, len(data), True))
        return [span for wanted in spans for span in _within(wanted, starts, places)]


def _within(wanted: Span, starts: list[int], places: list[tuple[int, int, bool]]) -> Iterator[Span]:
    number = bisect_right(starts, wanted[0]) - 1
    while number < len(starts) and starts[number] < wanted[1]:
        begin, end, verbatim = places[number]
        if verbatim:
            first = begin + max(0, wanted[0] - starts[number])
            yield first, min(end, begin + wanted[1] - starts[number])
        else:
            yield begin, end
        number += 1


def _resolved(match: re.Match[bytes]) -> bytes:
    """Return what a reference or an escape stands for; a reply may hold the same one a million times."""
    return _known(match[0]) if match.end() - match.start() <= ESCAPE else _meant(match)


@functools.lru_cache(maxsize=4096)
def _known(escape: bytes) -> bytes:
    match = ESCAPES.fullmatch(escape)
    return _meant(match) if match else escape


def _meant(match: re.Match[bytes]) -> bytes:
    hexadecimal, decimal, name, *others, slash = match.groups()
    if name or slash:
        return NAMED[name] if name else b"/"
    digits = next((group for group in (hexadecimal, *others) if group), None)
    number = int(digits, 16) if digits else int(decimal or b"0")
    if match[5] or match[8]:  # bytes, whatever they are part of
        return bytes([number]).translate(LOWER)
    return chr(number).encode("utf-8", "replace").translate(LOWER) if number <= 0x10FFFF else b"?"  # noqa: PLR2004 - the last character


def _narrow(match: re.Match[bytes]) -> bytes:
    """Return the letter that one of full width is, in lower case."""
    letter = match[1][0] - 0x60 if match[1] else match[2][0] - 0x20
    return bytes([letter]).translate(LOWER)


def _unquoted(match: re.Match[bytes]) -> bytes:
    return bytes([int(match[1], 16)]).translate(LOWER) if match[1] else b""


def _of_octal(match: re.Match[bytes]) -> bytes:
    return bytes([int(match[1], 8)]).translate(LOWER)


def _left_out(_match: re.Match[bytes]) -> bytes:
    return b""


RESOLVE = [Layer(ESCAPES, _resolved, rb"&%\\")] * DEPTH
#: As a reader of a document reads its text, and as one who looks into it reads the values of attributes.
APART = Layer(NOTHING, _left_out, b"\0", alone=True)  # in UTF-16 and UTF-32, nothing but NUL stands between letters
OUTSIDE, INSIDE = Layer(MARKUP, _left_out, b"<]"), Layer(WITHIN_TAGS, _left_out, b"<-]")
#: What is left once all is resolved: letters of one width, with nothing between them.
BARE = (
    Layer(WIDE, _narrow, b"\xef"),
    Layer(UNSEEN, _left_out, b"\xe2\xef\xc2\xcd"),
    Layer(BLANK, _left_out, IGNORED, alone=True),
)
#: Escapes that mean something else elsewhere: whoever reads these reads none of the others before.
OTHERWISE = (Layer(QUOTED, _unquoted, b"="), Layer(OCTAL, _of_octal, b"\\"), Layer(STYLED, _unquoted, b"\\"))
JOINED = (
    *((APART, markup, *RESOLVE, *BARE) for markup in (OUTSIDE, INSIDE)),
    *((APART, way, INSIDE, *RESOLVE, *BARE) for way in OTHERWISE),
)
#: As one who takes no two words for one.
CLOSE = (APART, INSIDE, *RESOLVE)


def read(data: bytes, ways: Sequence[Sequence[Layer]]) -> Iterator[tuple[bytes, Sequence[Layer]]]:
    """Give some bytes as they are read, each time with the way."""
    lowered = _folded(data)
    seen: set[bytes] = set()
    for way in ways:
        words = _along(lowered, way)
        if words is not None and words not in seen:
            yield words, way
            seen.add(words)


def _along(words: bytes, way: Sequence[Layer]) -> bytes | None:
    """Return some bytes as they are read in a way; none where it is that of escapes which do not stand there."""
    last: Layer | None = None
    before = words
    for layer in way:
        if layer is last and words == before:
            continue  # what has been read once and is the same needs no second reading
        last, before, words = layer, words, layer.read(words)
        if layer in OTHERWISE and words == before:
            return None
    return words


def traced(data: bytes, way: Sequence[Layer], spans: Sequence[Span]) -> list[Span]:
    """Return where in some bytes stands what was found in them as they were read."""
    before = [_folded(data)]
    for layer in way:
        before.append(layer.read(before[-1]))
    for layer, words in zip(reversed(way), reversed(before[:-1]), strict=True):
        spans = layer.origins(words, spans)
    return list(spans)


def _folded(data: bytes) -> bytes:
    """Return the bytes in one case, each in its place."""
    if data.startswith(EBCDIC):
        data = data.decode("cp037").encode("latin-1", "replace")
    return data.translate(LOWER)
