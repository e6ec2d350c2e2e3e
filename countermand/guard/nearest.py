"""The word that was meant, where people have mistyped one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path


def nearest(word: str, known: Iterable[object], cutoff: float = 0.6) -> str | None:
    """Return the known word that looks most like another, where one does."""
    return next(iter(difflib.get_close_matches(word, [str(name) for name in known], n=1, cutoff=cutoff)), None)


def meant(word: str, known: Iterable[object], otherwise: str = "", cutoff: float = 0.6) -> str:
    """Return the question whether another word was meant, or what is to be said otherwise."""
    closest = nearest(word, known, cutoff)
    return otherwise if closest is None else f"did you mean {closest!r}?"


def nearest_in(folder: Path, missing: str) -> str:
    """Ask, of a file that is not there, whether another of a folder was meant; nothing where none is like it."""
    try:
        question = meant(missing, [entry.name for entry in folder.iterdir() if entry.name != missing])
    except (OSError, ValueError):
        return ""
    return f"; {question}" if question else ""


def absent(path: Path, what: str = "no such file") -> str:
    """Say of a name that it leads to nothing: where its link points, or which other of its folder may be meant."""
    try:
        return f"{what}: it is a link to {str(path.readlink())!r}, where nothing is"
    except (OSError, ValueError):
        return f"{what}{nearest_in(path.parent, path.name)}"
