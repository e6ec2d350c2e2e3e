"""The word that was meant, where people have mistyped one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(word: str, known: Iterable[object], cutoff: float = 0.6) -> str | None:
    """Return the known word that looks most like another, where one does."""
    return next(iter(difflib.get_close_matches(word, [str(name) for name in known], n=1, cutoff=cutoff)), None)


def meant(word: str, known: Iterable[object], otherwise: str = "", cutoff: float = 0.6) -> str:
    """Return the question whether another word was meant, or what is to be said otherwise."""
    closest = nearest(word, known, cutoff)
    return otherwise if closest is None else f"did you mean {closest!r}?"
