"""TOML that would take minutes to read is refused at once, and so are numbers that nobody can mean.

Brackets and dots in strings and comments are nobody's matter.
"""

from __future__ import annotations

from pathlib import Path

import pace
import pytest

from countermand.baseline.file import BaselineError, read
from countermand.commands.choice import targets
from countermand.exits import CommandError
from countermand.guard import toml
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
    with pace.at_most(50), pytest.raises(TargetError, match=r"^mine\.toml:2: (a: )?is nested too deeply"):
        parsed(Source(Path("mine.toml"), f"name = 'x'\n{text}\n"))


@pytest.mark.parametrize("mark", ['"', "'", '"""', "'''"])
def test_strings_and_comments_may_hold_any_number_of_brackets_and_dots(mark: str) -> None:
    text = f"# {'[.' * 200}\na = {mark}{'[{.#' * 500}{mark} # {'{.' * 200}\nb = [{', '.join(['1.5'] * 300)}]\n"
    assert parsed(Source(Path("mine.toml"), text))["b"][0] == 1.5
    assert toml.nested(text) == 0


@pytest.mark.parametrize(
    "number", ["9223372036854775808", "-9_223_372_036_854_775_809", "9" * 5000, "0x" + "f" * 5000, "0b1" + "0" * 63]
)
def test_a_number_beyond_64_bits_is_refused_with_its_line_wherever_somebody_writes_toml(
    number: str, tmp_path: Path
) -> None:
    text = f"a = 9223372036854775807\nb = [{{ clause = {number} }}]\n"
    with pytest.raises(toml.TomlError, match="too many digits") as caught:
        toml.parsed(text)
    assert caught.value.line == 2
    assert toml.parsed(text.replace(number, "-9223372036854775808"))["a"] == 9223372036854775807

    known = tmp_path / "known.toml"
    known.write_text(f"[[fails]]\nclause = {number}\n")
    with pytest.raises(BaselineError, match=r"known\.toml:2: not TOML: a number has too many digits"):
        read(known)
    with pytest.raises(TargetError, match=r"^mine\.toml:2: limits\.dead: a number has too many digits"):
        parsed(Source(Path("mine.toml"), f"[limits]\ndead = {number}\n"))
    (tmp_path / "countermand.toml").write_text(f"target = {number}\n")
    with pytest.raises(CommandError, match=r"countermand\.toml:1: not TOML: a number has too many digits"):
        targets([], embedded=False, folder=tmp_path, variables={})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[fails]]\nowner = "a\n', "the quote that is opened here is not closed (at line 2, column 11)"),
        ('[[fails]]\nowner = "a"\nowner = "b"\n', "this key is given twice (at line 3, column 12)"),
    ],
)
def test_a_usual_mistake_is_said_in_plain_words_wherever_somebody_writes_toml(
    text: str, words: str, tmp_path: Path
) -> None:
    (tmp_path / "known.toml").write_text(text)
    with pytest.raises(BaselineError) as refused:
        read(tmp_path / "known.toml")
    assert str(refused.value) == f"{tmp_path / 'known.toml'}: not TOML: {words}"
    (tmp_path / "countermand.toml").write_text(text)
    with pytest.raises(CommandError) as unread:
        targets([], embedded=False, folder=tmp_path, variables={})
    assert str(unread.value).endswith(f"not TOML: {words}")


@pytest.mark.parametrize(
    "text", ["a = 1\nb = [578, 0579]\n", "a = '[ 0579'\nb = 0579 # 1\n", "a = 1\nb = { c = 007 }\n", "a = 1\nb = -01\n"]
)
def test_a_number_that_begins_with_0_is_told_to_be_written_in_quotes(text: str) -> None:
    with pytest.raises(toml.TomlError, match="a number that begins with 0 is written in quotes") as caught:
        toml.parsed(text)
    assert caught.value.line == 2


@pytest.mark.parametrize(
    "text", ["[007]\nb = [", "a = 0\nb = [0, 0.5]\nc = ", "a = 1979-05-27\nb = 07:32:00\nc = [", "a = '= 01'\nb = ["]
)
def test_what_is_no_such_number_is_told_otherwise(text: str) -> None:
    with pytest.raises(toml.TomlError) as caught:
        toml.parsed(text)
    assert "begins with 0" not in str(caught.value)
