"""The text of a target file as editors write it.

On one side bytes, on the other text, or words about what keeps it from being read.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Any

from countermand.guard import toml
from countermand.targetfile.source import QUOTES, Source, TargetError

#: Byte order marks of what is not UTF-8; UTF-32 first, whose mark begins like that of UTF-16.
MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
#: How text begins that is written in two bytes a letter, and begins in ASCII: every other byte is zero.
_WIDE = re.compile(rb"(\0[\t\n\r -~]){2}|([\t\n\r -~]\0){2}")
#: Characters of a key that is named.
LONGEST = 100
_PLACE = re.compile(r"\(at (?:line (\d+), column \d+|end of document)\)")
#: A basic string with a backslash in it, which begins an escape there and nowhere else (TOML 1.0, String).
_ESCAPE = re.compile(r'"[^"]*\\')
_OF_ESCAPES = re.compile("hex|escape|illegal|unterminated", re.IGNORECASE)
#: A value that is neither a string nor a list, table, number or truth value.
_WORD = re.compile(r"""^\s*[\w."'-]+\s*=\s*[^\s"'\[{\d+-]""")


def decoded(path: Path, data: bytes) -> str:
    """Return the text of a target file, with or without a byte order mark; raises TargetError."""
    mark = next((name for mark, name in MARKS.items() if data.startswith(mark)), None)
    if mark is None and _WIDE.match(data):
        mark = "UTF-16"
    if mark is not None:
        raise TargetError(f"{path}: {mark}: save it as UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TargetError(f"{path}: cannot be read: line {line} is not UTF-8: save it as UTF-8") from None


def parsed(source: Source) -> dict[str, Any]:
    """Return the tables of a target file.

    Raises TargetError naming line and key, and what to do about the usual mistakes.
    """
    try:
        return toml.parsed(source.text)
    except toml.TomlError as error:
        raise _explained(source, error) from None


def _explained(source: Source, error: toml.TomlError) -> TargetError:
    said = str(error)
    if error.line:
        return TargetError(f"{_place(source, error.line)}: {said}")
    match = _PLACE.search(said)
    lines = source.text.splitlines()
    if match is None or not lines:
        return TargetError(f"{source.path}: not TOML: {said}")
    number = min(int(match[1]) if match[1] else len(lines), len(lines))
    line = lines[number - 1]
    place = _place(source, number)
    why = _PLACE.sub("", said).strip()
    if _ESCAPE.search(line) and _OF_ESCAPES.search(why):
        return TargetError(f"{place}: {QUOTES}")
    advice = '; text stands in "quotes"' if _WORD.match(line) else ""
    return TargetError(f"{place}: not TOML: {why}{advice}")


def _place(source: Source, number: int) -> str:
    key = source.key(number)
    return f"{source.path}:{number}: {key}" if 0 < len(key) < LONGEST else f"{source.path}:{number}"
