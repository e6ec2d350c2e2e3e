"""Secrets: on one side the words a target file holds, on the other everything that is written, from which they are masked in every encoding."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from functools import cached_property
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

MASK = b"*"
#: A shorter word cannot be told from ordinary text: it is masked where we put it, and is not searched for.
SHORTEST = 6


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


class Veil:
    """Masks a set of secrets in whatever is about to be written, keeping every length."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self.words = sorted({word for word in secrets if len(word) >= SHORTEST}, key=len, reverse=True)

    @cached_property
    def _pattern(self) -> re.Pattern[bytes] | None:
        forms = sorted({form for word in self.words for form in encodings(word)}, key=len, reverse=True)
        return re.compile(b"|".join(map(re.escape, forms))) if forms else None

    def spans(self, data: bytes) -> list[tuple[int, int]]:
        """Return where secrets stand, as byte offsets."""
        return [match.span() for match in self._pattern.finditer(data)] if self._pattern else []

    def mask(self, data: bytes) -> bytes:
        """Return the bytes with every secret starred out, at the same length."""
        return self._pattern.sub(lambda match: MASK * len(match[0]), data) if self._pattern else data

    def text(self, words: str) -> str:
        """Return the text with every secret starred out."""
        masked = self.mask(words.encode("utf-8", "surrogateescape"))
        return masked.decode("utf-8", "surrogateescape")


def encodings(word: str) -> set[bytes]:
    """Return every form in which a word may turn up in a file: itself, escaped, URL-encoded, UTF-16, base64 at its three offsets."""
    plain = word.encode()
    forms = {plain, escape(word, {'"': "&quot;", "'": "&apos;"}).encode(), escape(word).encode(), json.dumps(word)[1:-1].encode()}
    forms |= {quote(word, safe="").encode(), quote_plus(word).encode(), word.encode("utf-16-le"), word.encode("utf-16-be")}
    forms |= {form for raw in tuple(forms) if len(raw) >= SHORTEST for form in _base64(raw)}
    if "\n" in word:  # PEM: each line is a secret of its own once the lines are wrapped or joined
        lines = [line for line in word.splitlines() if len(line) > 20 and not line.startswith("-----")]  # noqa: PLR2004
        forms |= {line.encode() for line in lines}
    return forms


def _base64(raw: bytes) -> set[bytes]:
    """Return what is the same of the word's base64 wherever the word begins: the characters no neighbour has a part in."""
    forms = set()
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + raw)
        start = (0, 2, 3)[offset]
        sure = (len(raw) + offset) * 8 // 6
        for form in (encoded[start:sure], encoded[start:sure].translate(bytes.maketrans(b"+/", b"-_"))):
            forms.add(form)
    return {form for form in forms if len(form) >= SHORTEST}
