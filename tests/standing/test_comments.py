"""A seller that reads no comment is told so, and nothing else: our letters beyond ASCII stand in one."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import run, served

from countermand.provider.deviants import called, deviants


@pytest.mark.parametrize(
    ("api", "slug", "comments", "letters"),
    [
        ("ala", "refuses-comments", "departs", "conforms"),
        ("opensrs", "refuses-comments", "departs", "conforms"),
        ("ala", "refuses-letters-beyond-ascii", "conforms", "departs"),
        ("opensrs", "refuses-letters-beyond-ascii", "conforms", "departs"),
    ],
)
def test_comments_and_letters_are_told_apart(tmp_path: Path, api: str, slug: str, comments: str, letters: str) -> None:
    wrong = deviants(api)
    name = called(wrong, slug)
    assert name is not None
    clauses = ("ALA-XML-03", "ALA-XML-04") if api == "ala" else ("OSRS-XML-03", "OSRS-XML-05")
    with served(api, tmp_path / "seller", wrong[name]()) as path:
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", " or ".join(clauses))
    assert [done.verdicts[clause] for clause in clauses] == [comments, letters]
