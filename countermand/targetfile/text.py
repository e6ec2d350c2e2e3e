"""The text of a target file as editors write it.

On one side bytes, on the other text, or words about what keeps it from being read.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from countermand.guard import intake, toml
from countermand.targetfile.source import QUOTES, Source, TargetError

#: Characters of a key that is named.
LONGEST = 100
_PLACE = re.compile(r"\(at (?:line (\d+), column \d+|end of document)\)")
#: A basic string with a backslash in it, which begins an escape there and nowhere else (TOML 1.0, String).
_ESCAPE = re.compile(r'"[^"]*\\')
_OF_ESCAPES = re.compile("hex|escape|illegal|unterminated|not closed", re.IGNORECASE)
#: A value that is neither a string nor a list, table, number or truth value.
_WORD = re.compile(r"""^\s*[\w."'-]+\s*=\s*[^\s"'\[{\d+-]""")


def decoded(path: Path, data: bytes) -> str:
    """Return the text of a target file, with or without a byte order mark; raises TargetError."""
    try:
        return intake.decoded(data)
    except intake.IntakeError as error:
        raise TargetError(f"{path}: {error}") from None


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
    if line.startswith("-----BEGIN "):
        return TargetError(f"{source.path}: is a certificate or a key in PEM, and no target file, which names it")
    advice = '; text stands in "quotes"' if _WORD.match(line) else ""
    return TargetError(f"{place}: not TOML: {why}{advice}")


def _place(source: Source, number: int) -> str:
    key = source.key(number)
    return f"{source.path}:{number}: {key}" if 0 < len(key) < LONGEST else f"{source.path}:{number}"
