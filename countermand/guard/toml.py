"""TOML that people write.

On one side a text, on the other its tables, or one sentence about what keeps it from being read.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
#: What a signed number of 64 bits can hold: a reader may refuse others (TOML 1.0, Integer).
SMALLEST, LARGEST = -(2**63), 2**63 - 1
TOO_LARGE = "a number has too many digits: the largest that is read is 9223372036854775807"
NUMBER = re.compile(r"(?<![\w.])[+-]?(?:0x[0-9A-Fa-f][0-9A-Fa-f_]*|0o[0-7][0-7_]*|0b[01][01_]*|[1-9][0-9_]*)(?![\w.])")
LEADING_ZERO = re.compile(r"\s*+([+-]?0[0-9]++)\s*+")
#: What TOML's own reader says of two usual mistakes, and what they are.
PLAINLY = {
    "Cannot overwrite a value": "this key is given twice",
    "Illegal character '\\n'": "the quote that is opened here is not closed",
}
#: Digits of any base that a number of 64 bits may be written with.
DIGITS = 64


class TomlError(ValueError):
    """A text that is not TOML, or TOML that nobody can mean; `line` is 0 where the words are TOML's own reader's."""

    def __init__(self, words: str, line: int = 0) -> None:
        super().__init__(words)
        self.line = line

    def place(self, path: Path) -> str:
        """Name the file, and the line where it is known."""
        return f"{path}:{self.line}" if self.line else str(path)


def parsed(text: str) -> dict[str, Any]:
    """Return the tables of a text; raises TomlError, and nothing else, whatever the text."""
    if number := nested(text):
        raise TomlError(WORDS, number)
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        if zeros := _leading_zeros(text):
            raise TomlError("a number that begins with 0 is written in quotes", zeros) from None
        raise TomlError(_plainly(str(error))) from None
    except ValueError:  # more decimal digits than Python makes a number of
        raise TomlError(TOO_LARGE, _line_of_digits(text)) from None
    except RecursionError:
        raise TomlError(WORDS) from None
    if any(not SMALLEST <= whole <= LARGEST for whole in _numbers(tables)):
        raise TomlError(TOO_LARGE, _line_of_digits(text))
    return tables


def _plainly(words: str) -> str:
    """Return what TOML's own reader says in plain words where there are some; where it was stays behind them."""
    why, at, place = words.partition(" (at ")
    return f"{PLAINLY.get(why, why)}{at}{place}"


def _numbers(value: Any) -> Iterator[int]:  # noqa: ANN401 - whatever TOML holds
    if isinstance(value, int):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _numbers(item)


def _leading_zeros(text: str) -> int:
    """Return the line on which a value begins with a 0 that TOML has no such numbers for, 0 where there is none."""
    at, number = 0, 0
    for token in TOKEN.finditer(text):
        if number := _zeros_within(text, at, token.start()):
            break
        at = token.end()
    return number or _zeros_within(text, at, len(text))


def _zeros_within(text: str, start: int, end: int) -> int:
    """Return the line of such a number between two signs, 0 where there is none: a table may be named by one."""
    zero = LEADING_ZERO.fullmatch(text, start, end)
    if zero is None:  # as nearly everywhere: what stands before is not copied for nothing
        return 0
    sign, before = text[start - 1 : start], text[: start - 1]
    is_value = sign in {"=", ","} or (sign == "[" and before.rpartition("\n")[2].strip())
    return text.count("\n", 0, zero.start(1)) + 1 if is_value else 0


def _line_of_digits(text: str) -> int:
    """Return the line on which a number is too large, 0 where it cannot be seen."""
    for number in NUMBER.finditer(text):
        digits = number[0].replace("_", "")
        if len(digits) > DIGITS + len("-0b") or not SMALLEST <= int(digits, 0) <= LARGEST:
            return text.count("\n", 0, number.start()) + 1
    return 0


def nested(text: str) -> int:
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
