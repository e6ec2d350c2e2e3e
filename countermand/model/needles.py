"""The forms of some words, ready to be looked for in much text."""

from __future__ import annotations

import bisect
import functools
from collections.abc import Iterable

from countermand.guard import hidden
from countermand.model.encodings import encodings, lines_of

#: Long forms are looked for by pieces of this length: of a form twice as long, one at least stands at a multiple of it.
PIECE = 16
#: Forms are cut up once they were looked for one by one in so many bytes: that takes as long, and most are those of one
#: exchange alone. To look into a text at all takes as long as to look through so many bytes.
DEAR, BEGUN = 2**15, 2**9


class Needles:
    """The forms of some words, ready to be looked for in much text."""

    def __init__(self, forms: Iterable[bytes]) -> None:
        by_length = sorted(forms, key=len)
        self._lengths = list(map(len, by_length))
        self.shortest: int | None = self._lengths[0] if by_length else None  # the length of the shortest form
        cut = bisect.bisect_left(self._lengths, 2 * PIECE)
        self._short, self._long = by_length[:cut], by_length[cut:]
        self._looked = 0  # bytes

    def __bool__(self) -> bool:
        return bool(self._lengths)

    @functools.cached_property
    def _pieces(self) -> frozenset[bytes]:
        return frozenset(form[at : at + PIECE] for form in self._long for at in range(len(form) - PIECE + 1))

    def within(self, data: bytes) -> list[bytes]:
        """Return the forms that stand in the data, the longest first."""
        fitting = bisect.bisect_right(self._lengths, len(data))  # most texts are shorter than most forms
        forms = [form for form in self._short[:fitting] if form in data]
        if fitting > len(self._short) and self._may_hold_long(data):
            forms += [form for form in self._long[: fitting - len(self._short)] if form in data]
        return sorted(forms, key=len, reverse=True)

    def _may_hold_long(self, data: bytes) -> bool:
        self._looked += BEGUN + len(data)
        if self._looked <= DEAR:
            return True
        return not self._pieces.isdisjoint(data[at : at + PIECE] for at in range(0, len(data) - PIECE + 1, PIECE))


@functools.lru_cache(maxsize=256)
def needles(words: tuple[str, ...]) -> Needles:
    """Return the forms of some words, ready to be looked for."""
    return Needles({form for word in words for form in encodings(word)})


@functools.lru_cache(maxsize=64)
def read_needles(words: tuple[str, ...]) -> Needles:
    """Return what some words come to as a reader reads them, ready to be looked for."""
    lines = {hidden.line(line) for word in words if "\n" in word for line in lines_of(word)}
    return Needles(lines | hidden.forms(word for word in words if "\n" not in word))


@functools.lru_cache(maxsize=64)
def close_needles(words: tuple[str, ...]) -> Needles:
    """Return what some words come to as one reads them who takes no two words for one, ready to be looked for."""
    return Needles({form for word in words if "\n" not in word for form in hidden.close_forms(word)})
