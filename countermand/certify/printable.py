"""Words of a certificate on a screen: one short line that steers no terminal.

The one door for foreign words in this room: whatever prints them elsewhere can take its place here.
"""

from __future__ import annotations

import unicodedata

#: Characters of a name, and of a whole sentence about one.
NAME, LINE = 60, 400
#: Kinds of characters that are not seen, or move others: controls, marks of direction, half pairs, private ones, ends of lines.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def quoted(words: object) -> str:
    """Return a name that somebody else chose, in quotation marks, so that it cannot be taken for words of ours."""
    return f"'{_shortened(_visible(str(words)), NAME)}'"


def line(words: str) -> str:
    """Return a sentence of ours in which foreign words may stand, as one line."""
    return _shortened(_visible(words), LINE)


def _visible(words: str) -> str:
    return "".join(_escaped(letter) if unicodedata.category(letter) in UNSEEN else letter for letter in words[: 2 * LINE])


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape", "backslashreplace").decode("ascii")


def _shortened(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 3] + "..."
