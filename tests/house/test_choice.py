"""Nobody tests the embedded sellers for want of a word, and whoever does is told so."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from countermand import cli
from countermand.commands import choice
from countermand.exits import CommandError

TARGET = 'name = "staging"\napi = "ala"\nurl = "https://127.0.0.1:1"\n'


def chosen(folder: Path, *named: str, embedded: bool = False, **variables: str) -> list[str]:
    return choice.targets(list(named), embedded=embedded, folder=folder, variables=variables)


def test_where_a_target_file_lies_it_must_be_named(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(TARGET)
    with pytest.raises(
        CommandError, match=r"which target\? Say --target mine.toml; for the embedded sellers say --embedded"
    ):
        chosen(tmp_path)
    for number in range(7):
        (tmp_path / f"other-{number}.toml").write_text(TARGET)
    with pytest.raises(CommandError, match=r"--target other-3.toml \(or one of 3 more\); for the embedded"):
        chosen(tmp_path)
    assert chosen(tmp_path, embedded=True) == []
    assert chosen(tmp_path, "mine.toml") == ["mine.toml"]


def test_other_files_are_no_targets(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n')
    (tmp_path / "broken.toml").write_bytes(b"\xff\xfe = [")
    (tmp_path / "folder.toml").mkdir()
    assert chosen(tmp_path) == []


#: What somebody may have laid where the file of a project is looked for.
LAID: dict[str, Callable[[Path], object]] = {
    "is a folder": Path.mkdir,
    "is a pipe": os.mkfifo,
    "is a device": lambda path: path.symlink_to("/dev/zero"),
    "has more than 1 MiB": lambda path: path.write_text('target = "mine.toml"\n' + "#" * choice.LARGEST),
}


@pytest.mark.parametrize("kind", LAID)
def test_what_is_no_file_of_a_project_is_neither_read_nor_passed_over(kind: str, tmp_path: Path) -> None:
    LAID[kind](tmp_path / "countermand.toml")
    with pytest.raises(CommandError, match=f"countermand.toml: cannot be read: {kind}"):
        chosen(tmp_path)


def test_a_project_may_name_its_target(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.toml").write_text(TARGET)
    assert chosen(tmp_path, COUNTERMAND_TARGET="other.toml") == ["other.toml"]
    assert capsys.readouterr().err == "COUNTERMAND_TARGET names the target: other.toml\n"
    (tmp_path / "countermand.toml").write_text('target = "mine.toml"\n')
    assert chosen(tmp_path) == [str(tmp_path / "mine.toml")]
    assert f"countermand.toml names the target: {tmp_path / 'mine.toml'}\n" == capsys.readouterr().err
    (tmp_path / "countermand.toml").write_text('target = ["a.toml", "b.toml"]\n')
    assert chosen(tmp_path) == [str(tmp_path / "a.toml"), str(tmp_path / "b.toml")]
    (tmp_path / "countermand.toml").write_text('targt = "mine.toml"\n')
    with pytest.raises(CommandError, match="'targt' is no key of it"):
        chosen(tmp_path)
    for wrong in ("", "target = 3", 'target = "mine.toml"\nother = 1', "target ="):
        (tmp_path / "countermand.toml").write_text(wrong)
        with pytest.raises(CommandError, match=r"countermand\.toml: "):
            chosen(tmp_path)


def test_a_command_about_one_target_does_not_forget_the_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor", "--target", "a.toml", "--target", "b.toml"]) == 4
    assert "--target a.toml and b.toml: this is about one at a time" in capsys.readouterr().err


def test_a_name_is_told_as_a_shell_takes_it(tmp_path: Path) -> None:
    (tmp_path / "my own.toml").write_text(TARGET)
    with pytest.raises(CommandError, match=r"--target 'my own\.toml'"):
        chosen(tmp_path)
