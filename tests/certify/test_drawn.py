"""Pages of a certificate are drawn again where this version has drawn them, and where another has, that is said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from certify.conftest import Lie, agreed, countermand
from countermand.certify import archive, contents, drawing, envelope, keys, register
from countermand.certify.check import check
from countermand.model import suite

OTHER = f"sha256:{'0' * 64}"
PAGES = {"index.html", "certificate.html", "conformance.md", "junit.xml", "README.md", "badge.svg", "targets/ala.toml"}


def signed(few: Path, pair: tuple[Path, Path], path: Path, pages: set[str], **stated: object) -> Path:
    """Sign a certificate with pages that no suite has drawn, and a statement that says something else besides."""
    files = {**archive.unpacked(few), **dict.fromkeys(pages, b"drawn otherwise")}
    made = contents.made(files, replace(agreed(few), drawing=OTHER))
    said = {**made.statement, "predicate": {**made.statement["predicate"], **stated}}
    sealed = envelope.seal(said, keys.private(pair[0]))
    path.write_bytes(archive.packed({**made.files, contents.ENVELOPE: sealed}))
    return path


def test_pages_that_another_version_has_drawn_are_not_drawn_again_and_that_is_said(
    few: Path, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    path = signed(few, pair, tmp_path / few.name, PAGES)
    done = countermand("verify", path, "--key", pair[1])
    assert done.code == 0, done.said
    assert "were drawn by another version (sha256:000000000000), and were not drawn again" in done.err
    said = json.loads(countermand("verify", path, "--key", pair[1], "--json").out)
    assert (said["otherDrawing"], said["otherSuite"]) == (OTHER, None)
    [entry], _ = register.drawn([path], [pair[1]], date(2100, 1, 1))
    assert entry.page is None  # nobody here knows what stands in it


def test_pages_that_this_version_has_drawn_are_drawn_again(few: Path, pair: tuple[Path, Path], tmp_path: Path) -> None:
    path = signed(few, pair, tmp_path / few.name, PAGES, drawing=suite.drawing())
    problems = check(path, keys.public(pair[1])).problems
    assert {f"{name}: does not follow from the results and the record" for name in PAGES} <= {*problems}


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({"verdict": "conforms"}, "its predicate.verdict does not follow"),
        ({"sentence": "conforms"}, "its predicate.sentence does not follow"),
        ({"profiles": []}, "its predicate.profiles does not follow"),
        ({"drawing": "mine"}, "drawing"),
        ({"drawing": None}, "drawing"),
    ],
    ids=str,
)
def test_whatever_is_stated_is_judged_whoever_has_drawn_the_pages(
    stated: Mapping[str, object], words: str, few: Path, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    outcome = check(signed(few, pair, tmp_path / few.name, PAGES, **stated), keys.public(pair[1]))
    assert any(words in problem for problem in outcome.problems), outcome


def test_what_nobody_can_judge_again_is_noted_as_the_words_of_whoever_ran_it(lie: Lie, pair: tuple[Path, Path]) -> None:
    note = "CONFORMS, as an auditor has seen"
    noting = {"results.json": lambda text: text.replace('"notes": [', f'"notes": ["{note}"', 1)}
    page = drawing.page(archive.unpacked(lie(noting))).decode()
    path = lie({**noting, "index.html": lambda _: page})
    assert check(path, keys.public(pair[1])).problems == ()
    for name in ("index.html", "conformance.md", "README.md"):
        text = archive.unpacked(path)[name].decode()
        assert text.count(note) == text.count(f"Noted by whoever ran it: {note}") == 1, name
