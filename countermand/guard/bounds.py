"""Limits of what strangers write.

On one side bytes that claim to be JSON, on the other values, or a sentence about what is too much.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

#: Bytes of a document and of a line of one, values in it, how deep they lie, and digits of a number.
LARGEST, LINE, MOST, DEEPEST, DIGITS = 64 * 2**20, 24 * 2**20, 500_000, 40, 40
#: A string of JSON: what is left without them are signs and numbers. Possessive, so that nothing is ever tried twice.
STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
BRACKET = re.compile(rb"[\[\]{}]")


class LimitError(ValueError):
    """Something that says more, or otherwise, than any of ours; the message is one sentence."""


class Budget:
    """How many values may still be read of one thing, whatever the number of its lines."""

    def __init__(self, most: int = MOST) -> None:
        self._most = self._left = most

    def spend(self, data: bytes) -> None:
        """Count what parsing would make, before anything is parsed; raises LimitError."""
        signs = STRING.sub(b"", data)
        self._left -= signs.count(b",") + signs.count(b"[") + signs.count(b"{") + 1
        if self._left < 0:
            raise LimitError(f"it holds more than {self._most} values")
        if deeper(signs, DEEPEST):
            raise LimitError(f"it is nested more than {DEEPEST} deep")


def deeper(signs: bytes, most: int) -> bool:
    """Say whether JSON without its strings is nested deeper, before anything is parsed.

    How deep a parser goes differs from one Python to the next, and what walks the values goes less far.
    """
    depth = 0
    for bracket in BRACKET.finditer(signs):
        depth += 1 if bracket[0] in {b"[", b"{"} else -1
        if depth > most:
            return True
    return False


def wrong(error: BaseException) -> str:
    """Return what is wrong with a value, by what its reader raises: in words of ours where Python has none."""
    if isinstance(error, KeyError):
        return f"it lacks {str(error.args[0])[:40]!r}"
    if isinstance(error, (TypeError, AttributeError, IndexError, StopIteration)):
        return "a value in it is of another kind than any of ours"
    return str(error)


def parsed(data: bytes, budget: Budget | None = None, *, largest: int = LINE) -> Any:  # noqa: ANN401 - what JSON holds
    """Return what some JSON says; raises LimitError for what is too much, is no JSON, or could be read in two ways."""
    if len(data) > largest:
        raise LimitError(f"it is larger than {largest // 2**20} MiB")
    (budget or Budget()).spend(data)
    try:
        text = data.decode("utf-8")
        return json.loads(
            text, object_pairs_hook=_object, parse_int=_whole, parse_float=_real, parse_constant=_constant
        )
    except UnicodeDecodeError as error:
        raise LimitError(f"byte {error.start} is no UTF-8") from None
    except LimitError:
        raise
    except ValueError as error:
        raise LimitError(f"it is not JSON: {error}") from None


def lines(data: bytes) -> Iterator[tuple[int, Any]]:
    """Yield what the lines of a record say, one after the other, each with its number; raises LimitError."""
    if len(data) > LARGEST:
        raise LimitError(f"it is larger than {LARGEST // 2**20} MiB")
    budget, begun, number = Budget(), 0, 0
    while begun < len(data):  # not splitlines: a reply may hold U+2028
        end = data.find(b"\n", begun)
        end = len(data) if end < 0 else end
        number += 1
        if data[begun:end].strip():
            yield number, _line(data[begun:end], number, budget)
        begun = end + 1


def _line(data: bytes, number: int, budget: Budget) -> Any:  # noqa: ANN401 - what JSON holds
    try:
        return parsed(data, budget)
    except LimitError as error:
        raise LimitError(f"line {number}: {error}") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen = set[str]()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise LimitError(f"it says {twice[:40]!r} twice")
    return made


def _whole(digits: str) -> int:
    if len(digits) > DIGITS:
        raise LimitError(f"a number has more than {DIGITS} digits")
    return int(digits)


def _real(digits: str) -> float:
    value = float(digits) if len(digits) <= DIGITS else math.inf
    if math.isinf(value):
        raise LimitError(f"the number {digits[:20]!r} is too large or too long")
    return value


def _constant(name: str) -> float:
    raise LimitError(f"{name} is no number of JSON")
