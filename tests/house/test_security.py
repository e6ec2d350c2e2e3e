"""The threat model names files that are there, and for each threat tests that show it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
ROWS = [
    line for line in TEXT.partition("## Who, what")[2].splitlines() if line.startswith("| ") and "Shown by" not in line
]


def missing(text: str) -> list[str]:
    """Return what is linked and is not there, or holds no test where it is one."""
    named = re.findall(r"\]\(([^)#]+)\)", text)
    tests = [name for name in named if Path(name).name.startswith("test_")]
    gone = [name for name in named if not (ROOT / name).is_file()]
    return gone + [
        name for name in tests if name not in gone and "\ndef test_" not in (ROOT / name).read_text(encoding="utf-8")
    ]


def test_every_file_that_the_threat_model_names_is_there() -> None:
    assert missing(TEXT) == []
    assert missing("[x](tests/no/test_such.py) [y](tests/running.py) [z](tests/fuzz/test_fuzz.py)") == [
        "tests/no/test_such.py"
    ]


@pytest.mark.parametrize("row", ROWS)
def test_every_threat_is_shown_by_a_test(row: str) -> None:
    assert len(row.split(" | ")) == 4
    assert re.search(r"\]\(tests/(\w+/)?test_\w+\.py\)", row)


def test_there_are_threats() -> None:
    assert len(ROWS) > 8
    assert len(TEXT.splitlines()) < 80  # one page
