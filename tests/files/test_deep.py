"""TOML that would take minutes to read is refused at once.

Brackets and dots in strings and comments are nobody's matter.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from countermand.guard import deep
from countermand.targetfile.source import Source, TargetError
from countermand.targetfile.text import parsed

HOSTILE = {
    "brackets": "a = " + "[" * 100_000,
    "a table": "[" * 100_000,
    "braces": "a = " + "{a=" * 100_000,
    "dots": ".".join("a" * 50_000) + " = 1",
    "a dotted table": "[" + ".".join("a" * 50_000) + "]",
    "a quoted key": '"a".' * 50_000 + "a = 1",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_is_nested_or_dotted_beyond_sense_is_refused_at_once_with_its_line(text: str) -> None:
    began = time.monotonic()
    with pytest.raises(TargetError, match=r"^mine\.toml:2: is nested too deeply"):
        parsed(Source(Path("mine.toml"), f"name = 'x'\n{text}\n"))
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("mark", ['"', "'", '"""', "'''"])
def test_strings_and_comments_may_hold_any_number_of_brackets_and_dots(mark: str) -> None:
    text = f"# {'[.' * 200}\na = {mark}{'[{.#' * 500}{mark} # {'{.' * 200}\nb = [{', '.join(['1.5'] * 300)}]\n"
    assert parsed(Source(Path("mine.toml"), text))["b"][0] == 1.5
    assert deep.line(text) == 0
