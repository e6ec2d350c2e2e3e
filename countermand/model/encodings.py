"""Every form in which a word may turn up: escaped, in other charsets, in hexadecimal, in base64."""

from __future__ import annotations

import base64
import binascii
import functools
import html
import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

#: A shorter word cannot be told from ordinary text: it is masked where we put it, and is not searched for.
SHORTEST = 6
#: Headers and footers of PEM are no secret, and lines too short to tell from text are none either.
LINE = 20
#: A digest or a key in hexadecimal may be told as the bytes it stands for: so many of these, and so many different
#: ones, nobody comes to by chance.
HEXADECIMAL, DIFFERENT = re.compile(r"([0-9A-Fa-f]{2}){12,}"), 6
#: Both write the same numbers in other characters; only of four NULs, which no word has, ascii85 makes one.
ASCII85 = bytes.maketrans(
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~", bytes(range(33, 118))
)


@functools.lru_cache(maxsize=512)
def encodings(word: str) -> frozenset[bytes]:
    """Return every form in which a word may turn up.

    It may be itself, escaped, in other charsets, in hexadecimal, in base64 and base85 at their offsets.
    """
    if "\n" in word:
        return frozenset(_blocks(word) | {form for line in lines_of(word) for form in _plain(line)})
    return frozenset(_written(word))


#: What a writer does to text, once or twice over: XML and HTML, JSON, URLs, Markdown.
ESCAPES: tuple[Callable[[str], str], ...] = (
    escape,
    lambda word: escape(word, {'"': "&quot;", "'": "&apos;"}),
    html.escape,
    lambda word: json.dumps(word)[1:-1],
    lambda word: json.dumps(word, ensure_ascii=False)[1:-1],
    lambda word: quote(word, safe=""),
    quote,
    quote_plus,
    lambda word: re.sub("%..", lambda code: code[0].lower(), quote(word, safe="")),
    lambda word: re.sub(r"([\\`*_\[\]<>|#&])", r"\\\1", word),
)


def _written(word: str) -> set[bytes]:
    writers = () if word.isascii() and word.isalnum() else ESCAPES  # of letters and digits none makes anything else
    once = {word, *(write(word) for write in writers)}
    twice = once | {write(form) for form in once for write in writers[:5]}
    forms = {form.encode("utf-8", "surrogateescape") for form in twice}
    forms |= {form.encode(charset, "ignore") for form in once for charset in ("utf-16-le", "utf-16-be", "latin-1")}
    forms |= {part for raw in tuple(forms) for part in _base64(raw)}
    plain = word.encode("utf-8", "surrogateescape")
    forms |= {written.encode() for form in _base85(plain) for written in (form, escape(form), json.dumps(form)[1:-1])}
    forms |= {plain.hex().encode(), plain.hex().upper().encode()}
    if HEXADECIMAL.fullmatch(word) and len({*(stood_for := bytes.fromhex(word))}) >= DIFFERENT:
        written = base64.b32encode(stood_for).rstrip(b"=")[:-1]
        forms |= {stood_for, written, written.lower(), *_base64(stood_for)}
    return {form for form in forms if len(form) >= SHORTEST}


def _plain(line: str) -> set[bytes]:
    """Return the forms of a line of base64, in which little can be escaped."""
    return {line.encode(), quote(line, safe="").encode(), line.encode("utf-16-le"), line.encode("utf-16-be")}


def _base64(raw: bytes) -> Iterator[bytes]:
    """Return what is the same of the word's base64 wherever the word begins, and where nothing comes behind it.

    These are the characters no neighbour has a part in, and at an end the one that is filled up with zeros.
    """
    for offset, shared in enumerate((0, 2, 3)):
        encoded = base64.b64encode(b"\0" * offset + raw).rstrip(b"=")
        for form in {encoded[shared:], encoded[shared : (len(raw) + offset) * 8 // 6]}:
            yield from (form, form.translate(bytes.maketrans(b"+/", b"-_")))


def _base85(raw: bytes) -> Iterator[str]:
    """Return what is the same of the word's ascii85 and base85 wherever the word begins.

    Of each four bytes they make five characters, of which some mean something else in a document: these are found as
    they are written alone.
    """
    for offset in range(4):
        written = base64.b85encode(raw[offset : len(raw) - (len(raw) - offset) % 4])
        yield from (written.translate(ASCII85).decode(), written.decode())


def lines_of(word: str) -> list[str]:
    """Return the lines of a PEM block: each is a secret of its own once the lines are wrapped or joined."""
    return [line for line in word.splitlines() if len(line) > LINE and not line.startswith("-----")]


def _blocks(word: str) -> set[bytes]:
    """Return a PEM block as a whole: as it is, in JSON, in one line, what it is the text of, and its base64."""
    whole = {word.encode(), word.strip().encode(), json.dumps(word)[1:-1].encode()}
    joined = "".join(line for line in word.splitlines() if ":" not in line and not line.startswith("-----"))
    try:
        raw = base64.b64decode(joined, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    forms = whole | ({raw, joined.encode()} if len(raw) > LINE else set())
    return forms | {form for block in whole for form in _base64(block) if len(form) >= SHORTEST}
