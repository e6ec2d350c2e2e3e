"""A record that is damaged key by key, and commands that say so in words of ours or do their work."""

from __future__ import annotations

import copy
import itertools
import json
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from certify.conftest import run_against

from countermand import cli
from countermand.records.record import RecordError
from countermand.records.record import read as read_record
from countermand.report import page

#: Of each file, how many wrong values each of its keys is given: what is read takes its time.
FILES = {"results.json": 5, "record.jsonl": 3, "given.json": 1}
#: A value of each kind that JSON has, and some that no word of ours is: each takes the place of each value.
WRONG: tuple[Any, ...] = (None, 1, -1.5, True, "x", "", "\ud800\0", [], ["x"], {}, {"x": 1}, 10**30)
#: What a command ends with that has done its work or found something; and words that are not ours.
ENDS, RAW = {0, 1, 4, 10, 11}, re.compile(r"Traceback|\b\w+Error: |NoneType|has no attribute|unhashable|subscriptable")
Path_ = tuple[str | int, ...]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reports of a run that has found something."""
    return run_against("ala", "Careless", tmp_path_factory.mktemp("broken"), "-m", "ALA-REQ-07 or ALA-CAN-01")


def places(document: Any, at: Path_ = ()) -> Iterator[Path_]:  # noqa: ANN401 - what JSON holds
    """Return where values stand, of the members of a list the first."""
    if at:
        yield at
    keys: Iterable[Any] = ()
    if isinstance(document, dict):
        keys = document
    elif isinstance(document, list):
        keys = range(min(len(document), 1))
    for key in keys:
        yield from places(document[key], (*at, key))


def damaged(document: Any, at: Path_, *values: Any) -> Any:  # noqa: ANN401 - what JSON holds
    """Return a document without the value of a place, or with another one there."""
    document = copy.deepcopy(document)
    within = document
    for key in at[:-1]:
        within = within[key]
    if values:
        within[at[-1]] = values[0]
    else:
        del within[at[-1]]
    return document


def every(document: Any, many: int) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - what JSON holds
    wrong = itertools.cycle(WRONG)
    for at in places(document):
        yield f"without {at}", damaged(document, at)
        for value in itertools.islice(wrong, many):
            yield f"{value!r} at {at}", damaged(document, at, value)


def commands(reports: Path, sound: Path, out: Path) -> list[list[str]]:
    known = out / "known.toml"
    known.write_text(
        '[[fails]]\nclause = "ALA-REQ-07"\nowner = "me"\nreason = "known"\nexpires = 2030-01-31\n', encoding="utf-8"
    )
    lines = [
        ["report", reports],
        ["ticket", "--reports", reports],
        ["ticket", "ALA-REQ-07", "--reports", reports],
        ["compare", sound, reports],
        ["compare", reports, sound],
        ["baseline", known, reports],
        ["baseline", "--update", out / "new.toml", reports],
        ["matrix", reports, sound, "--out", out / "matrix.html", "--bundle"],
        ["night", reports, "--history", out / "nights.jsonl"],
    ]
    return [[*map(str, words)] for words in lines]


def replayed(reports: Path) -> str:
    """Return what is said against a record that `run --replay` is to read, if anything is."""
    try:
        read_record(reports)
    except RecordError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_key_is_told_in_words_of_ours_or_does_no_harm(
    name: str, broken: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(page, "allure", lambda *_, **__: page.Rendered(()))
    reports = tmp_path / "reports"
    shutil.copytree(broken, reports)
    first, *rest = (
        (broken / name).read_text("utf-8").splitlines() if name.endswith("l") else [(broken / name).read_text()]
    )
    turns = itertools.cycle(commands(reports, broken, tmp_path))
    for what, document in every(json.loads(first), FILES[name]):
        (reports / name).write_text("\n".join([json.dumps(document), *rest, ""]), encoding="utf-8")
        command = next(turns)
        code, said = cli.main(command), capsys.readouterr()
        assert code in ENDS, (command, what, said.err)
        assert not RAW.search(said.out + said.err), (command, what, said)
        assert not RAW.search(replayed(reports)), what
        for made in tmp_path.glob("new*"):
            made.unlink()


def test_a_version_that_is_no_number_is_told_in_words_of_ours(broken: Path, tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    shutil.copytree(broken, reports)
    document = json.loads((broken / "given.json").read_text("utf-8"))
    (reports / "given.json").write_text(json.dumps({**document, "version": []}), encoding="utf-8")
    assert "given.json of version []; this suite reads version" in replayed(reports)


def test_half_a_character_in_a_name_is_told_by_whoever_would_write_it_down(
    broken: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = (broken / "results.json").read_text("utf-8")
    name = json.loads(document)["clauses"][0]["scenarios"][0]["name"]
    (tmp_path / "results.json").write_text(document.replace(json.dumps(name), '"\\ud800"'), encoding="utf-8")
    assert cli.main(["baseline", "--update", str(tmp_path / "new.toml"), str(tmp_path)]) == 4
    assert "is no name and no sentence of one line" in capsys.readouterr().err
