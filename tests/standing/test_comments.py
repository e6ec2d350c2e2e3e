"""A seller that reads no comment is told so, and nothing else: our letters beyond ASCII stand in one."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import Watched, run, served

from countermand.provider.deviants import called, deviants
from countermand.provider.http import Request, Response
from standing.conftest import page


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


class Gateway(Watched):
    """Fails where a comment is all that is unusual."""

    def altered(self, request: Request, response: Response) -> Response:
        """Answer with a gateway's page."""
        return page(502, "Bad Gateway") if b"deja vu" in request.body else response


@pytest.mark.parametrize("api", ["ala", "opensrs"])
def test_trouble_with_a_comment_hides_no_letters_that_are_not_read(tmp_path: Path, api: str) -> None:
    wrong = deviants(api)
    name = called(wrong, "refuses-letters-beyond-ascii")
    assert name is not None
    clause = "ALA-XML-04" if api == "ala" else "OSRS-XML-05"
    with served(api, tmp_path / "seller", Gateway(wrong[name]())) as path:
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", clause)
    assert done.verdicts[clause] == "inconclusive", done.said
    assert "was not told" in done.said
