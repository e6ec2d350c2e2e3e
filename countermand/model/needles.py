"""The forms of some words, ready to be looked for in much text."""

from __future__ import annotations

import bisect
import functools
from dataclasses import dataclass

from countermand.guard import hidden
from countermand.model.encodings import encodings, lines_of

#: Long forms are looked for by pieces of this length: of a form twice as long, one at least stands at a multiple of it.
PIECE = 16
#: So few long forms are looked for one by one, which is quicker than to cut them up:
#: most maskers are made for one exchange.
FEW = 200


@dataclass(frozen=True)
class Needles:
    """The forms of some words, ready to be looked for in much text."""

    short: tuple[bytes, ...]  # the shortest first
    long: tuple[bytes, ...]
    pieces: frozenset[bytes] | None  # of the long forms; none where these are so few that each is looked for by itself

    @functools.cached_property
    def shortest(self) -> int | None:
        """The length of the shortest form, if there is one."""
        return min(map(len, (*self.short, *self.long)), default=None)

    @functools.cached_property
    def _lengths(self) -> list[int]:
        return list(map(len, self.short))

    def within(self, data: bytes) -> list[bytes]:
        """Return the forms that stand in the data, the longest first."""
        fitting = self.short[: bisect.bisect_right(self._lengths, len(data))]  # most texts are shorter than most forms
        forms = [form for form in fitting if form in data]
        if self.pieces is None or not self.pieces.isdisjoint(
            data[at : at + PIECE] for at in range(0, len(data) - PIECE + 1, PIECE)
        ):
            forms += [form for form in self.long if form in data]
        return sorted(forms, key=len, reverse=True)


@functools.lru_cache(maxsize=256)
def needles(words: tuple[str, ...]) -> Needles:
    """Return the forms of some words, ready to be looked for."""
    return _needles({form for word in words for form in encodings(word)})


def _needles(forms: set[bytes]) -> Needles:
    long = tuple(form for form in forms if len(form) >= 2 * PIECE)
    cut = len(long) > FEW
    pieces = frozenset(form[at : at + PIECE] for form in long for at in range(len(form) - PIECE + 1)) if cut else None
    return Needles(tuple(sorted((form for form in forms if len(form) < 2 * PIECE), key=len)), long, pieces)


@functools.lru_cache(maxsize=64)
def read_needles(words: tuple[str, ...]) -> Needles:
    """Return what some words come to as a reader reads them, ready to be looked for."""
    lines = {hidden.line(line) for word in words if "\n" in word for line in lines_of(word)}
    return _needles(lines | hidden.forms(word for word in words if "\n" not in word))


@functools.lru_cache(maxsize=64)
def close_needles(words: tuple[str, ...]) -> Needles:
    """Return what some words come to as one reads them who takes no two words for one, ready to be looked for."""
    return _needles({form for word in words if "\n" not in word for form in hidden.close_forms(word)})
