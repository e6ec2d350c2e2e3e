"""TOML that people write.

On one side a text, on the other where it is nested or dotted so that reading it would take minutes.
"""

from __future__ import annotations

import re

#: Brackets that may be open, and dots of one key.
DEEPEST = 100
#: What is said of a line that has more of them.
WORDS = f"is nested too deeply, or a key has too many dots: {DEEPEST} are read"
#: Strings and comments, which may hold anything, before signs. Possessive, so that nothing is tried twice.
TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*+(?:""")?|'
    r"'''(?:[^']|'(?!''))*+(?:''')?|"
    r'"(?:[^"\\\n]|\\.)*+"?|'
    r"'[^'\n]*+'?|#[^\n]*+|[\[\]{}.\n=,]",
    re.DOTALL,
)


def line(text: str) -> int:
    """Return the line on which a text is nested or dotted beyond anything sensible, 0 where it is not."""
    depth = dots = 0
    for token in TOKEN.finditer(text):
        sign = token[0]
        if sign in {"[", "{"}:
            depth += 1
        elif sign in {"]", "}"}:
            depth = max(depth - 1, 0)
        if sign == ".":
            dots += 1
        elif sign in {"\n", "=", ",", "[", "]", "{", "}"}:
            dots = 0
        if depth > DEEPEST or dots > DEEPEST:
            return text.count("\n", 0, token.start()) + 1
    return 0
