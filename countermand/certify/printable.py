"""Words of a certificate on a screen: one short line that has passed the general door."""

from __future__ import annotations

from countermand.guard.foreign import Shown, shown

#: Characters of a name, and of a whole sentence about one.
NAME, LINE = 60, 400


def quoted(words: object, room: int = NAME) -> Shown:
    """Return words that somebody else chose, in quotation marks that they cannot close.

    So they are not taken for words of ours.
    """
    return Shown(f"'{shown(words, room)}'".replace("'", "\\'")[1:-2] + "'")


def line(words: str) -> Shown:
    """Return a sentence of ours in which foreign words may stand, as one line."""
    return shown(words, LINE)
