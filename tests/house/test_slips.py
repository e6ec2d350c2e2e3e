"""Slips of the hand on the command line: they are named at once, and nothing is moved or used up for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import countermand, rewritten, served

from countermand import cli
from countermand.commands import sessions
from countermand.exits import CommandError


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mine.toml"], "mine.toml: which is a target file is said with an option: --target mine.toml"),
        (["a/mine.toml"], "--target a/mine.toml"),
        (["-v", "a/mine.toml"], "--target a/mine.toml"),
        (["--target", "a/mine.toml", "a/other.toml"], "--target a/other.toml"),
        (["ALA-REQ-07"], "ALA-REQ-07: no such file or folder; what is tested is said with --target, -m or -k"),
        (["features/no.feature::test_it"], "no such file or folder"),
    ],
)
def test_a_word_without_its_option_is_named_and_moves_nothing(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reports").mkdir()
    last = tmp_path / "reports/results.json"
    last.write_text("{}")
    assert cli.main(["run", *words]) == 4
    assert said in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "reports").iterdir()] == ["results.json"]


def test_what_belongs_to_an_option_of_pytest_is_no_path(tmp_path: Path) -> None:
    done = countermand("run", "--embedded", "--api", "ala", "-k", "no-such-words", "--dry-run", cwd=tmp_path)
    assert "no such file" not in done.stdout + done.stderr


def test_a_target_that_is_named_twice_is_refused(tmp_path: Path) -> None:
    with served("ala", tmp_path / "seller") as target:
        (tmp_path / "again.toml").symlink_to(target)
        for again in (target, tmp_path / "again.toml"):
            with pytest.raises(CommandError, match="it is named twice"):
                sessions.grouped([target, again])
        assert len(sessions.grouped([target])) == 1


def test_a_part_of_several_runs_leaves_the_whole_ones(tmp_path: Path) -> None:
    with served("ala", tmp_path / "a") as first, served("ala", tmp_path / "b") as second:
        rewritten(second, ('"embedded-ala"', '"other"'))
        targets = [f"--target={first}", f"--target={second}"]
        done = countermand("run", *targets, "-m", "ALA-HTTP-01", "--no-page", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(path.name for path in (tmp_path / "reports/part").iterdir()) == ["embedded-ala", "other"]
    assert [path.name for path in (tmp_path / "reports").iterdir()] == ["part"]


@pytest.mark.parametrize("part", [("-m", "ALA-HTTP-01"), ("-k", "nothing"), ("-knothing",), ("features::test_it",)])
def test_what_is_not_tested_of_a_part_leaves_the_whole_runs(part: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "features").mkdir()
    targets = [f"--target={tmp_path / name}" for name in ("one.toml", "two.toml")]
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text(f'name = "{name}"\napi = "ala"\nurl = "https://127.0.0.1:1"\n')
    assert countermand("run", *targets, *part, cwd=tmp_path).returncode in {4, 13}
    assert [path.name for path in (tmp_path / "reports").iterdir()] == ["part"]


def test_the_page_of_what_was_not_tested_leads_to_what_is_there(tmp_path: Path) -> None:
    done = countermand("run", "--target", "no-such.toml", cwd=tmp_path)
    assert done.returncode == 4
    page = (tmp_path / "reports/index.html").read_text(encoding="utf-8")
    assert '<a href="results.json">' in page
    assert 'href="allure.html"' not in page
